"""One who listens to a loss tap."""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tb_featuremaps.capture.loss_terms import Sums, TermMeans, means
from tb_featuremaps.capture.step_functions import Phase

if TYPE_CHECKING:
    from tb_featuremaps.capture.loss_tap import LossTap


@dataclasses.dataclass(frozen=True)
class HeardStep:
    """One step.

    Attributes:
        sums: of its terms, as `loss_terms.row_sums` makes them.
        iterations: of the optimizer after it; None without one.
    """

    sums: Sums
    iterations: int | None


class TermListener:
    """Holds what a tap hears for one who takes it when it wants it.

    Attributes:
        tap: that it listens to.
        failed: called when an exception that ends the `fit` leaves a step.
    """

    def __init__(self, tap: "LossTap", failed: Callable[[], None]) -> None:
        self.tap = tap
        self.failed = failed
        self._steps: list[HeardStep] = []
        self._lost = 0
        self._tested: Sums | None = None

    def receive(
        self, phase: Phase, sums: Sums, iterations: npt.NDArray[np.int64], lost: int
    ) -> None:
        """Takes steps over: float64 `[steps, sums]`, the iterations, and how many were lost."""
        if phase == "train":
            self._lost += lost
            self._steps += [
                HeardStep(row, int(count) if count >= 0 else None)
                for row, count in zip(sums, iterations, strict=True)
            ]
        else:
            self._tested = added(self._tested, sums.sum(0))

    def take_steps(self, is_idle: bool = True) -> list[HeardStep]:
        """Reads the device; returns the steps of training since the last call.

        Args:
            is_idle: as for `LossTap.drain`.
        """
        with self.tap.lock:  # another listener may have it read on another thread
            self.tap.drain(is_idle)
            steps, self._steps = self._steps, []
        return steps

    def take_lost(self) -> int:
        """How many steps of training were lost since the last call, more than could be held."""
        lost, self._lost = self._lost, 0
        return lost

    def take_test(self) -> TermMeans | None:
        """Reads the device; returns the means over the samples validated since the last call."""
        self.tap.drain()
        sums, self._tested = self._tested, None
        return None if sums is None else means(sums, over_samples=True)

    def so_far(self) -> TermMeans | None:
        """Reads the device; the means over the samples of the steps that `take_steps` will give."""
        self.tap.drain()
        sums: Sums | None = None
        for step in self._steps:
            sums = added(sums, step.sums)
        return None if sums is None else means(sums, over_samples=True)

    def stop(self) -> None:
        """Ends listening."""
        self.tap.stop(self)


def added(sums: Sums | None, more: Sums) -> Sums:
    """Adds sums up; those of a step that was traced anew with other losses take their place."""
    return more if sums is None or len(sums) != len(more) else sums + more
