"""The curve of the training loss, made of what the steps recorded and what `fit` told."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_featuremaps.callbacks.loss_points import Ends, Logs, LossPoints, PointsJob
from tb_featuremaps.callbacks.step_clock import StepClock, iterations_of
from tb_featuremaps.capture.loss_terms import Sums, means
from tb_featuremaps.capture.step_recorder import NO_ITERATIONS
from tb_featuremaps.capture.term_listener import HeardSteps, TermListener, added

# How old what the steps have recorded may become before it is read.
READ_SECONDS = 1.0
# From then on it is read while a step runs or waits for its data, too.
OVERDUE_SECONDS = 1.25


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
        submit: Callable[[list[PointsJob]], None],
    ) -> None:
        self._model = model
        self._listener = listener
        self._tap = listener.tap
        self._points = points
        self._clock = clock
        self._every = every
        self._main = main
        self._submit = submit
        self._written = clock.step
        self._batch = -1
        # When each batch that `fit` told of had run, on the monotonic clock; and by their numbers,
        # where points take it, what their steps returned.
        self._times: deque[float] = deque()
        self._logs: dict[int, Logs] = {}
        self._taken_times = 0
        # The number of traces with which points take no logs; unknown at first.
        self._plain_traces = -1
        self._steps: list[HeardSteps] = []
        self._sums: Sums | None = None
        self._last: tuple[float, Logs] = (0.0, None)
        self._lock = threading.Lock()  # it is written from two threads
        # Processes that read together have no common time: they read at every batch.
        self._read_seconds = -math.inf if self._tap.reads_together else READ_SECONDS
        self._read_at = time.monotonic()

    def begin_epoch(self) -> None:
        """Batches are counted from 0 again."""
        self._batch = -1

    def batch_ended(self, batch: int, logs: Mapping[str, Any] | None) -> bool:
        """Batches up to number `batch` of the epoch have run, the last of which returned `logs`.

        This is done at every batch, when its code has left the caches: each further call would
        cost microseconds. So it takes no lock, which `write` may hold meanwhile on another thread.

        Returns:
            Whether it is time to `write`.
        """
        now = time.monotonic()
        if self._tap.traces != self._plain_traces:
            self._keep(batch, dict(logs or {}))
        others, self._batch = batch - self._batch - 1, batch
        self._times.append(now)
        if others > 0:
            self._times.extend([now] * others)
        return now - self._read_at >= self._read_seconds

    def _keep(self, batch: int, logs: dict[str, Any]) -> None:
        """Keeps what the steps up to this batch returned, while points take it."""
        if self._points.needs_logs(self._tap):
            with self._lock:
                begin = self._taken_times + len(self._times)
                batches = range(begin, begin + max(1, batch - self._batch))
                self._logs |= dict.fromkeys(batches, logs)
        self._compare(logs)

    def _compare(self, logs: Mapping[str, Any]) -> None:
        """Finds out, after the first batch and after each trace, whether points take logs."""
        traces = self._tap.traces
        if not self._tap.hears("train"):
            self._read_seconds = -math.inf  # only the model tells the steps, and only now
        self._points.compare_once(self._model, self._listener, logs)
        if not self._points.needs_logs(self._tap):
            self._plain_traces = traces

    def write(self, is_end: bool = False) -> None:
        """Reads the device and submits the points of the intervals that have ended since.

        Args:
            is_end: whether the interval that the end of the `fit` cuts short is one too, if an
                update was in it.
        """
        with self._lock:
            self._read(is_idle=True)
            jobs = list(self._jobs(max(self._recorded(), len(self._times))))
            if is_end and self._clock.step > self._written:
                self._written = self._clock.step
                wall_time, logs = self._last
                ends = Ends(np.array([self._written]), np.array([wall_time]), [logs])
                jobs += self._points_at(ends, self._take_sums())
            self._submit(jobs)

    def write_overdue(self) -> None:
        """Does so for what waits while no batch ends, from another thread than that of the `fit`.

        Batches that have ended in between wait until `fit` has told of them.
        """
        is_late = time.monotonic() - self._read_at >= OVERDUE_SECONDS
        if not is_late or not self._listener.has_unread or self._points.needs_logs(self._tap):
            return
        with self._lock:
            self._read(is_idle=False)
            self._submit(list(self._jobs(min(self._recorded(), len(self._times)))))

    def _read(self, is_idle: bool) -> None:
        self._read_at = time.monotonic()
        self._steps += self._listener.take_steps(is_idle)

    def _recorded(self) -> int:
        return sum(len(steps.iterations) for steps in self._steps)

    def _jobs(self, batches: int) -> Iterator[PointsJob]:
        """Makes the points of the first so many batches of those that wait."""
        for heard in self._taken(batches):
            steps = self._clock.after_each(self._model, heard.iterations)
            times, logs = self._next_told(len(steps))
            self._last = float(times[-1]), logs[-1]
            ends = self._ends(steps)
            sums = self._sums_until(ends, heard.sums)
            if ends:
                told = times[ends], [logs[end] for end in ends]
                yield from self._points_at(Ends(steps[ends], *told), sums)

    def _taken(self, batches: int) -> Iterator[HeardSteps]:
        while batches and self._steps:
            heard, others = self._steps[0].parted(batches)
            self._steps[:1] = [others] if len(others.iterations) else []
            batches -= len(heard.iterations)
            yield heard
        for _ in range(batches):  # they recorded nothing: the iterations are those that are now
            iterations = iterations_of(self._model)
            known = NO_ITERATIONS if iterations is None else iterations
            yield HeardSteps(np.zeros((1, 0)), np.array([known]))

    def _next_told(self, batches: int) -> tuple[npt.NDArray[np.float64], list[Logs]]:
        """What `fit` told of so many batches; of those that it told nothing of, the time now."""
        known = min(batches, len(self._times))
        begin, self._taken_times = self._taken_times, self._taken_times + known
        now = time.monotonic()
        times = [self._times.popleft() for _ in range(known)] + [now] * (batches - known)
        wall_times = np.array(times) + (time.time() - now)
        logs = [self._logs.pop(begin + index, None) for index in range(known)]
        return wall_times, logs + [None] * (batches - known)

    def _ends(self, steps: npt.NDArray[np.int64]) -> list[int]:
        """The batches, of these, that end an interval."""
        distances = np.diff(steps, prepend=self._written)
        if (distances >= self._every).all():
            self._written = int(steps[-1])
            return [*range(len(steps))]
        ends: list[int] = []
        for index, step in enumerate(steps.tolist()):
            if step >= self._written + self._every:
                self._written = step
                ends.append(index)
        return ends

    def _sums_until(self, ends: list[int], sums: Sums) -> Sums | None:
        """Adds the batches' sums up, for each interval; None if there is no end, or no sum."""
        if not sums.size:
            return self._take_sums() if ends else None
        if not ends:
            self._sums = added(self._sums, sums.sum(0))
            return None
        behind = ends[-1] + 1
        begins = [0, *(end + 1 for end in ends[:-1])]
        is_each = len(ends) == behind
        found = sums[:behind].copy() if is_each else np.add.reduceat(sums[:behind], begins, axis=0)
        found[0] = added(self._sums, found[0])
        self._sums = sums[behind:].sum(0) if behind < len(sums) else None
        return found

    def _take_sums(self) -> Sums | None:
        sums, self._sums = self._sums, None
        return None if sums is None else sums[None]

    def _points_at(self, ends: Ends, sums: Sums | None) -> Iterator[PointsJob]:
        found = None if sums is None else means(sums, over_samples=False)
        job = self._points.job(self._model, self._tap, found, self._main, ends)
        if job is not None:
            yield job
