"""A variable that graphs find by its name: one value for all of them, and gone with its object."""

import gc

import keras
import pytest

if keras.backend.backend() != "tensorflow":
    pytest.skip("TensorFlow only", allow_module_level=True)

import tensorflow as tf

from tb_featuremaps.capture.named_variable import NamedVariable


def _add(variable: NamedVariable, number: float) -> None:
    tf.raw_ops.AssignAddVariableOp(resource=variable.handle, value=tf.fill([3], number))


def test_a_function_and_eager_code_write_the_same_value() -> None:
    variable, other = NamedVariable((3,), tf.float32), NamedVariable((3,), tf.float32)
    assert variable.numpy().tolist() == [0.0, 0.0, 0.0]

    @tf.function
    def add(number: tf.Tensor) -> None:
        _add(variable, number)

    add(tf.constant(2.0))
    add(tf.constant(3.0))
    _add(variable, 1.0)
    assert variable.numpy().tolist() == [6.0, 6.0, 6.0]
    assert other.numpy().tolist() == [0.0, 0.0, 0.0]
    assert not add.get_concrete_function(tf.constant(0.0)).captured_inputs


def test_functions_in_a_function_take_its_handle_even_where_xla_compiles_them() -> None:
    variable = NamedVariable((3,), tf.float32)

    @tf.function
    def step() -> None:
        handle = variable.handle

        @tf.function(jit_compile=True)
        def inner() -> None:
            tf.raw_ops.AssignAddVariableOp(resource=handle, value=tf.ones([3]))

        inner()

    step()
    assert variable.numpy().tolist() == [1.0, 1.0, 1.0]


def test_its_memory_goes_with_it() -> None:
    variable = NamedVariable((3,), tf.float32)
    handle = variable._handle
    del variable
    gc.collect()
    with pytest.raises(tf.errors.FailedPreconditionError, match="Could not find variable"):
        tf.raw_ops.ReadVariableOp(resource=handle, dtype=tf.float32)
