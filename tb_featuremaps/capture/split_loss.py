"""A model's loss on a batch, as the terms that it is the sum of."""

import contextlib
import dataclasses
import logging
from typing import Any, Literal, TypeAlias

import keras
from keras import ops

from tb_featuremaps.capture import keras_internals
from tb_featuremaps.capture.keras_internals import CompiledTerm, Path, RecordedTerms
from tb_featuremaps.capture.labelled_batch import LabelledBatch
from tb_featuremaps.capture.term_names import term_names

_log = logging.getLogger(__name__)

TermKind: TypeAlias = Literal["output", "penalty", "total"]


@dataclasses.dataclass(frozen=True)
class Term:
    """A term of the loss.

    Attributes:
        name: of the output that it is of; "penalty" for regularisers and `add_loss`; "loss" where
            the model computes a loss of its own that isn't split.
        kind: which of these it is: "output", "penalty" or "total".
        is_main: whether it is the main output's.
    """

    name: str
    kind: TermKind
    is_main: bool


class SplitLoss:
    """Computes a model's loss as `compute_loss` does, and keeps its weighted terms.

    Args:
        model: a compiled model.
        main: as for `describe_outputs`.

    Attributes:
        terms: the terms in the order of `compute`; known once it was called.
    """

    def __init__(self, model: keras.Model, main: str | None) -> None:
        self.terms: list[Term] = []
        self._model = model
        self._main = main
        self._names: dict[tuple[Path, str], Term] = {}
        self._compiled = keras_internals.copy_of_compiled_loss(model)

    def expect(self, batch: LabelledBatch, predictions: Any) -> None:
        """Lets Keras resolve the losses, from shapes alone, and names them.

        Keras makes variables then (of metrics, which are dropped here), which it can't while
        gradients are traced; nor can it read the variables that loss weights may be.

        Args:
            batch: on which the loss will be computed.
            predictions: specifications of what the model returns.
        """
        if self._compiled is None:
            return
        y, sample_weight = (
            keras.tree.map_structure(lambda part: specification(part, batch.samples), part)
            for part in (batch.y, batch.sample_weight)
        )
        try:
            _Computing(self._compiled).compute_output_spec(y, predictions, sample_weight)
        except Exception as error:  # it is said when the loss itself is computed
            _log.debug("the losses can't be resolved from shapes: %s", error)
            return
        with keras_internals.own_compiled_loss(self._model, self._compiled):
            terms = keras_internals.compiled_terms(self._model)
            self._name(terms, predictions)

    def compute(
        self, x: Any, y: Any, predictions: Any, sample_weight: Any
    ) -> tuple[list[Any], Any]:
        """Returns the terms as float32 scalars, and which part of the loss is in none of them.

        Raises:
            Exception: whatever the loss raises; a ValueError where there is none.
        """
        with contextlib.ExitStack() as stack:
            stack.enter_context(keras_internals.own_compiled_loss(self._model, self._compiled))
            recorded = stack.enter_context(keras_internals.record_terms(self._model))
            total = keras_internals.loss_function(self._model)(
                x=x, y=y, y_pred=predictions, sample_weight=sample_weight, training=True
            )
            if total is None:
                raise ValueError("compute_loss returned None")
            if not self._names:
                self._name(recorded.terms, predictions)
        return self._split(_scalar(total), recorded)

    def _name(self, terms: list[CompiledTerm], predictions: Any) -> None:
        names, main = term_names(self._model, predictions, terms, self._main)
        self._names = {
            (term.path, term.name): Term(name, "output", name == main)
            for term, name in zip(terms, names, strict=True)
        }

    def _split(self, total: Any, recorded: RecordedTerms) -> tuple[list[Any], Any]:
        weighted = [
            _scalar(loss) * _scalar(1.0 if term.weight is None else term.weight)
            for term, loss in zip(recorded.terms, recorded.losses, strict=True)
        ]
        terms = [
            self._names.get((term.path, term.name), Term(term.name, "output", False))
            for term in recorded.terms
        ]
        penalties = [_scalar(penalty) for penalty in recorded.penalties]
        if not weighted and _is_own_loss(self._model):
            # A compute_loss of the model's own, which computes no compiled loss.
            weighted = [total - _sum(penalties)]
            terms = [Term("loss", "total", True)]
        if penalties:
            weighted.append(_sum(penalties))
            terms.append(Term("penalty", "penalty", False))
        if not terms:
            raise ValueError("No loss: the model was compiled without one, and adds none.")
        self.terms = terms
        size = _sum([ops.abs(total), *map(ops.abs, weighted)])
        unexplained = ops.abs(total - _sum(weighted))
        scale = _replicas()
        return [term * scale for term in weighted], unexplained / ops.maximum(size, 1e-30)


class _Computing(keras.Operation):
    """A loss that Keras can trace without running it."""

    def __init__(self, compiled: Any) -> None:
        super().__init__()
        self._compiled = compiled

    def call(self, y: Any, predictions: Any, sample_weight: Any) -> Any:
        return self._compiled(y, predictions, sample_weight)


def specification(array: Any, samples: int) -> Any:
    """An array or tensor of so many samples without its values; None for None."""
    if array is None:
        return None
    dtype = keras.backend.standardize_dtype(array.dtype)
    return keras.KerasTensor((samples, *array.shape[1:]), dtype)


def _is_own_loss(model: keras.Model) -> bool:
    return not str(getattr(type(model).compute_loss, "__module__", "")).startswith("keras.")


def _scalar(value: Any) -> Any:
    return ops.cast(ops.reshape(ops.convert_to_tensor(value), ()), "float32")


def _sum(scalars: list[Any]) -> Any:
    return sum(scalars, start=ops.zeros((), "float32"))


def _replicas() -> float:
    """Keras divides a loss by the number of replicas of the `tf.distribute` strategy in use."""
    if keras.backend.backend() != "tensorflow":
        return 1.0
    import tensorflow as tf

    return float(tf.distribute.get_strategy().num_replicas_in_sync)
