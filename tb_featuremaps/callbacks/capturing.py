"""What callbacks share that capture something before, while and after a `fit` trains."""

import abc
import dataclasses
import math
import os
from collections.abc import Callable
from typing import Any

import keras

from tb_featuremaps.callbacks.causes import cause
from tb_featuremaps.callbacks.counted_steps import CountedSteps
from tb_featuremaps.callbacks.run_session import RunSession
from tb_featuremaps.callbacks.schedule import Backoff, Every, Schedule, ScheduleError


@dataclasses.dataclass(frozen=True)
class Wording:
    """What the warnings of a callback are about.

    Attributes:
        name: of the callback.
        captures: what it writes, in the plural.
        cannot: what it can't do if it gives up, after "can't".
        advice: what to check then.
    """

    name: str
    captures: str
    cannot: str
    advice: str


class CapturingCallback(keras.callbacks.Callback, abc.ABC):
    """Captures before the first batch, as a schedule says, and after the last batch.

    Nothing that is raised while it captures ends the training: it gives up, with one warning.

    Args:
        log_dir: directory of the run.
        every: "epoch", a number of batches, or a `Schedule`.
        wording: what its warnings are about.
    """

    def __init__(self, log_dir: str | os.PathLike[str], every: Every, wording: Wording) -> None:
        super().__init__()
        self._wording = wording
        self._schedule = Schedule.of(every)
        self._backoff = Backoff()
        self._session = RunSession(wording.name, log_dir)
        self._broken = False
        self._in_fit = False
        self._captures = 0
        self._steps: CountedSteps | None = None
        self._step = 0
        self._next_due = math.inf

    @abc.abstractmethod
    def _prepare(self, model: keras.Model) -> None:
        """Finds out, before training, whether the arguments fit the model.

        Raises:
            ValueError, TypeError: they don't; this ends `fit`.
        """

    @abc.abstractmethod
    def _begun(self, epoch: int) -> None:
        """The first epoch begins: captures for the first time."""

    @abc.abstractmethod
    def _capture_due(self) -> None:
        """Captures in mid-epoch, as the schedule says."""

    @abc.abstractmethod
    def _after_epoch(self, epoch: int) -> None:
        """Captures at an epoch's end if that is due."""

    @abc.abstractmethod
    def _capture_last(self) -> None:
        """Captures after the last batch if that has not been done."""

    def _allows(self) -> bool:
        """Whether a capture that is due may be taken."""
        return self._backoff.allows()

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._broken = False
        self._guarded(lambda: self._session.begin(self.model, left=self._close))
        self._captures = 0
        try:
            self._guarded(lambda: self._prepare(self.model), but=(ValueError, TypeError))
        except (ValueError, TypeError):
            self._close()
            raise

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        # Not earlier: other callbacks may restore weights and steps when the training begins.
        if not self._in_fit and self._session.is_open and not self._broken:
            self._guarded(lambda: self._begin(epoch))
        if self._steps is not None:
            self._steps.begin_epoch()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        steps = self._steps
        if steps is None:
            return
        try:
            before, self._step = self._step, steps.batch_ended(batch)
            if self._step >= self._next_due:
                self._capture_if_due(before)
        except Exception as error:  # whatever it is, the training goes on
            self._give_up(error)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self._in_fit:
            self._guarded(lambda: self._after_epoch(epoch))

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._say_if_no_fit("evaluate")

    def on_predict_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._say_if_no_fit("predict")

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        if self._in_fit:
            self._guarded(self._capture_last)
        if self._session.writes and not self._captures and not self._session.has_warned:
            self._session.warn("nothing", "this fit ended without a capture, since no epoch began.")
        self._close()

    def _say_if_no_fit(self, method: str) -> None:
        if not self._session.is_open:
            self._session.warn(
                method,
                f"{self._wording.captures} are written while `fit` trains; this `{method}` writes "
                "none. Pass the callback to `fit`.",
            )

    def _begin(self, epoch: int) -> None:
        self._in_fit = True
        self._session.begin_steps(self.model, epoch)
        only_counts = not self._schedule.asks_after_batches
        self._steps = CountedSteps(self._session.clock, self.model, only_counts)
        self._read_step()
        self._begun(epoch)

    def _capture_if_due(self, before: int) -> None:
        """The training went from step `before` to one after which a capture may be due."""
        if not self._schedule.due_after_batch(before, self._step):
            self._next_due = self._schedule.next_due(self._step)
            return
        # What was counted on the host may be wrong: whether it is due is asked of the device.
        counted, step = self._step, self._read_step()
        due = counted == step or self._schedule.due_after_batch(before, step)
        if due and self._allows():
            self._capture_due()

    def _read_step(self) -> int:
        """The step as the device says it is."""
        assert self.model is not None  # JAX's trainer hands the state over when it is asked
        if self._steps is not None:
            self._step = self._steps.read()
            self._next_due = self._schedule.next_due(self._step)
        return self._step

    def _guarded(self, action: Callable[[], None], but: tuple[type[Exception], ...] = ()) -> None:
        """Runs what must not end the training, whatever it raises, but for what is in `but`."""
        try:
            action()
        except but:
            raise
        except Exception as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self._broken = True
        advice, why = self._wording.advice, cause(error)
        if isinstance(error, ScheduleError):
            advice, why = "mend that function", str(error)
        self._session.warn(
            "given up",
            f"can't {self._wording.cannot}: {why}. Training goes on without "
            f"{self._wording.captures}; {advice}.",
        )

    def _close(self) -> None:
        self._in_fit = False
        self._steps = None
        self._session.close()
