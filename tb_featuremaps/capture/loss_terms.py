"""The terms of a loss, as one vector inside the step and as means outside of it."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from tb_featuremaps.capture.keras_internals import RecordedTerms

# Total and penalty, and then three numbers an output.
_FIXED, _PER_OUTPUT = 2, 3
# Two sums of the terms (over calls, over samples) behind two counts must fit.
MAX_OUTPUTS = 40
VECTOR_LENGTH = 2 + 2 * (_FIXED + _PER_OUTPUT * MAX_OUTPUTS)


@dataclasses.dataclass(frozen=True)
class TermMeans:
    """Means of the terms over an interval.

    Attributes:
        total: the loss that `compute_loss` returned.
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

    @property
    def unexplained(self) -> float:
        """What of the total is none of the terms."""
        return self.total - self.penalty - sum(self.weighted)


def term_vector(
    model: keras.Model, total: Any, recorded: RecordedTerms, data: Sequence[Any]
) -> Any:
    """One call's terms as float32 `[VECTOR_LENGTH]`: counts, sums over calls, sums over samples.

    Args:
        model: whose loss it is.
        total: what `compute_loss` returned.
        recorded: what it computed on the way.
        data: the batch's tensors, the first of which tells how many samples there are.
    """
    penalty = sum(map(_scalar, recorded.penalties), start=ops.zeros(()))
    scale = _replicas(model)
    losses = [_scalar(loss) * scale for loss in recorded.losses]
    # A weight may be a variable, whose value is that of this step.
    weights = [_scalar(1.0 if term.weight is None else term.weight) for term in recorded.terms]
    weighted = [loss * weight for loss, weight in zip(losses, weights, strict=True)]
    terms = ops.stack([_scalar(total) * scale, penalty * scale, *losses, *weighted, *weights])
    samples = ops.cast(_samples(data), "float32")
    vector = ops.concatenate([ops.stack([ops.ones(()), samples]), terms, terms * samples])
    return ops.pad(vector, [[0, VECTOR_LENGTH - vector.shape[0]]])


def means(sums: npt.NDArray[np.float64], outputs: int, over_samples: bool) -> TermMeans | None:
    """Sums of term vectors as means: over samples as Keras's for validation, else over batches."""
    count = sums[1] if over_samples else sums[0]
    if sums[0] == 0 or count == 0:
        return None
    length = _FIXED + _PER_OUTPUT * outputs
    begin = 2 + (length if over_samples else 0)
    total, penalty, *others = (float(value) for value in sums[begin : begin + length] / count)
    return TermMeans(
        total,
        penalty,
        others[:outputs],
        others[outputs : 2 * outputs],
        others[2 * outputs :],
    )


def _scalar(value: Any) -> Any:
    return ops.cast(ops.reshape(ops.convert_to_tensor(value), ()), "float32")


def _replicas(model: keras.Model) -> float:
    """Under `tf.distribute`, Keras divides each replica's loss by the number of replicas."""
    strategy = getattr(model, "distribute_strategy", None)
    return float(getattr(strategy, "num_replicas_in_sync", 1))


def _samples(data: Sequence[Any]) -> Any:
    return next((ops.shape(part)[0] for part in data if _has_samples(part)), 1)


def _has_samples(part: Any) -> bool:
    try:
        return len(part.shape) > 0
    except ValueError:  # a tensor of unknown rank
        return False
