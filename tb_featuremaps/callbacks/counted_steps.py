"""Counts steps on the host, so that the device is read now and then instead of at every batch."""

import math
import time

import keras

from tb_featuremaps.callbacks.step_clock import StepClock, iterations_of, iterations_of_optimizer

# How long a count goes on unverified.
_READ_SECONDS = 1.0
# So many reads in a row must find one update a batch before batches are counted instead.
_READS = 3


class CountedSteps:
    """The step of a `fit`, as far as the host knows it, and as the device says.

    Args:
        clock: has begun.
        model: that trains.
        only_counts: whether batches are counted and no more until `read` is called.
    """

    def __init__(self, clock: StepClock, model: keras.Model, only_counts: bool = False) -> None:
        self._clock = clock
        self._model = model
        self._optimizer = getattr(model, "optimizer", None)
        self._only_counts = only_counts
        self._batch = -1
        self._unread = 0
        self._in_pace = 0
        # Until then counting is enough. Whether steps are iterations or batches is settled by the
        # first batch, as where every batch is read: callbacks of one run must not disagree on what
        # a step is.
        self._counts_until = -math.inf

    def begin_epoch(self) -> None:
        """Batches are numbered from 0 again."""
        self._batch = -1

    def batch_ended(self, batch: int) -> int:
        """Tells that batches up to number `batch` of the epoch have run; returns the step.

        It is counted where the optimizer has kept pace with the batches, and may be wrong where
        that has ended within the last second; else it is read. This is done at every batch, when
        its code has left the caches: each further call would cost microseconds.
        """
        if getattr(self._model, "optimizer", None) is not self._optimizer:
            self._change_optimizer()
        before, self._batch = self._batch, batch
        self._unread += max(1, batch - before)
        if time.monotonic() >= self._counts_until:
            return self.read()
        return self._clock.step + self._unread

    def read(self) -> int:
        """Returns the step as the device says it is."""
        return self._read(iterations_of(self._model)) if self._unread else self._clock.step

    def _change_optimizer(self) -> None:
        """What has run until now was counted by the one before."""
        before, self._optimizer = self._optimizer, getattr(self._model, "optimizer", None)
        self._read(iterations_of_optimizer(before))

    def _read(self, iterations: int | None) -> int:
        batches, self._unread = self._unread, 0
        before, in_pace = self._clock.step, self._in_pace >= _READS
        step = self._clock.after_batches(self._model, batches, iterations, in_pace)
        self._in_pace = self._in_pace + 1 if step == before + batches else 0
        if self._only_counts:
            self._counts_until = math.inf
        elif self._in_pace >= _READS:
            self._counts_until = time.monotonic() + _READ_SECONDS
        else:
            self._counts_until = -math.inf
        return step
