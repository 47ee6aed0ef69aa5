"""The curve of the training loss, made of what the steps recorded and what `fit` told."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras

from tb_featuremaps.callbacks.loss_points import Ends, Logs, LossPoints, PointsJob
from tb_featuremaps.callbacks.step_clock import StepClock, iterations_of
from tb_featuremaps.capture.loss_terms import Columns, TermMeans, loss_values
from tb_featuremaps.capture.step_recorder import NO_ITERATIONS
from tb_featuremaps.capture.term_listener import HeardSteps, TermListener

# How old what the steps have recorded may become before it is read.
READ_SECONDS = 1.5
# From then on it is read while a step runs or waits for its data, too.
OVERDUE_SECONDS = 1.75
# How often it is looked then whether anything waits.
_POLL_SECONDS = 0.25


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
        self._means = TermMeans()  # of the batches of the interval that has not ended
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
                ends = Ends([self._written], [wall_time], [logs])
                jobs += self._points_at(ends, self._means.take())
            self._submit(jobs)

    def write_overdue(self) -> float:
        """Does so for what waits while no batch ends, from another thread than that of the `fit`.

        Batches that have ended in between wait until `fit` has told of them.

        Returns:
            In how many seconds it may be time again.
        """
        waits = self._listener.has_unread and not self._points.needs_logs(self._tap)
        if waits and self._seconds_left() <= 0:
            with self._lock:
                self._read(is_idle=False)
                self._submit(list(self._jobs(min(self._recorded(), len(self._times)))))
        return max(_POLL_SECONDS, self._seconds_left())

    def _seconds_left(self) -> float:
        """Until what the steps have recorded is overdue."""
        return self._read_at + OVERDUE_SECONDS - time.monotonic()

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
            self._last = times[-1], logs[-1]
            ends = self._ends(steps)
            columns = self._until(ends, heard.columns)
            if ends:
                told = [times[end] for end in ends], [logs[end] for end in ends]
                yield from self._points_at(Ends([steps[end] for end in ends], *told), columns)

    def _taken(self, batches: int) -> Iterator[HeardSteps]:
        while batches and self._steps:
            heard, others = self._steps[0].parted(batches)
            self._steps[:1] = [others] if len(others.iterations) else []
            batches -= len(heard.iterations)
            yield heard
        for _ in range(batches):  # they recorded nothing: the iterations are those that are now
            iterations = iterations_of(self._model)
            known = NO_ITERATIONS if iterations is None else iterations
            yield HeardSteps([], [known])

    def _next_told(self, batches: int) -> tuple[list[float], list[Logs]]:
        """What `fit` told of so many batches; of those that it told nothing of, the time now."""
        known = min(batches, len(self._times))
        begin, self._taken_times = self._taken_times, self._taken_times + known
        now = time.monotonic()
        since = time.time() - now
        times = [self._times.popleft() + since for _ in range(known)]
        logs = [self._logs.pop(begin + index, None) for index in range(known)]
        untold = batches - known
        return times + [now + since] * untold, logs + [None] * untold

    def _ends(self, steps: list[int]) -> list[int]:
        """The batches, of these, that end an interval."""
        ends: list[int] = []
        for index, step in enumerate(steps):
            if step >= self._written + self._every:
                self._written = step
                ends.append(index)
        return ends

    def _until(self, ends: list[int], columns: Columns) -> Columns | None:
        """The means of each interval that ends; None if there is none, or nothing was recorded."""
        if not columns:
            return self._means.take() if ends else None
        if len(ends) == len(columns[0]) and self._means.is_empty:
            return columns  # each batch is an interval
        points: list[Columns] = []
        begin = 0
        for end in ends:
            self._means.add_batches([column[begin : end + 1] for column in columns])
            points += filter(None, [self._means.take()])
            begin = end + 1
        if begin < len(columns[0]):
            self._means.add_batches([column[begin:] for column in columns])
        return [[value for [value] in parts] for parts in zip(*points, strict=True)] or None

    def _points_at(self, ends: Ends, columns: Columns | None) -> Iterator[PointsJob]:
        found = None if columns is None else loss_values(columns)
        job = self._points.job(self._model, self._tap, found, self._main, ends)
        if job is not None:
            yield job
