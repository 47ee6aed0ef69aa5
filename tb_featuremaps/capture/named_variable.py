"""A variable of TensorFlow's that a graph finds by its name."""

import uuid
import weakref
from typing import Any

import tensorflow as tf


class NamedVariable:
    """A variable that is no input of a function.

    A function that captures a variable hands it over at each call, which costs microseconds. XLA
    compiles no graph that looks a variable up, and under a strategy there is one for each device:
    there it takes a `tf.Variable`.

    Args:
        shape: of its value, which is zeros at first.
        dtype: of its value.
    """

    def __init__(self, shape: tuple[int, ...], dtype: tf.DType) -> None:
        self._dtype = dtype
        self._attributes = {
            "dtype": dtype,
            "shape": shape,
            "shared_name": f"tb_featuremaps_{uuid.uuid4()}",
            "container": "",
        }
        self._handle = tf.raw_ops.VarHandleOp(**self._attributes)
        tf.raw_ops.AssignVariableOp(resource=self._handle, value=tf.zeros(shape, dtype))
        # Unlike that of a `tf.Variable`, its memory isn't freed with its last handle.
        weakref.finalize(self, _destroy, self._handle).atexit = False

    @property
    def handle(self) -> Any:
        """Finds the variable in the graph that is built now; functions in it take it from there."""
        with tf.device(self._handle.device):
            return tf.raw_ops.VarHandleOp(**self._attributes)

    def numpy(self) -> Any:
        """Its value."""
        return tf.raw_ops.ReadVariableOp(resource=self._handle, dtype=self._dtype).numpy()


def _destroy(handle: Any) -> None:
    with tf.init_scope():
        tf.raw_ops.DestroyResourceOp(resource=handle, ignore_lookup_error=True)
