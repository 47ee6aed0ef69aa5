"""One `fit` as a callback of ours logs it: run directory, writers, steps and warnings."""

import os
import threading
import warnings
import weakref
from collections.abc import Callable, Mapping
from typing import Any

import keras

from tb_featuremaps.callbacks.fit_scope import FitScope, current_fit
from tb_featuremaps.callbacks.processes import is_first_process
from tb_featuremaps.callbacks.step_clock import StepClock
from tb_featuremaps.capture.arguments import log_directory
from tb_featuremaps.format.remote import is_remote
from tb_featuremaps.summary.event_writer import EventWriter, open_writer
from tb_featuremaps.summary.logged_steps import newest_step

_claims_lock = threading.Lock()
_claims: set[tuple[str, str]] = set()


class RunSession:
    """What a callback holds while a `fit` runs; all of it is given back when the `fit` ends.

    Args:
        owner: name of the callback's class; one of a class logs to a directory at a time.
        log_dir: directory of the run, as for `keras.callbacks.TensorBoard`.

    Attributes:
        step: the step now.
        is_open: whether a `fit`, or an `evaluate`, has begun and not ended.
        log_dir: where this `fit` is logged.
        writer: of the training run; None before the first epoch begins, and in a process of a
            distributed training that writes nothing.
    """

    def __init__(self, owner: str, log_dir: str | os.PathLike[str]) -> None:
        self._owner = owner
        self._wanted = log_directory(log_dir)
        self.log_dir = self._wanted
        self.writer: EventWriter | None = None
        self.is_open = False
        self._validation: EventWriter | None = None
        self._writes = False
        self._clock: StepClock | None = None
        self._scope: FitScope | None = None
        self._left: Callable[[], None] = self.close
        self._claimed: tuple[str, str] | None = None
        self._begun_at = 0
        self._warned: set[str] = set()
        # The model that was logged last, where, and until which step.
        self._logged: tuple[Callable[[], Any], str, int] | None = None
        self._model: Callable[[], Any] | None = None

    @property
    def step(self) -> int:
        """The step as it was last known for sure; 0 before the first epoch begins."""
        return self._clock.step if self._clock is not None else 0

    @property
    def clock(self) -> StepClock:
        """Counts the steps, once they have begun."""
        assert self._clock is not None
        return self._clock

    @property
    def writes(self) -> bool:
        """Whether this process writes what is logged."""
        return self._writes

    @property
    def has_warned(self) -> bool:
        """Whether anything was said in this `fit`."""
        return bool(self._warned)

    def begin(self, model: keras.Model, left: Callable[[], None]) -> None:
        """A `fit` begins; `left` is called if it is left without `on_train_end`."""
        nested = self.is_open and self._scope is not None and self._scope.is_running()
        if self.is_open:
            self._left()  # gives back what the owner holds besides
        self.close()
        self._warned = set()
        if nested:
            self._logged = None  # what follows says it
            self.warn(
                "nested",
                "a fit that this callback logs is still running; from here on the fit inside it is "
                "logged, and the outer one no more. Give each fit callbacks of its own.",
            )
        self._writes = is_first_process(model)
        self._claim()
        self.is_open = True
        self._left = left
        self._scope = current_fit(left)

    def begin_steps(self, model: keras.Model, initial_epoch: int) -> None:
        """The first epoch begins; not earlier, since other callbacks restore weights and steps."""
        directory = os.path.join(self.log_dir, "train")
        self._clock = StepClock(directory, lambda message: self.warn("steps", message))
        self._clock.begin(model, initial_epoch, lambda: newest_step(directory))
        self._begun_at = self._clock.step
        self._warn_of_other_model(model)
        self._model = weakref.ref(model)
        if self._writes:
            self.writer = self._open(directory)

    def begin_evaluation(self, model: keras.Model) -> None:
        """An `evaluate` of its own begins, at the step at which the model is."""
        directory = os.path.join(self.log_dir, "train")
        self._clock = StepClock(directory)
        self._clock.begin(model, 1, lambda: newest_step(directory))

    def last_step(self, params: Mapping[str, Any] | None, epoch: int) -> int | None:
        """The step at which `fit`, which is about to begin `epoch`, will end, if it says so."""
        steps, epochs = (params or {}).get("steps"), (params or {}).get("epochs")
        if not steps or not epochs:
            return None
        return self.step + int(steps) * (int(epochs) - epoch)

    def validation_writer(self, resumes: bool = True) -> EventWriter | None:
        """The writer of the validation run, opened at the first call."""
        if self._validation is None and self._writes:
            self._validation = self._open(os.path.join(self.log_dir, "validation"), resumes)
        return self._validation

    def warn(self, kind: str, message: str) -> None:
        """Warns, once in a `fit` for each kind of message."""
        if kind not in self._warned:
            self._warned.add(kind)
            warnings.warn(f"{self._owner}: {message}", RuntimeWarning, stacklevel=3)

    def leave(self) -> None:
        """The `fit` is being left by an exception."""
        if self._scope is not None:
            self._scope.leave()

    def close(self) -> None:
        """Closes the writers and gives everything back; again without effect."""
        self.is_open = False
        if self._scope is not None:
            scope, self._scope = self._scope, None
            scope.end(self._left)
        if self.writer is not None and self._model is not None:
            self._logged = (self._model, self.log_dir, self.step)
        self._model = None
        writers, self.writer, self._validation = (self.writer, self._validation), None, None
        for writer in writers:
            if writer is not None:
                writer.close()
        with _claims_lock:
            if self._claimed is not None:
                _claims.discard(self._claimed)
            self._claimed = None

    def _warn_of_other_model(self, model: keras.Model) -> None:
        """Says so if this fit takes the place of what this callback logged of another model."""
        if self._logged is None or self._begun_at > 0:
            return
        logged, directory, step = self._logged
        if logged() is not model and directory == self.log_dir and step > 0:
            self.warn(
                "other model",
                f"what this callback logged to {directory} of another model, up to step {step}, is "
                "replaced, since this model begins at step 0. To keep both, give each model "
                "callbacks and a directory of its own.",
            )

    def _open(self, directory: str, resumes: bool = True) -> EventWriter:
        writer = open_writer(directory)
        if resumes:
            writer.start_session(self._begun_at)
        return writer

    def _claim(self) -> None:
        """Takes the directory, or one beside it if another callback of the class logs there."""
        with _claims_lock:
            number, self.log_dir = 1, self._wanted
            while (self._owner, _key(self.log_dir)) in _claims:
                number += 1
                self.log_dir = f"{self._wanted.rstrip('/')}_{number}"
            self._claimed = (self._owner, _key(self.log_dir))
            _claims.add(self._claimed)
        if number > 1:
            self.warn(
                "claim",
                f"another {self._owner} logs to {self._wanted} at the same time, so this one logs "
                f"to {self.log_dir}. Give each a directory of its own to choose the names.",
            )


def _key(directory: str) -> str:
    return directory if is_remote(directory) else os.path.abspath(directory)
