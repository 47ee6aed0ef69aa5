from typing import Any

import keras
import numpy as np
import pytest
from support.small_models import IMAGES, two_headed_model

from tb_featuremaps.capture import tap as tap_module
from tb_featuremaps.capture.selection import select_layers
from tb_featuremaps.capture.tap import ActivationTap, Capture, TapOptions
from tb_featuremaps.format.atlas import dequantise, untile
from tb_featuremaps.format.measuring import measure


def _tap(model: keras.Model, layers: Any = "auto", **options: Any) -> ActivationTap:
    return ActivationTap(
        model, select_layers(model, layers).layers, IMAGES[:3], TapOptions(**options)
    )


def _values(tap: ActivationTap, capture: Capture, layer: int, probe: int) -> np.ndarray:
    tapped = tap.tapped[layer]
    picture, lo, hi, _ = (part[probe] for part in list(capture.layers())[layer])
    levels = untile(picture[:, 1:], tapped.channels, tapped.tile_height, tapped.tile_width)
    return dequantise(levels.astype(np.uint8), lo, hi)


def test_values_are_the_activations_of_the_layers() -> None:
    model = two_headed_model()
    tap = _tap(model)
    capture = tap.capture()
    for index, tapped in enumerate(tap.tapped):
        expected = keras.Model(model.input, model.get_layer(tapped.name).output)(IMAGES[:3])
        expected = keras.ops.convert_to_numpy(expected)
        _, lo, hi, stats = list(capture.layers())[index]
        np.testing.assert_allclose(lo, expected.min((1, 2)), atol=1e-6)
        for probe in range(3):
            off = np.abs(_values(tap, capture, index, probe) - expected[probe])
            assert (off <= (hi[probe] - lo[probe]) / 510 + 1e-5).all()
        np.testing.assert_allclose(stats, measure(expected).statistics, atol=1e-4)


def test_finite_maps_of_any_size_have_no_share_that_is_not_finite() -> None:
    tap = _tap(two_headed_model())  # its maps are 14×14: 1/196 is no power of two
    for *_, stats in tap.capture().layers():
        assert (stats[..., 5] == 0).all()


def test_outputs_are_the_predictions() -> None:
    model = two_headed_model()
    tap = _tap(model)
    capture = tap.capture()
    predictions = keras.tree.flatten(model(IMAGES[:3], training=False))
    assert tap.tapped_outputs == [0, 1]
    for captured, predicted in zip(capture.outputs(), predictions, strict=True):
        expected = keras.ops.convert_to_numpy(predicted)
        np.testing.assert_allclose(captured, expected, atol=1e-6)


def test_it_follows_the_weights_without_a_new_trace() -> None:
    model = two_headed_model()
    tap = _tap(model)
    before = tap.capture()
    model.get_layer("conv1").kernel.assign(-model.get_layer("conv1").kernel)
    after = tap.capture()
    assert (next(before.layers()).hi != next(after.layers()).hi).any()
    assert len(tap.tapped) == 2


@pytest.mark.parametrize("training", [False, True])
def test_the_state_of_the_model_is_left_as_it_was(training: bool) -> None:
    model = two_headed_model()
    state = [variable.numpy().copy() for variable in model.variables]
    _tap(model, training=training).capture()
    for before, variable in zip(state, model.variables, strict=True):
        np.testing.assert_array_equal(before, variable)
    assert len(model.losses) == 3


def test_channels_and_tiles_can_be_limited() -> None:
    tap = _tap(two_headed_model(), "conv1", max_channels=5, max_tile=4)
    pictures, lo, _, stats = next(tap.capture().layers())
    tapped = tap.tapped[0]
    assert (tapped.channels, tapped.tile_height, tapped.tile_width) == (5, 4, 4)
    assert pictures.shape == (3, 8, 1 + 12)
    assert lo.shape == (3, 5)
    assert stats.shape == (3, 5, 6)
    assert tapped.shape == (14, 14, 8)


