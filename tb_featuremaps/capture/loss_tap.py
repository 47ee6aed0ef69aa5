"""Takes the loss terms where they are made: inside `Model.compute_loss`, in the compiled step."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from tb_featuremaps.capture import keras_internals
from tb_featuremaps.capture.keras_internals import CompiledTerm, RecordedTerms
from tb_featuremaps.capture.loss_accumulator import Sums, make_accumulator
from tb_featuremaps.capture.loss_terms import (
    MAX_OUTPUTS,
    VECTOR_LENGTH,
    TermMeans,
    means,
    term_vector,
)
from tb_featuremaps.capture.step_functions import Phase, StepFunctions

_ARGUMENTS = ("x", "y", "y_pred", "sample_weight", "training")
# The taps of the fits that run now: a model has one, whoever listens.
_running: dict[int, "LossTap"] = {}


class LossTap:
    """Listens to a model's `compute_loss` while a `fit` runs, for any number of listeners.

    Whether a batch trains or validates is told by the function that runs it.

    Attributes:
        predictions: the structure of what the model returned, once a step was traced.
    """

    def __init__(self, model: keras.Model) -> None:
        self.predictions: Any = None
        self._model = model
        self._functions = StepFunctions(model, self._around, self._note_calls, self._fail)
        self._sums = make_accumulator(model, VECTOR_LENGTH)
        self._phase: Phase = "train"
        self._calls: dict[Phase, int] = {}
        self._terms: dict[Phase, list[CompiledTerm]] = {}
        self._broken: dict[Phase, str] = {}
        self._listeners: list[TermListener] = []

    @classmethod
    def listen(
        cls,
        model: keras.Model,
        kept: "LossTap | None" = None,
        failed: Callable[[], None] = lambda: None,
    ) -> "TermListener":
        """Begins to listen to a model that is about to train.

        Args:
            model: a compiled model.
            kept: the tap of an earlier `fit`, whose traces serve again if they still fit.
            failed: called when an exception that ends the `fit` leaves a step.

        Raises:
            Exception: whatever Keras raises; the model is then as it was.
        """
        tap = _running.get(id(model))
        if tap is None or tap._model is not model:
            fits = kept is not None and kept._functions.fits(model)
            tap = kept if kept is not None and fits else cls(model)
        tap.install()
        _running[id(model)] = tap
        listener = TermListener(tap, failed)
        tap._listeners.append(listener)
        return listener

    def install(self) -> None:
        """Puts our step functions on the model, where they aren't."""
        self._functions.install()
        if not self._listeners:
            self._sums.take()

    def stop(self, listener: "TermListener") -> None:
        """Ends listening; with the last listener the model gets its own functions back."""
        if listener in self._listeners:
            self._listeners.remove(listener)
        if not self._listeners:
            self._functions.remove()
            _running.pop(id(self._model), None)

    def why_no_total(self, phase: Phase) -> str | None:
        """Why the loss of a batch can't be told in a phase that was traced; None if it can."""
        calls = self._calls.get(phase, 1)
        if calls == 0:
            return f"its {phase}_step does not call compute_loss"
        if calls > 1:
            return f"its {phase}_step calls compute_loss {calls} times a batch"
        return None

    def why_no_split(self, phase: Phase) -> str | None:
        """Why the loss can't be split in a phase that was traced; None if it can."""
        return self._broken.get(phase)

    def terms(self, phase: Phase) -> list[CompiledTerm]:
        """The losses that a phase's step was traced with."""
        return self._terms.get(phase, [])

    def drain(self) -> None:
        """Hands what the steps have added up to every listener."""
        sums = self._sums.take()
        for listener in self._listeners:
            listener.receive(self._phase, sums)

    @contextlib.contextmanager
    def _around(self, phase: Phase) -> Iterator[None]:
        # What was added up so far belongs to the phase before, whoever has begun the new one.
        if phase != self._phase:
            self.drain()
            self._phase = phase
        with keras_internals.replaced(self._model, "compute_loss", self._listening(phase)):
            yield

    def _listening(self, phase: Phase) -> Callable[..., Any]:
        compute_loss = self._model.compute_loss

        def listening(*args: Any, **kwargs: Any) -> Any:
            self._functions.count_call()
            self._broken.pop(phase, None)
            with contextlib.ExitStack() as stack:
                recorded = self._record(phase, stack)
                total = compute_loss(*args, **kwargs)
            try:
                self._add(
                    phase, total, recorded, dict(zip(_ARGUMENTS, args, strict=False)) | kwargs
                )
            except Exception as error:  # nothing of ours may end the step
                self._broken[phase] = f"{type(error).__name__}: {error}"
            return total

        return listening

    def _record(self, phase: Phase, stack: contextlib.ExitStack) -> RecordedTerms:
        missing = keras_internals.missing_names(self._model)
        if not missing:
            return stack.enter_context(keras_internals.record_terms(self._model))
        self._broken[phase] = f"this version of Keras has no {', '.join(missing)}"
        return RecordedTerms()

    def _add(
        self, phase: Phase, total: Any, recorded: RecordedTerms, arguments: dict[str, Any]
    ) -> None:
        if total is None:
            raise ValueError("compute_loss returned None")
        known = len(keras_internals.compiled_terms(self._model))
        found = len(recorded.losses)
        if found not in (0, known) or found > MAX_OUTPUTS:
            self._broken[phase] = f"compute_loss computes {found} losses, compile was given {known}"
            recorded = RecordedTerms(penalties=recorded.penalties)
        self._terms[phase] = list(recorded.terms)
        predictions = arguments.get("y_pred")
        self.predictions = keras.tree.map_structure(lambda tensor: 0, predictions)
        data = [
            part
            for name in ("y_pred", "x", "y")
            for part in keras.tree.flatten(arguments.get(name))
            if hasattr(part, "shape")
        ]
        self._sums.add(term_vector(self._model, total, recorded, data), data)

    def _fail(self) -> None:
        for listener in list(self._listeners):
            listener.failed()

    def _note_calls(self, phase: Phase, calls: int) -> None:
        self._calls[phase] = calls


class TermListener:
    """Adds up what a tap hears, for one who takes the means when it wants them."""

    def __init__(self, tap: LossTap, failed: Callable[[], None]) -> None:
        self.tap = tap
        self.failed = failed
        self._sums: dict[Phase, Sums] = {}

    def receive(self, phase: Phase, sums: Sums) -> None:
        """Adds sums of term vectors."""
        self._sums[phase] = self._sums.get(phase, np.zeros(VECTOR_LENGTH)) + sums

    def take(self, phase: Phase) -> TermMeans | None:
        """Returns the means since the last call, or None if there was no batch; starts anew."""
        self.tap.drain()
        sums = self._sums.pop(phase, None)
        if sums is None:
            return None
        return means(sums, len(self.tap.terms(phase)), over_samples=phase == "test")

    def so_far(self, phase: Phase) -> TermMeans | None:
        """The means over the samples since the last `take`, which stays as it was."""
        self.tap.drain()
        sums = self._sums.get(phase)
        if sums is None:
            return None
        return means(sums, len(self.tap.terms(phase)), over_samples=True)

    def stop(self) -> None:
        """Ends listening."""
        self.tap.stop(self)
