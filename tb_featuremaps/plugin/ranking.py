"""The classes with the largest values, and where the true one stands among them."""

from typing import Any

import numpy as np
import numpy.typing as npt

from tb_featuremaps.plugin.tensors import as_float32

TOP = 5
_UNKNOWN = -1


class Ranking:
    """The ranking of several captures, filled capture by capture so that memory stays small.

    Args:
        captures: how many there will be.
        truth: int32 `[probes]`, as `true_classes` returns it.
    """

    def __init__(self, captures: int, truth: npt.NDArray[np.int32]) -> None:
        shape = (captures, len(truth))
        self._truth = truth
        self._top_values = np.full((*shape, TOP), np.nan, np.float32)
        self._top_classes = np.full((*shape, TOP), _UNKNOWN, np.int32)
        self._true_values = np.full(shape, np.nan, np.float32)
        self._true_ranks = np.zeros(shape, np.int32)
        self._nonfinite = np.zeros(shape, np.int32)

    def add(self, capture: int, values: npt.NDArray[Any]) -> None:
        """Ranks one capture, `[probes, classes]`."""
        numbers = as_float32(values)
        self._nonfinite[capture] = np.count_nonzero(~np.isfinite(numbers), axis=1)
        self._add_top(capture, numbers)
        self._add_truth(capture, numbers)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The arrays of docs/routes.md by name."""
        return {
            "top_values": self._top_values,
            "top_classes": self._top_classes,
            "true_class": self._truth,
            "true_values": self._true_values,
            "true_ranks": self._true_ranks,
            "nonfinite": self._nonfinite,
        }

    def _add_top(self, capture: int, numbers: npt.NDArray[np.float32]) -> None:
        number = min(TOP, numbers.shape[1])
        falling = -np.where(np.isnan(numbers), -np.inf, numbers)
        top = np.argpartition(falling, number - 1, axis=1)[:, :number]
        top.sort(axis=1)  # equal values in the order of the classes
        order = np.argsort(np.take_along_axis(falling, top, 1), axis=1, kind="stable")
        top = np.take_along_axis(top, order, 1)
        found = np.take_along_axis(numbers, top, 1)
        self._top_values[capture, :, :number] = found
        self._top_classes[capture, :, :number] = np.where(np.isnan(found), _UNKNOWN, top)

    def _add_truth(self, capture: int, numbers: npt.NDArray[np.float32]) -> None:
        known = np.flatnonzero(self._truth != _UNKNOWN)
        values = numbers[known, self._truth[known]]
        ranks = 1 + np.count_nonzero(numbers[known] > values[:, None], axis=1)
        self._true_values[capture, known] = values
        # Predictions that are not finite are never right.
        sound = self._nonfinite[capture, known] == 0
        self._true_ranks[capture, known] = np.where(sound, ranks, 0)
