"""Compares the feature maps of a run with activations that Keras gives without us."""

from typing import Any

import numpy as np
from conformance.references import activations
from conformance.rows import Row
from conformance.training import Trained, layer_names, probes_of

from tb_featuremaps.format.png import decode_atlas

Run = dict[str, dict[int, Any]]
_OTHER_TAGS = tuple(f"featuremaps/{kind}" for kind in ("outputs/", "losses", "probes", "gaps"))
_MEAN, _ZEROS = 2, 4


def check_activations(row: Row, plain: Trained, run: Run) -> None:
    """Compares the first and the last capture with the weights at those steps.

    Raises:
        AssertionError: a series is missing, is too many, or holds other values.
    """
    names = layer_names(row, plain.model)
    expected = set(row.series if row.series is not None else names)
    found = {tag.removeprefix("featuremaps/") for tag in run if _is_layer(tag)}
    assert found == expected, f"Expected the series {expected}. Received: {found}."
    gaps = {step: list(gap) for step, gap in run.get("featuremaps/gaps", {}).items() if gap[0]}
    assert not gaps, f"Expected a log without gaps. Received (events, from, to): {gaps}."
    last = max((step for name in expected for step in run[f"featuremaps/{name}"]), default=0)
    moments = [(0, plain.spy.initial)] if plain.spy.initial else []
    at_the_end = row.captured == "at the end"
    moments.append((last, plain.weights if at_the_end else plain.spy.at_epoch_end))
    for step, weights in moments if expected else []:
        plain.model.set_weights(weights)
        probes, by_hooks = probes_of(plain.batches), row.series is not None
        reference = activations(plain.model, names, probes, by_hooks)
        for name in expected:
            _check_layer(row, run, name, step, reference[name])
    if plain.weights:
        plain.model.set_weights(plain.weights)


def _check_layer(row: Row, run: Run, name: str, step: int, reference: Any) -> None:
    maps = as_maps(reference, name in row.channels_first)
    statistics = run[f"featuremaps/{name}/stats"][step]
    scale = np.abs(maps).max() + 1e-6
    close = {"atol": row.tolerance * scale, "rtol": row.tolerance}
    for index, png in enumerate(run[f"featuremaps/{name}"][step][2:]):
        values = decode_atlas(png).values
        where = f"{name} at step {step}, probe {index}"
        assert values.shape == maps[index].shape, f"{where}: {values.shape}, {maps[index].shape}"
        # One of 255 levels between a channel's extremes.
        span = maps[index].max((0, 1)) - maps[index].min((0, 1))
        off = np.abs(values - maps[index]) - 0.51 * span / 255
        assert off.max() <= row.tolerance * scale, f"{where}: off by {off.max()} of {scale}"
        mean = maps[index].mean((0, 1))
        np.testing.assert_allclose(statistics[index, :, _MEAN], mean, **close, err_msg=where)
        if row.tolerance <= 1e-3:  # else a zero may be a small number
            zeros = (maps[index] == 0).mean((0, 1))
            np.testing.assert_allclose(
                statistics[index, :, _ZEROS], zeros, atol=2e-2, err_msg=where
            )


def as_maps(tensor: np.ndarray[Any, Any], channels_first: bool) -> np.ndarray[Any, Any]:
    """An output as `[n, height, width, channels]`, as README and docs/format.md say."""
    if channels_first and tensor.ndim > 2:
        tensor = np.moveaxis(tensor, 1, -1)
    if tensor.ndim == 2:
        return tensor[:, None, None]
    if tensor.ndim == 3:
        return tensor[:, None]
    return tensor[:, tensor.shape[1] // 2] if tensor.ndim == 5 else tensor


def _is_layer(tag: str) -> bool:
    mine = tag.startswith("featuremaps/") and not tag.startswith(_OTHER_TAGS)
    return mine and not tag.endswith("/stats")
