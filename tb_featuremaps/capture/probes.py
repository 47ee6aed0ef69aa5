"""The probes: inputs whose activations are captured, and how they look as pictures."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_featuremaps.capture.pictures import pictures_of

# How many shapes an error message lists.
_SHAPES_SHOWN = 8


def as_arrays(probes: Any) -> Any:
    """Returns probes as numpy arrays in the structure they came in.

    Args:
        probes: an array `[n, …]`, a list, tuple or dict of arrays for several inputs; or a
            `tf.data.Dataset` or `keras.utils.PyDataset`, of which the first batch is taken:
            its inputs, if it has labels and sample weights too.

    Raises:
        ValueError: no probes, arrays of different lengths, or values that aren't numbers.
    """
    probes = _first_batch(probes)
    arrays = keras.tree.map_structure(_as_array, probes)
    lengths = {array.shape[0] if array.ndim else 0 for array in keras.tree.flatten(arrays)}
    if len(lengths) != 1 or 0 in lengths:
        shapes = [array.shape for array in keras.tree.flatten(arrays)]
        more = len(shapes) - _SHAPES_SHOWN
        raise ValueError(
            "Expected `probes` to be arrays [n, …] with the same n ≥ 1 for every input. "
            f"Received shapes: {shapes[:_SHAPES_SHOWN]}{f' and {more} more' if more > 0 else ''}."
            + (" A list means several inputs; make an array of numbers." if () in shapes else "")
        )
    return arrays


def _first_batch(probes: Any) -> Any:
    """The inputs of a data set's first batch, as `fit` takes a batch apart."""
    if hasattr(probes, "element_spec") and hasattr(probes, "take"):
        batch = next(iter(probes.take(1)), None)
    elif isinstance(probes, keras.utils.PyDataset):
        batch = probes[0] if probes.num_batches != 0 else None
    else:
        return probes
    if batch is None:
        raise ValueError("Expected `probes` to hold a batch. Received: an empty dataset.")
    return keras.utils.unpack_x_y_sample_weight(batch)[0]


def _as_array(value: Any) -> npt.NDArray[Any]:
    array = np.asarray(keras.ops.convert_to_numpy(value) if hasattr(value, "shape") else value)
    # bfloat16 is no kind of numpy's own.
    if array.dtype.kind not in "fiub" and not np.can_cast(array.dtype, np.float32):
        raise ValueError(
            f"Expected `probes` to be numbers. Received: an array of dtype {array.dtype}."
        )
    return array


def count(probes: Any) -> int:
    """How many probes there are."""
    return int(keras.tree.flatten(probes)[0].shape[0])


def for_model(model: keras.Model, probes: Any, name: str = "probes") -> Any:
    """Returns the probes in the structure of the model's inputs, as `fit` would feed them.

    A dict is matched by the keys of the inputs, or by their names where these are no dict; keys
    that the model doesn't take are left out. Lists and tuples are matched in order. A model that
    doesn't say what its inputs are, as a subclassed one, gets the probes as they are.

    Args:
        model: the model.
        probes: as `as_arrays` returns them.
        name: of the argument that they are, for errors.

    Raises:
        ValueError: naming the shapes or keys that the model expects and those received; or
            `model` is no model.
    """
    if not isinstance(model, keras.Model):
        raise ValueError(
            f"Expected `model` to be a Keras model. Received: {model!r} of type "
            f"{type(model).__name__}."
        )
    symbolic = getattr(model, "inputs", None)
    if not symbolic:
        return probes
    structure = symbolic[0] if isinstance(model, keras.Sequential) else model.input
    if isinstance(probes, Mapping):
        probes = _by_key(structure, symbolic, probes, name)
    elif isinstance(structure, Mapping) and list(structure) != sorted(structure):
        raise ValueError(
            f"Expected `{name}` as a dict with the keys {list(structure)}, since the model's "
            f"inputs are one. Received: a {type(probes).__name__}."
        )
    received = keras.tree.flatten(probes)
    expected = [tuple(tensor.shape) for tensor in symbolic]
    shapes = [array.shape for array in received]
    if len(expected) != len(shapes) or not all(map(_fits, expected, shapes)):
        raise ValueError(
            f"Expected `{name}` of the shape of the model's input, {_shown(expected)} (the first "
            f"axis is the number of {'probes' if name == 'probes' else 'samples'}). "
            f"Received: {_shown(shapes)}."
        )
    return keras.tree.pack_sequence_as(structure, received)


def _by_key(structure: Any, symbolic: list[Any], probes: Mapping[str, Any], name: str) -> Any:
    keyed = isinstance(structure, Mapping)
    keys = list(structure) if keyed else [tensor.name for tensor in symbolic]
    missing = [key for key in keys if key not in probes]
    if missing:
        raise ValueError(
            f"Expected `{name}` for the model's inputs {keys}. Received: {list(probes)}."
        )
    return {key: probes[key] for key in keys} if keyed else [probes[key] for key in keys]


def _fits(expected: tuple[int | None, ...], received: tuple[int, ...]) -> bool:
    """Whether Keras takes it; it adds and removes a last axis of length 1 itself."""
    if len(received) == len(expected) - 1 and expected[-1] == 1:
        received = (*received, 1)
    elif len(received) == len(expected) + 1 and received[-1] == 1:
        received = received[:-1]
    return len(expected) == len(received) and all(
        want is None or want == have for want, have in zip(expected[1:], received[1:], strict=True)
    )


def _shown(shapes: list[tuple[int | None, ...]] | list[tuple[int, ...]]) -> str:
    return str(shapes[0]) if len(shapes) == 1 else str(shapes)


def as_pictures(probes: Any, channels_first: bool) -> npt.NDArray[np.uint8]:
    """Returns the first input with a picture's rank, else the first, as `pictures_of` does."""
    arrays = keras.tree.flatten(probes)
    picture = next((array for array in arrays if array.ndim == 4), arrays[0])
    return pictures_of(picture, channels_first)
