"""What gradients by term and attributions cost, as multiples of the bare gradients.

    python -m benchmarks.gradients [--repeats 9] [--write docs/gradient_cost.md]

Each case runs in a process of its own, with TensorFlow on one thread, so that CPU can be compared.
"""

import argparse
import dataclasses
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

from benchmarks.capture_case import Case, use_one_thread
from benchmarks.environment import describe
from benchmarks.gradient_ways import (
    ATTRIBUTED,
    ATTRIBUTIONS_FOLDER,
    BARE,
    BARE_SCORES,
    GRADIENTS_FOLDER,
    MAPS,
    OURS,
    score_ways,
    term_ways,
)
from benchmarks.way import measure, spread
from tb_featuremaps.reader import read_logdir

_PACKAGES = ["numpy", "tensorflow", "keras", "tensorboard", "protobuf", "google-crc32c"]

_NOTE = """CPU of all threads until all is written, as a multiple of the bare gradients, which are
measured in turn with it in the same process, with TensorFlow on one thread. The median, and in
brackets the 10th and 90th percentile; only figures of one line can be compared.

The bare gradients are what an expert would write: one compiled function with one tape over one
forward pass of a model with the same eleven layers as outputs, and one backward pass for each of
the three heads. Of the *terms* it is called in training mode and differentiated at those layers and
at all kernels; it keeps the gradients as they are. `GradientTerms` takes the norms, cosines and
channels of them besides, copies the kernels before the step for ‖update‖ / ‖weights‖, and writes
it all. Of the *scores* it is called in inference mode and differentiated at the layers; the cost of
the attributions is that of `FeatureMaps` with them less that of `FeatureMaps` without.

None of this has been run on a GPU yet; the command is the same there.
"""


@dataclasses.dataclass(frozen=True)
class _Batch:
    """What is measured: the model with its probes, and how many samples are labelled."""

    case: Case
    samples: int


_BATCHES = [_Batch(Case(32, 0.5, 4), 64), _Batch(Case(224, 0.5, 4), 16)]


def main() -> None:
    """Measures and prints; with --write also writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--write", type=pathlib.Path)
    parser.add_argument("--case", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case is not None:  # a process of its own
        print("\n".join(_in_this_process(_BATCHES[options.case], options.repeats)))
        return
    lines = ["| | the bare gradients, s | ours |", "|---|---:|---:|"]
    for index in range(len(_BATCHES)):
        lines += _run(index, options.repeats).splitlines()
    text = "\n".join(lines)
    print(text)
    if options.write:
        made = describe(" ".join(["python -m benchmarks.gradients", *sys.argv[1:]]), _PACKAGES)
        options.write.write_text(f"# What gradients cost\n\n{made}\n\n{_NOTE}\n{text}\n")


def _run(index: int, repeats: int) -> str:
    command = ["benchmarks.gradients", "--case", str(index), "--repeats", str(repeats)]
    ended = subprocess.run(
        [sys.executable, "-m", *command], check=True, stdout=subprocess.PIPE, text=True
    )
    return ended.stdout


def _in_this_process(batch: _Batch, repeats: int) -> list[str]:
    """The lines of one case."""
    use_one_thread(pinned=False)
    case = batch.case
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        terms = _cpu(measure(term_ways(case, batch.samples, folder), repeats))
        _check_gradients(folder / GRADIENTS_FOLDER, 1 + repeats)
        scores = _cpu(measure(score_ways(case, folder), repeats))
        _check_attributions(folder / ATTRIBUTIONS_FOLDER, 1 + repeats)
    named = f"{case.size}×{case.size}, width {case.width:g}"
    return [
        _line(f"terms, {batch.samples} samples of {named}", terms[BARE], terms[OURS]),
        _line(
            f"scores, {case.probes} probes of {named}",
            scores[BARE_SCORES],
            scores[ATTRIBUTED] - scores[MAPS],
        ),
    ]


def _cpu(seconds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: both[:, 0] for name, both in seconds.items()}


def _line(name: str, bare: np.ndarray, ours: np.ndarray) -> str:
    return f"| {name} | {np.median(bare):.3f} | {spread(list(ours / np.median(bare)))} |"


def _check_gradients(folder: pathlib.Path, captures: int) -> None:
    """So that nothing is measured that didn't take place: all those, and the one before training.

    Raises:
        RuntimeError: something wasn't written.
    """
    logged = read_logdir(folder, cache=False).gradients("train")
    assert logged.activations and logged.kernels and logged.updates
    for series in (logged.activations, logged.kernels, logged.updates):
        _check_count(len(series.values.steps), captures, folder)
    last = int(logged.updates.values.steps[-1])
    if not np.isfinite(logged.updates.values.at(last)).all():
        raise RuntimeError(f"Expected the updates of step {last} in {folder}. Found: none.")
    if not (logged.activations.norms(last)[0] > 0).all():
        raise RuntimeError(f"Expected a gradient of each term at the first layer in {folder}.")


def _check_attributions(folder: pathlib.Path, captures: int) -> None:
    """The same of attributions.

    Raises:
        RuntimeError: something wasn't written.
    """
    owed = read_logdir(folder, cache=False).attributions("train")["conv1"]
    _check_count(len(owed.values.steps), captures, folder)
    if not owed.values.at(int(owed.values.steps[-1])).any():
        raise RuntimeError(f"Expected attributions in {folder}. Found: zeros.")


def _check_count(written: int, captures: int, folder: pathlib.Path) -> None:
    if written != 1 + captures:
        raise RuntimeError(f"Expected {1 + captures} captures in {folder}. Found: {written}.")


if __name__ == "__main__":
    main()
