"""Which term of GoogLeNet's loss teaches which layer?

python -m training.experiments.gradients --logs logs/gradients

Trains GoogLeNet (a quarter of its width, 32 pixels, 5 epochs) on the embedded photos with batch
normalisation and without any, with the auxiliary heads weighed 0.3 and 0, with three seeds each,
and prints for some layers the norm of the main term's gradient at the activation, the terms' shares
of the sum of the norms, and their cosines to the main term's, at the first capture and at the last,
as means over the seeds ± standard deviation.
"""

import argparse
import dataclasses
import pathlib
import sys
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tb_featuremaps.command_line import run_command
from tb_featuremaps.reader import TermGradients, read_logdir
from training.experiments.runs import History, read_history, train_all

_COMMON = ("--model=googlenet", "--width=0.25", "--epochs=5", "--every=25", "--gradients")
_NORMALIZATIONS = {"batch": "batch normalisation", "none": "no normalisation"}
_WEIGHTS = {"0.3": "with auxiliary heads", "0": "without"}
_SEEDS = (0, 1, 2)
_AUXILIARY = ("aux1", "aux2")
# Those beside the first.
_LAYERS = ("inception_3a", "inception_4a", "inception_4d", "inception_5b")
_Numbers = npt.NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class Trained:
    """The runs of one setting, one for each seed."""

    gradients: Sequence[TermGradients]
    histories: Sequence[History]


def main(arguments: list[str] | None = None) -> int:
    """Trains what is not trained yet and prints the tables; returns the exit status."""
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
    settings = {
        f"{meaning}, {heads}": [
            (
                f"{normalization}_aux{weight}_seed{seed}",
                (
                    *_COMMON,
                    f"--normalization={normalization}",
                    f"--aux-weight={weight}",
                    f"--seed={seed}",
                ),
            )
            for seed in _SEEDS
        ]
        for normalization, meaning in _NORMALIZATIONS.items()
        for weight, heads in _WEIGHTS.items()
    }
    runs = {name: how for seeds in settings.values() for name, how in seeds}
    folders = train_all(runs, options.logs, options.jobs)
    trained = {
        setting: _read([folders[name] for name, _ in seeds]) for setting, seeds in settings.items()
    }
    print(f"\n{gradient_table(trained)}\n\n{accuracy_table(trained)}")
    return 0


def gradient_table(trained: Mapping[str, Trained]) -> str:
    """What the terms' gradients are at some layers, as Markdown."""
    columns = [f"{term}: {kind}" for kind in ("share", "cosine") for term in _AUXILIARY]
    lines = [
        f"| | step | layer | main: norm | {' | '.join(columns)} |",
        f"|---|---:|---|---:|{'---:|' * len(columns)}",
    ]
    for setting, runs in trained.items():
        first = runs.gradients[0]
        steps = first.values.steps.tolist()
        for step in (steps[0], steps[-1]):
            for row, layer in enumerate(first.layers):
                if row == 0 or layer in _LAYERS:
                    cells = " | ".join(_cells(runs.gradients, step, row))
                    lines.append(f"| {setting} | {step} | `{layer}` | {cells} |")
    return "\n".join(lines)


def accuracy_table(trained: Mapping[str, Trained]) -> str:
    """The validation accuracy of the main head after the last epoch, as Markdown."""
    lines = ["| | accuracy of the main head, each seed |", "|---|---|"]
    for setting, runs in trained.items():
        last = [100 * history["val_main_accuracy"][-1] for history in runs.histories]
        lines.append(f"| {setting} | {', '.join(f'{value:.0f} %' for value in last)} |")
    return "\n".join(lines)


def _cells(seeds: Sequence[TermGradients], step: int, layer: int) -> list[str]:
    terms = seeds[0].terms
    norms, shares, cosines = (
        np.stack([values[layer] for values in found])
        for found in (
            [seed.norms(step) for seed in seeds],
            [seed.shares(step) for seed in seeds],
            [seed.cosines(step) for seed in seeds],
        )
    )
    places = [terms.index(term) for term in _AUXILIARY]
    reached = [bool(norms[:, place].any()) for place in places]
    return [
        _spread(norms[:, terms.index("main")], "{:.2g} ± {:.1g}"),
        *(
            _spread(100 * shares[:, place], "{:.0f} % ± {:.0f}") if reaches else "–"
            for place, reaches in zip(places, reached, strict=True)
        ),
        *(
            _spread(cosines[:, place], "{:.2f} ± {:.2f}") if reaches else "–"
            for place, reaches in zip(places, reached, strict=True)
        ),
    ]


def _spread(values: _Numbers, form: str) -> str:
    return form.format(values.mean(), values.std(ddof=1)).replace("-0.00 ", "0.00 ")


def _read(log_dirs: Sequence[pathlib.Path]) -> Trained:
    found = [read_logdir(log_dir).gradients("train").activations for log_dir in log_dirs]
    return Trained(
        [series for series in found if series is not None],
        [read_history(log_dir) for log_dir in log_dirs],
    )


if __name__ == "__main__":
    sys.exit(main())
