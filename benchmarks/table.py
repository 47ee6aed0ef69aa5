"""Rows of the tables that the benchmarks print."""

import math
import time
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

HEAD = ["", "| | median | 90 % |", "|---|---:|---:|"]
# Student's t at 97.5 %, by degrees of freedom from 1; the last is safe for more. With few repeats,
# twice the standard error would be found beyond zero by chance too often.
_STUDENT_T = [
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
]


def row(name: str, values: Sequence[float]) -> str:
    """A measurement that was repeated."""
    middle, high = np.nanpercentile(values, [50, 90])
    return f"| {name} | {middle:,.1f} | {high:,.1f} |"


def result(costs: Sequence[float] | npt.NDArray[np.float64]) -> str:
    """The mean and half of its 95 % interval, to the digits that it has.

    Where the interval reaches zero, a bound: its upper end, or that around zero where the mean is
    below.

    Args:
        costs: 2 or more measurements, each independent of the others.
    """
    count = len(costs)
    cost = float(np.mean(costs))
    student = _STUDENT_T[min(count - 2, len(_STUDENT_T) - 1)]
    error = student * float(np.std(costs, ddof=1)) / math.sqrt(count)
    if cost <= error:
        return f"< {max(cost, 0) + error:.2g}"
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
