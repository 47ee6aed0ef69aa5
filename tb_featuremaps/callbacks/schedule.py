"""When to capture."""

import bisect
import functools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, TypeAlias

import numpy as np

from tb_featuremaps.callbacks.causes import cause
from tb_featuremaps.capture.arguments import is_whole

Every: TypeAlias = "int | Literal['epoch'] | Schedule"


class ScheduleError(Exception):
    """The function of a `Schedule` could not be asked."""


class Schedule:
    """Decides after which steps a capture is due.

    Args:
        due: called with the step before and the step after a batch (several batches with
            `steps_per_execution`); returns whether a capture is due. None: after no batch.
        epochs: capture at the end of every that many epochs; 0 for none.

    Raises:
        ValueError: `due` can't be called, or `epochs` is no whole number ≥ 0.

    Example:
        `FeatureMaps("logs", probes, every=Schedule.at([1, 10, 100, 1000]))`
    """

    def __init__(self, due: Callable[[int, int], bool] | None = None, epochs: int = 0) -> None:
        if due is not None and not callable(due):
            raise ValueError(
                "Expected `due` to be None or a function of the step before and the step after. "
                f"Received: {due!r}. For every so many batches give `Schedule.batches`."
            )
        if not is_whole(epochs, least=0):
            raise ValueError(f"Expected `epochs` to be a whole number ≥ 0. Received: {epochs!r}.")
        self._due = due
        self._epochs = int(epochs)
        # Tells the first step behind another after which a capture is due, where that is known.
        self._following: Callable[[int], float] | None = None

    @classmethod
    def batches(cls, every: int) -> "Schedule":
        """A capture whenever the step passes a multiple of `every`.

        Raises:
            ValueError: `every` is no whole number ≥ 1.
        """
        if not is_whole(every, least=1):
            raise ValueError(
                'Expected `every` to be "epoch", a whole number of batches ≥ 1, or a Schedule. '
                f"Received: {every!r}."
            )
        return cls._foreseeable(functools.partial(_next_multiple, every))

    @classmethod
    def at(cls, steps: Iterable[int]) -> "Schedule":
        """A capture when the step reaches each of `steps`.

        Raises:
            ValueError: they are not whole numbers ≥ 0.
        """
        listed = list(steps) if isinstance(steps, Iterable) else [steps]
        if not isinstance(steps, Iterable) or not all(is_whole(step, least=0) for step in listed):
            raise ValueError(
                "Expected `steps` to be several whole numbers ≥ 0, such as [1, 10, 100]. "
                f"Received: {steps!r}."
            )
        places = [*sorted(listed), math.inf]
        return cls._foreseeable(functools.partial(_next_place, places))

    @classmethod
    def of(cls, every: Every) -> "Schedule":
        """The schedule that an `every` argument means."""
        if isinstance(every, Schedule):
            return every
        return cls(epochs=1) if every == "epoch" else cls.batches(every)

    @classmethod
    def _foreseeable(cls, following: Callable[[int], float]) -> "Schedule":
        schedule = cls(functools.partial(_passes, following))
        schedule._following = following
        return schedule

    def next_due(self, step: int) -> float:
        """The first step behind `step` after which a capture may be due; infinite if after none.

        A `due` of the user's is to be asked after each batch, also one that made no step, since it
        may count its calls: then it is minus infinity.
        """
        if self._due is None:
            return math.inf
        return -math.inf if self._following is None else self._following(step)

    def will_be_due(self, step: int) -> bool:
        """Whether a capture will be due after the step that follows `step`, where that is known.

        A `due` of the user's is not asked: it may count its calls.
        """
        return self._following is not None and self._following(step) == step + 1

    @property
    def asks_after_batches(self) -> bool:
        """Whether a capture may be due after a batch."""
        return self._due is not None

    def due_after_batch(self, before: int, after: int) -> bool:
        """Whether a capture is due when training went from step `before` to step `after`."""
        if self._due is None:
            return False
        try:
            return self._due(before, after)
        except Exception as error:
            raise ScheduleError(f"the function given to Schedule raised {cause(error)}") from error

    def due_after_epoch(self, epoch: int) -> bool:
        """Whether a capture is due at the end of `epoch`, counted from 0."""
        return self._epochs > 0 and (epoch + 1) % self._epochs == 0


