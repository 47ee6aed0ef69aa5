"""What our callbacks cost a batch, and a capture: fits with and without take turns on one core.

    python -m benchmarks.fit_steps MODEL EPOCHS

MODEL is "small" or "googlenet". Prints a table for the backend that Keras runs on.
"""

import importlib.metadata
import math
import os
import pathlib
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import keras
import numpy as np

from tb_featuremaps import FeatureMaps, LossTerms
from tb_featuremaps.callbacks import counted_steps, loss_curve
from training.models.googlenet import AUXILIARY_WEIGHT, HEADS, googlenet
from training.models.heads import loss_weights

_PACKAGES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
_SIZE = 32
_LOSS = "sparse_categorical_crossentropy"
_SMALL, _GOOGLENET = "small", "googlenet"
_TURNS = 5  # of an epoch
# Steps of a turn, and images of a batch.
_STEPS = {_SMALL: 20, _GOOGLENET: 4}
_BATCH = {_SMALL: 32, _GOOGLENET: 8}
# Two equal models differ by some percent of a step, by where their memory lies. So each way has
# several fits.
_FITS = {_SMALL: 5, _GOOGLENET: 2}
# The first epoch, which traces, and the last, in which the fits end, don't count.
_UNCOUNTED = 2
# In which the background catches up, at the expense of the turn.
_PAUSE_SECONDS = 0.05
_WITHOUT = "none"
_WAYS = (_WITHOUT, "losses", "waiting", "captures")
_NAMES = {
    _SMALL: "a very small network with two heads, so that differences show, batches of 32",
    _GOOGLENET: "GoogLeNet 32×32, half width, three heads, batches of 8",
}


