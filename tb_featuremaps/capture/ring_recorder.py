"""Records steps on TensorFlow: a ring of rows on the device, written inside the compiled step."""

import contextlib
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tb_featuremaps.capture import keras_internals
from tb_featuremaps.capture.loss_terms import MAX_OUTPUTS, row_length
from tb_featuremaps.capture.named_variable import NamedVariable
from tb_featuremaps.capture.step_recorder import (
    NO_ITERATIONS,
    RecordedSteps,
    iterations_in_step,
)

# About as many as fast steps are in the second between two reads; reading more takes longer.
_CAPACITY = 1024
_MAX_BYTES = 64 << 20


class RingRecorder:
    """Each step writes a row to the next place of a variable; the model does not know of it.

    Operations of a step are few here, since each costs a fast step more than what it computes.

    Under a `tf.distribute` strategy each replica writes rows of its own. The variables add up over
    the replicas when they are read, so a replica's rows are zero in the others' variables.
    """

    def __init__(self, model: keras.Model) -> None:
        strategy = getattr(model, "distribute_strategy", None)
        self._replicas = int(getattr(strategy, "num_replicas_in_sync", 1))
        # Reading adds up over the workers too, so none may read when it likes.
        self.reads_together = _workers(strategy) > 1
        self._length = row_length(_losses(model))
        steps = 2 * int(getattr(model, "steps_per_execution", 1) or 1)
        wanted = steps if self.reads_together else max(_CAPACITY, steps)
        self.capacity = max(1, min(wanted, _MAX_BYTES // (4 * self._length * self._replicas)))
        with strategy.scope() if strategy is not None else contextlib.nullcontext():
            variable = NamedVariable if _finds_by_name(model) else _variable
            self._rows = variable((self.capacity * self._replicas, self._length), tf.float32)
            # The iterations after each step, and behind them how many steps there were: a variable
            # more would cost each call of a step microseconds.
            self._counts = variable((self.capacity + 1,), tf.int64)
        self._taken = 0
        self._step = threading.local()  # replicas trace in threads of their own

    @contextlib.contextmanager
    def tracing(self, model: keras.Model) -> Iterator[None]:
        yield

    def begin_step(self, data: list[Any]) -> None:
        self._step.data = [part for part in data if isinstance(part, tf.Tensor)]
        self._step.graph = tf.compat.v1.get_default_graph()
        # By their handles, which under a strategy are the replica's own.
        self._step.rows, self._step.counts = self._rows.handle, self._counts.handle
        # Not where they are used: there each would wait, and cost, like other operations.
        self._step.capacity = tf.constant(self.capacity, tf.int64)
        self._step.one = tf.constant(1, tf.int64)
        self._step.place = None
        self._step.put = []

    def _find_place(self, after: Sequence[Any]) -> None:
        """Finds out where the step's row goes, once.

        Where ours is one chain behind what the step computes, no other thread is woken for it.

        Args:
            after: of these one is of the batch: a step that finds its iterator exhausted still
                runs what does not depend on the data.
        """
        if self._step.place is not None:
            return
        capacity = self._step.capacity
        with tf.control_dependencies(after):
            count = tf.raw_ops.ResourceGather(
                resource=self._step.counts, indices=capacity, dtype=tf.int64
            )
        self._step.place = tf.math.floormod(count, capacity)

    def add(self, row: Any) -> None:
        row = tf.stop_gradient(row)
        if tf.compat.v1.get_default_graph() is self._step.graph:
            self._find_place([row])
        with self._step.graph.as_default():  # a function that the step calls has one of its own
            self._find_place(self._step.data)
        place = self._step.place
        if self._replicas > 1:
            replica = tf.distribute.get_replica_context().replica_id_in_sync_group
            place = place * self._replicas + tf.cast(replica, tf.int64)
        missing = self._length - row.shape[0]
        row = tf.pad(row, [[0, missing]]) if missing else row
        self._step.put.append(_put(self._step.rows, place, row))

    def end_step(self, model: keras.Model, result: Any) -> Any:
        iterations = iterations_in_step(model)
        if iterations is None:
            iterations = tf.constant(NO_ITERATIONS, tf.int64)
        iterations = tf.cast(iterations, tf.int64)
        self._find_place(self._step.data)
        self._step.put.append(_put(self._step.counts, self._step.place, iterations))
        # Last, since another thread may read while the step runs.
        with tf.control_dependencies(self._step.put):
            tf.raw_ops.ResourceScatterAdd(
                resource=self._step.counts, indices=self._step.capacity, updates=self._step.one
            )
        return result

    def collect(self, outputs: Any) -> Any:
        return outputs

    def take(self) -> RecordedSteps | None:
        counts = self._counts.numpy()
        count = int(counts[-1]) // self._replicas
        before, self._taken = self._taken, count
        if count == before:
            return None
        lost = max(0, count - before - self.capacity)
        begin, steps = (before + lost) % self.capacity, count - before - lost
        rows = self._rows.numpy().reshape(self.capacity, self._replicas, self._length)
        # From its begin on, and what is left of them from the ring's.
        parts = slice(begin, begin + steps), slice(max(0, begin + steps - self.capacity))
        iterations = [
            total // self._replicas for part in parts for total in counts[:-1][part].tolist()
        ]
        return RecordedSteps(np.concatenate([rows[part] for part in parts]), iterations, lost)


def _losses(model: keras.Model) -> int:
    """At most so many losses a step computes."""
    # A subclassed model tells how many outputs it has, and so losses, in its first step.
    is_known = getattr(model, "outputs", None) or keras_internals.compiled_terms(model)
    return keras_internals.number_of_losses(model) if is_known else MAX_OUTPUTS


def _workers(strategy: Any) -> int:
    resolver = getattr(strategy, "cluster_resolver", None)
    spec = resolver.cluster_spec() if resolver is not None else None
    return sum(spec.num_tasks(job) for job in spec.jobs) if spec is not None else 1


def _finds_by_name(model: keras.Model) -> bool:
    """Whether steps may find variables by name: XLA may compile those that a model makes itself."""
    makes_functions = keras_internals.is_keras(
        type(model), "make_train_function", "make_test_function"
    )
    return (
        makes_functions
        and not tf.distribute.has_strategy()
        and not getattr(model, "jit_compile", True)
    )


def _variable(shape: tuple[int, ...], dtype: tf.DType) -> tf.Variable:
    return tf.Variable(
        tf.zeros(shape, dtype),
        trainable=False,
        synchronization=tf.VariableSynchronization.ON_READ,
        aggregation=tf.VariableAggregation.SUM,
    )


def _put(handle: Any, place: Any, row: Any) -> Any:
    return tf.raw_ops.ResourceScatterUpdate(resource=handle, indices=place, updates=row)