# Functions of the module, since those that are made inside others can't be pickled.
def _next_multiple(every: int, step: int) -> float:
    return (step // every + 1) * every


def _next_place(places: Sequence[float], step: int) -> float:
    return places[bisect.bisect_right(places, step)]


def _passes(following: Callable[[int], float], before: int, after: int) -> bool:
    return after >= following(before)


class Backoff:
    """Lowers the rate of captures while writing is slower than training, and raises it again.

    Each refused capture doubles the distance between captures; a row of accepted ones halves it.
    """

    _ROW = 4

    def __init__(self) -> None:
        self._distance = 1
        self._due = 0
        self._accepted = 0

    def allows(self) -> bool:
        """Whether a capture that is due is to be tried; call it once for each."""
        self._due += 1
        return self._due % self._distance == 0

    def refused(self) -> None:
        """A capture found no place to wait."""
        self._distance *= 2
        self._due = self._accepted = 0

    def took(self) -> None:
        """A capture was accepted."""
        self._accepted += 1
        if self._accepted >= self._ROW and self._distance > 1:
            self._distance //= 2
            self._accepted = 0


class Thinning:
    """Keeps captures within a number, ever farther apart, so that a long run stays affordable.

    Args:
        limit: the most captures to take, at least 2; None for no limit.

    Raises:
        ValueError: `limit` is below 2.
    """

    def __init__(self, limit: int | None) -> None:
        if limit is not None and not is_whole(limit, least=2):
            raise ValueError(
                "Expected `max_captures` to be None or a whole number, at least 2. "
                f"Received: {limit!r}."
            )
        self._limit = limit
        self._taken = 0
        self._allowed: list[int] | None = None

    def plan(self, first: int, last: int | None) -> None:
        """Lays the allowed steps out geometrically from `first` to `last`, if that is known."""
        self._taken = 0
        self._allowed = None
        if self._limit is not None and last is not None and last > first:
            span = np.geomspace(1, last - first + 1, self._limit - 1)
            self._allowed = [first + round(step) - 1 for step in span]

    def bounded(self, captures: int) -> int:
        """How many of so many captures are taken."""
        return captures if self._limit is None else min(captures, self._limit)

    def allows(self, step: int) -> bool:
        """Whether a capture that is due at `step` is to be taken; keeps one for the end."""
        if self._limit is None:
            return True
        if self._taken >= self._limit - 1:
            return False
        if self._allowed is None:
            return True
        return self._taken < sum(allowed <= step for allowed in self._allowed)

    def took(self) -> None:
        """Counts a capture."""
        self._taken += 1


def planned_captures(
    schedule: Schedule, thinning: Thinning, epochs: int | None, steps_per_epoch: int | None
) -> int | None:
    """How many captures a fit of that length makes; None if too little of it is known.

    Raises:
        ValueError: a length is no whole number ≥ 1.
    """
    for name, length in (("epochs", epochs), ("steps_per_epoch", steps_per_epoch)):
        if length is not None and not is_whole(length, least=1):
            raise ValueError(
                f"Expected `{name}` to be None or a whole number ≥ 1. Received: {length!r}."
            )
    if steps_per_epoch is None and not schedule.asks_after_batches:
        steps_per_epoch = 1  # captures at ends of epochs are as many, however long these are
    if epochs is None or steps_per_epoch is None:
        return None
    last = epochs * steps_per_epoch
    planned = {0, last}
    planned |= {step + 1 for step in range(last) if schedule.due_after_batch(step, step + 1)}
    ends = [epoch for epoch in range(epochs) if schedule.due_after_epoch(epoch)]
    planned |= {(epoch + 1) * steps_per_epoch for epoch in ends}
    return thinning.bounded(len(planned))
