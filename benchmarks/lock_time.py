"""How long other threads hold the interpreter's lock, seen from a thread that would run Python."""

import sys
import threading
import time
from collections.abc import Callable

# A shorter pause is the lock changing hands, or the clock being read.
_LEAST_PAUSE = 1e-4
_SWITCH_SECONDS = 5e-4


def seconds_held(work: Callable[[], object], least: float = 0.2) -> float:
    """Runs `work` on another thread; returns how long this one was kept from running Python.

    Pauses of at least 0.1 ms are counted; those that the system makes are measured before, without
    `work`, and taken off. It needs a second core that is free.

    Args:
        work: what is measured; it must not have begun before.
        least: seconds to measure the system's pauses for.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        idle, share = _paused(lambda: time.sleep(least))
        paused, seconds = _paused(work)
    finally:
        sys.setswitchinterval(usual)
    return max(0.0, paused - idle / share * seconds)


def _paused(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of pauses while `work` runs, and how long it ran."""
    ended = threading.Event()

    def run() -> None:
        try:
            work()
        finally:
            ended.set()

    thread = threading.Thread(target=run)
    thread.start()
    begin = last = time.perf_counter()
    paused = 0.0
    while not ended.is_set():
        now = time.perf_counter()
        if now - last >= _LEAST_PAUSE:
            paused += now - last
        last = now
    thread.join()
    return paused, last - begin
