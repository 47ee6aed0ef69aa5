"""How long the background thread holds the interpreter's lock for a capture.

    python -m benchmarks.lock_time CASE

It is taken as that thread's CPU, but for what it computes in the three calls that give the lock
back: measuring, compressing and writing. A copy of what was compressed counts, since compressing
makes its result with the lock held. Looking from outside with py-spy told less: on a virtual
machine it found 0.7 ms in a function that takes 0.05 ms by its own clock.
"""

import os
import pathlib
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any

from isal import isal_zlib

from benchmarks.capture_case import CASES, Case, use_one_thread
from benchmarks.capture_ways import check_written, feature_maps
from benchmarks.table import result
from tb_featuremaps.format import finishing

_THREAD = "tb_featuremaps"
_WARMING = 5
_GROUPS = 10
# Of a group, for each case.
_CAPTURES = (100, 15)


class _Released:
    """Seconds of CPU that calls took which give the lock back."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def watch(self, module: Any, name: str, copies: bool = False) -> None:
        """Replaces a function of a module by itself and a look at the clock of its thread.

        Args:
            module: as who calls the function finds it there.
            name: the function's.
            copies: whether it copies the bytes that it returns with the lock held.
        """
        function: Callable[..., Any] = getattr(module, name)

        def watched(*arguments: Any) -> Any:
            began = time.thread_time()
            made = function(*arguments)
            self.seconds += time.thread_time() - began
            if copies:
                bytearray(made)  # counts as the one that it made
            return made

        setattr(module, name, watched)


def main() -> None:
    """Measures and prints."""
    index = int(sys.argv[1])
    use_one_thread(pinned=False)
    if not finishing.IS_COMPILED:
        raise SystemExit("Expected compiled measuring, as the wheels have it. Found: none.")
    released = _Released()
    released.watch(finishing._measuring, "measure")
    released.watch(isal_zlib, "compress", copies=True)
    released.watch(os, "writev")
    with tempfile.TemporaryDirectory() as folder:
        held = _milliseconds(CASES[index], _CAPTURES[index], pathlib.Path(folder), released)
    print(f"The lock is held for {result(held)} ms of a capture.")


def _milliseconds(
    case: Case, captures: int, folder: pathlib.Path, released: _Released
) -> list[float]:
    """Of a capture, in each group."""
    way = feature_maps(case.model(), case.images(), folder)

    def capture(count: int) -> None:
        for _ in range(count):
            way.prepare()
            way.log()
            way.settle()

    capture(_WARMING)
    [thread] = (found for found in threading.enumerate() if found.name == _THREAD)
    assert thread.ident is not None  # it runs
    clock = time.pthread_getcpuclockid(thread.ident)
    held = []
    for _ in range(_GROUPS):
        released.seconds = 0.0
        began = time.clock_gettime(clock)
        capture(captures)
        seconds = time.clock_gettime(clock) - began - released.seconds
        held.append(1000 * seconds / captures)
    check_written(folder, _WARMING + _GROUPS * captures)
    return held


if __name__ == "__main__":
    main()
