"""The names that the code blocks of the documentation use without making them."""

import pathlib
from typing import Any

import keras
import numpy as np

from tb_featuremaps import RunWriter

_random = np.random.default_rng(0)


def documented_names() -> dict[str, Any]:
    """Data, a compiled model, and a training loop's functions, new each time."""
    x = _random.uniform(size=(32, 8, 8, 3)).astype(np.float32)
    y = _random.integers(0, 3, 32)
    model = build_model()
    model.compile("sgd", loss="sparse_categorical_crossentropy")
    return {
        "model": model,
        "build_model": build_model,
        "x": x,
        "y": y,
        "x_val": x[:8],
        "y_val": y[:8],
        "probes": x[:2],
        "batches": [(x, y)] * 101,
        "train_step": _train_step,
        "forward": lambda images: (_maps(images), np.full((len(images), 3), 1 / 3)),
        "conv1": _maps,
    }


def build_model() -> keras.Model:
    """A small classifier with a penalty, and layers of the names that the pages use."""
    layers, decay = keras.layers, keras.regularizers.L2(1e-3)
    inputs = values = keras.Input((8, 8, 3))
    for name in ("conv1", "conv2", "inception_3a", "inception_4a"):
        values = layers.Conv2D(4, 3, padding="same", activation="relu", name=name)(values)
    values = layers.GlobalAveragePooling2D()(values)
    outputs = layers.Dense(3, "softmax", name="main", kernel_regularizer=decay)(values)
    return keras.Model(inputs, outputs)


def write_run(log_dir: pathlib.Path) -> None:
    """Logs the run that pages read: a layer, an output and losses at step 400."""
    images = np.zeros((2, 8, 8, 3), np.float32)
    with RunWriter(log_dir) as writer:
        writer.write_losses(400, main=1.0, penalty=0.1)
        writer.write_maps(400, {"inception_3a": _maps(images)}, probes=images)
        writer.write_outputs(400, {"main": np.full((2, 3), 1 / 3)})


def _train_step(*batch: Any) -> tuple[float, ...]:
    """The main loss, an auxiliary one and the penalty; of images and labels without a penalty."""
    return (1.0, 0.5) if len(batch) > 1 else (1.0, 0.5, 0.01)


def _maps(images: Any) -> np.ndarray[Any, Any]:
    return _random.uniform(size=(len(images), 8, 8, 4)).astype(np.float32)
