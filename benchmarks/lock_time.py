"""How long the background thread holds the interpreter's lock for a capture.

    python -m benchmarks.lock_time CASE CAPTURES

makes captures one after another; `milliseconds_held` runs that under py-spy, which looks from
outside many times a second whether a thread holds the lock. A thread that asked for the lock would
measure how long it takes to be woken, too.
"""

import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from benchmarks.capture_case import CASES, use_one_thread
from benchmarks.capture_ways import check_written, feature_maps

_THREAD = "tb_featuremaps"
# Looks a second. Each stops the process; on some virtual machines for milliseconds, so that with
# many looks it would hardly run.
_RATE = 100


def main() -> None:
    """Makes the captures."""
    case, captures = CASES[int(sys.argv[1])], int(sys.argv[2])
    use_one_thread(pinned=False)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        way = feature_maps(case.model(), case.images(), folder)
        for _ in range(captures):
            way.prepare()
            way.log()
            way.settle()
        check_written(folder, captures)


def milliseconds_held(case: int, captures: int) -> tuple[float, float]:
    """Of one capture, and the standard error of that, from how many looks found it held.

    Raises:
        RuntimeError: py-spy may not look, could not keep up, or saw nothing of the thread.
    """
    with tempfile.TemporaryDirectory() as folder:
        found = pathlib.Path(folder) / "stacks"
        looking = ["record", "--gil", "--threads", "--format=raw", f"--rate={_RATE}"]
        command = [sys.executable, "-m", "benchmarks.lock_time", str(case), str(captures)]
        ended = subprocess.run(
            [_py_spy(), *looking, f"--output={found}", "--", *command],
            check=False,
            capture_output=True,
            text=True,
        )
        looks = _looks(found.read_text()) if found.exists() else 0
    if ended.returncode or not looks:
        raise RuntimeError(f"py-spy saw nothing: {ended.stderr.strip()[-500:]}")
    if "behind in sampling" in ended.stderr:
        raise RuntimeError(f"{_RATE} looks a second are too many for py-spy on this machine.")
    per_look = 1000 / _RATE / captures
    return looks * per_look, math.sqrt(looks) * per_look


def _py_spy() -> str:
    """The one that is installed beside this Python, whatever the PATH is."""
    return shutil.which("py-spy", path=os.path.dirname(sys.executable)) or "py-spy"


def _looks(stacks: str) -> int:
    """How many looks found the background thread with the lock: `thread;frame;… count` a line."""
    lines = (line.rsplit(" ", 1) for line in stacks.splitlines())
    return sum(int(count) for stack, count in lines if _THREAD in stack.split(";")[0])


if __name__ == "__main__":
    main()
