"""The labelled batch on which gradients are taken."""

import dataclasses
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_featuremaps.capture import probes as probe_arrays


@dataclasses.dataclass(frozen=True)
class LabelledBatch:
    """Inputs, targets and weights as numpy arrays, in the structures that `fit` takes.

    Attributes:
        x: inputs, arrays `[n, …]`.
        y: targets, arrays `[n, …]`; None if the model needs none.
        sample_weight: arrays `[n]` or as `fit` takes them; None for none.
    """

    x: Any
    y: Any
    sample_weight: Any

    @classmethod
    def of(cls, x: Any, y: Any, sample_weight: Any) -> "LabelledBatch":
        """Checks and copies a batch.

        Raises:
            ValueError: something isn't numbers, or lengths differ.
        """
        batch = cls(_arrays("x", x), _arrays("y", y), _arrays("sample_weight", sample_weight))
        lengths = {
            name: [len(array) for array in keras.tree.flatten(part) if array is not None]
            for name, part in (("x", batch.x), ("y", batch.y), ("sample_weight", sample_weight))
        }
        found = {length for part in lengths.values() for length in part}
        if len(found) != 1 or 0 in found:
            raise ValueError(
                "Expected `x`, `y` and `sample_weight` to hold the same n ≥ 1 samples. "
                f"Received: {lengths}."
            )
        return batch

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return probe_arrays.count(self.x)


def _arrays(name: str, value: Any) -> Any:
    if value is None:
        if name == "x":
            raise ValueError("Expected `x` to be arrays [n, …]. Received: None.")
        return None
    return keras.tree.map_structure(lambda part: _array(name, part), value)


def _array(name: str, value: Any) -> npt.NDArray[Any] | None:
    if value is None:
        return None
    # A copy: the fit may go on with the user's array.
    array = np.array(keras.ops.convert_to_numpy(value) if hasattr(value, "shape") else value)
    if array.ndim == 0 or (array.dtype.kind not in "fiub" and not np.can_cast(array.dtype, "f4")):
        what = f"an array of dtype {array.dtype}" if array.ndim else f"one {type(value).__name__}"
        raise ValueError(f"Expected `{name}` to be arrays [n, …] of numbers. Received: {what}.")
    # As `fit` does.
    return array.astype(keras.config.floatx()) if array.dtype.kind == "f" else array
