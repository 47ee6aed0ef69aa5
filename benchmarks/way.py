"""Ways to do the same, measured one after another in turn."""

import dataclasses
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np


@dataclasses.dataclass(frozen=True)
class Way:
    """One way.

    Attributes:
        log: logs once, on the training thread.
        settle: waits until what was logged is written.
        prepare: makes the next step, which counts for none.
    """

    log: Callable[[], object]
    settle: Callable[[], object] = lambda: None
    prepare: Callable[[], object] = lambda: None


def measure(ways: Mapping[str, Way], repeats: int) -> dict[str, np.ndarray]:
    """Seconds `[repeats, 2]` of each way: CPU of all threads, and the training thread's time."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(1 + repeats):
        for name, way in ways.items():
            way.prepare()
            cpu, begin = time.process_time(), time.perf_counter()
            way.log()
            waited = time.perf_counter() - begin
            way.settle()
            found[name].append((time.process_time() - cpu, waited))
    return {name: np.array(times[1:]) for name, times in found.items()}  # the first one traces


def spread(values: Sequence[float]) -> str:
    """The median, and in brackets the 10th and 90th percentile."""
    low, high = np.percentile(values, [10, 90])
    return f"{statistics.median(values):.2f} ({low:.2f}–{high:.2f})"
