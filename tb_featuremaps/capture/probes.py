"""The probes: inputs whose activations are captured, and how they look as pictures."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt


def as_arrays(probes: Any) -> Any:
    """Returns probes as numpy arrays in the structure they came in.

    Args:
        probes: an array `[n, …]`, a list or dict of arrays for several inputs, or a
            `tf.data.Dataset`, of which the first batch is taken (its inputs, if it has labels).

    Raises:
        ValueError: no probes, or arrays of different lengths.
    """
    if hasattr(probes, "element_spec") and hasattr(probes, "take"):
        first = next(iter(probes.take(1)), None)
        if first is None:
            raise ValueError("Expected `probes` to hold a batch. Received: an empty dataset.")
        probes = first[0] if isinstance(first, tuple) else first
    arrays = keras.tree.map_structure(_as_array, probes)
    lengths = {array.shape[0] if array.ndim else 0 for array in keras.tree.flatten(arrays)}
    if len(lengths) != 1 or 0 in lengths:
        raise ValueError(
            "Expected `probes` to be arrays [n, …] with the same n ≥ 1 for every input. "
            f"Received shapes: {[array.shape for array in keras.tree.flatten(arrays)]}."
        )
    return arrays


def _as_array(value: Any) -> npt.NDArray[Any]:
    array = np.asarray(keras.ops.convert_to_numpy(value) if hasattr(value, "shape") else value)
    if array.dtype == object or array.dtype.kind not in "fiub":
        raise ValueError(
            f"Expected `probes` to be numbers. Received: an array of dtype {array.dtype}."
        )
    return array


def count(probes: Any) -> int:
    """How many probes there are."""
    return int(keras.tree.flatten(probes)[0].shape[0])


def check_against_model(model: keras.Model, probes: Any) -> None:
    """Checks that the model takes the probes.

    Raises:
        ValueError: naming the shape that the model expects and the one received.
    """
    expected = [tuple(tensor.shape) for tensor in getattr(model, "inputs", None) or []]
    if not expected:
        return
    received = [array.shape for array in _in_input_order(model, probes)]
    fits = len(expected) == len(received) and all(map(_fits, expected, received))
    if not fits:
        raise ValueError(
            "Expected `probes` of the shape of the model's input, "
            f"{_shown(expected)} (the first axis is the number of probes). "
            f"Received: {_shown(received)}."
        )


def _in_input_order(model: keras.Model, probes: Any) -> list[npt.NDArray[Any]]:
    if isinstance(probes, Mapping):
        names = [tensor.name for tensor in model.inputs]
        if set(names) != set(probes):
            raise ValueError(
                f"Expected `probes` for the model's inputs {names}. Received: {list(probes)}."
            )
        return [probes[name] for name in names]
    return list(keras.tree.flatten(probes))


def _fits(expected: tuple[int | None, ...], received: tuple[int, ...]) -> bool:
    return len(expected) == len(received) and all(
        want is None or want == have for want, have in zip(expected[1:], received[1:], strict=True)
    )


def _shown(shapes: list[tuple[int | None, ...]] | list[tuple[int, ...]]) -> str:
    return str(shapes[0]) if len(shapes) == 1 else str(shapes)


def as_pictures(probes: Any, channels_first: bool) -> npt.NDArray[np.uint8]:
    """Returns the first input with a picture's rank, else the first, as uint8 pictures.

    The result is `[n, height, width]` (grey) or `[n, height, width, 3 or 4]`. uint8 is shown as it
    is, floats within 0…1 times 255, anything else stretched from its smallest to its largest value.
    """
    arrays = keras.tree.flatten(probes)
    picture = next((array for array in arrays if array.ndim == 4), arrays[0])
    if picture.ndim == 4 and channels_first:
        picture = picture.transpose(0, 2, 3, 1)
    if picture.ndim == 5:
        picture = picture[:, picture.shape[1] // 2]
    while picture.ndim < 3:
        picture = picture[:, None]
    if picture.ndim == 4 and picture.shape[-1] not in (3, 4):
        picture = picture.mean(axis=-1) if picture.shape[-1] > 1 else picture[..., 0]
    return _as_levels(picture)


def _as_levels(picture: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    if picture.dtype == np.uint8:
        return picture
    values = np.nan_to_num(picture.astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if low < 0 or high > 1:
        values = (values - low) / (high - low) if high > low else np.zeros_like(values)
    return np.round(values * 255).astype(np.uint8)
