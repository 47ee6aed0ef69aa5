"""What `FeatureMaps` and `LossTerms` cost a whole `fit`, and what memory 1,000 captures take.

    python -m benchmarks.fit [--epochs 24] [--jax PYTHON] [--write docs/fit_cost.md]

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
# Each with the part of the epochs that it is given, since one computes longer.
_MODELS = {"small": 1, "googlenet": 4}

_NOTE = """None of this has been run on a GPU yet. The command is the same there, but CPU tells
little of a step that a GPU computes.
"""
_STEPS_NOTE = """
CPU of the whole process, background included, of a `fit` with the callback less that of the same
`fit` without, all threads on one core. The fits run side by side in one process and take turns of
a few steps; an epoch is five turns. Equal models differ by some percent of a step, by where their
memory lies, so each way has several fits: given are the mean over them, each the median over its
epochs, and its standard error. Where the error is the larger, the value is no result, but a bound:
about twice the error. A page of its own has batches of [one model](batch_cost.md), more exactly.

A batch of `LossTerms` includes writing its point, one for each step, and reading the device;
`FeatureMaps` without a capture is `every=10**9`; a capture has the default options, at the end of
each epoch, with the mirror for the Images tab.
"""
_START_NOTE = """
CPU before the first batch, in seconds: tracing the forward pass of the probes and its first run,
which compiles it, and all else that `FeatureMaps` does. Beside it what tracing and running the same
forward pass costs alone, as any callback pays that looks at activations. Medians of three.
"""


def main() -> None:
    """Measures and prints; with --write also writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--captures", type=int, default=1000)
    parser.add_argument("--jax", default=str(_JAX) if _JAX.exists() else None)
    parser.add_argument("--write", type=pathlib.Path)
    options = parser.parse_args()
    lines = ["## A batch and a capture", _STEPS_NOTE]
    for backend, python in (("tensorflow", sys.executable), ("jax", options.jax)):
        if python is None:
            lines += ["JAX was not measured: no environment with JAX was named.", ""]
            continue
        for model, part in _MODELS.items():
            arguments = ["benchmarks.fit_steps", model, str(max(1, options.epochs // part))]
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
