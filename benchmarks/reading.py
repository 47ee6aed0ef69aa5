"""How fast logs are read: listed for the first and for the second time, losses, one picture.

    python -m benchmarks.reading [--runs 100] [--repeats 5] [--write docs/reading_speed.md]

The logs are written by the real writer: each run has 26 captures of 12 layers of 14×14×480 noise,
which no compression makes small, and 2,000 points of the losses; 33 MB. They are read out of the
system's memory, not from the disk. Each listing is a process of its own, whose start is not
counted.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "tests"))

from support.synthetic_runs import write_run
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from benchmarks.environment import describe
from benchmarks.table import HEAD, milliseconds, row
from tb_featuremaps.reader import read_logdir

_LAYERS = {f"inception_{index}": (14, 14, 480) for index in range(12)}
_STEPS = range(0, 2600, 100)
_LISTING = r"""
import json, pathlib, re, sys, time
from tb_featuremaps.reader import read_logdir
def peak():  # in MB; Linux alone tells it
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s*(\d+)", status.read_text())[1]) / 1024
before, begun, busy = peak(), time.perf_counter(), time.process_time()
runs = len(read_logdir(sys.argv[1]).runs())
spent, used = 1000 * (time.perf_counter() - begun), 1000 * (time.process_time() - busy)
print(json.dumps([runs, spent, used, peak() - before if before else None]))
"""


def main() -> None:
    """Measures and prints; with --write also writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--write", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        lines = [*HEAD, *_measure(folder, options.runs, options.repeats)]
    text = "\n".join(lines)
    print(text)
    if options.write:
        command = "python -m benchmarks.reading --write docs/reading_speed.md"
        made = describe(command, ["numpy", "google-crc32c", "protobuf", "tensorboard"])
        options.write.write_text(f"# How fast logs are read\n\n{made}\n\n{_NOTE}\n{text}\n")


_NOTE = """Each run has 26 captures of 12 layers of 14×14×480 noise and 2,000 points of the losses.
Files are read out of the system's memory; a slow disk takes as long as it takes to read them once.
The second time, what the first one found is taken from the user's cache folder. TensorBoard's own
reader, for comparison, loads one run. Memory is what the process grew by. On a machine that is busy
with other work (a load above its number of cores) times on the clock are too long; the time that
the processor was used is not by much."""


def _measure(folder: pathlib.Path, runs: int, repeats: int) -> list[str]:
    logdir = folder / "logs"
    size = _write(logdir, runs)
    megabytes = size / 1e6
    first, second = _listings(folder, logdir, repeats)
    speeds = [megabytes / (listing.spent / 1000) for listing in first]
    logs = read_logdir(logdir, cache=False)
    work: dict[str, Callable[[], object]] = {
        "the losses of one run, ms": lambda: read_logdir(logdir / "run0", cache=False).losses("."),
        "one activation, ms": lambda: logs.activation("run0", "inception_5", 1200),
    }
    return [
        row(f"list {runs} runs of {megabytes:,.0f} MB for the first time, ms", _spent(first)),
        row("the same, of which the processor is used, ms", [listing.used for listing in first]),
        row("the same, MB/s", speeds),
        row("the same, memory, MB", [listing.grown for listing in first]),
        row("list them for the second time, ms", _spent(second)),
        *[row(name, milliseconds(action, repeats)) for name, action in work.items()],
        row(
            f"TensorBoard's EventAccumulator, one run of {megabytes / runs:,.0f} MB, ms",
            milliseconds(lambda: EventAccumulator(str(logdir / "run0")).Reload(), repeats),
        ),
    ]


class _Listing(NamedTuple):
    """Milliseconds on the clock and of the processor, and megabytes (NaN where unknown)."""

    spent: float
    used: float
    grown: float


def _spent(listings: list[_Listing]) -> list[float]:
    return [listing.spent for listing in listings]


def _listings(
    folder: pathlib.Path, logdir: pathlib.Path, repeats: int
) -> tuple[list[_Listing], list[_Listing]]:
    first, second = [], []
    cache = folder / "cache"
    for _ in range(repeats):
        shutil.rmtree(cache, ignore_errors=True)
        first.append(_list(logdir, cache))
        second.append(_list(logdir, cache))
    return first, second


def _list(logdir: pathlib.Path, cache: pathlib.Path) -> _Listing:
    ended = subprocess.run(
        [sys.executable, "-c", _LISTING, str(logdir)],
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    runs, spent, used, grown = json.loads(ended.stdout)
    assert runs == len(list(logdir.iterdir()))
    return _Listing(spent, used, float("nan") if grown is None else grown)


def _write(logdir: pathlib.Path, runs: int) -> int:
    """Writes the runs; returns their bytes."""
    noise = np.random.default_rng(0)

    def maps(shape: tuple[int, int, int], step: int, probes: int) -> np.ndarray:
        return noise.normal(size=(probes, *shape)).astype(np.float32)

    write_run(logdir / "run0", _LAYERS, _STEPS, loss_points=2000, classes=10, maps=maps)
    for number in range(1, runs):
        shutil.copytree(logdir / "run0", logdir / f"run{number}")
    return sum(path.stat().st_size for path in logdir.rglob("*tfevents*"))


if __name__ == "__main__":
    main()
