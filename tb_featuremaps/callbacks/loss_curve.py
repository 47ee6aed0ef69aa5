"""The curve of the training loss, made of what the steps recorded and what `fit` told."""

import dataclasses
import time
from collections.abc import Iterator, Mapping
from typing import Any

import keras

from tb_featuremaps.callbacks.loss_points import LossPoints, PointJob
from tb_featuremaps.callbacks.step_clock import StepClock, iterations_of
from tb_featuremaps.capture.loss_terms import Sums, means
from tb_featuremaps.capture.term_listener import HeardStep, TermListener, added

# Of a batch that `fit` has not told of.
_NO_LOGS = None


@dataclasses.dataclass(frozen=True)
class _Told:
    """What `fit` told of a batch: when it had run, and what the step returned."""

    wall_time: float
    logs: Mapping[str, Any] | None


class LossCurve:
    """Puts the batches since the last read in order, and makes a point of each interval.

    What a step recorded tells its terms and the optimizer's iterations after it, so a batch is
    counted and placed as if the device had been read after it.

    Args:
        points: makes the points.
        clock: counts the steps; has begun.
        every: steps per point.
        main: as for `describe_outputs`.
    """

    def __init__(self, points: LossPoints, clock: StepClock, every: int, main: str | None) -> None:
        self._points = points
        self._clock = clock
        self._every = every
        self._main = main
        self._written = clock.step
        self._told: list[_Told] = []
        self._logs: Mapping[str, Any] | None = _NO_LOGS
        self._wall_time = 0.0
        self._sums: Sums | None = None

    def tell(self, batches: int, logs: Mapping[str, Any] | None) -> None:
        """So many batches have run, the last of which returned `logs`."""
        self._told += [_Told(time.time(), logs)] * batches

    def jobs(self, model: keras.Model, listener: TermListener) -> Iterator[PointJob]:
        """Reads the device; the points of the intervals that have ended since the last call."""
        steps, told, self._told = listener.take_steps(), self._told, []
        for index in range(max(len(steps), len(told))):
            self._note(told[index] if index < len(told) else _Told(time.time(), _NO_LOGS))
            step = self._advance(model, steps, index)
            if step >= self._written + self._every:
                yield from self._point(model, listener)

    def last_job(self, model: keras.Model, listener: TermListener) -> Iterator[PointJob]:
        """The interval that the end of the `fit` cuts short, if an update was in it."""
        if self._clock.step > self._written:
            yield from self._point(model, listener)

    def _note(self, told: _Told) -> None:
        self._wall_time = told.wall_time
        self._logs = told.logs

    def _advance(self, model: keras.Model, steps: list[HeardStep], index: int) -> int:
        """Counts a batch; one that recorded nothing has the iterations that there are now."""
        if index >= len(steps):
            return self._clock.after_batches(model, 1, iterations_of(model))
        self._sums = added(self._sums, steps[index].sums)
        return self._clock.after_batches(model, 1, steps[index].iterations)

    def _point(self, model: keras.Model, listener: TermListener) -> Iterator[PointJob]:
        self._written = self._clock.step
        sums, self._sums = self._sums, None
        found = None if sums is None else means(sums, over_samples=False)
        moment = (self._written, self._wall_time)
        job = self._points.job(model, listener.tap, found, self._logs, self._main, moment)
        if job is not None:
            yield job
