"""What `FeatureMaps` costs before the first batch, and what of it any such callback would pay.

python -m benchmarks.fit_start
"""

import pathlib
import tempfile
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from benchmarks.table import result
from tb_featuremaps import FeatureMaps
from training.models.googlenet import googlenet

_REPEATS = 5
_CASES: list[tuple[str, str, int, Callable[[], keras.Model]]] = [
    ("GoogLeNet", "auto", 32, lambda: googlenet((32, 32, 3), 10, width=0.5)),
    ("InceptionV3", "auto", 75, lambda: _application("InceptionV3", 75)),
    ("EfficientNetB0", "auto", 32, lambda: _application("EfficientNetB0", 32)),
    ("DenseNet121, 428 layers", "*", 32, lambda: _application("DenseNet121", 32)),
]


def main() -> None:
    """Measures and prints."""
    print("| | `layers` | `FeatureMaps`, s | the forward pass alone, s | beyond it, s |")
    print("|---|---|---:|---:|---:|")
    for name, layers, size, make in _CASES:
        keras.backend.clear_session()
        ours, bare = _measure(make(), layers, size)
        beyond = np.subtract(ours, bare)
        row = f"{np.median(ours):.2f} | {np.median(bare):.2f} | {result(beyond)}"
        print(f"| {name} | `{layers}` | {row} |", flush=True)


def _application(name: str, size: int) -> keras.Model:
    return getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), classes=10)


def _measure(model: keras.Model, layers: str, size: int) -> tuple[list[float], list[float]]:
    """Seconds of CPU of ours and of the forward pass alone, in turn."""
    model.compile("sgd", "sparse_categorical_crossentropy")
    probes = np.random.default_rng(0).uniform(0, 1, (1, size, size, 3)).astype(np.float32)
    tf.function(lambda: model(tf.constant(probes))).get_concrete_function()
    ours, bare = [], []
    for _ in range(_REPEATS):
        ours.append(_seconds(lambda: _begin(model, probes, layers)))
        bare.append(_seconds(lambda: _forward(model, probes)))
    return ours, bare


def _begin(model: keras.Model, probes: np.ndarray, layers: str) -> None:
    """What a `fit` without a batch has `FeatureMaps` do."""
    with tempfile.TemporaryDirectory() as folder:
        maps = FeatureMaps(pathlib.Path(folder), probes, layers=layers)
        maps.set_params({})
        maps.set_model(model)
        maps.on_train_begin()
        maps.on_epoch_begin(0)
        maps.on_train_end()


def _forward(model: keras.Model, probes: np.ndarray) -> None:
    function = tf.function(lambda: model(tf.constant(probes), training=False), autograph=False)
    outputs: Any = function()
    keras.tree.map_structure(np.asarray, outputs)


def _seconds(work: Callable[[], None]) -> float:
    """CPU of all threads."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


if __name__ == "__main__":
    main()
