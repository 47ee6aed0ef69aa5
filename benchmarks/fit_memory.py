"""What memory many captures take while the disk is slow.

    python -m benchmarks.fit_memory CAPTURES

Captures are made as fast as the queue takes them, and the disk takes 20 ms for each, until so many
are written. The bound is the arrays that are allowed to wait.
"""

import pathlib
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence

import keras
import numpy as np
import psutil

from tb_featuremaps import FeatureMaps
from tb_featuremaps.summary import directory_writer
from tb_featuremaps.summary.event_file import LocalEventFile, Record
from training.models.googlenet import googlenet

_LAYERS = ["conv1", "conv2", "inception_??"]
_SLOW_SECONDS = 0.02
_MEGABYTE = 2**20


def main() -> None:
    """Measures and prints."""
    with tempfile.TemporaryDirectory() as folder:
        print("\n".join(_measure(int(sys.argv[1]), pathlib.Path(folder))))


def _measure(captures: int, folder: pathlib.Path) -> list[str]:
    keras.utils.set_random_seed(0)
    model = googlenet((32, 32, 3), 10, width=0.5)
    model.compile("sgd", "sparse_categorical_crossentropy")
    images = np.random.default_rng(0).uniform(0, 1, (4, 32, 32, 3)).astype(np.float32)
    maps = FeatureMaps(folder, images, layers=_LAYERS, images_tab=False)
    maps.set_params({})
    maps.set_model(model)
    maps.on_train_begin()
    maps.on_epoch_begin(0)
    disk = _SlowDisk()
    process = psutil.Process()
    resident: list[float] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        while disk.captures < captures:
            maps._capture()
            time.sleep(0.001)
            if disk.captures > len(resident):
                resident.append(process.memory_info().rss)
        maps.on_train_end()
    own = [warning for warning in caught if issubclass(warning.category, RuntimeWarning)]
    settled = max(resident[: len(resident) // 10])
    return [
        f"## Memory of {captures:,} captures on a slow disk",
        "",
        "| | |",
        "|---|---:|",
        f"| written captures | {disk.captures:,} |",
        f"| warnings | {len(own)} |",
        f"| bytes of a written capture | {disk.largest / _MEGABYTE:.2f} MiB |",
        "| bound of what waits, before compression |"
        f" {directory_writer.MAX_CAPTURE_BYTES / _MEGABYTE:.1f} MiB |",
        f"| most that the process grew after the first {captures // 10:,} captures |"
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
            file: LocalEventFile, records: Sequence[Record], progress: Callable[[], None]
        ) -> None:
            for record in records:
                time.sleep(_SLOW_SECONDS)
                original(file, [record], progress)
                size = sum(map(len, record))
                self.largest = max(self.largest, size)
                self.captures += size > self.largest / 2

        LocalEventFile.append = append  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    main()
