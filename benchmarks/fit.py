"""What `FeatureMaps` and `LossTerms` cost a whole `fit`, and what memory 1,000 captures take.

    python -m benchmarks.fit [--captures 1000] [--jax PYTHON] [--write docs/fit_cost.md]

Each part runs in a process of its own: `benchmarks.fit_steps` for each backend and model,
`benchmarks.fit_start`, `benchmarks.fit_memory`. `--jax` names the Python of an environment with
JAX, as `make test-versions VERSIONS=jax` makes it; without one that part is left out, and said so.
"""

import argparse
import os
import pathlib
import subprocess
import sys
from collections.abc import Sequence

from benchmarks.environment import describe

_COMMAND = "python -m benchmarks.fit"
_PACKAGES = ["numpy", "tensorflow", "keras", "tensorboard", "protobuf", "google-crc32c"]
_JAX = pathlib.Path(".venv-versions/jax/bin/python")
_MODELS = ("small", "googlenet")

_NOTE = """None of this has been run on a GPU yet. The command is the same there, but CPU tells
little of a step that a GPU computes.
"""
_STEPS_NOTE = """
CPU of the whole process, background included, with all threads on one core and TensorFlow
computing on one thread. The steps of one `fit` take turns, some at a time: without a callback, and
with each of the callbacks, on the same weights. The first steps of a turn are not counted, and
before all turns each way trains until it has done what it does once in a `fit`, such as making its
file. `LossTerms` has the step traced anew, and two traces of the same step differ, too; so there
are several such fits, whose steps are traced in a random order. `FeatureMaps` leaves the step
alone. Given are the mean over the fits, each less its steps without a callback, and half of the
95 % interval by Student's t. Where that interval reaches zero, there is no result, and its upper
end is given as a bound.

A batch of `LossTerms` includes writing its point, one for each step, and reading the device every
second and a half; `FeatureMaps` without a capture is `every=10**9`, and reads the device four times
a second here rather than once, since it finds the steps of the others in between; a capture has the
default options and comes with an epoch's end, with the mirror for the Images tab. Milliseconds go
with the processor's clock, which others on the same machine slow down; the last column does less.
The first row is the check of the method: steps without a callback once more, traced anew.

Below each table is what it cost in that hour to touch a page of memory (4 KiB) that the program had
left alone for a second. On a virtual machine that can be many microseconds; then whatever is done
once a second or less often, as reading the device and writing, costs more than in other hours.
"""
_START_NOTE = """
CPU before the first batch, in seconds: tracing the forward pass of the probes and its first run,
which compiles it, and all else that `FeatureMaps` does. Beside it what tracing and running the same
forward pass costs alone, as any callback pays that looks at activations. Medians of five; beyond it
is the mean of their differences, with its interval or as a bound, as above.
"""


def main() -> None:
    """Measures and prints; with --write also writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--captures", type=int, default=1000)
    parser.add_argument("--jax", default=str(_JAX) if _JAX.exists() else None)
    parser.add_argument("--write", type=pathlib.Path)
    options = parser.parse_args()
    lines = ["## A batch and a capture", _STEPS_NOTE]
    for backend, python in (("tensorflow", sys.executable), ("jax", options.jax)):
        if python is None:
            lines += ["JAX was not measured: no environment with JAX was named.", ""]
            continue
        for model in _MODELS:
            arguments = ["benchmarks.fit_steps", model]
            lines += [*_run(python, arguments, backend).splitlines(), ""]
    lines += ["## Before the first batch", _START_NOTE]
    lines += [*_run(sys.executable, ["benchmarks.fit_start"]).splitlines(), ""]
    memory = ["benchmarks.fit_memory", str(options.captures)]
    lines += _run(sys.executable, memory).splitlines()
    text = "\n".join(lines)
    print(text)
    if options.write:
        made = describe(" ".join([_COMMAND, *sys.argv[1:]]), _PACKAGES)
        options.write.write_text(
            f"# What captures and losses cost a `fit`\n\n{made}\n\n{_NOTE}\n{text}\n"
        )


def _run(python: str, arguments: Sequence[str], backend: str = "tensorflow") -> str:
    """The output of a module of ours in a process of its own."""
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [python, "-m", *arguments]
    ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {ended.returncode}.")
    return ended.stdout


if __name__ == "__main__":
    main()
