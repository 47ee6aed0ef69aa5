"""What a capture costs a `fit`: CPU of the whole process, with and without captures, on one core.

    python -m benchmarks.capture_fits SIZE WIDTH PROBES PAIRS

Prints a line of JSON: for each pair of fits the CPU of a capture, and the operating system's part
of that, as multiples of the bare forward, which the fit without captures runs where the other one
captures. A process of its own, whose
threads all stay on one core. What is traced and compiled at the first fit counts for none.
"""

import functools
import json
import pathlib
import resource
import sys
import tempfile
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from benchmarks.capture_case import LAYERS, Case, bare_forward, labels, use_one_thread
from tb_featuremaps import FeatureMaps

_EPOCHS = 8
# A step of one image, so that captures are a good part of what is measured.
_BATCH = 1


def main() -> None:
    """Measures and prints."""
    size, width, probes, pairs = sys.argv[1:]
    use_one_thread(pinned=True)
    with tempfile.TemporaryDirectory() as folder:
        case = Case(int(size), float(width), int(probes))
        print(json.dumps(measure(case, int(pairs), pathlib.Path(folder))))


class _Forward(keras.callbacks.Callback):
    """Runs the bare forward pass where `FeatureMaps` captures.

    Attributes:
        seconds: its CPU each time, as of `_seconds`.
    """

    def __init__(self, forward: Callable[[], object]) -> None:
        super().__init__()
        self.seconds: list[npt.NDArray[np.float64]] = []
        self._forward = forward

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if epoch == 0:
            self.seconds.append(_seconds(self._forward))

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.seconds.append(_seconds(self._forward))


def measure(case: Case, pairs: int, folder: pathlib.Path) -> list[list[float]]:
    """A capture, and the system's part, as multiples of the bare forward, of each pair of fits."""
    model = case.model()
    forward = bare_forward(model, case.images())
    images = case.images(_BATCH)
    maps = FeatureMaps(folder, case.images(), layers=LAYERS)

    def fit(callback: keras.callbacks.Callback, epochs: int = _EPOCHS) -> None:
        options = {"epochs": epochs, "batch_size": _BATCH, "verbose": 0}
        model.fit(images, labels(_BATCH), callbacks=[callback], **options)

    fit(_Forward(forward), 2)
    fit(maps, 2)
    found = []
    for _ in range(pairs):
        bare = _Forward(forward)
        without = _seconds(functools.partial(fit, bare)) - sum(bare.seconds)
        capture = (_seconds(functools.partial(fit, maps)) - without) / (_EPOCHS + 1)
        found.append([float(part) for part in capture / np.median(bare.seconds, axis=0)[0]])
    return found


def _seconds(work: Callable[[], object]) -> npt.NDArray[np.float64]:
    """CPU of all threads, and the operating system's part of that."""
    begin = resource.getrusage(resource.RUSAGE_SELF)
    work()
    end = resource.getrusage(resource.RUSAGE_SELF)
    system = end.ru_stime - begin.ru_stime
    return np.array([end.ru_utime - begin.ru_utime + system, system])


if __name__ == "__main__":
    main()
