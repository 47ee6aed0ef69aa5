"""Experiments that train pairs of networks which differ in one option, with several seeds each."""

import argparse
import dataclasses
import pathlib
import sys
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from training.experiments.runs import History, read_history, train_all
from training.options import positive, positive_rate

_ENDS = 3  # epochs that are taken together at the beginning and at the end
_COLOURS = ("tab:blue", "tab:orange")
Curves = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Variant:
    """A way to train: what it is called, in runs and in tables, and its options."""

    name: str
    meaning: str
    options: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Experiment:
    """Pairs of trainings.

    Attributes:
        name: of the figure and of the folder of the runs.
        common: options of all trainings.
        settings: each has a panel of its own.
        pair: the two that are compared in each setting.
    """

    name: str
    common: tuple[str, ...]
    settings: tuple[Variant, ...]
    pair: tuple[Variant, Variant]


def run_experiment(experiment: Experiment, arguments: list[str] | None, description: str) -> int:
    """Trains what is not trained yet, prints the table, draws the figure; returns the status."""
    parser = argparse.ArgumentParser(
        prog=f"python -m training.experiments.{experiment.name}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    logs = pathlib.Path("logs") / experiment.name
    parser.add_argument("--logs", type=pathlib.Path, default=logs)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder of the figure")
    parser.add_argument("--seeds", type=int, choices=range(2, 100), metavar="N", default=3)
    parser.add_argument("--epochs", type=positive, default=20)
    parser.add_argument("--width", type=positive_rate, default=0.25)
    parser.add_argument("--jobs", type=positive, default=2, help="trainings at a time")
    options = parser.parse_args(arguments)
    common = (f"--epochs={options.epochs}", f"--width={options.width}", *experiment.common)
    try:
        folders = train_all(_runs(experiment, common, options.seeds), options.logs, options.jobs)
    except RuntimeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    histories = {name: read_history(folder) for name, folder in folders.items()}
    print(table(experiment, histories, options.seeds))
    options.out.mkdir(parents=True, exist_ok=True)
    draw(experiment, histories, options.seeds, options.out / f"{experiment.name}.png")
    return 0


def table(experiment: Experiment, histories: Mapping[str, History], seeds: int) -> str:
    """The measured accuracies, and the differences within pairs of one seed, as Markdown."""
    lines = [
        f"| | | first {_ENDS} epochs | last {_ENDS} epochs | each seed |",
        "|---|---|---:|---:|---|",
    ]
    for setting in experiment.settings:
        curves = [_curves(histories, setting, variant, seeds) for variant in experiment.pair]
        for variant, accuracies in zip(experiment.pair, curves, strict=True):
            lines.append(_row(setting.meaning, variant.meaning, accuracies, "{:.1f} %"))
        lines.append(_row(setting.meaning, "difference", curves[0] - curves[1], "{:+.1f}"))
    return "\n".join(lines)


def draw(
    experiment: Experiment, histories: Mapping[str, History], seeds: int, path: pathlib.Path
) -> None:
    """Draws the accuracy over the epochs: a thin line a seed, a thick one for their mean."""
    count = len(experiment.settings)
    figure = Figure(figsize=(2 + 4.5 * count, 4), layout="constrained", dpi=120)
    panels = figure.subplots(1, count, sharey=True, squeeze=False)[0]
    for axes, setting in zip(panels, experiment.settings, strict=True):
        for variant, colour in zip(experiment.pair, _COLOURS, strict=True):
            curves = 100 * _curves(histories, setting, variant, seeds)
            epochs = np.arange(1, curves.shape[1] + 1)
            axes.plot(epochs, curves.T, color=colour, alpha=0.3, linewidth=1)
            mean = curves.mean(axis=0)
            axes.plot(epochs, mean, color=colour, linewidth=2.2, label=variant.meaning)
        axes.set_title(setting.meaning)
        axes.set_xlabel("epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3)
    panels[0].set_ylabel("validation accuracy of the main head, %")
    panels[0].legend()
    figure.savefig(path)


def _runs(experiment: Experiment, common: Sequence[str], seeds: int) -> dict[str, list[str]]:
    return {
        _name(setting, variant, seed): [
            *common,
            *setting.options,
            *variant.options,
            f"--seed={seed}",
        ]
        for seed in range(seeds)
        for setting in experiment.settings
        for variant in experiment.pair
    }


def _name(setting: Variant, variant: Variant, seed: int) -> str:
    return f"{setting.name}_{variant.name}_seed{seed}"


def _curves(
    histories: Mapping[str, History], setting: Variant, variant: Variant, seeds: int
) -> Curves:
    """Validation accuracy of the main head, `[seeds, epochs]`."""
    runs = [histories[_name(setting, variant, seed)] for seed in range(seeds)]
    # Keras leaves the head's name out where there is one head only.
    key = "val_main_accuracy" if "val_main_accuracy" in runs[0] else "val_accuracy"
    return np.stack([run[key] for run in runs])


def _row(setting: str, variant: str, curves: Curves, form: str) -> str:
    early, late = (100 * part.mean(axis=1) for part in (curves[:, :_ENDS], curves[:, -_ENDS:]))
    cells = [f"{form.format(values.mean())} ± {values.std(ddof=1):.1f}" for values in (early, late)]
    each = ", ".join(form.format(value) for value in late)
    return f"| {setting} | {variant} | {cells[0]} | {cells[1]} | {each} |"
