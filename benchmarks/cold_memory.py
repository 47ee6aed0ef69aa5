"""What it costs here to touch memory that was left alone for a second.

    python -m benchmarks.cold_memory

On some virtual machines it is many microseconds a page, at some hours. What a program does once a
second or less often costs a multiple then of what it costs in a loop.
"""

import mmap
import statistics
import time
from typing import NamedTuple

_PAGES = 1000
_REPEATS = 9


class PageCost(NamedTuple):
    """Microseconds to touch a page, by a loop in Python.

    Attributes:
        cold: after a second in which the program did something else.
        warm: right after that.
    """

    cold: float
    warm: float


def main() -> None:
    """Measures and prints."""
    cost = page_cost()
    print(f"{cost.cold:.2f} µs a page after a second, {cost.warm:.2f} µs right after that")


def page_cost() -> PageCost:
    """Measures it; this takes ten seconds."""
    with mmap.mmap(-1, _PAGES * mmap.PAGESIZE) as memory:
        begins = range(0, len(memory), mmap.PAGESIZE)
        for begin in begins:
            memory[begin] = 1
        cold, warm = [], []
        for _ in range(_REPEATS):
            _compute_for(seconds=1.0)
            cold.append(_touch(memory, begins))
            warm.append(_touch(memory, begins))
    return PageCost(statistics.median(cold), statistics.median(warm))


def _compute_for(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def _touch(memory: mmap.mmap, begins: range) -> float:
    """Microseconds a page."""
    began = time.process_time()
    for begin in begins:
        memory[begin]
    return 1e6 * (time.process_time() - began) / len(begins)


if __name__ == "__main__":
    main()
