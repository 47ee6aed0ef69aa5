"""Which term of GoogLeNet's loss teaches which layer?

python -m training.experiments.gradients --logs logs/gradients

Trains GoogLeNet (a quarter of its width, 32 pixels, 5 epochs) on the embedded photos with batch
normalisation and without any, with the auxiliary heads weighed 0.3 and 0, with three seeds each,
and prints for each layer the terms' shares of the gradient at its activation and the cosines to
the main term's, at the first capture and at the last, as means over the seeds.
"""

import argparse
import pathlib
import sys

import numpy as np
import numpy.typing as npt
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util

from tb_featuremaps.command_line import run_command
from tb_featuremaps.format.metadata import parse_plugin_data
from tb_featuremaps.format.names import GRADIENTS_TAG
from training.experiments.runs import train_all

_COMMON = ("--model=googlenet", "--width=0.25", "--epochs=5", "--every=25", "--gradients")
_NORMALIZATIONS = ("batch", "none")
_WEIGHTS = ("0.3", "0")
_SEEDS = (0, 1, 2)


def main(arguments: list[str] | None = None) -> int:
    """Trains what is not trained yet and prints the table; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m training.experiments.gradients",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--logs", type=pathlib.Path, default=pathlib.Path("logs/gradients"))
    parser.add_argument("--jobs", type=int, default=2, help="trainings at a time")
    options = parser.parse_args(arguments)
    return run_command(lambda: _run(options), RuntimeError)


def _run(options: argparse.Namespace) -> int:
    runs = {
        f"{normalization}_aux{weight}_seed{seed}": (
            *_COMMON,
            f"--normalization={normalization}",
            f"--aux-weight={weight}",
            f"--seed={seed}",
        )
        for normalization in _NORMALIZATIONS
        for weight in _WEIGHTS
        for seed in _SEEDS
    }
    folders = train_all(runs, options.logs, options.jobs)
    for normalization in _NORMALIZATIONS:
        for weight in _WEIGHTS:
            names = [f"{normalization}_aux{weight}_seed{seed}" for seed in _SEEDS]
            print(f"\n{normalization} normalisation, auxiliary heads weighed {weight}")
            print(table([folders[name] / "train" for name in names]))
    return 0


def table(runs: list[pathlib.Path]) -> str:
    """Shares and cosines of runs of one setting, at the first and the last capture."""
    read = [_gradients(run) for run in runs]
    layers, terms, _ = read[0]
    values = np.stack([values for _, _, values in read])
    norms = values[..., 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = (norms / norms.sum(axis=-1, keepdims=True)).mean(axis=0)
        cosines = values[..., 1].mean(axis=0)
    lines = ["layer | " + " | ".join(f"{term}: share, cosine" for term in terms)]
    for place, when in ((0, "first"), (-1, "last")):
        for row, layer in enumerate(layers):
            cells = [
                f"{100 * share:.1f} % {cosine:+.2f}"
                for share, cosine in zip(shares[place, row], cosines[place, row], strict=True)
            ]
            lines.append(f"{when} {layer} | " + " | ".join(cells))
    return "\n".join(lines)


def _gradients(run: pathlib.Path) -> tuple[list[str], list[str], npt.NDArray[np.float64]]:
    """Layers, terms, and `[captures, layers, terms, 2]` of a run."""
    log = EventAccumulator(str(run), size_guidance={"tensors": 0})
    log.Reload()
    content = log.SummaryMetadata(GRADIENTS_TAG).plugin_data.content
    series = parse_plugin_data(content).gradients
    values = [tensor_util.make_ndarray(event.tensor_proto) for event in log.Tensors(GRADIENTS_TAG)]
    names = [term.name for term in series.terms]
    return list(series.layers), names, np.stack(values).astype(np.float64)


if __name__ == "__main__":
    sys.exit(main())
