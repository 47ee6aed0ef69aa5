"""What a callback adds to a batch: one model, whose step functions take turns of a few steps.

    python -m benchmarks.batches [--turns 60] [--write docs/batch_cost.md]

Two fits, even of equal models, differ by some percent of a step, by where their memory lies. Here
batches with and without a callback run on the same weights, a few at a time, through the loop that
`fit` runs. On TensorFlow, on one core; what the background does is in it.
"""

import argparse
import math
import pathlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from benchmarks import fit_steps
from benchmarks.environment import describe
from tb_featuremaps import FeatureMaps, LossTerms
from tb_featuremaps.callbacks import counted_steps, loss_curve

_PACKAGES = ["numpy", "tensorflow", "keras", "tensorboard", "protobuf", "google-crc32c"]
# Each traces steps of its own, since two traces of the same differ too.
_INSTANCES = 10
_STEPS = 40  # of a turn
_UNCOUNTED = 3  # turns
_GROUP = 20  # turns, more than a second of a loop's own
_MODEL = "small"
_NOTE = """Batches with and without a callback on the same model take turns of 40 steps, through the
loop that `fit` runs, with TensorFlow on one core: CPU of the whole process, with what the
background does. The model has two heads, a batch 32 images. There are ten of each way, since two
traces of the same step differ too: given are the mean over them, each the median over some hundred
steps at a time, less those without a callback, and its standard error.
`LossTerms` writes a point for each step and reads the device once a second; `FeatureMaps` is
`every=10**9`. Milliseconds go with the processor's clock, which others on the same machine slow
down; the last column does less.

None of this has been run on a GPU yet. The command is the same there, but CPU tells little of a
step that a GPU computes.
"""


class _Beside(keras.callbacks.Callback):
    """Another callback, beside which batches end on the thread of the loop, as mostly they do."""

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Does nothing."""


class _OwnTime:
    """Stands for the module `time`: each loop's own time passes while it runs.

    What is read once a second is read after a second of the loop's own, not of all.
    """

    def __init__(self) -> None:
        self._passed = self._begun = 0.0

    def monotonic(self) -> float:
        """In seconds."""
        return self._passed + time.monotonic() - self._begun

    def time(self) -> float:
        """The time of the day."""
        return time.time()

    def begin(self, passed: float) -> None:
        """A loop begins whose own time is `passed`."""
        self._passed, self._begun = passed, time.monotonic()


_own_time = _OwnTime()


class _Loop:
    """The loop of a `fit` on a model that others train too."""

    def __init__(self, model: keras.Model, callback: keras.callbacks.Callback | None) -> None:
        callbacks = [_Beside(), *([] if callback is None else [callback])]
        model.train_function = None
        model.make_train_function()
        own = model.train_function
        self._passed = 0.0
        _own_time.begin(self._passed)
        self._callbacks = keras.callbacks.CallbackList(
            callbacks, add_history=False, add_progbar=False, model=model
        )
        self._callbacks.on_train_begin()
        self._callbacks.on_epoch_begin(0)
        self._function: Callable[[Any], Any] = model.train_function
        model.train_function = own
        self._batch = 0

    def run(self, batches: Iterator[Any], steps: int) -> float:
        """Runs so many batches; returns the CPU that they took, in seconds."""
        _own_time.begin(self._passed)
        begin = time.process_time()
        for _ in range(steps):
            self._callbacks.on_train_batch_begin(self._batch)
            self._callbacks.on_train_batch_end(self._batch, self._function(batches))
            self._batch += 1
        self._passed = _own_time.monotonic()
        return time.process_time() - begin

    def end(self) -> None:
        """Ends it as a `fit` does."""
        self._callbacks.on_epoch_end(0, {})
        self._callbacks.on_train_end()


def main() -> None:
    """Measures and prints; with --write also writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=60)
    parser.add_argument("--write", type=pathlib.Path)
    options = parser.parse_args()
    fit_steps.use_one_core()
    for module in (loss_curve, counted_steps):
        vars(module)["time"] = _own_time
    # A batch of another loop is no batch that waits for its data.
    vars(loss_curve)["OVERDUE_SECONDS"] = math.inf
    with tempfile.TemporaryDirectory() as folder:
        text = "\n".join(_measure(pathlib.Path(folder), options.turns))
    print(text)
    if options.write:
        made = describe(" ".join(["python -m benchmarks.batches", *sys.argv[1:]]), _PACKAGES)
        options.write.write_text(f"# What callbacks cost a batch\n\n{made}\n\n{_NOTE}\n{text}\n")


def _measure(folder: pathlib.Path, turns: int) -> list[str]:
    model, batches = fit_steps.model_and_batches(_MODEL)
    each = [_one_of_each(model, batches, folder / str(n), turns) for n in range(_INSTANCES)]
    return _table({way: np.array([found[way] for found in each]) for way in each[0]})


def _one_of_each(
    model: keras.Model, batches: Iterator[Any], folder: pathlib.Path, turns: int
) -> dict[str, np.ndarray]:
    """Milliseconds of a batch, `[groups]`, of each way; a model has one `LossTerms` at a time."""
    probes = np.zeros((1, *model.input_shape[1:]), np.float32)
    maps = FeatureMaps(folder / "maps", probes, every=10**9, images_tab=False)
    callbacks = {"without": None, "losses": LossTerms(folder / "losses"), "maps": maps}
    loops = {way: _Loop(model, callback) for way, callback in callbacks.items()}
    rng, ways = np.random.default_rng(0), list(loops)
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(_UNCOUNTED + turns):
        for way in rng.permutation(ways):
            seconds[way].append(loops[way].run(batches, _STEPS))
    for loop in loops.values():
        loop.end()
    return {way: _grouped(np.array([found[_UNCOUNTED:]]))[0] for way, found in seconds.items()}


def _grouped(seconds: np.ndarray) -> np.ndarray:
    """Milliseconds of a batch over so many turns that what is done once a second is in each."""
    groups = seconds.shape[1] // _GROUP
    whole = seconds[:, : groups * _GROUP].reshape(len(seconds), groups, _GROUP)
    return 1000 / _STEPS * whole.mean(2)


def _table(found: dict[str, np.ndarray]) -> list[str]:
    """Of the milliseconds of a batch, `[instances, groups]`, of each way."""
    without = found["without"]
    step = float(np.median(without))

    def row(title: str, way: str) -> str:
        costs = np.median(found[way] - without, axis=1)
        error = float(costs.std(ddof=1)) / math.sqrt(len(costs))
        return f"| {title} | {costs.mean():.3f} | {error:.3f} | {costs.mean() / step:.3f} |"

    return [
        f"A step takes {step:.2f} ms.",
        "",
        "| a batch | ms | ± | of a step |",
        "|---|---:|---:|---:|",
        row("`LossTerms`", "losses"),
        row("`FeatureMaps`, without a capture", "maps"),
    ]


if __name__ == "__main__":
    main()
