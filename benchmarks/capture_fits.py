"""What a capture costs a `fit`: CPU of the whole process, with and without captures, on one core.

    python -m benchmarks.capture_fits SIZE WIDTH PROBES PAIRS

Prints a line of JSON: for each pair of fits the CPU of a capture as a multiple of the bare forward.
A process of its own, whose threads all stay on one core. What is traced and compiled at the first
fit counts for none.
"""

import json
import pathlib
import statistics
import sys
import tempfile
import time
from typing import Any

from benchmarks.capture_case import LAYERS, Case, bare_forward, labels, use_one_thread
from tb_featuremaps import FeatureMaps

_EPOCHS = 20
# A step of few images, so that captures are a good part of what is measured.
_BATCH = 2
_FORWARDS = 10


def main() -> None:
    """Measures and prints."""
    size, width, probes, pairs = sys.argv[1:]
    use_one_thread(pinned=True)
    with tempfile.TemporaryDirectory() as folder:
        case = Case(int(size), float(width), int(probes))
        print(json.dumps(measure(case, int(pairs), pathlib.Path(folder))))


def measure(case: Case, pairs: int, folder: pathlib.Path) -> list[float]:
    """Captures as multiples of the bare forward, from each pair of fits."""
    model = case.model()
    forward = bare_forward(model, case.images())
    images = case.images(_BATCH)
    callback = FeatureMaps(folder, case.images(), layers=LAYERS)

    def fit(callbacks: list[Any], epochs: int) -> None:
        options = {"epochs": epochs, "batch_size": _BATCH, "verbose": 0}
        model.fit(images, labels(_BATCH), callbacks=callbacks, **options)

    fit([], 2)
    fit([callback], 2)
    _seconds(forward)
    found = []
    for _ in range(pairs):
        without = _seconds(lambda: fit([], _EPOCHS))
        bare = statistics.median(_seconds(forward) for _ in range(_FORWARDS))
        with_captures = _seconds(lambda: fit([callback], _EPOCHS))
        # One before the first batch, and one at the end of each epoch.
        found.append((with_captures - without) / (_EPOCHS + 1) / bare)
    return found


def _seconds(work: Any) -> float:
    """CPU of all threads."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


if __name__ == "__main__":
    main()
