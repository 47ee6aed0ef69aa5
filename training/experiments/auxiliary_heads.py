"""Do GoogLeNet's auxiliary heads help on the embedded photos?

python -m training.experiments.auxiliary_heads --out docs/images

Trains GoogLeNet (a quarter of its width, 32 pixels, 20 epochs, cosine schedule) with the auxiliary
heads' losses weighed 0.3 and 0, with batch normalisation and with the paper's local response
normalisation, with three seeds each. A pair with one seed begins with the same weights and sees
the same batches in the same order. Prints the table of `docs/auxiliary_heads.md` and draws its
figure. Some 35 minutes on two cores.
"""

import argparse
import pathlib
import sys
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from training.experiments.runs import read_history, train_all
from training.options import positive

NORMALIZATIONS = {"batch": "batch normalisation", "local_response": "local response normalisation"}
WEIGHTS = {"0.3": "with auxiliary heads", "0": "without"}
COLOURS = {"0.3": "tab:blue", "0": "tab:orange"}
_EARLY, _LATE = 3, 3  # epochs that are taken together at the beginning and at the end
Curves = npt.NDArray[np.float64]


def main(arguments: list[str] | None = None) -> int:
    """Runs the experiment; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m training.experiments.auxiliary_heads",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--logs", type=pathlib.Path, default=pathlib.Path("logs/auxiliary_heads"))
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder of the figure")
    parser.add_argument("--seeds", type=int, choices=range(2, 100), metavar="N", default=3)
    parser.add_argument("--epochs", type=positive, default=20)
    parser.add_argument("--width", default="0.25")
    parser.add_argument("--jobs", type=positive, default=2, help="trainings at a time")
    options = parser.parse_args(arguments)
    folders = train_all(_runs(options), options.logs, options.jobs)
    histories = {name: read_history(folder) for name, folder in folders.items()}
    print(table(histories, options.seeds))
    options.out.mkdir(parents=True, exist_ok=True)
    draw(histories, options.seeds, options.out / "auxiliary_heads.png")
    return 0


def _name(normalization: str, weight: str, seed: int) -> str:
    return f"{normalization}_aux{weight.replace('.', '')}_seed{seed}"


def _runs(options: argparse.Namespace) -> dict[str, list[str]]:
    common = [f"--epochs={options.epochs}", f"--width={options.width}", "--schedule=cosine"]
    return {
        _name(normalization, weight, seed): [
            *common,
            f"--normalization={normalization}",
            f"--aux-weight={weight}",
            f"--seed={seed}",
            "--every=200",
        ]
        for seed in range(options.seeds)
        for normalization in NORMALIZATIONS
        for weight in WEIGHTS
    }


def _curves(histories: dict[str, Any], normalization: str, weight: str, seeds: int) -> Curves:
    """Validation accuracy of the main head, `[seeds, epochs]`."""
    names = [_name(normalization, weight, seed) for seed in range(seeds)]
    return np.stack([histories[name]["val_main_accuracy"] for name in names])


def table(histories: dict[str, Any], seeds: int) -> str:
    """The measured accuracies, and the differences within pairs of one seed, as Markdown."""
    lines = [
        f"| | | first {_EARLY} epochs | last {_LATE} epochs | a seed each |",
        "|---|---|---:|---:|---|",
    ]
    for normalization, described in NORMALIZATIONS.items():
        curves = {weight: _curves(histories, normalization, weight, seeds) for weight in WEIGHTS}
        for weight, meaning in WEIGHTS.items():
            lines.append(_row(described, meaning, curves[weight], "{:.1f} %"))
        first, second = (curves[weight] for weight in WEIGHTS)
        lines.append(_row(described, "difference", first - second, "{:+.1f}"))
    return "\n".join(lines)


def _row(described: str, meaning: str, curves: Curves, form: str) -> str:
    early, late = (100 * part.mean(axis=1) for part in (curves[:, :_EARLY], curves[:, -_LATE:]))
    cells = [f"{form.format(one.mean())} ± {one.std(ddof=1):.1f}" for one in (early, late)]
    each = ", ".join(form.format(one) for one in late)
    return f"| {described} | {meaning} | {cells[0]} | {cells[1]} | {each} |"


def draw(histories: dict[str, Any], seeds: int, path: pathlib.Path) -> None:
    """Draws the accuracy over the epochs: a thin line a seed, a thick one for their mean."""
    figure = Figure(figsize=(11, 4), layout="constrained", dpi=120)
    panels = figure.subplots(1, len(NORMALIZATIONS), sharey=True)
    for axes, (normalization, described) in zip(panels, NORMALIZATIONS.items(), strict=True):
        for weight, meaning in WEIGHTS.items():
            curves = 100 * _curves(histories, normalization, weight, seeds)
            epochs = np.arange(1, curves.shape[1] + 1)
            colour = COLOURS[weight]
            axes.plot(epochs, curves.T, color=colour, alpha=0.3, linewidth=1)
            axes.plot(epochs, curves.mean(axis=0), color=colour, linewidth=2.2, label=meaning)
        axes.set_title(described)
        axes.set_xlabel("epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3)
    panels[0].set_ylabel("validation accuracy of the main head, %")
    panels[0].legend()
    figure.savefig(path)


if __name__ == "__main__":
    sys.exit(main())
