"""Sums of a vector over the batches, made inside the compiled step and read between batches."""

import threading
from typing import Any, Protocol

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

Sums = npt.NDArray[np.float64]


class Accumulator(Protocol):
    """Adds vectors of one length up, on the device or on the host."""

    def add(self, vector: Any, after: Any) -> None:
        """Adds a float32 vector inside the step, and not before the tensors `after` are there."""

    def take(self) -> Sums:
        """Returns the sums since the last call, float64, and starts anew."""


def make_accumulator(model: keras.Model, length: int) -> Accumulator:
    """Returns an accumulator for the backend that Keras runs on; nothing is put on the model."""
    if keras.backend.backend() == "jax":
        return _HostAccumulator(length)
    strategy = getattr(model, "distribute_strategy", None)
    if strategy is None:
        return _DeviceAccumulator(length)
    with strategy.scope():
        return _DeviceAccumulator(length)


class _DeviceAccumulator(keras.metrics.Metric):
    """A variable that the step adds to.

    It is a metric only for a metric's variables, which add up over the replicas of a
    `tf.distribute` strategy when they are read. The model does not know of it.
    """

    def __init__(self, length: int) -> None:
        super().__init__(name="tb_featuremaps_sums", dtype="float32")
        self._sums = self.add_variable((length,), initializer="zeros", name="sums")

    def add(self, vector: Any, after: Any) -> None:
        vector = ops.stop_gradient(vector)
        if keras.backend.backend() != "tensorflow":
            self._sums.assign_add(vector)
            return
        import tensorflow as tf

        # A step that finds its iterator exhausted still runs what does not depend on the data.
        with tf.control_dependencies([part for part in after if isinstance(part, tf.Tensor)]):
            self._sums.assign_add(tf.identity(vector))

    def take(self) -> Sums:
        # A sum with 0, since under `tf.distribute` the variable itself is no array.
        sums = np.array(ops.convert_to_numpy(self._sums + 0.0), np.float64)
        if sums.any():
            self._sums.assign(ops.zeros(self._sums.shape))
        return sums

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Does nothing: `add` is what the step calls."""

    def result(self) -> Any:
        """The sums as they are."""
        return self._sums + 0.0


class _HostAccumulator:
    """Sums on the host: JAX steps are pure, and a state of ours would have to pass through `fit`.

    The step sends each batch's vector by a callback, which JAX runs in the background.
    """

    def __init__(self, length: int) -> None:
        self._sums = np.zeros(length)
        self._lock = threading.Lock()

    def add(self, vector: Any, after: Any) -> None:
        import jax

        jax.debug.callback(self._receive, vector)

    def _receive(self, vector: Any) -> None:
        with self._lock:
            self._sums += np.asarray(vector, np.float64)

    def take(self) -> Sums:
        import jax

        jax.effects_barrier()
        with self._lock:
            sums, self._sums = self._sums, np.zeros_like(self._sums)
        return sums
