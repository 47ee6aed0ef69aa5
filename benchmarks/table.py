"""Rows of the tables that the benchmarks print."""

import math
import time
from collections.abc import Callable, Sequence

import numpy as np

HEAD = ["", "| | median | 90 % |", "|---|---:|---:|"]


def row(name: str, values: Sequence[float]) -> str:
    """A measurement that was repeated."""
    middle, high = np.nanpercentile(values, [50, 90])
    return f"| {name} | {middle:,.1f} | {high:,.1f} |"


def result(cost: float, error: float) -> str:
    """A result to the digits that it has, with its error; a bound where the error is too large."""
    if cost < 2 * error:
        return f"< {max(cost, 0) + 2 * error:.2g}"
    digits = max(0, 1 - math.floor(math.log10(error)))
    return f"{cost:.{digits}f} ± {error:.{digits}f}"


def milliseconds(work: Callable[[], object], repeats: int) -> list[float]:
    """How long some work takes each time, after a first time that does not count."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return times
