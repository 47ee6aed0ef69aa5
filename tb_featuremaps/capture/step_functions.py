"""Puts step functions of our own on a model while a `fit` runs, and leaves no trace."""

import functools
from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeAlias

import keras

from tb_featuremaps.capture import keras_internals
from tb_featuremaps.capture.unread_steps import UnreadSteps

Phase: TypeAlias = Literal["train", "test"]
_ATTRIBUTES: dict[Phase, str] = {"train": "train_function", "test": "test_function"}


class StepObserver(Protocol):
    """Stands between a model's steps and those who call them.

    Attributes:
        unread: counts the steps of each phase.
    """

    unread: dict[Phase, UnreadSteps]

    def make_room(self, phase: Phase, steps: int) -> None:
        """A step function is about to be called that runs so many steps, more than can be held."""

    def run_step(
        self, phase: Phase, step: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Runs or traces `train_step` or `test_step`; returns what it returns."""

    def collect(self, phase: Phase, outputs: Any) -> Any:
        """On JAX: takes what is ours out of what a compiled step returned as logs."""

    def step_failed(self) -> None:
        """An exception leaves a step function; not called when the data have ended."""


class StepFunctions:
    """The step functions of a model, its own and those that an observer stands in.

    Keras traces a step when its function is first called; one that was traced without us can't be
    listened to. So the model gets functions made anew, which are kept for a later `fit`, and gets
    its own back afterwards.

    Args:
        model: a compiled model.
        observer: told of calls, and runs the steps.
    """

    def __init__(self, model: keras.Model, observer: StepObserver) -> None:
        self._model = model
        self._observer = observer
        self._ours: dict[Phase, Any] = {}
        self._theirs: dict[Phase, Any] = {}
        self._compiled_loss: Any = None

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

    def _make(self, phase: Phase) -> Any:
        function, observer = self._made(phase), self._observer
        # A step function is made for so many steps; it is made anew when the model is compiled.
        steps = int(getattr(self._model, "steps_per_execution", 1) or 1)
        unread = observer.unread[phase]

        # What is done here is done at every batch, when its code has left the caches: each further
        # call would cost microseconds.
        @functools.wraps(function)
        def observed(*args: Any, **kwargs: Any) -> Any:
            unread.begun += steps
            if unread.begun > unread.limit:
                observer.make_room(phase, steps)
            try:
                return function(*args, **kwargs)
            except BaseException as error:
                if not _is_end_of_data(error):
                    observer.step_failed()
                raise

        return observed

    def _made(self, phase: Phase) -> Any:
        """A step function that runs our step, if a function that the model makes can."""
        name, observer, step = f"{phase}_step", self._observer, self._observed(phase)
        with (
            keras_internals.replaced(self._model, name, step),
            keras_internals.collecting_outputs(
                self._model, lambda outputs: observer.collect(phase, outputs)
            ) as are_collected,
        ):
            made = self._made_by_the_model(phase)
        if are_collected():
            return keras_internals.looking_up_late(self._model, name, step, made)
        # What our step returns besides would be seen by others.
        return self._made_by_the_model(phase)

    def _made_by_the_model(self, phase: Phase) -> Any:
        setattr(self._model, _ATTRIBUTES[phase], None)
        getattr(self._model, f"make_{phase}_function")()
        return getattr(self._model, _ATTRIBUTES[phase])

    def _observed(self, phase: Phase) -> Callable[..., Any]:
        step, observer = getattr(self._model, f"{phase}_step"), self._observer

        @functools.wraps(step)
        def observed(*args: Any, **kwargs: Any) -> Any:
            return observer.run_step(phase, step, args, kwargs)

        return observed


def _is_end_of_data(error: BaseException) -> bool:
    """Keras goes on after these; TensorFlow's is told by its name, since it may not be there."""
    return isinstance(error, StopIteration) or type(error).__name__ == "OutOfRangeError"
