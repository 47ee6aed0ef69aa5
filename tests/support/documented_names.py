"""The names that the code blocks of the documentation use without making them."""

import pathlib
from typing import Any

import keras
import numpy as np

from tb_featuremaps import FeatureMaps, GradientTerms, LossTerms

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
    """Logs the run that pages read: a step of training, from 399 to 400."""
    names = documented_names()
    model, x, y = names["model"], names["x"], names["y"]
    model.optimizer.build(model.trainable_variables)
    model.optimizer.iterations.assign(399)
    maps = FeatureMaps(log_dir, x[:2], layers="inception_3a", attributions=True)
    callbacks = [maps, LossTerms(log_dir), GradientTerms(log_dir, x, y, every=1)]
    model.fit(x, y, callbacks=callbacks, verbose=0)


def _train_step(*batch: Any) -> tuple[float, ...]:
    """The main loss, an auxiliary one and the penalty; of images and labels without a penalty."""
    return (1.0, 0.5) if len(batch) > 1 else (1.0, 0.5, 0.01)


def _maps(images: Any) -> np.ndarray[Any, Any]:
    return _random.uniform(size=(len(images), 8, 8, 4)).astype(np.float32)