class _Turns:
    """Lets one of several fits, each in a thread of its own, run at a time.

    Attributes:
        seconds: CPU of all threads in each turn, by the names of the fits.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.seconds: dict[str, list[float]] = {name: [] for name in names}
        self._names = list(names)
        self._changed = threading.Condition()
        self._next = 0
        self._begun = 0.0
        self._left = dict.fromkeys(names, time.monotonic())
        self._paused = dict.fromkeys(names, 0.0)

    def begin(self, name: str) -> None:
        """Waits for a turn."""
        with self._changed:
            self._changed.wait_for(lambda: self._names[self._next] == name)
        self._paused[name] += time.monotonic() - self._left[name]
        self._begun = time.process_time()

    def monotonic(self) -> float:
        """The time that has passed in the turns of the fit that asks, in seconds."""
        return time.monotonic() - self._paused.get(threading.current_thread().name, 0.0)

    def time(self) -> float:
        """The time of the day."""
        return time.time()

    def end(self, name: str) -> None:
        """Lets the next one run."""
        self._left[name] = time.monotonic()
        time.sleep(_PAUSE_SECONDS)
        self.seconds[name].append(time.process_time() - self._begun)
        with self._changed:
            self._next = (self._next + 1) % len(self._names)
            self._changed.notify_all()


class _TakeTurns(keras.callbacks.Callback):
    """Has a `fit` take turns of so many steps with the others; stands first in the list."""

    def __init__(self, turns: _Turns, name: str, steps: int) -> None:
        super().__init__()
        self._turns, self._name, self._steps = turns, name, steps
        self._is_running = False

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if batch % self._steps:
            return
        if self._is_running:  # what other callbacks did at the end of an epoch is in the turn
            self._end()
        self._turns.begin(self._name)
        self._is_running = True

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        self._end()

    def _end(self) -> None:
        # Steps that were only dispatched, as JAX does, are computed in their own turn.
        keras.ops.convert_to_numpy(self.model.optimizer.iterations)
        self._turns.end(self._name)


def main() -> None:
    """Measures and prints."""
    name, epochs = sys.argv[1], int(sys.argv[2])
    use_one_core()
    with tempfile.TemporaryDirectory() as folder:
        print("\n".join(_measure(name, epochs, pathlib.Path(folder))))


def use_one_core() -> None:
    """Has all threads run on one core, and TensorFlow compute on one thread."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _measure(name: str, epochs: int, folder: pathlib.Path) -> list[str]:
    steps = _STEPS[name]
    callbacks: dict[str, list[Any]] = {}
    for number in range(_FITS[name]):
        made = _callbacks(folder / str(number))
        order = np.roll(list(made), number)  # so that no way always follows the same other one
        callbacks |= {f"{way} {number}": made[way] for way in order}
    turns = _Turns(list(callbacks))
    # What is read once a second is read after a second of the fit's own turns, not of all.
    for module in (loss_curve, counted_steps):
        vars(module)["time"] = turns
    # No batch waits for its data, only for its turn: what is read meanwhile would be in another's.
    vars(loss_curve)["OVERDUE_SECONDS"] = math.inf

    def fit(fit_name: str) -> None:
        model, labels = _MODELS[name]()
        model.fit(
            **_data(_images(_BATCH[name] * steps * _TURNS), labels, _BATCH[name]),
            epochs=epochs + _UNCOUNTED,
            verbose=0,
            callbacks=[_TakeTurns(turns, fit_name, steps), *callbacks[fit_name]],
        )

    threads = [threading.Thread(target=fit, name=each, args=(each,)) for each in callbacks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    epoch_seconds = {
        fit_name: np.reshape(seconds, (-1, _TURNS)).sum(1)[1:-1]
        for fit_name, seconds in turns.seconds.items()
    }
    found = {
        way: np.array([epoch_seconds[f"{way} {number}"] for number in range(_FITS[name])])
        for way in _WAYS
    }
    return _table(name, steps * _TURNS, found)


def model_and_batches(name: str) -> tuple[keras.Model, Iterator[Any]]:
    """A model, and batches for it without end, on TensorFlow."""
    model, labels = _MODELS[name]()
    images = _images(_BATCH[name] * _STEPS[name] * _TURNS)
    return model, iter(_data(images, labels, _BATCH[name])["x"].repeat())


def _callbacks(folder: pathlib.Path) -> dict[str, list[Any]]:
    """Those of a fit of each way."""
    probes = _images(1)
    waiting = FeatureMaps(folder / "waiting", probes, every=10**9, images_tab=False)
    captures = FeatureMaps(folder / "captures", probes)
    return dict(
        zip(_WAYS, ([], [LossTerms(folder / "losses")], [waiting], [captures]), strict=True)
    )


def _table(name: str, steps: int, found: dict[str, np.ndarray]) -> list[str]:
    """Of the CPU of epochs, in seconds `[fits, epochs]`, of each way."""
    bare = found[_WITHOUT]
    step = float(np.median(bare)) / steps * 1000

    def row(title: str, way: str, parts: int) -> str:
        # Epochs are compared with those beside them, and fits then with each other.
        costs = 1000 * np.median(found[way] - bare.mean(0), axis=1) / parts
        own = 1000 * np.median(bare - bare.mean(0), axis=1) / parts
        cost = float(costs.mean() - own.mean())
        error = float(np.sqrt((costs.var(ddof=1) + own.var(ddof=1)) / len(costs)))
        return f"| {title} | {cost:.3f} | {error:.3f} | {cost / step:.4f} | {error / step:.4f} |"

    return [
        f"**{_backend()}**, {_NAMES[name]}; a step takes {step:.1f} ms.",
        "",
        f"| {len(bare)} fits, {bare.shape[1]} epochs of {steps} steps | ms | ± | steps | ± |",
        "|---|---:|---:|---:|---:|",
        row("`LossTerms`, a batch", "losses", steps),
        row("`FeatureMaps`, a batch without a capture", "waiting", steps),
        row("`FeatureMaps`, a capture", "captures", 1),
    ]


def _backend() -> str:
    name = keras.backend.backend()
    return f"{_PACKAGES[name]} {importlib.metadata.version(name)}"


def _small() -> tuple[keras.Model, dict[str, np.ndarray]]:
    keras.utils.set_random_seed(0)
    layers = keras.layers
    inputs = keras.Input((_SIZE, _SIZE, 3))
    x = layers.AveragePooling2D(4)(inputs)
    x = layers.Conv2D(8, 3, strides=2, activation="relu", name="conv1")(x)
    x = layers.Flatten()(x)
    auxiliary = layers.Dense(10, "softmax", name="aux1")(x)
    x = layers.Dense(16, "relu", name="hidden")(x)
    main = layers.Dense(10, "softmax", name="main")(x)
    model = keras.Model(inputs, {"main": main, "aux1": auxiliary})
    heads = ("main", "aux1")
    model.compile("sgd", dict.fromkeys(heads, _LOSS), loss_weights={"main": 1.0, "aux1": 0.3})
    return model, _labels(_SMALL, heads)


def _googlenet() -> tuple[keras.Model, dict[str, np.ndarray]]:
    keras.utils.set_random_seed(0)
    model = googlenet((_SIZE, _SIZE, 3), 10, width=0.5)
    weights = loss_weights(HEADS, AUXILIARY_WEIGHT)
    model.compile("sgd", dict.fromkeys(HEADS, _LOSS), loss_weights=weights)
    return model, _labels(_GOOGLENET, HEADS)


def _images(count: int) -> np.ndarray:
    shape = (count, _SIZE, _SIZE, 3)
    return np.random.default_rng(0).uniform(0, 1, shape).astype(np.float32)


def _data(images: np.ndarray, labels: dict[str, np.ndarray], batch: int) -> dict[str, Any]:
    """The arguments of `fit`.

    Of arrays, Keras makes a pipeline that tunes itself on a thread, which with several fits on one
    thread of TensorFlow's waits for ever when an epoch ends. This one doesn't.
    """
    if keras.backend.backend() != "tensorflow":
        return {"x": images, "y": labels, "batch_size": batch}
    import tensorflow as tf

    options = tf.data.Options()
    options.autotune.enabled = False
    data = tf.data.Dataset.from_tensor_slices((images, labels)).batch(batch)
    return {"x": data.with_options(options)}


def _labels(name: str, heads: Iterable[str]) -> dict[str, np.ndarray]:
    return dict.fromkeys(heads, np.zeros(_BATCH[name] * _STEPS[name] * _TURNS, np.int64))


_MODELS = {_SMALL: _small, _GOOGLENET: _googlenet}


if __name__ == "__main__":
    main()
