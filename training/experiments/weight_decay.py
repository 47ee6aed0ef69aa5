"""What weight decay does: to one weight, and to GoogLeNet on the embedded photos.

python -m training.experiments.weight_decay --out docs/images

Follows one weight, which the data say nothing about, under Keras's optimizers; then trains
GoogLeNet (a quarter of its width, 32 pixels, 10 epochs) with each form of decay and reads the
penalty from what `LossTerms` logged. Prints the table of `docs/weight_decay.md` and draws its
figures. Some 10 minutes on two cores.
"""

import argparse
import pathlib
import sys
from collections.abc import Mapping
from typing import NamedTuple

import keras
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from tb_featuremaps.reader import read_logdir
from training import checkpoint
from training.experiments.runs import read_history, train_all
from training.optimizers import Optimisation, make_optimizer
from training.options import positive
from training.weight_decay import l2_penalty

Curve = npt.NDArray[np.float64]
RATE, DECAY, START = 0.1, 0.5, 2.0
_STEPS = 30


class Form(NamedTuple):
    """A form of decay of one weight: how it is optimised, λ of its L2 penalty, and its line."""

    how: Optimisation
    penalty: float
    line: str


_SGD = Optimisation("sgd", RATE, momentum=0.0)
_MOMENTUM = Optimisation("sgd", RATE, momentum=0.9)
_ADAM = Optimisation("adam", RATE)
FORMS = {
    "SGD, L2": Form(_SGD, DECAY, "-"),
    "Nesterov 0.9, L2": Form(_MOMENTUM, DECAY, "-"),
    "Adam, L2 with λ": Form(_ADAM, DECAY, "-"),
    "Adam, L2 with λ / 50": Form(_ADAM, DECAY / 50, "--"),
    "SGDW, Nesterov 0.9": Form(Optimisation("sgd", RATE, 0.9, decoupled_decay=DECAY), 0.0, "--"),
    "AdamW": Form(Optimisation("adam", RATE, decoupled_decay=DECAY), 0.0, ":"),
    "Nesterov 0.9, no decay": Form(_MOMENTUM, 0.0, "-"),
}
_SGD_RATE, _SGD_MOMENTUM, _L2 = 0.01, 0.9, 5e-3
# Options of `training.train` by the name of the run; SGD with its rate and momentum.
RUNS = {
    "sgd_none": ["--weight-decay=0"],
    "sgd_l2": [f"--weight-decay={_L2}"],
    "sgdw": [f"--weight-decay={_L2}", "--decay=decoupled"],
    "sgdw_10": ["--weight-decay=5e-2", "--decay=decoupled"],
    "adam_none": ["--optimizer=adam", "--learning-rate=1e-3", "--weight-decay=0"],
    "adam_l2": ["--optimizer=adam", "--learning-rate=1e-3", f"--weight-decay={_L2}"],
    "adamw": [
        "--optimizer=adam",
        "--learning-rate=1e-3",
        "--weight-decay=5e-2",
        "--decay=decoupled",
    ],
}


