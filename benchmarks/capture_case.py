"""What the benchmarks of captures work on: GoogLeNet with both auxiliary heads, and its probes."""

import dataclasses
import os
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from training.models.googlenet import AUXILIARY_WEIGHT, HEADS, googlenet
from training.models.heads import loss_weights

LAYERS = ["conv1", "conv2", "inception_??"]


@dataclasses.dataclass(frozen=True)
class Case:
    """A size of the model and a number of probes.

    Attributes:
        size: height and width of the images.
        width: of the model, as `googlenet` takes it.
        probes: how many.
    """

    size: int
    width: float
    probes: int

    def __str__(self) -> str:
        """As the page names it."""
        width = "full width" if self.width == 1 else f"width {self.width:g}"
        probes = "1 probe" if self.probes == 1 else f"{self.probes} probes"
        return f"GoogLeNet {self.size}×{self.size}, {width}, 11 layers, {probes}"

    def model(self) -> keras.Model:
        """The compiled model, the same at each call."""
        keras.utils.set_random_seed(0)
        model = googlenet((self.size, self.size, 3), 10, width=self.width)
        losses = dict.fromkeys(HEADS, "sparse_categorical_crossentropy")
        model.compile("sgd", losses, loss_weights=loss_weights(HEADS, AUXILIARY_WEIGHT))
        return model

    def images(self, count: int | None = None) -> np.ndarray:
        """Noise for so many probes, float32 0…1."""
        shape = (count or self.probes, self.size, self.size, 3)
        return np.random.default_rng(0).uniform(0, 1, shape).astype(np.float32)


CASES = [Case(32, 0.5, 1), Case(224, 0.5, 4)]


def labels(count: int) -> dict[str, np.ndarray]:
    """Labels for each head."""
    return dict.fromkeys(HEADS, np.zeros(count, np.int64))


def bare_forward(model: keras.Model, probes: np.ndarray) -> Callable[[], Any]:
    """The compiled forward pass alone, which ends when its outputs are in memory."""
    constant = tf.constant(probes)
    function = tf.function(lambda: model(constant, training=False), autograph=False)
    return lambda: [np.asarray(output) for output in keras.tree.flatten(function())]


def use_one_thread(pinned: bool) -> None:
    """Has TensorFlow compute on the calling thread; `pinned` keeps all threads on one core."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    if pinned and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
