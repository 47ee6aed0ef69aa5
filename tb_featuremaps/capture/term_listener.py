"""One who listens to a loss tap."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from tb_featuremaps.capture.loss_terms import Sums, means
from tb_featuremaps.capture.step_functions import Phase
from tb_featuremaps.format.loss_values import LossValues

if TYPE_CHECKING:
    from tb_featuremaps.capture.loss_tap import LossTap


class HeardSteps(NamedTuple):
    """Steps that were read together.

    Attributes:
        sums: of their terms, as `loss_terms.row_sums` makes them, float64 `[steps, …]`.
        iterations: of the optimizer after each, int64 `[steps]`; `NO_ITERATIONS` without one.
    """

    sums: Sums
    iterations: npt.NDArray[np.int64]

    def parted(self, at: int) -> tuple["HeardSteps", "HeardSteps"]:
        """The first `at` steps, and the others."""
        before = HeardSteps(self.sums[:at], self.iterations[:at])
        return before, HeardSteps(self.sums[at:], self.iterations[at:])


class TermListener:
    """Holds what a tap hears for one who takes it when it wants it.

    Attributes:
        tap: that it listens to.
        failed: called when an exception that ends the `fit` leaves a step.
    """

    def __init__(self, tap: "LossTap", failed: Callable[[], None]) -> None:
        self.tap = tap
        self.failed = failed
        self._steps: list[HeardSteps] = []
        self._lost = 0
        self._tested: Sums | None = None

    def receive(
        self, phase: Phase, sums: Sums, iterations: npt.NDArray[np.int64], lost: int
    ) -> None:
        """Takes steps over: float64 `[steps, …]`, the iterations, and how many were lost."""
        if phase == "train":
            self._lost += lost
            self._steps.append(HeardSteps(sums, iterations))
        else:
            self._tested = added(self._tested, sums.sum(0))

    @property
    def has_unread(self) -> bool:
        """Whether there are steps of training that were not taken."""
        return bool(self._steps) or self.tap.has_unread("train")

    def take_steps(self, is_idle: bool = True) -> list[HeardSteps]:
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

    def take_test(self) -> LossValues | None:
        """Reads the device; the means over the samples validated since the last call, a point."""
        self.tap.drain()
        sums, self._tested = self._tested, None
        return None if sums is None else means(sums[None], over_samples=True)

    def so_far(self) -> LossValues | None:
        """Reads the device; the means over the steps that `take_steps` will give, a point."""
        self.tap.drain()
        sums: Sums | None = None
        for steps in self._steps:
            sums = added(sums, steps.sums.sum(0))
        return None if sums is None else means(sums[None], over_samples=False)

    def stop(self) -> None:
        """Ends listening."""
        self.tap.stop(self)


def added(sums: Sums | None, more: Sums) -> Sums:
    """Adds sums up; those of a step that was traced anew with other losses take their place."""
    return more if sums is None or len(sums) != len(more) else sums + more
