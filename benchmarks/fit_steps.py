"""What our callbacks cost a batch, and a capture: the steps of one `fit` take turns on one core.

    python -m benchmarks.fit_steps MODEL

MODEL is "small" or "googlenet". Prints a table for the backend that Keras runs on.

Two fits, even of equal models, differ by some percent of a step, by where their memory lies. Here
steps with and without a callback run on the same weights, a few at a time.
"""

import dataclasses
import importlib.metadata
import os
import pathlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import keras
import numpy as np

from benchmarks.cold_memory import page_cost
from benchmarks.table import result
from tb_featuremaps import FeatureMaps, LossTerms
from tb_featuremaps.callbacks import counted_steps, loss_curve
from training.models.googlenet import AUXILIARY_WEIGHT, HEADS, googlenet
from training.models.heads import loss_weights

_PACKAGES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
_SIZE = 32
_LOSS = "sparse_categorical_crossentropy"
# Seconds of its own in which each way does first what it does once, such as making its file.
_FIRST_SECONDS = 2.0
_DIFFERENT_BATCHES = 20
_MOST_STEPS = 10**9  # a `fit` ends when all have had their seconds
_WITHOUT, _AGAIN, _LOSSES, _WAITING, _CAPTURES = "without", "again", "losses", "waiting", "captures"
_TRACED_ANEW = {_AGAIN, _LOSSES}


@dataclasses.dataclass(frozen=True)
class _Case:
    """A model and how it is measured.

    Attributes:
        name: as the page has it.
        make: returns the compiled model and its heads.
        batch: images of a batch.
        warming: steps of a turn before those that are counted. What was left alone for longer than
            in a training of its own is slow at first: caches, and on some virtual machines pages.
        steps: of a turn, that are counted: few, since machines are faster at one time than at
            another, and only turns soon after one another are alike.
        seconds: of counted steps of each way in a `fit`: a multiple of the time between two reads
            of the device, so that each `fit` counts the same number of reads.
        fits: how many; each traces steps of its own, since two traces of the same differ too.
        pause: seconds after a turn, in which the background catches up at the turn's expense.
    """

    name: str
    make: Callable[[], tuple[keras.Model, Iterable[str]]]
    batch: int
    warming: int
    steps: int
    seconds: float
    fits: int
    pause: float


class _OwnTime:
    """Stands for the module `time`: the time of each way passes in its own turns.

    What is read once a second is read after a second of the way's own, not of all.
    """

    def __init__(self) -> None:
        self._passed = 0.0
        self._begun: float | None = None

    def monotonic(self) -> float:
        """In seconds."""
        since = 0.0 if self._begun is None else time.monotonic() - self._begun
        return self._passed + since

    def time(self) -> float:
        """The time of the day."""
        return time.time()

    def stand(self, passed: float) -> None:
        """It is the turn of a way whose own time is `passed`, and does not pass yet."""
        self._passed, self._begun = passed, None

    def go(self) -> None:
        """Time passes from now on."""
        self._begun = time.monotonic()


_own_time = _OwnTime()


