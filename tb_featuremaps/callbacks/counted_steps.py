"""Counts steps on the host, so that the device is read now and then instead of at every batch."""

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
    """

    def __init__(self, clock: StepClock, model: keras.Model) -> None:
        self._clock = clock
        self._model = model
        self._optimizer = getattr(model, "optimizer", None)
        self._unread = 0
        self._in_pace = 0
        self._has_read = False
        self._read_at = time.monotonic()

    def after_batches(self, batches: int) -> int:
        """Tells that `batches` more have run; returns the step.

        It is counted where the optimizer has kept pace with the batches, and may be wrong where
        that has ended within the last second; else it is read.
        """
        self.count(batches)
        late = time.monotonic() - self._read_at >= _READ_SECONDS
        if self._in_pace < _READS or late:
            return self.read()
        return self._clock.step + self._unread

    def count(self, batches: int) -> None:
        """Tells that `batches` more have run."""
        optimizer = getattr(self._model, "optimizer", None)
        if optimizer is not self._optimizer:
            # What has run until now was counted by the one before.
            before, self._optimizer = self._optimizer, optimizer
            self._read(iterations_of_optimizer(before))
        self._unread += batches
        if not self._has_read:
            # Whether steps are iterations or batches is settled by the first batch, as where
            # every batch is read: callbacks of one run must not disagree on what a step is.
            self.read()

    def read(self) -> int:
        """Returns the step as the device says it is."""
        return self._read(iterations_of(self._model)) if self._unread else self._clock.step

    def _read(self, iterations: int | None) -> int:
        batches, self._unread, self._read_at = self._unread, 0, time.monotonic()
        self._has_read = True
        before, in_pace = self._clock.step, self._in_pace >= _READS
        step = self._clock.after_batches(self._model, batches, iterations, in_pace)
        self._in_pace = self._in_pace + 1 if step == before + batches else 0
        return step
