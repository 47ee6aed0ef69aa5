"""Data of the rows: small, fixed, numpy; and the losses of them in float64."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from conformance.rows import Batch

CLASSES = 3


def image_batches(
    count: int = 3, size: int = 4, shape: tuple[int, ...] = (12, 12, 3)
) -> list[Batch]:
    """Batches of images or other arrays with a class each."""
    random = np.random.default_rng(5)
    return [
        (
            random.uniform(0, 1, (size, *shape)).astype(np.float32),
            random.integers(0, CLASSES, size),
        )
        for _ in range(count)
    ]


def of_shape(*shape: int, count: int = 3, size: int = 4) -> Callable[[], list[Batch]]:
    """A function that makes batches of arrays of a shape."""
    return lambda: image_batches(count, size, shape)


def word_batches() -> list[Batch]:
    """Batches of sentences: seven indices of twenty words."""
    random = np.random.default_rng(6)
    return [
        (random.integers(0, 20, (4, 7)).astype(np.int32), random.integers(0, CLASSES, 4))
        for _ in range(3)
    ]


def with_inputs(inputs: Callable[[np.ndarray[Any, Any]], Any]) -> Callable[[], list[Batch]]:
    """Batches of images whose inputs are what `inputs` makes of the images."""
    return lambda: [(inputs(x), y) for x, y in image_batches()]


def with_targets(targets: Callable[[np.ndarray[Any, Any]], Any]) -> Callable[[], list[Batch]]:
    """Batches of images whose targets are what `targets` makes of the classes."""
    return lambda: [(x, targets(y)) for x, y in image_batches()]


def short_last_batch() -> list[Batch]:
    """Two batches of four images and one of two."""
    *others, (x, y) = image_batches()
    return [*others, (x[:2], y[:2])]


def weighted_batches() -> list[Batch]:
    """Batches of images with sample weights."""
    return [(x, y, np.linspace(0.2, 2, len(y)).astype(np.float32)) for x, y in image_batches()]


def autoencoder_batches() -> list[Batch]:
    """Batches of images without targets: the model makes its own."""
    return [(x,) for x, _ in image_batches(shape=(8, 8, 1))]


def cross_entropy(predictions: Any, targets: Any, weights: Any) -> float:
    """Keras's "sparse_categorical_crossentropy" of probabilities, in float64."""
    shares = predictions / predictions.sum(-1, keepdims=True)
    chosen = np.take_along_axis(shares, np.asarray(targets, np.int64)[..., None], -1)[..., 0]
    return _mean(-np.log(np.clip(chosen, 1e-7, 1 - 1e-7)), weights)


def squared_error(predictions: Any, targets: Any, weights: Any) -> float:
    """Keras's "mse", in float64."""
    return _mean(np.square(predictions - np.asarray(targets, np.float64)).mean(-1), weights)


def l2_penalty(factor: float, names: Sequence[str]) -> Callable[[keras.Model], float]:
    """The penalty of `keras.regularizers.L2(factor)` on the kernels of layers, in float64."""

    def penalty(model: keras.Model) -> float:
        kernels = [np.asarray(model.get_layer(name).get_weights()[0], np.float64) for name in names]
        return factor * float(sum(np.square(kernel).sum() for kernel in kernels))

    return penalty


def _mean(losses: np.ndarray[Any, Any], weights: Any) -> float:
    if weights is not None:
        losses = losses * np.asarray(weights, np.float64)
    return float(losses.mean())
