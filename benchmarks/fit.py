"""What `FeatureMaps(every=100)` costs a whole `fit`, and what memory 1,000 captures take.

    python -m benchmarks.fit [--pairs 100] [--write docs/fit_cost.md]

The cost: one `fit` of GoogLeNet (half width, 32×32, batches of 32), in intervals of 20 batches;
every other interval begins with a capture of 11 layers for 4 probes. Their difference, encoding
and writing in the background included, is what a capture costs; with `every=100` it falls on 100
batches.

The memory: captures are made as fast as the queue takes them, and the disk takes 20 ms for each,
until 1,000 are written. The bound is the arrays that are allowed to wait.
"""

import argparse
import itertools
import pathlib
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import psutil

from tb_featuremaps import FeatureMaps, Schedule
from tb_featuremaps.summary import directory_writer
from tb_featuremaps.summary.event_file import LocalEventFile
from training.models.googlenet import AUXILIARY_WEIGHT, HEADS, googlenet
from training.models.heads import loss_weights

_INTERVAL = 20
_EVERY = 100
_BATCH = 32
_SLOW_SECONDS = 0.02
_MEGABYTE = 2**20


class _Clock(keras.callbacks.Callback):
    """Takes the time at the end of each interval."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []
        self._batches = 0

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._batches += 1
        if self._batches % _INTERVAL == 0:
            self.times.append(time.perf_counter())


def main() -> None:
    """Measures and prints; with --write also writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--captures", type=int, default=1000)
    parser.add_argument("--write", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines = _cost(options.pairs, pathlib.Path(folder) / "cost")
        lines += _memory(options.captures, pathlib.Path(folder) / "memory")
    text = "\n".join(lines)
    print(text)
    if options.write:
        options.write.write_text(f"# What captures cost a `fit`\n\n{_NOTE}\n{text}\n")


_NOTE = "Made by `python -m benchmarks.fit --write docs/fit_cost.md`, whose text says how.\n"


def _model() -> tuple[keras.Model, np.ndarray, dict[str, np.ndarray]]:
    keras.utils.set_random_seed(0)
    model = googlenet((32, 32, 3), 10, width=0.5)
    losses = dict.fromkeys(HEADS, "sparse_categorical_crossentropy")
    model.compile("sgd", losses, loss_weights=loss_weights(HEADS, AUXILIARY_WEIGHT))
    images = np.random.default_rng(0).uniform(0, 1, (_BATCH * _INTERVAL, 32, 32, 3))
    labels = dict.fromkeys(HEADS, np.zeros(len(images), np.int64))
    return model, images.astype(np.float32), labels


_LAYERS = ["conv1", "conv2", "inception_??"]


def _cost(pairs: int, folder: pathlib.Path) -> list[str]:
    model, images, labels = _model()
    odd = Schedule(lambda before, after: after % (2 * _INTERVAL) == _INTERVAL)
    maps = FeatureMaps(folder, images[:4], layers=_LAYERS, every=odd, images_tab=False)
    clock = _Clock()
    # The clock comes first: a capture belongs to the interval that it begins.
    fit = {"epochs": 2 * pairs + 4, "batch_size": _BATCH, "verbose": 0}
    model.fit(images, labels, callbacks=[clock, maps], **fit)
    seconds = np.diff(clock.times)[2 : 2 + 2 * pairs]  # without the intervals that trace
    with_capture, without = seconds[0::2], seconds[1::2]
    batch = float(np.median(without)) / _INTERVAL
    costs = (with_capture - without) / batch
    middle = float(np.median(costs))
    error = 1.25 * float(np.median(np.abs(costs - middle))) * 1.48 / np.sqrt(pairs)
    return [
        "",
        f"## A capture, in train steps ({pairs} pairs of intervals)",
        "",
        "| | median | standard error |",
        "|---|---:|---:|",
        f"| train steps a capture | {middle:.2f} | {error:.2f} |",
        f"| `fit` with `every={_EVERY}` to `fit` without |"
        f" {1 + middle / _EVERY:.4f} | {error / _EVERY:.4f} |",
    ]


def _memory(captures: int, folder: pathlib.Path) -> list[str]:
    model, images, _ = _model()
    maps = FeatureMaps(folder, images[:4], layers=_LAYERS, images_tab=False)
    maps.set_params({})
    maps.set_model(model)
    maps.on_train_begin()
    maps.on_epoch_begin(0)
    disk = _SlowDisk()
    process, resident = psutil.Process(), []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for step in itertools.count(1):
            maps._capture(step)
            time.sleep(0.001)
            if disk.captures > len(resident):
                resident.append(process.memory_info().rss)
            if disk.captures >= captures:
                break
        maps.on_train_end()
    own = [one for one in caught if issubclass(one.category, RuntimeWarning)]
    settled = max(resident[: len(resident) // 10])
    return [
        "",
        f"## Memory of {captures:,} captures on a slow disk",
        "",
        "| | |",
        "|---|---:|",
        f"| written captures | {disk.captures:,} |",
        f"| warnings | {len(own)} |",
        f"| bytes of a written capture | {disk.largest / _MEGABYTE:.2f} MiB |",
        "| bound of what waits, before compression |"
        f" {directory_writer.MAX_CAPTURE_BYTES / _MEGABYTE:.1f} MiB |",
        f"| growth of the process after the first {captures // 10:,} captures |"
        f" {(max(resident) - settled) / _MEGABYTE:.1f} MiB |",
    ]


class _SlowDisk:
    """Makes every write of an event file slow.

    Attributes:
        captures: how many records as large as half a capture have been written.
        largest: bytes of the largest record.
    """

    def __init__(self) -> None:
        self.captures = 0
        self.largest = 0
        original = LocalEventFile.append

        def append(
            file: LocalEventFile, records: Sequence[bytes], progress: Callable[[], None]
        ) -> None:
            for record in records:
                time.sleep(_SLOW_SECONDS)
                original(file, [record], progress)
                self.largest = max(self.largest, len(record))
                self.captures += len(record) > self.largest / 2

        LocalEventFile.append = append  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
