"""The terms of a loss, as one row inside the step and as means outside of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from tb_featuremaps.capture.keras_internals import RecordedTerms
from tb_featuremaps.format.loss_values import LossValues

MAX_OUTPUTS = 40
# A row: samples, total and penalty, then the losses of all outputs, then their weights.
_SAMPLES, _FIXED = 1, 2

Sums = npt.NDArray[np.float64]


def row_length(outputs: int) -> int:
    """How long a row is that holds so many outputs with a loss, of those that are held at all."""
    return _SAMPLES + _FIXED + 2 * min(outputs, MAX_OUTPUTS)


def term_row(total: Any, recorded: RecordedTerms, data: Sequence[Any]) -> Any:
    """One call's terms as float32: samples, total, penalty, the outputs' losses, their weights.

    Inside the step it is one small array; what can be computed later is computed by `row_sums`.

    Args:
        total: what `compute_loss` returned.
        recorded: what it computed on the way.
        data: the batch's tensors, the first of which tells how many samples there are.
    """
    penalty = [_scalar(part) for part in recorded.penalties]
    losses = [_scalar(loss) for loss in recorded.losses]
    # A weight may be a variable, whose value is that of this step.
    weights = [_scalar(1.0 if term.weight is None else term.weight) for term in recorded.terms]
    samples = ops.cast(_samples(data), "float32")
    summed = sum(penalty[1:], start=penalty[0]) if penalty else ops.zeros(())
    return ops.stack([samples, _scalar(total), summed, *losses, *weights])


def row_sums(rows: npt.NDArray[np.float32], outputs: int) -> Sums:
    """Rows as what `means` takes the sums of: counts, terms, terms times samples.

    Args:
        rows: float32 `[batches, replicas, length]`, of the replicas' parts of batches; what is
            missing of a row is zero.
        outputs: how many outputs have a loss in them.

    Returns:
        float64 `[batches, 2 + 2 * (2 + 3 * outputs)]`.
    """
    length = row_length(outputs)
    known = np.zeros((*rows.shape[:-1], length))
    known[..., : rows.shape[-1]] = rows[..., :length]
    samples, fixed, losses, weights = np.split(known, [1, 3, 3 + outputs], axis=-1)
    # Under `tf.distribute`, Keras divides each replica's loss by the number of replicas.
    fixed, losses = fixed * rows.shape[1], losses * rows.shape[1]
    terms = np.concatenate([fixed, losses, losses * weights, weights], axis=-1)
    sums = np.concatenate([np.ones_like(samples), samples, terms, terms * samples], axis=-1)
    return np.asarray(sums.sum(axis=1), np.float64)


def means(sums: Sums, over_samples: bool) -> LossValues | None:
    """Sums of `row_sums` as means: over samples as Keras's for validation, else over batches.

    Args:
        sums: float64 `[points, …]`.
        over_samples: as above.

    Returns:
        None if there is a point in which there was nothing.
    """
    counts = sums[:, 1 if over_samples else 0]
    if not counts.all():
        return None
    length = (sums.shape[1] - 2) // 2
    outputs = (length - _FIXED) // 3
    begin = 2 + (length if over_samples else 0)
    wanted = sums[:, begin : begin + length] / counts[:, None]
    ends = np.cumsum([1, 1, outputs, outputs])
    total, penalty, losses, weighted, weights = np.split(wanted, ends, axis=1)
    return LossValues(total[:, 0], penalty[:, 0], losses, weighted, weights)


def _scalar(value: Any) -> Any:
    tensor = ops.convert_to_tensor(value)
    return ops.cast(tensor if _rank(tensor) == 0 else ops.reshape(tensor, ()), "float32")


def _samples(data: Sequence[Any]) -> Any:
    return next((ops.shape(part)[0] for part in data if _rank(part)), 1)


def _rank(part: Any) -> int | None:
    try:
        return len(part.shape)
    except ValueError:  # a tensor of unknown rank
        return None
