"""Gradients by finite differences, independent of any automatic differentiation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

Terms = Callable[[], dict[str, float]]
# On JAX a convolution is float32 in any case, on PyTorch a loss.
_IS_DOUBLE = keras.backend.backend() == "tensorflow"
_STEP = 1e-5 if _IS_DOUBLE else 1e-2
TOLERANCE = 1e-5 if _IS_DOUBLE else 2e-3


class Offset(keras.layers.Layer):
    """Adds a weight of the whole activation's shape, which is zero but while it is probed."""

    def build(self, shape: tuple[int, ...]) -> None:
        self.offset = self.add_weight(
            shape=shape, initializer="zeros", trainable=False, name="offset"
        )

    def call(self, inputs: Any) -> Any:
        return inputs + self.offset


@contextmanager
def double_precision() -> Iterator[None]:
    """Within it, or in a function that it decorates, Keras computes in float64."""
    _set_precision("float64")
    try:
        yield
    finally:
        _set_precision("float32")


def _set_precision(name: str) -> None:
    keras.config.set_floatx(name)
    keras.config.set_dtype_policy(name)
    if keras.backend.backend() == "jax":
        import jax

        jax.config.update("jax_enable_x64", name == "float64")


def gradients(terms: Terms, variable: Any) -> dict[str, npt.NDArray[np.float64]]:
    """The gradient of each term at a variable, of the variable's shape, by central differences.

    Args:
        terms: computes the terms with the variable's value as it is.
        variable: float64; it has its value again afterwards.
    """
    start = np.array(keras.ops.convert_to_numpy(variable), np.float64)
    found: dict[str, npt.NDArray[np.float64]] = {}
    for place in np.ndindex(start.shape):
        sides = []
        for sign in (1, -1):
            value = start.copy()
            value[place] += sign * _STEP
            variable.assign(value)
            sides.append(terms())
        for name, above in sides[0].items():
            slope = (above - sides[1][name]) / (2 * _STEP)
            found.setdefault(name, np.zeros(start.shape))[place] = slope
    variable.assign(start)
    return found


def cosine(first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> float:
    """The cosine between two gradients; NaN where one is zero."""
    lengths = np.linalg.norm(first) * np.linalg.norm(second)
    return float((first * second).sum() / lengths) if lengths else float("nan")
