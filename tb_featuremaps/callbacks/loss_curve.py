"""The curve of the training loss, made of what the steps recorded and what `fit` told."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import keras

from tb_featuremaps.callbacks.loss_points import LossPoints, PointJob
from tb_featuremaps.callbacks.step_clock import StepClock, iterations_of
from tb_featuremaps.capture.loss_terms import Sums, means
from tb_featuremaps.capture.term_listener import HeardStep, TermListener, added

# Of a batch that `fit` has not told of.
_NO_LOGS = None


class _Told(NamedTuple):
    """What `fit` told of a batch: when it had run, and what the step returned."""

    wall_time: float
    logs: Mapping[str, Any] | None


class LossCurve:
    """Puts the batches since the last read in order, and makes a point of each interval.

    What a step recorded tells its terms and the optimizer's iterations after it, so a batch is
    counted and placed as if the device had been read after it.

    Args:
        model: that trains.
        listener: to its steps.
        points: makes the points.
        clock: counts the steps; has begun.
        every: steps per point.
        main: as for `describe_outputs`.
        submit: takes the points in their order, on the thread of the caller.
    """

    def __init__(
        self,
        model: keras.Model,
        listener: TermListener,
        points: LossPoints,
        clock: StepClock,
        every: int,
        main: str | None,
        submit: Callable[[list[PointJob]], None],
    ) -> None:
        self._model = model
        self._listener = listener
        self._points = points
        self._clock = clock
        self._every = every
        self._main = main
        self._submit = submit
        self._written = clock.step
        self._told: deque[_Told] = deque()
        self._steps: list[HeardStep] = []
        self._logs: Mapping[str, Any] | None = _NO_LOGS
        self._wall_time = 0.0
        self._sums: Sums | None = None
        self._lock = threading.Lock()  # it is written from two threads

    def tell(self, batches: int, logs: Mapping[str, Any] | None) -> None:
        """So many batches have run, the last of which returned `logs`."""
        told = _Told(time.time(), logs)
        for _ in range(batches):
            self._told.append(told)  # without the lock, since this is done at every batch

    def write(self, is_end: bool = False) -> None:
        """Reads the device and submits the points of the intervals that have ended since.

        Args:
            is_end: whether the interval that the end of the `fit` cuts short is one too, if an
                update was in it.
        """
        with self._lock:
            self._steps += self._listener.take_steps()
            batches = max(len(self._steps), len(self._told))
            jobs = list(self._jobs(batches))
            if is_end and self._clock.step > self._written:
                jobs += self._point()
            self._submit(jobs)

    def write_overdue(self) -> None:
        """Does so for what waits while no batch ends, from another thread than that of the `fit`.

        Batches that have ended in between wait until `fit` has told of them.
        """
        if self._points.needs_logs(self._listener.tap) or not self._listener.tap.is_overdue():
            return
        with self._lock:
            self._steps += self._listener.take_steps(is_idle=False)
            batches = min(len(self._steps), len(self._told))
            self._submit(list(self._jobs(batches)))

    def _jobs(self, batches: int) -> Iterator[PointJob]:
        steps, self._steps = self._steps[:batches], self._steps[batches:]
        for index in range(batches):
            self._note(self._told.popleft() if self._told else _Told(time.time(), _NO_LOGS))
            step = self._advance(steps, index)
            if step >= self._written + self._every:
                yield from self._point()

    def _note(self, told: _Told) -> None:
        self._wall_time = told.wall_time
        self._logs = told.logs

    def _advance(self, steps: list[HeardStep], index: int) -> int:
        """Counts a batch; one that recorded nothing has the iterations that there are now."""
        if index >= len(steps):
            return self._clock.after_batches(self._model, 1, iterations_of(self._model))
        self._sums = added(self._sums, steps[index].sums)
        return self._clock.after_batches(self._model, 1, steps[index].iterations)

    def _point(self) -> Iterator[PointJob]:
        self._written = self._clock.step
        sums, self._sums = self._sums, None
        found = None if sums is None else means(sums, over_samples=False)
        moment = (self._written, self._wall_time)
        job = self._points.job(
            self._model, self._listener.tap, found, self._logs, self._main, moment
        )
        if job is not None:
            yield job