class _Beside(keras.callbacks.Callback):
    """Another callback, beside which batches end on the thread of the loop, as mostly they do."""

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Does nothing."""


class _Way:
    """A step function and callbacks that a `fit` may have, as if it had no others."""

    def __init__(
        self, model: keras.Model, callback: keras.callbacks.Callback | None, function: Any
    ) -> None:
        self.passed = 0.0
        self._epoch = self._batch = 0
        model.train_function = function
        callbacks = [_Beside(), *([] if callback is None else [callback])]
        self.callbacks = keras.callbacks.CallbackList(
            callbacks, add_history=False, add_progbar=False, model=model
        )
        _own_time.stand(self.passed)
        self.callbacks.on_train_begin()
        self.callbacks.on_epoch_begin(0)
        self.function = model.train_function

    def batch_begins(self) -> None:
        """The next batch begins."""
        self.callbacks.on_train_batch_begin(self._batch)

    def batch_ended(self, logs: dict[str, Any] | None) -> None:
        """It has ended."""
        self.callbacks.on_train_batch_end(self._batch, logs)
        self._batch += 1

    def begin_epoch(self) -> None:
        """An epoch ends, and the next one begins."""
        self.callbacks.on_epoch_end(self._epoch, {})
        self._epoch, self._batch = self._epoch + 1, 0
        self.callbacks.on_epoch_begin(self._epoch)


class _Turns(keras.callbacks.Callback):
    """Has the steps of a `fit` take turns, and ends it when each way had its seconds.

    Attributes:
        seconds: CPU of all threads in each turn of each way.
    """

    def __init__(
        self, callbacks: Mapping[str, keras.callbacks.Callback | None], case: _Case, seed: int
    ) -> None:
        super().__init__()
        self.seconds: dict[str, list[float]] = {name: [] for name in callbacks}
        self._made = callbacks
        self._case = case
        self._rng = np.random.default_rng(seed)
        self._next: list[str] = []
        self._is_first = True
        self._step = 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        # `FeatureMaps` leaves the step alone, so its ways share a trace with that without.
        shared = _step_function(self.model)
        self._ways = {
            name: _Way(
                self.model, made, _step_function(self.model) if name in _TRACED_ANEW else shared
            )
            for name, made in self._made.items()
        }

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self._step == 0:
            self._next = self._next or list(self._rng.permutation(list(self._ways)))
            self._name = self._next.pop()
            self._way = self._ways[self._name]
            self.model.train_function = self._way.function
            _own_time.stand(self._way.passed)
        if self._step == self._case.warming:
            _own_time.go()
            self._began = time.process_time()
        self._way.batch_begins()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._way.batch_ended(logs)
        self._step += 1
        counted = self._step - self._case.warming
        # In mid-turn, so that what the steps after it pay for it is in the turn, too.
        if counted == self._case.steps // 2 and self._name == _CAPTURES:
            self._way.begin_epoch()
        is_over = counted >= self._case.steps
        if self._is_first:
            is_over = is_over and _own_time.monotonic() >= _FIRST_SECONDS
        if is_over:
            self._end_turn()

    def _end_turn(self) -> None:
        self._step = 0
        self._way.passed = _own_time.monotonic()
        time.sleep(self._case.pause)
        if not self._is_first:
            self.seconds[self._name].append(time.process_time() - self._began)
        if not self._next:
            self._is_first = False
            own = min(way.passed for way in self._ways.values())
            self.model.stop_training = own >= _FIRST_SECONDS + self._case.seconds

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        for way in self._ways.values():
            way.callbacks.on_train_end()


def _step_function(model: keras.Model) -> Any:
    """A step function not traced yet: the first turns, which come in a random order, trace it."""
    model.train_function = None
    model.make_train_function()
    return model.train_function


def main() -> None:
    """Measures and prints."""
    case = _CASES[sys.argv[1]]
    use_one_core()
    for module in (loss_curve, counted_steps):
        vars(module)["time"] = _own_time
    # No batch waits for its data, only for its turn: what is read meanwhile would be in another's.
    vars(loss_curve)["OVERDUE_SECONDS"] = 1e6
    before = page_cost()
    with tempfile.TemporaryDirectory() as folder:
        print("\n".join(_measure(case, pathlib.Path(folder))))
    after = page_cost()
    print(
        f"\nA page of memory left alone for a second: {before.cold:.1f} µs before these fits, "
        f"{after.cold:.1f} µs after them; touched again at once: {after.warm:.2f} µs."
    )


def use_one_core() -> None:
    """Has all threads run on one core, and TensorFlow compute on one thread."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _measure(case: _Case, folder: pathlib.Path) -> list[str]:
    model, heads = case.make()
    fits = [_fit(model, heads, case, folder, number) for number in range(case.fits)]
    return _table(case, {way: np.array([found[way] for found in fits]) for way in fits[0]})


