"""What a capture costs, as multiples of the bare forward pass of the probes.

    python -m benchmarks.capture [--repeats 100] [--write docs/capture_cost.md]

Three measurements on GoogLeNet, each in a process of its own: fits with and without captures
(`benchmarks.capture_fits`), ways to log the same layers called in turn, and how long the background
thread holds the interpreter's lock. TensorFlow computes on one thread, so that CPU can be compared.
"""

import argparse
import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Sequence

import numpy as np

from benchmarks.capture_case import CASES, Case, use_one_thread
from benchmarks.capture_ways import BARE, OURS_FOLDER, check_written, fast_ways, slow_ways
from benchmarks.environment import describe
from benchmarks.table import result
from benchmarks.way import measure, spread

_PACKAGES = ["numpy", "tensorflow", "keras", "tensorboard", "protobuf", "isal", "google-crc32c"]
_SLOW_REPEATS = 2
# Of fits, with and without captures; short ones differ more.
_PAIRS = (100, 40)

_NOTE = """Figures are multiples of the bare compiled forward pass of the probes, measured in the
same run, with TensorFlow on one thread; only those of one table can be compared. *All threads* is
the CPU of the whole process until all is written; *training thread* is what `fit` waits for. Ours
are the default options: pictures, statistics and predictions, and the mirror for the Images tab at
the end of each epoch. Of fits it is the mean, and half of its 95 % interval by Student's t; of ways
the median, and in brackets the 10th and 90th percentile.

None of this has been run on a GPU yet; the command is the same there.
"""
_WAYS_NOTE = """
One after another in turn. The sub-model is what an expert would write: it is compiled, scales each
channel in the graph, and gives one grid for each layer to one `tf.summary.image`. Unlike ours it
keeps neither a channel's scale nor its statistics. The others are what tutorials show. The lock is
the interpreter's, held by the thread that encodes and writes: its CPU, but for what it computes in
the calls that give the lock back, which measure, compress and write.
"""
_FITS_NOTE = """
CPU of a `fit` with a capture before it and after each of its epochs, less that of the same `fit`
without, divided by its captures, all on one core; as a multiple of the bare forward pass where the
captures would be. What the first `fit` traces is not counted. The system's part is mostly that of
writing the file.
"""


def main() -> None:
    """Measures and prints; with --write also writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=100, help="of each way")
    parser.add_argument("--write", type=pathlib.Path)
    parser.add_argument("--ways", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ways is not None:  # a process of its own, for one case
        with contextlib.redirect_stdout(sys.stderr):  # tf-explain's progress bars
            found = _in_this_process(options.ways, options.repeats)
        print("\n".join(found))
        return
    lines = ["## A capture in a `fit`", _FITS_NOTE]
    lines += ["| | all threads | of that, the system |", "|---|---:|---:|"]
    lines += [_fits(case, pairs) for case, pairs in zip(CASES, _PAIRS, strict=True)]
    lines += ["", "## Ways to log the same layers", _WAYS_NOTE]
    for index in range(len(CASES)):
        command = ["benchmarks.capture", "--ways", str(index), "--repeats", str(options.repeats)]
        lines += _run(command).splitlines()
        lines += [*_run(["benchmarks.lock_time", str(index)]).splitlines(), ""]
    text = "\n".join(lines)
    print(text)
    if options.write:
        made = describe(" ".join(["python -m benchmarks.capture", *sys.argv[1:]]), _PACKAGES)
        options.write.write_text(f"# What a capture costs\n\n{made}\n\n{_NOTE}\n{text}\n")


def _run(command: Sequence[str]) -> str:
    """The output of a module of ours in a process of its own."""
    ended = subprocess.run(
        [sys.executable, "-m", *command], check=True, stdout=subprocess.PIPE, text=True
    )
    return ended.stdout


def _fits(case: Case, pairs: int) -> str:
    arguments = [str(case.size), str(case.width), str(case.probes), str(pairs)]
    found = json.loads(_run(["benchmarks.capture_fits", *arguments]))
    return "| " + " | ".join([str(case), *map(result, zip(*found, strict=True))]) + " |"


def _in_this_process(index: int, repeats: int) -> list[str]:
    """The table of one case."""
    use_one_thread(pinned=False)
    case = CASES[index]
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        seconds = measure(fast_ways(case, folder), repeats)
        if index == 0:  # at 224×224 they take minutes
            seconds |= measure(slow_ways(case, folder), _SLOW_REPEATS)
        check_written(folder / OURS_FOLDER, 1 + repeats)
    lines = [f"### {case}", "", "| | all threads | training thread |", "|---|---:|---:|"]
    for name, times in seconds.items():
        # A machine is faster at one time than at another: of the same round, where there is one.
        is_beside = name != BARE and len(times) == repeats
        base = seconds[BARE] if is_beside else np.median(seconds[BARE], axis=0)
        lines.append("| " + " | ".join([name, *map(spread, (times / base).T)]) + " |")
    return [*lines, ""]


if __name__ == "__main__":
    main()
