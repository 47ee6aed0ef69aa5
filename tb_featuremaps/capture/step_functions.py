"""Runs the train and test steps of one `fit` inside a context of ours, and leaves no trace."""

import contextlib
import functools
import threading
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import keras

from tb_featuremaps.capture import keras_internals

Phase: TypeAlias = Literal["train", "test"]
_ATTRIBUTES: dict[Phase, str] = {"train": "train_function", "test": "test_function"}


class StepFunctions:
    """Puts step functions of our own on a model while a `fit` runs.

    Keras traces a step when its function is first called; one that was traced without us can't be
    listened to. So the model gets functions made anew, which are kept for a later `fit`, and gets
    its own back afterwards.

    Args:
        model: a compiled model.
        around: makes the context in which each call of a step function runs.
        on_call_counted: told after each call or trace of `train_step` or `test_step` how often
            `count_call` was called within it.
        on_failure: called when an exception leaves a step function, but that the data have ended.
    """

    def __init__(
        self,
        model: keras.Model,
        around: Callable[[Phase], contextlib.AbstractContextManager[Any]],
        on_call_counted: Callable[[Phase, int], None],
        on_failure: Callable[[], None],
    ) -> None:
        self._model = model
        self._around = around
        self._on_call_counted = on_call_counted
        self._on_failure = on_failure
        self._ours: dict[Phase, Any] = {}
        self._theirs: dict[Phase, Any] = {}
        self._compiled_loss: Any = None
        self._calls = threading.local()  # replicas of a strategy trace in threads of their own

    def fits(self, model: keras.Model) -> bool:
        """Whether the functions are still those of this model as it is compiled now."""
        compiled = keras_internals.compiled_loss(model)
        return model is self._model and bool(self._ours) and compiled is self._compiled_loss

    def install(self) -> None:
        """Puts our functions on the model; again, where something has replaced them since."""
        if not self._theirs:
            self._theirs = {
                phase: getattr(self._model, name, None) for phase, name in _ATTRIBUTES.items()
            }
        if not self.fits(self._model):
            self._make_all()
        for phase, name in _ATTRIBUTES.items():
            setattr(self._model, name, self._ours[phase])

    def _make_all(self) -> None:
        try:
            self._ours = {phase: self._make(phase) for phase in _ATTRIBUTES}
        except Exception:
            self._ours = {}
            for phase, name in _ATTRIBUTES.items():
                setattr(self._model, name, self._theirs[phase])
            raise
        self._compiled_loss = keras_internals.compiled_loss(self._model)

    def remove(self) -> None:
        """Gives the model its own functions back, unless something else has replaced ours."""
        recompiled = keras_internals.compiled_loss(self._model) is not self._compiled_loss
        for phase, name in _ATTRIBUTES.items():
            if self._theirs and getattr(self._model, name, None) is self._ours.get(phase):
                setattr(self._model, name, None if recompiled else self._theirs[phase])
        self._theirs = {}

    def count_call(self) -> None:
        """Counts a call within the step that this thread runs or traces."""
        self._calls.number = getattr(self._calls, "number", 0) + 1

    def _make(self, phase: Phase) -> Any:
        step = f"{phase}_step"
        counted = self._counted(phase, getattr(self._model, step))
        with keras_internals.replaced(self._model, step, counted):
            setattr(self._model, _ATTRIBUTES[phase], None)
            getattr(self._model, f"make_{phase}_function")()
        function = getattr(self._model, _ATTRIBUTES[phase])

        @functools.wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            try:
                with self._around(phase):
                    return function(*args, **kwargs)
            except BaseException as error:
                if not _is_end_of_data(error):
                    self._on_failure()
                raise

        return inside

    def _counted(self, phase: Phase, step: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(step)
        def counted(*args: Any, **kwargs: Any) -> Any:
            self._calls.number = 0
            result = step(*args, **kwargs)
            self._on_call_counted(phase, self._calls.number)
            return result

        return counted


def _is_end_of_data(error: BaseException) -> bool:
    """Keras goes on after these; TensorFlow's is told by its name, since it may not be there."""
    return isinstance(error, StopIteration) or type(error).__name__ == "OutOfRangeError"
