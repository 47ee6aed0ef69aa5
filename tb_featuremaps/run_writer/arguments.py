"""What is given to a `RunWriter`, checked and brought into one form."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

DataFormat = Literal["channels_last", "channels_first"]


def whole_step(step: Any, name: str = "step") -> int:
    """Returns a step, or what else is counted, as an int.

    Raises:
        ValueError: it is no whole number of at least 0.
    """
    array = np.asarray(step)
    if array.ndim or array.dtype.kind not in "iu" or array < 0:
        raise ValueError(f"Expected `{name}` to be a whole number ≥ 0. Received: {step!r}.")
    return int(array)


def named(values: Any, what: str) -> Mapping[str, Any]:
    """Passes a mapping from names.

    Raises:
        ValueError: it is none, or empty.
    """
    if not isinstance(values, Mapping) or not values:
        received = repr(values) if isinstance(values, Mapping) else type(values).__name__
        raise ValueError(
            f"Expected `{what}` to be a dict of arrays by name, with at least one. "
            f"Received: {received}."
        )
    odd = [name for name in values if not isinstance(name, str) or not name]
    if odd:
        raise ValueError(f"Expected the names of `{what}` to be text. Received: {odd}.")
    return values


def texts(values: Any, what: str) -> Mapping[str, str]:
    """Passes a mapping from names to texts; an empty one for None.

    Raises:
        ValueError: it is none.
    """
    if values is None:
        return {}
    if not isinstance(values, Mapping) or not all(
        isinstance(text, str) for pair in values.items() for text in pair
    ):
        raise ValueError(f"Expected `{what}` to be a dict of texts by name. Received: {values!r}.")
    return values


def number(value: Any, name: str) -> float:
    """Returns a number, which may be NaN or infinite, as a float.

    Raises:
        ValueError: it is none, or several.
    """
    array = numbers(value, name)
    if array.size != 1:
        raise ValueError(f"Expected `{name}` to be one number. Received: shape {array.shape}.")
    return float(array.reshape(()))


def numbers(value: Any, name: str) -> npt.NDArray[Any]:
    """Returns real numbers as an array.

    Raises:
        ValueError: it is of something else, or on a device that numpy can't read from.
    """
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(
            f"Expected `{name}` to be a numpy array, or what numpy can read. Received: "
            f"{type(value).__name__} ({error}). Of a PyTorch tensor give "
            "`tensor.detach().cpu().numpy()`."
        ) from error
    # bfloat16 is no kind of numpy's own.
    if array.dtype.kind not in "fiub" and not np.can_cast(array.dtype, np.float32):
        raise ValueError(f"Expected `{name}` to hold real numbers. Received: dtype {array.dtype}.")
    return array


def maps_of(value: Any, name: str, data_format: DataFormat) -> npt.NDArray[np.float32]:
    """Returns a copy of a layer's output as maps, float32 `[n, height, width, channels]`.

    Rank 2 (units) becomes 1×1 maps, rank 3 (steps) maps of height 1.

    Raises:
        ValueError: it is empty, or of another rank.
    """
    array = numbers(value, name)
    if array.ndim not in (2, 3, 4) or not array.size:
        raise ValueError(
            f"Expected `{name}` to be [n, height, width, channels] ([n, channels, height, width] "
            "if `data_format` is channels_first), [n, steps, channels] or [n, units], and not "
            f"empty. Received: shape {array.shape}."
        )
    if data_format == "channels_first" and array.ndim > 2:
        array = np.moveaxis(array, 1, -1)
    with np.errstate(over="ignore"):  # beyond float32 a value is infinite, and shown as such
        copied = np.array(array, np.float32)
    return copied.reshape(len(copied), *(1,) * (4 - array.ndim), *copied.shape[1:])