def main(arguments: list[str] | None = None) -> int:
    """Runs the experiment; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m training.experiments.weight_decay",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--logs", type=pathlib.Path, default=pathlib.Path("logs/weight_decay"))
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder of the figures")
    parser.add_argument("--epochs", type=positive, default=10)
    parser.add_argument("--jobs", type=positive, default=2, help="trainings at a time")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    draw_one_weight(
        {
            name: follow_weight(make_optimizer(form.how), form.penalty, _STEPS)
            for name, form in FORMS.items()
        },
        options.out / "weight_decay_one_weight.png",
    )
    common = [f"--epochs={options.epochs}", "--width=0.25", "--every=100"]
    runs = {name: [*common, *own] for name, own in RUNS.items()}
    try:
        folders = train_all(runs, options.logs, options.jobs)
    except RuntimeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(table(folders))
    draw_penalties(options.logs, options.out / "weight_decay_penalty.png")
    return 0


def follow_weight(optimizer: keras.optimizers.Optimizer, penalty: float, steps: int) -> Curve:
    """A weight before the first step and after each, `[steps + 1]`.

    Its inputs are zeros, so that its loss has no gradient but that of its L2 penalty.
    """
    layer = keras.layers.Dense(
        1,
        use_bias=False,
        kernel_initializer=keras.initializers.Constant(START),
        kernel_regularizer=l2_penalty(penalty),
    )
    model = keras.Sequential([keras.Input((1,)), layer])
    model.compile(optimizer, "mse")
    nothing = np.zeros((1, 1), np.float32)
    weights = [START]
    for _ in range(steps):
        model.train_on_batch(nothing, nothing)
        weights.append(float(np.asarray(layer.kernel)[0, 0]))
    return np.array(weights)


def draw_one_weight(curves: Mapping[str, Curve], path: pathlib.Path) -> None:
    """Draws the weight under each form, and the closed form of plain SGD."""
    figure = Figure(figsize=(8, 4.5), layout="constrained", dpi=120)
    axes = figure.subplots()
    for name, curve in curves.items():
        axes.plot(curve, FORMS[name].line, label=name, linewidth=1.8)
    steps = np.arange(_STEPS + 1)
    expected = START * (1 - RATE * DECAY) ** steps
    axes.plot(steps, expected, ".", color="black", markersize=4, label="2 · (1 − rate·λ)^step")
    axes.axhline(0, color="gray", linewidth=0.8)
    axes.set_xlabel("step")
    axes.set_ylabel("weight")
    axes.set_title(f"A weight without data: learning rate {RATE}, λ = {DECAY}")
    axes.grid(alpha=0.3)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    figure.savefig(path)


def table(folders: Mapping[str, pathlib.Path]) -> str:
    """Σw² of the kernels after training, the penalty and the accuracy, as Markdown."""
    lines = [
        "| run | options | Σw² of all kernels | penalty in the loss | validation accuracy |",
        "|---|---|---:|---:|---:|",
    ]
    for name, folder in folders.items():
        squares = sum_of_squares(checkpoint.load(folder / checkpoint.FILE))
        penalty = read_logdir(folder).losses("train")["loss/penalty"].values[-1]
        accuracy = 100 * read_history(folder)["val_main_accuracy"][-3:].mean()
        options = " ".join(RUNS[name])
        lines.append(
            f"| {name} | `{options}` | {squares:,.0f} | {penalty:.3f} | {accuracy:.1f} % |"
        )
    return "\n".join(lines)


def sum_of_squares(model: keras.Model) -> float:
    """Σw² of all kernels, in float64."""
    kernels = [variable for variable in model.trainable_weights if variable.name == "kernel"]
    return sum(float(np.square(np.asarray(kernel, np.float64)).sum()) for kernel in kernels)


def draw_penalties(logs: pathlib.Path, path: pathlib.Path) -> None:
    """Draws the penalty as it was logged, and what decay alone would make of that of SGD."""
    runs = read_logdir(logs)
    curves = {name: runs.losses(f"{name}/train")["loss/penalty"] for name in RUNS}
    figure = Figure(figsize=(8, 4), layout="constrained", dpi=120)
    axes = figure.subplots()
    without = []
    for name, (steps, values) in curves.items():
        if values.any():
            axes.plot(steps, values, label=name, linewidth=1.8)
        else:
            without.append(name)
    steps, values = curves["sgd_l2"]
    expected = values[0] * np.exp(-2 * _SGD_RATE * _L2 / (1 - _SGD_MOMENTUM) * steps)
    axes.plot(steps, expected, ":", color="black", label="exp(−2·rate·λ·step / (1 − momentum))")
    axes.plot(steps, 0 * steps, color="gray", label=", ".join(without))
    axes.set_ylim(bottom=-0.3)
    axes.set_xlabel("step")
    axes.set_ylabel("loss/penalty")
    axes.set_title("The penalty in the loss of GoogLeNet, as LossTerms logs it")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(0, 0.3))
    figure.savefig(path)


if __name__ == "__main__":
    sys.exit(main())
