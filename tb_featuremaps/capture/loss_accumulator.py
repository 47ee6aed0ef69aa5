"""Adds up the loss terms inside the compiled train and test steps."""

from typing import Any

import keras
from keras import ops


class LossAccumulator(keras.metrics.Metric):
    """Sums of the terms of each batch, in variables that the compiled step updates.

    It is a metric only so that every Keras backend carries its variables through the compiled
    step; it adds nothing to the logs and is not reset when an epoch begins.

    Args:
        terms: how many terms a batch has.
        name: of the metric.
    """

    def __init__(self, terms: int, name: str) -> None:
        super().__init__(name=name, dtype="float32")
        self._sums = self.add_variable((terms,), initializer="zeros", name="sums")
        self._weight = self.add_variable((), initializer="zeros", name="weight")

    def update_state(self, terms: list[Any], weight: Any = 1.0) -> None:
        """Adds the terms of one batch, scalars, times `weight`."""
        scalars = [ops.cast(ops.reshape(term, ()), "float32") for term in terms]
        stacked = ops.stop_gradient(ops.stack(scalars))
        self._sums.assign_add(stacked * ops.cast(weight, "float32"))
        self._weight.assign_add(ops.cast(weight, "float32"))

    def result(self) -> dict[str, Any]:
        """Nothing: the terms are read with `take`, not through the logs."""
        return {}

    def reset_state(self) -> None:
        """Does nothing: intervals of batches don't end with epochs; see `take`."""

    def take(self) -> list[float] | None:
        """Returns the mean of each term since the last call and starts anew.

        None if there was no batch since.
        """
        # Sums with 0, since under `tf.distribute` the variables themselves are no numbers.
        weight = float(ops.convert_to_numpy(self._weight + 0.0))
        if weight == 0:
            return None
        sums = ops.convert_to_numpy(self._sums + 0.0)
        self._sums.assign(ops.zeros(self._sums.shape))
        self._weight.assign(0.0)
        return [float(value) / weight for value in sums]