def test_units_are_tiles_of_one_pixel() -> None:
    tap = _tap(two_headed_model(), "aux1")
    atlas = next(tap.capture().layers()).pictures[:, :, 1:]
    assert atlas.shape == (3, 2, 2)
    assert tap.tapped[0].shape == (3,)


def test_a_picture_that_no_reader_takes_is_averaged_down() -> None:
    model = keras.Sequential([keras.Input((20_000, 2)), keras.layers.ReLU(name="relu")])
    signal = np.random.default_rng(0).uniform(0, 1, (1, 20_000, 2)).astype(np.float32)
    tap = ActivationTap(model, select_layers(model, "relu").layers, signal, TapOptions())
    capture = tap.capture()
    tapped = tap.tapped[0]
    # Two channels side by side in at most 16,384 pixels.
    assert (tapped.tile_width, tapped.averaged) == (6667, (1, 3))
    expected = signal[0, :3].mean(0)
    np.testing.assert_allclose(_values(tap, capture, 0, 0)[0, 0], expected, atol=1 / 250)
    np.testing.assert_allclose(
        next(capture.layers()).statistics[0, :, 2], signal[0].mean(0), atol=1e-5
    )


def test_layers_of_one_shape_are_told_apart() -> None:
    model = keras.Sequential([keras.Input((4, 4, 3))])
    for index in range(4):
        model.add(keras.layers.Conv2D(3, 3, padding="same", name=f"conv{index}"))
    images = IMAGES[:3, :4, :4]
    tap = ActivationTap(model, select_layers(model, "*").layers, images, TapOptions())
    capture = tap.capture()
    expected = images
    for index in range(4):
        expected = keras.ops.convert_to_numpy(model.layers[index](expected))
        for probe in range(3):
            found = _values(tap, capture, index, probe)
            np.testing.assert_allclose(found, expected[probe], atol=np.ptp(expected) / 500)


def test_a_capture_too_large_to_wait_as_maps_is_finished_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = two_headed_model()
    waiting = _tap(model)
    as_maps = waiting.capture()
    values = sum(3 * np.prod(tapped.shape) for tapped in waiting.tapped)
    heads = sum(output.nbytes for output in as_maps.outputs())
    assert waiting.held_bytes == 4 * values + heads
    monkeypatch.setattr(tap_module, "_MOST_HELD_BYTES", 0)
    at_once = _tap(model)
    finished = at_once.capture()
    assert at_once.held_bytes == at_once.bytes_per_capture < waiting.held_bytes
    for probes in (None, 1, 2):
        for found, expected in zip(finished.layers(probes), as_maps.layers(probes), strict=True):
            assert len(found.pictures) == len(expected.lo) == (probes or 3)
            for part, expected_part in zip(found, expected, strict=True):
                np.testing.assert_array_equal(part, expected_part)


class _Held(keras.layers.Layer):
    """Returns its own weight, as a table of positions does."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.table = self.add_weight(shape=(1, 5, 5, 2), initializer="uniform", name="table")

    def call(self, x: object) -> object:
        return keras.ops.convert_to_tensor(self.table)


class _Holding(keras.Model):
    """Calls a layer that returns its weight, and another one."""

    def __init__(self) -> None:
        super().__init__()
        self.held = _Held(name="held")
        self.end = keras.layers.Dense(2, name="end")

    def call(self, x: object) -> object:
        self.held(x)
        return self.end(x)


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_what_training_does_after_a_capture_does_not_change_it(run_eagerly: bool) -> None:
    model = _Holding()
    model(IMAGES[:1])
    model.compile("sgd", "mse", run_eagerly=run_eagerly)
    before = keras.ops.convert_to_numpy(model.held.table).copy()
    layers = select_layers(model, "held").layers
    tap = ActivationTap(model, layers, IMAGES[:1], TapOptions())
    capture = tap.capture()
    model.held.table.assign(1 + 5 * model.held.table)
    assert tap.skipped == []
    (layer,) = capture.layers()
    np.testing.assert_array_equal(layer.lo, before.min((1, 2)))
    np.testing.assert_array_equal(layer.hi, before.max((1, 2)))
