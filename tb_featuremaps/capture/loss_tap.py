"""Takes the loss terms where they are made: inside `Model.compute_loss`, in the compiled step."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import keras

from tb_featuremaps.capture import keras_internals
from tb_featuremaps.capture.keras_internals import CompiledTerm, RecordedTerms
from tb_featuremaps.capture.loss_terms import MAX_OUTPUTS, term_row
from tb_featuremaps.capture.step_functions import Phase, StepFunctions
from tb_featuremaps.capture.step_recorder import Recorder, make_recorder
from tb_featuremaps.capture.term_listener import TermListener
from tb_featuremaps.capture.unread_steps import UnreadSteps

_ARGUMENTS = ("x", "y", "y_pred", "sample_weight", "training")
# The taps of the fits that run now: a model has one, whoever listens.
_running: dict[int, "LossTap"] = {}


class LossTap:
    """Listens to a model's `compute_loss` while a `fit` runs, for any number of listeners.

    What a step computes is recorded inside it; the device is read every so often, for all
    listeners at once. Whether a batch trains or validates is told by the function that runs it.

    Attributes:
        predictions: the structure of what the model returned, once a step was traced.
        lock: held while the device is read, and what it held is handed over.
        reads_together: whether a read waits for the other processes of a training to read too.
        unread: counts the steps of each phase.
        traces: how many steps were traced, or run eagerly.
    """

    def __init__(self, model: keras.Model) -> None:
        self.predictions: Any = None
        self._model = model
        self._recorders: dict[Phase, Recorder] = {
            "train": make_recorder(model),
            "test": make_recorder(model),
        }
        self.reads_together = self._recorders["train"].reads_together
        self.traces = 0
        self.unread = {
            phase: UnreadSteps(recorder.capacity) for phase, recorder in self._recorders.items()
        }
        self._traced = threading.local()  # replicas of a strategy trace in threads of their own
        self.lock = threading.RLock()
        self._listening = 0
        self._calls: dict[Phase, int] = {}
        self._terms: dict[Phase, list[CompiledTerm]] = {}
        self._broken: dict[Phase, str] = {}
        self._listeners: list[TermListener] = []
        self._functions = StepFunctions(model, self)

    @classmethod
    def listen(
        cls,
        model: keras.Model,
        kept: "LossTap | None" = None,
        failed: Callable[[], None] = lambda: None,
    ) -> TermListener:
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
            self.drain()

    def stop(self, listener: TermListener) -> None:
        """Ends listening; with the last listener the model gets its own functions back."""
        if listener in self._listeners:
            self._listeners.remove(listener)
        if not self._listeners:
            self._functions.remove()
            _running.pop(id(self._model), None)

    def hears(self, phase: Phase) -> bool:
        """Whether the steps of a phase that has run are listened to."""
        return phase in self._calls

    def why_no_total(self, phase: Phase) -> str | None:
        """Why the loss of a batch can't be told in a phase that has run; None if it can."""
        calls = self._calls.get(phase)
        if calls is None:
            return f"its {phase}_function runs no {phase}_step that can be listened to"
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

    def has_unread(self, phase: Phase) -> bool:
        """Whether steps may have recorded what was not read yet."""
        return self.unread[phase].count > 0

    def drain(self, is_idle: bool = True) -> None:
        """Hands what the steps have recorded to every listener.

        Args:
            is_idle: whether no step is running, which would be recorded afterwards.
        """
        with self.lock:
            for phase in self._recorders:
                self._drain(phase, is_idle)

    def make_room(self, phase: Phase, steps: int) -> None:
        """Reads the device, since so many steps are about to run that it can't hold."""
        with self.lock:
            self._drain(phase, about_to_run=steps)

    def run_step(
        self, phase: Phase, step: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Runs or traces a step with our ears on `compute_loss`."""
        recorder, self._traced.calls = self._recorders[phase], 0
        data = _with_shapes([args, kwargs])
        with self._listening_to(phase), recorder.tracing(self._model):
            self._guarded(phase, lambda: recorder.begin_step(data))
            result = step(*args, **kwargs)
        self._calls[phase] = self._traced.calls
        self.traces += 1
        return self._guarded(phase, lambda: recorder.end_step(self._model, result), result)

    def collect(self, phase: Phase, outputs: Any) -> Any:
        """Takes what was recorded out of what a step returned as logs."""
        return self._recorders[phase].collect(outputs)

    def step_failed(self) -> None:
        """Tells every listener that the `fit` is being left."""
        for listener in list(self._listeners):
            listener.failed()

    def _guarded(self, phase: Phase, action: Callable[[], Any], otherwise: Any = None) -> Any:
        """Returns what an action of ours returns; nothing that it raises may end the step."""
        try:
            return action()
        except Exception as error:
            self._broken[phase] = f"{type(error).__name__}: {error}"
            return otherwise

    def _drain(self, phase: Phase, is_idle: bool = True, about_to_run: int = 0) -> None:
        unread = self.unread[phase]
        # Each read of a device costs as much as some steps; those that read together all read.
        if unread.count <= about_to_run and not self.reads_together:
            return
        recorded = self._recorders[phase].take()
        if is_idle:
            unread.read_all_but(about_to_run)
        if recorded is None:
            return
        if not is_idle:
            unread.read(len(recorded.iterations))
        outputs = len(self.terms(phase))
        for listener in self._listeners:
            listener.receive(phase, recorded, outputs)

    @contextlib.contextmanager
    def _listening_to(self, phase: Phase) -> Iterator[None]:
        """Within it, `compute_loss` is ours; replicas that trace one step share it."""
        with self.lock:
            self._listening += 1
            if self._listening == 1:
                compute_loss = self._model.compute_loss
                self._replacement = keras_internals.replaced(
                    self._model, "compute_loss", self._heard(phase, compute_loss)
                )
                self._replacement.__enter__()
        try:
            yield
        finally:
            with self.lock:
                self._listening -= 1
                if not self._listening:
                    self._replacement.__exit__(None, None, None)

    def _heard(self, phase: Phase, compute_loss: Callable[..., Any]) -> Callable[..., Any]:
        def heard(*args: Any, **kwargs: Any) -> Any:
            self._traced.calls = getattr(self._traced, "calls", 0) + 1
            self._broken.pop(phase, None)
            with contextlib.ExitStack() as stack:
                recorded = self._record(phase, stack)
                total = compute_loss(*args, **kwargs)
            arguments = dict(zip(_ARGUMENTS, args, strict=False)) | kwargs
            self._guarded(phase, lambda: self._add(phase, total, recorded, arguments))
            return total

        return heard

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
        # Samples weigh in the means of a validation only; counting them takes several operations.
        counted = ("y_pred", "x", "y") if phase == "test" else ()
        data = _with_shapes([arguments.get(name) for name in counted])
        self._recorders[phase].add(term_row(total, recorded, data))


def _with_shapes(structure: Any) -> list[Any]:
    return [part for part in keras.tree.flatten(structure) if hasattr(part, "shape")]
