"""Which step it is: what `fit` has done to the weights, never running backwards in a run."""

import operator
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import keras

from tb_featuremaps.capture.step_recorder import NO_ITERATIONS

# Batches of which a loss-scaling optimizer may skip the update at first, while it finds its scale.
_SKIPPED_AT_FIRST = 20


class StepClock:
    """Counts the steps of one `fit` in one run directory.

    A step is the optimizer's iterations. Where those do not advance with the batches (a train step
    with optimizers of its own, no optimizer at all), batches are counted instead. Where the same
    weights train on in the same directory with an optimizer that begins anew, as a model that is
    compiled again for fine-tuning, the steps go on.

    Args:
        directory: of the run.
        warn: told, once, that batches are counted.
    """

    def __init__(self, directory: str, warn: Callable[[str], None] = lambda message: None) -> None:
        self._directory = directory
        self._warn = warn
        self._training: _Training | None = None
        self._begun_at = 0
        self._offset = 0
        self._batches = 0
        self._counts_batches = False
        self._advanced = False
        self.step = 0

    def begin(
        self, model: keras.Model, initial_epoch: int, last_logged: Callable[[], int | None]
    ) -> int:
        """Begins at the step at which the model is; returns it.

        Args:
            model: about to train.
            initial_epoch: of `fit`; more than 0 says that a training goes on.
            last_logged: finds the newest step that the directory holds; None if none.
        """
        self._batches, self._advanced, self._counts_batches = 0, False, False
        iterations = iterations_of(model)
        self._begun_at = iterations or 0
        before = _trainings.get(self._directory)
        if before is not None and before.is_of(model):
            self._offset = before.offset_for(model, iterations)
        elif not iterations and initial_epoch > 0:
            self._offset = last_logged() or 0
        else:
            self._offset = 0
        self.step = self._offset + self._begun_at
        self._training = _trainings[self._directory] = _Training(model, self._offset)
        self._training.reached(self.step, iterations)
        return self.step

    def after_batches(
        self, model: keras.Model, batches: int, iterations: int | None, in_pace: bool = False
    ) -> int:
        """Tells that `batches` more have run; returns the step now.

        Args:
            model: that trains.
            batches: since the last call.
            iterations: of the optimizer after them, by `iterations_of`.
            in_pace: whether each batch so far was one update.
        """
        if self._training is not None and self._training.is_interrupted(model, iterations):
            begun = (iterations or 0) - batches
            self._begin_anew(model, begun if in_pace and iterations else max(0, begun))
        self._batches += batches
        if iterations is not None and iterations > self._begun_at and not self._counts_batches:
            self._advanced = True
            self.step = max(self.step, self._offset + iterations)
        elif not self._advanced and self._batches >= _patience(model, iterations):
            self._count_batches(iterations)
            self.step = self._offset + self._begun_at + self._batches
        if self._training is not None:
            self._training.reached(self.step, iterations)
        return self.step

    def after_each(self, model: keras.Model, iterations: Sequence[int]) -> list[int]:
        """Tells that batches have run; returns the step after each.

        Args:
            model: that trains.
            iterations: of the optimizer after each; `NO_ITERATIONS` without one.
        """
        if self._advances(model, iterations):
            self._batches += len(iterations)
            self._advanced = True
            before, offset = self.step, self._offset
            steps = [max(before, offset + count) for count in iterations]
            self.step = steps[-1]
            if self._training is not None:
                self._training.reached(self.step, iterations[-1])
            return steps
        known = (None if count == NO_ITERATIONS else count for count in iterations)
        return [self.after_batches(model, 1, count) for count in known]

    def _advances(self, model: keras.Model, iterations: Sequence[int]) -> bool:
        """Whether the iterations after each of these batches are all that its step depends on."""
        first = iterations[0]
        if self._counts_batches or first <= self._begun_at:
            return False
        if not all(map(operator.le, iterations, iterations[1:])):
            return False
        return self._training is None or not self._training.is_interrupted(model, first)

    def _begin_anew(self, model: keras.Model, iterations: int) -> None:
        """Goes on from the step it is, with another optimizer or with its iterations set back."""
        self._begun_at, self._offset = iterations, self.step - iterations
        self._batches, self._advanced, self._counts_batches = 0, False, False
        self._training = _trainings[self._directory] = _Training(model, self._offset)

    def _count_batches(self, iterations: int | None) -> None:
        if self._counts_batches:
            return
        self._counts_batches = True
        why = "has no optimizer" if iterations is None else "does not advance its optimizer"
        self._warn(
            f"The model {why}, so steps count batches from {self.step} on. Compile the model with "
            "the optimizer that its train_step uses if steps shall be its iterations."
        )


class _Training:
    """Where a training in a run directory is; kept in this process, holding nothing alive."""

    def __init__(self, model: keras.Model, offset: int) -> None:
        self._model = weakref.ref(model)  # its weights may not be there yet
        self._weights = [weakref.ref(weight) for weight in model.weights]
        self._optimizer = _reference(getattr(model, "optimizer", None))
        self._offset = offset
        self._step = 0
        self._iterations: int | None = None

    def reached(self, step: int, iterations: int | None) -> None:
        """Notes where the training is."""
        self._step, self._iterations = step, iterations

    def is_interrupted(self, model: keras.Model, iterations: int | None) -> bool:
        """Whether the optimizer is another one since, or its iterations were set back."""
        if self._optimizer() is not getattr(model, "optimizer", None):
            return True
        return iterations is not None and iterations < (self._iterations or 0)

    def is_of(self, model: keras.Model) -> bool:
        """Whether the model has weights of this training, if only some."""
        if self._model() is model:
            return True
        alive = {id(weight()) for weight in self._weights} - {id(None)}
        return any(id(weight) in alive for weight in model.weights)

    def offset_for(self, model: keras.Model, iterations: int | None) -> int:
        """What to add to the iterations, so that the steps go on."""
        optimizer = getattr(model, "optimizer", None)
        same = optimizer is not None and self._optimizer() is optimizer
        if same and iterations != self._iterations:
            return self._offset  # something has restored the optimizer's state
        return self._step - (iterations or 0)


def _reference(optimizer: Any) -> Callable[[], Any]:
    return weakref.ref(optimizer) if optimizer is not None else lambda: None


_trainings: dict[str, _Training] = {}


def iterations_of(model: keras.Model) -> int | None:
    """The optimizer's iterations; None where the model has no optimizer."""
    if hasattr(model, "jax_state_sync"):  # in mid-epoch, the variables of Keras on JAX are old
        model.jax_state_sync()
    return iterations_of_optimizer(getattr(model, "optimizer", None))


def iterations_of_optimizer(optimizer: Any) -> int | None:
    """The iterations of an optimizer; None if it has none."""
    iterations = getattr(optimizer, "iterations", None)
    if iterations is None:
        return None
    is_variable = isinstance(iterations, keras.Variable)  # whose own way is the faster one
    return int(iterations.numpy() if is_variable else keras.ops.convert_to_numpy(iterations))


def _patience(model: keras.Model, iterations: int | None) -> int:
    """How many batches may pass before the optimizer's iterations advance."""
    if iterations is None:
        return 1
    if isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer):
        return _SKIPPED_AT_FIRST
    return getattr(model.optimizer, "gradient_accumulation_steps", None) or 1
