"""One who listens to a loss tap."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from tb_featuremaps.capture.loss_terms import Columns, TermMeans, loss_values, step_columns
from tb_featuremaps.capture.step_functions import Phase
from tb_featuremaps.capture.step_recorder import RecordedSteps
from tb_featuremaps.format.loss_values import LossValues

if TYPE_CHECKING:
    from tb_featuremaps.capture.loss_tap import LossTap


class HeardSteps(NamedTuple):
    """Steps that were read together.

    Attributes:
        columns: their terms, as `loss_terms.step_columns` makes them; none if they recorded none.
        iterations: of the optimizer after each step; `NO_ITERATIONS` without one.
    """

    columns: Columns
    iterations: list[int]

    def parted(self, at: int) -> tuple["HeardSteps", "HeardSteps"]:
        """The first `at` steps, and the others."""
        if at >= len(self.iterations):
            return self, HeardSteps([], [])
        before, behind = (
            [column[part] for column in self.columns] for part in (slice(at), slice(at, None))
        )
        return HeardSteps(before, self.iterations[:at]), HeardSteps(behind, self.iterations[at:])


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
        self._tested = TermMeans()

    def receive(self, phase: Phase, recorded: RecordedSteps, outputs: int) -> None:
        """Takes steps over in which so many outputs have a loss."""
        if phase == "train":
            self._lost += recorded.lost
            columns = step_columns(recorded.rows, outputs)
            self._steps.append(HeardSteps(columns, recorded.iterations))
        else:
            self._tested.add_samples(recorded.rows, outputs)

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
        found = self._tested.take()
        return None if found is None else loss_values(found)

    def so_far(self) -> LossValues | None:
        """Reads the device; the means over the steps that `take_steps` will give, a point."""
        self.tap.drain()
        means = TermMeans()
        for steps in self._steps:
            means.add_batches(steps.columns)
        found = means.take()
        return None if found is None else loss_values(found)

    def stop(self) -> None:
        """Ends listening."""
        self.tap.stop(self)
