"""Takes the loss terms where they are made: inside `Model.compute_loss`, in the compiled step."""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import keras
from keras import ops

from tb_featuremaps.capture.loss_accumulator import LossAccumulator
from tb_featuremaps.capture.model_layers import output_names

_ATTRIBUTE = "_tb_featuremaps_loss_tap"
_UNPREPARED = object()


@dataclasses.dataclass(frozen=True)
class LossTerms:
    """Means of the terms over an interval.

    Attributes:
        total: the loss that is minimised.
        penalty: regularisers and `add_loss`, as they are in the total.
        losses: the loss of each output, before its weight.
        weighted: the loss of each output times its weight, as it is in the total.
        weights: the loss weights; they may change from batch to batch.
    """

    total: float
    penalty: float
    losses: list[float]
    weighted: list[float]
    weights: list[float]


@dataclasses.dataclass
class _Recorded:
    losses: list[Any] = dataclasses.field(default_factory=list)
    weights: list[Any] = dataclasses.field(default_factory=list)
    penalties: list[Any] = dataclasses.field(default_factory=list)


class LossTap:
    """Wraps a model's `compute_loss`, once a model, and accumulates the terms of each batch.

    The wrapper stays on the model, so that a further `fit` needs no new trace.

    Attributes:
        names: the outputs that have a loss, in the order of `LossTerms.losses`.
    """

    def __init__(self, model: keras.Model) -> None:
        self._model = model
        self._compute_loss = model.compute_loss
        self._accumulators: dict[bool, LossAccumulator] = {}
        self._compiled_loss: Any = _UNPREPARED
        self.names: list[str] = []
        model.compute_loss = self._tapped_compute_loss

    @classmethod
    def on(cls, model: keras.Model) -> "LossTap":
        """Returns the tap of a compiled and built model, made at the first call."""
        tap = getattr(model, _ATTRIBUTE, None)
        if tap is None:
            tap = cls(model)
            object.__setattr__(model, _ATTRIBUTE, tap)
        tap.prepare()
        return tap

    def prepare(self) -> None:
        """Makes ready for the loss that the model is compiled with now.

        Keras may build that loss only while the first step is traced; the accumulators are then
        made there, as Keras's own loss trackers are.
        """
        compiled_loss = self._model._compile_loss
        if compiled_loss is self._compiled_loss:
            return
        self._compiled_loss = compiled_loss
        _untrack(self._model, list(self._accumulators.values()))
        self._accumulators = {}
        if compiled_loss is None or compiled_loss.built:
            self._make_accumulators()
        _retrace(self._model)

    def _make_accumulators(self) -> None:
        self.names = _output_names(self._model)
        with self._variable_scope():
            self._accumulators = {
                training: LossAccumulator(2 + 3 * len(self.names), f"tb_featuremaps_{mode}")
                for mode, training in (("train", True), ("test", False))
            }
        _track(self._model, list(self._accumulators.values()))

    def take(self, training: bool) -> LossTerms | None:
        """Returns the means since the last call, or None if there was no batch; starts anew."""
        accumulator = self._accumulators.get(training)
        means = accumulator.take() if accumulator is not None else None
        if means is None:
            return None
        total, penalty, *others = means
        count = len(self.names)
        return LossTerms(
            total, penalty, others[:count], others[count : 2 * count], others[2 * count :]
        )

    def _variable_scope(self) -> contextlib.AbstractContextManager[Any]:
        strategy = getattr(self._model, "distribute_strategy", None)
        return strategy.scope() if strategy is not None else contextlib.nullcontext()

    def _of_all_replicas(self, loss: Any) -> Any:
        """Under `tf.distribute`, Keras divides each replica's loss by the number of replicas."""
        strategy = getattr(self._model, "distribute_strategy", None)
        replicas = getattr(strategy, "num_replicas_in_sync", 1)
        return loss if replicas == 1 else ops.cast(loss, "float32") * replicas

    def _tapped_compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        arguments = {"x": x, "y": y, "y_pred": y_pred, "sample_weight": sample_weight}
        if self._model._compute_loss_has_training_arg:
            arguments["training"] = training
        with _recording(self._model) as recorded:
            total = self._compute_loss(**arguments)
        if not self._accumulators:
            self._make_accumulators()
        if len(recorded.losses) == len(self.names):
            # A validation mean is over samples, as Keras's own; a training mean over batches.
            samples = 1.0 if training else ops.shape(keras.tree.flatten(y_pred)[0])[0]
            self._accumulators[bool(training)].update_state(self._terms(total, recorded), samples)
        return total

    def _terms(self, total: Any, recorded: _Recorded) -> list[Any]:
        """The terms of one batch in the order in which `take` reads them."""
        penalty = sum(recorded.penalties) if recorded.penalties else ops.zeros(())
        losses = [self._of_all_replicas(one) for one in (total, penalty, *recorded.losses)]
        weighted = [
            loss * ops.cast(weight, loss.dtype)
            for loss, weight in zip(losses[2:], recorded.weights, strict=True)
        ]
        return [*losses, *weighted, *recorded.weights]


