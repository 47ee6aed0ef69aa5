"""The terms of a loss: one row inside the step, columns of numbers outside of it."""

import itertools
import operator
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from keras import ops

from tb_featuremaps.capture.keras_internals import RecordedTerms
from tb_featuremaps.format.loss_values import LossValues

MAX_OUTPUTS = 40
# A row: samples, total and penalty, then the losses of all outputs, then their weights.
_SAMPLES, _FIXED = 1, 2

Columns: TypeAlias = list[list[float]]


def row_length(outputs: int) -> int:
    """How long a row is that holds so many outputs with a loss, of those that are held at all."""
    return _SAMPLES + _FIXED + 2 * min(outputs, MAX_OUTPUTS)


def term_row(total: Any, recorded: RecordedTerms, data: Sequence[Any]) -> Any:
    """One call's terms as float32: samples, total, penalty, the outputs' losses, their weights.

    Inside the step it is one small array; what can be computed later is computed by `step_columns`.

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


def step_columns(rows: npt.NDArray[np.float32], outputs: int) -> Columns:
    """Rows as terms by step: total and penalty; of each output loss, weighted loss and weight.

    Args:
        rows: float32 `[steps, replicas, length]`, of the replicas' parts of batches; what is
            missing of a row is zero.
        outputs: how many outputs have a loss in them.

    Returns:
        `[2 + 3 * outputs][steps]`, as means over the replicas.
    """
    replicas = rows.shape[1]
    _, columns = _row_columns(rows, outputs)
    if replicas == 1:
        return columns
    begins = range(0, len(rows) * replicas, replicas)
    return [
        [sum(column[begin : begin + replicas]) / replicas for begin in begins] for column in columns
    ]


def _row_columns(rows: npt.NDArray[np.float32], outputs: int) -> tuple[list[float], Columns]:
    """The samples of each row; and its terms, each a column over all rows."""
    steps, replicas, _ = rows.shape
    known = rows[..., : row_length(outputs)].reshape(steps * replicas, -1)
    numbers = known.T.tolist()
    numbers += [[0.0] * len(known)] * (row_length(outputs) - len(numbers))
    samples, fixed = numbers[0], numbers[_SAMPLES : _SAMPLES + _FIXED]
    losses, weights = numbers[_SAMPLES + _FIXED :][:outputs], numbers[-outputs:] if outputs else []
    # Under `tf.distribute`, Keras divides each replica's loss by the number of replicas.
    if replicas > 1:
        fixed, losses = (
            [[value * replicas for value in column] for column in part] for part in (fixed, losses)
        )
    weighted = [list(map(operator.mul, *pair)) for pair in zip(losses, weights, strict=True)]
    return samples, [*fixed, *losses, *weighted, *weights]


class TermMeans:
    """Means of terms over what is added, batches or, as Keras's for validation, samples."""

    def __init__(self) -> None:
        self._count = 0.0
        self._sums: list[float] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been added since the last point."""
        return not self._count

    def add_batches(self, columns: Columns) -> None:
        """Adds steps, of `step_columns`; those that recorded nothing change nothing."""
        if columns:
            self._add(len(columns[0]), [sum(column) for column in columns])

    def add_samples(self, rows: npt.NDArray[np.float32], outputs: int) -> None:
        """Adds steps, as `step_columns` takes them, weighted by their samples."""
        samples, columns = _row_columns(rows, outputs)
        self._add(sum(samples), [sum(map(operator.mul, column, samples)) for column in columns])

    def take(self) -> Columns | None:
        """The means as a single point, and starts anew; None if there was nothing."""
        count, sums = self._count, self._sums
        self._count, self._sums = 0.0, []
        return [[value / count] for value in sums] if count else None

    def _add(self, count: float, sums: list[float]) -> None:
        if len(sums) != len(self._sums):  # the step was traced anew, with other losses
            self._count, self._sums = 0.0, [0.0] * len(sums)
        self._count += count
        self._sums = list(map(operator.add, self._sums, sums))


def loss_values(columns: Columns) -> LossValues:
    """Columns of `step_columns`, or means of them, by what they are."""
    outputs = (len(columns) - _FIXED) // 3
    ends = [_FIXED + part * outputs for part in range(4)]
    parts = [columns[begin:end] for begin, end in itertools.pairwise(ends)]
    return LossValues(columns[0], columns[1], *parts)


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
