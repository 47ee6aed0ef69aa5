"""What the points of a loss curve show, from where they are taken to where they are encoded."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

Column: TypeAlias = Sequence[float]


class LossValues(NamedTuple):
    """The terms of the loss at some points, so that total = Σ weighted + penalty.

    They are plain numbers, not arrays: there are few at a time, and now and then, and the code of
    an array library has left the caches by then.

    Attributes:
        total: the whole loss, `[points]`.
        penalty: regularisers and `add_loss`, as they are in the total, `[points]`.
        losses: the loss of each output, before its weight, `[outputs][points]`.
        weighted: the loss of each output times its weight, `[outputs][points]`.
        weights: the loss weights, `[outputs][points]`; they may change.
    """

    total: Column
    penalty: Column
    losses: Sequence[Column]
    weighted: Sequence[Column]
    weights: Sequence[Column]

    def unexplained(self, point: int) -> float:
        """What of the total at a point is none of the terms."""
        return self.total[point] - self.penalty[point] - sum(at[point] for at in self.weighted)
