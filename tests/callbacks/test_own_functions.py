"""On JAX: models that make their step functions in a way of their own."""

import pathlib
from typing import Any

import keras
import numpy as np
import pytest
from support.logdir import read_run

from tb_featuremaps import LossTerms

if keras.backend.backend() != "jax":
    pytest.skip("JAX only", allow_module_level=True)

import jax


class Own(keras.Model):
    """Compiles its step itself, and knows what the step returns."""

    def make_train_function(self, force: bool = False) -> Any:
        step = jax.jit(self.train_step)

        def function(state: Any, iterator: Any) -> Any:
            logs, state = step(state, next(iterator))
            assert set(logs) == {"loss"}
            return logs, state

        self.train_function: Any = function
        return function


class Wrapped(keras.Model):
    """Does something around what Keras makes."""

    def make_train_function(self, force: bool = False) -> Any:
        super().make_train_function(force)
        made = self.train_function
        self.train_function: Any = lambda state, iterator: made(state, iterator)
        return self.train_function


def _fit(kind: type[keras.Model], directory: pathlib.Path) -> keras.callbacks.History:
    inputs = keras.Input((4,))
    model = kind(inputs, keras.layers.Dense(2, kernel_regularizer="l2")(inputs))
    model.compile("sgd", "mse")
    x, y = np.ones((96, 4)), np.zeros((96, 2))
    return model.fit(x, y, verbose=0, callbacks=[LossTerms(directory)])


def test_what_a_function_of_its_own_returns_is_as_without_us(tmp_path: pathlib.Path) -> None:
    with pytest.warns(RuntimeWarning, match="its train_function runs no train_step"):
        history = _fit(Own, tmp_path)
    totals = read_run(tmp_path / "train")["loss/total"]
    assert sorted(totals) == [1, 2, 3]
    assert float(totals[3]) == pytest.approx(history.history["loss"][0], rel=1e-5)


def test_a_function_around_keras_s_is_listened_to(tmp_path: pathlib.Path) -> None:
    history = _fit(Wrapped, tmp_path)
    run = read_run(tmp_path / "train")
    assert sorted(run["loss/penalty"]) == [1, 2, 3]
    mean = np.mean([float(total) for total in run["loss/total"].values()])
    assert mean == pytest.approx(history.history["loss"][0], rel=1e-5)