def _fit(
    model: keras.Model, heads: Iterable[str], case: _Case, folder: pathlib.Path, number: int
) -> dict[str, float]:
    """Milliseconds of a turn of each way, the mean of its turns."""
    callbacks = _callbacks(folder / str(number))
    turns = _Turns(callbacks, case, seed=number)
    data = _batches(case, heads)
    model.fit(data, epochs=1, steps_per_epoch=_MOST_STEPS, verbose=0, callbacks=[turns])
    return {way: 1000 * statistics.fmean(seconds) for way, seconds in turns.seconds.items()}


def _callbacks(folder: pathlib.Path) -> dict[str, keras.callbacks.Callback | None]:
    probes = _images(1)
    return {
        _WITHOUT: None,
        _AGAIN: None,
        _LOSSES: LossTerms(folder / "losses"),
        _WAITING: FeatureMaps(folder / "waiting", probes, every=10**9, images_tab=False),
        _CAPTURES: FeatureMaps(folder / "captures", probes),
    }


def _table(case: _Case, found: Mapping[str, np.ndarray]) -> list[str]:
    """Of the milliseconds of a turn, `[fits]`, of each way."""
    step = float(np.median(found[_WITHOUT])) / case.steps

    def row(title: str, way: str, beside: str, parts: int) -> str:
        costs = (found[way] - found[beside]) / parts
        return f"| {title} | {result(costs)} | {result(costs / step)} |"

    return [
        f"**{_backend()}**, {case.name}, batches of {case.batch}; a step takes {step:.3g} ms. "
        f"{case.fits} fits, in each {case.seconds:g} s of each way in turns of {case.steps} steps.",
        "",
        "| | ms | of a step |",
        "|---|---:|---:|",
        row("without a callback once more, a batch", _AGAIN, _WITHOUT, case.steps),
        row("`LossTerms`, a batch", _LOSSES, _WITHOUT, case.steps),
        row("`FeatureMaps`, a batch without a capture", _WAITING, _WITHOUT, case.steps),
        row("`FeatureMaps`, a capture", _CAPTURES, _WAITING, 1),
    ]


def _backend() -> str:
    name = keras.backend.backend()
    return f"{_PACKAGES[name]} {importlib.metadata.version(name)}"


def _small() -> tuple[keras.Model, Iterable[str]]:
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
    return model, heads


def _googlenet() -> tuple[keras.Model, Iterable[str]]:
    keras.utils.set_random_seed(0)
    model = googlenet((_SIZE, _SIZE, 3), 10, width=0.5)
    weights = loss_weights(HEADS, AUXILIARY_WEIGHT)
    model.compile("sgd", dict.fromkeys(HEADS, _LOSS), loss_weights=weights)
    return model, HEADS


def _images(count: int) -> np.ndarray:
    shape = (count, _SIZE, _SIZE, 3)
    return np.random.default_rng(0).uniform(0, 1, shape).astype(np.float32)


def _batches(case: _Case, heads: Iterable[str]) -> Any:
    """Batches without end: on TensorFlow a pipeline that does not tune itself, else a generator."""
    images = _images(case.batch * _DIFFERENT_BATCHES)
    labels = dict.fromkeys(heads, np.zeros(len(images), np.int64))
    if keras.backend.backend() != "tensorflow":
        return _without_end(images, labels, case.batch)
    import tensorflow as tf

    options = tf.data.Options()
    options.autotune.enabled = False
    data = tf.data.Dataset.from_tensor_slices((images, labels)).batch(case.batch).repeat()
    return data.with_options(options)


def _without_end(
    images: np.ndarray, labels: Mapping[str, np.ndarray], batch: int
) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
    while True:
        for begin in range(0, len(images), batch):
            part = slice(begin, begin + batch)
            yield images[part], {head: values[part] for head, values in labels.items()}


_CASES = {
    "small": _Case(
        "a very small network with two heads, so that differences show",
        _small,
        batch=32,
        warming=8,
        steps=20,
        seconds=3.0,
        fits=16,
        pause=0.01,
    ),
    "googlenet": _Case(
        "GoogLeNet 32×32, half width, three heads",
        _googlenet,
        batch=2,
        warming=1,
        steps=4,
        seconds=6.0,
        fits=6,
        pause=0.05,
    ),
}


if __name__ == "__main__":
    main()
