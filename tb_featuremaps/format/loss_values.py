"""What the points of a loss curve show, from where they are taken to where they are encoded."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class LossValues(NamedTuple):
    """The terms of the loss at some points, so that total = Σ weighted + penalty.

    Attributes:
        total: the whole loss, float64 `[points]`.
        penalty: regularisers and `add_loss`, as they are in the total, float64 `[points]`.
        losses: the loss of each output, before its weight, float64 `[points, outputs]`.
        weighted: the loss of each output times its weight, float64 `[points, outputs]`.
        weights: the loss weights, float64 `[points, outputs]`; they may change.
    """

    total: npt.NDArray[np.float64]
    penalty: npt.NDArray[np.float64]
    losses: npt.NDArray[np.float64]
    weighted: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]

    @property
    def unexplained(self) -> npt.NDArray[np.float64]:
        """What of the total is none of the terms, float64 `[points]`."""
        return self.total - self.penalty - self.weighted.sum(axis=1)