@contextlib.contextmanager
def _recording(model: keras.Model) -> Iterator[_Recorded]:
    """Within it, the loss of each output and each added loss are recorded as they are computed."""
    recorded = _Recorded()
    aggregate = model._aggregate_additional_loss

    def recording_aggregate(loss: Any) -> Any:
        recorded.penalties.append(aggregate(loss))
        return recorded.penalties[-1]

    model._aggregate_additional_loss = recording_aggregate
    try:
        with _recording_outputs(model._compile_loss, recorded):
            yield recorded
    finally:
        del model._aggregate_additional_loss


@contextlib.contextmanager
def _recording_outputs(compiled_loss: Any, into: _Recorded) -> Iterator[None]:
    if compiled_loss is None:
        yield
        return
    build = compiled_loss.build

    def record() -> list[Any]:
        flat = list(compiled_loss._flat_losses)
        compiled_loss._flat_losses = [
            loss._replace(loss=_recording_loss(loss.loss, loss.loss_weights, into)) for loss in flat
        ]
        return flat

    def recording_build(*args: Any, **kwargs: Any) -> None:
        build(*args, **kwargs)
        original.extend(record())

    original = record() if compiled_loss.built else []
    compiled_loss.build = recording_build
    try:
        yield
    finally:
        del compiled_loss.build
        if original:
            compiled_loss._flat_losses = original


def _recording_loss(loss: Callable[..., Any], weight: Any, into: _Recorded) -> Callable[..., Any]:
    def recording(y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        into.losses.append(loss(y_true, y_pred, sample_weight))
        # A weight may be a variable, whose value is that of this step.
        into.weights.append(ops.convert_to_tensor(1.0 if weight is None else weight))
        return into.losses[-1]

    return recording


def _flat_losses(model: keras.Model) -> list[Any]:
    compiled_loss = model._compile_loss
    return list(compiled_loss._flat_losses or []) if compiled_loss is not None else []


def _output_names(model: keras.Model) -> list[str]:
    """The outputs that have a loss, as the compiled loss names them."""
    outputs = output_names(model)
    flat = _flat_losses(model)
    if len(flat) == 1 and len(outputs) <= 1:  # Keras names it after the loss function
        return outputs or ["main"]
    return [loss.name or f"output_{index}" for index, loss in enumerate(flat)]


def _track(model: keras.Model, accumulators: list[LossAccumulator]) -> None:
    with _unlocked(model):
        model._metrics.extend(accumulators)


def _untrack(model: keras.Model, accumulators: list[LossAccumulator]) -> None:
    with _unlocked(model):
        for accumulator in accumulators:
            model._metrics.remove(accumulator)


@contextlib.contextmanager
def _unlocked(model: keras.Model) -> Iterator[None]:
    """A built model's tracked lists are locked; metrics may still come and go."""
    tracker = model._tracker
    locked = tracker.locked
    tracker.unlock()
    try:
        yield
    finally:
        if locked:
            tracker.lock()


def _retrace(model: keras.Model) -> None:
    """Steps that were traced without the tap are made anew."""
    if model.train_function is not None:
        model.make_train_function(force=True)
    if model.test_function is not None:
        model.make_test_function(force=True)
