"""The experiments' tables and figures, from real trainings that are short."""

import pathlib
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from tb_featuremaps.reader import TermGradients, read_logdir
from tb_featuremaps.summary.event_writer import open_writer
from tb_featuremaps.summary.gradient_event import GradientEncoder
from training.experiments import auxiliary_heads, factorized, gradients
from training.experiments.pairs import Experiment, Variant, run_experiment, table
from training.experiments.runs import read_history, train_all


class SimpleTerm(NamedTuple):
    """A term of a loss."""

    name: str
    kind: str
    is_main: bool


class SimplePlace(NamedTuple):
    """An output of a layer."""

    name: str


class SimpleGradients(NamedTuple):
    """Gradients at one step."""

    layers: npt.NDArray[np.float32]
    channels: list[npt.NDArray[np.float32]]
    kernels: npt.NDArray[np.float32]


_QUICK = ("--model=mnist_convnet", "--batch-size=128", "--no-jit", "--every=50")


def test_pairs_are_trained_once_and_compared(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    experiment = Experiment(
        "quick",
        common=_QUICK,
        settings=(Variant("plain", "a network", ()),),
        pair=(Variant("slow", "slow", ("--learning-rate=0",)), Variant("fast", "fast", ())),
    )
    options = ["--seeds=2", "--epochs=1", "--width=0.125"]
    options += [f"--logs={tmp_path / 'logs'}", f"--out={tmp_path}"]
    assert run_experiment(experiment, options, "") == 0
    first = capsys.readouterr().out
    assert sum(line.startswith("trained ") for line in first.splitlines()) == 4
    histories = {
        name: read_history(tmp_path / "logs" / name)
        for name in (f"plain_{kind}_seed{seed}" for kind in ("slow", "fast") for seed in (0, 1))
    }
    assert table(experiment, histories, 2) in first
    with Image.open(tmp_path / "quick.png") as picture:
        assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 50
    before = (tmp_path / "logs" / "plain_fast_seed0" / "model.keras").stat().st_mtime_ns
    assert run_experiment(experiment, options, "") == 0
    after = (tmp_path / "logs" / "plain_fast_seed0" / "model.keras").stat().st_mtime_ns
    assert before == after
    assert run_experiment(experiment, [*options, "--epochs=2"], "") == 1
    assert "was begun with --epochs=1" in capsys.readouterr().err


def test_differences_are_those_within_pairs() -> None:
    experiment = auxiliary_heads.EXPERIMENT
    histories = {}
    for setting in experiment.settings:
        for seed, level in enumerate((0.5, 0.7)):
            for variant, gain in zip(experiment.pair, (0.1, 0.0), strict=True):
                rising = np.linspace(level, level + 0.2, 6) + gain
                name = f"{setting.name}_{variant.name}_seed{seed}"
                histories[name] = {"val_main_accuracy": rising}
    lines = table(experiment, histories, 2).splitlines()
    assert lines[2].startswith("| batch normalisation | with auxiliary heads | 74.0 % ± 14.1 |")
    assert (
        lines[4]
        == "| batch normalisation | difference | +10.0 ± 0.0 | +10.0 ± 0.0 | +10.0, +10.0 |"
    )


def test_a_training_that_fails_says_where_its_output_is(tmp_path: pathlib.Path) -> None:
    after = [*_QUICK, "--width=0.125", "--steps=1"]
    runs = {"bad": ["--model=lenet"], **{f"after{index}": after for index in range(9)}}
    with pytest.raises(RuntimeError, match=r"bad failed; see .*bad\.log"):
        train_all(runs, tmp_path, 1)
    assert "invalid choice" in (tmp_path / "bad.log").read_text()
    assert len(list(tmp_path.glob("*.log"))) <= 2  # those that had not begun are left


def test_a_run_whose_name_holds_a_dot_has_options_of_its_own(tmp_path: pathlib.Path) -> None:
    runs = {f"aux0.{number}_seed0": ["--model=lenet", f"--seed={number}"] for number in (1, 2)}
    with pytest.raises(RuntimeError, match=r"aux0\.\d_seed0 failed"):
        train_all(runs, tmp_path, 1)
    options = {path.name: path.read_text() for path in tmp_path.glob("*.options")}
    assert options == {f"{name}.options": " ".join(how) for name, how in runs.items()}


def _term_gradients(directory: pathlib.Path, norms: list[float], cosine: float) -> TermGradients:
    """Of one layer and the terms main, aux1 and aux2, the same at two steps."""
    terms = [SimpleTerm("main", "output", True), SimpleTerm("aux1", "output", False)]
    terms.append(SimpleTerm("aux2", "output", False))
    layers = np.array([[[norms[0], 1], [norms[1], cosine], [norms[2], np.nan]]], np.float32)
    encoder = GradientEncoder([SimplePlace("conv1")], [], terms, ["conv1"])
    arrays = SimpleGradients(
        layers, [np.zeros((3, 2, 2), np.float32)], np.zeros((0, 3, 2), np.float32)
    )
    writer = open_writer(str(directory / "train"))
    for step in (0, 5):
        event = encoder.encode(step, 0.0, arrays, np.zeros(0, np.float32))
        writer.submit(lambda event=event: event)
    writer.close()
    found = read_logdir(directory).gradients("train").activations
    assert found is not None
    return found


def test_gradients_are_told_as_means_over_the_seeds(tmp_path: pathlib.Path) -> None:
    seeds = [
        _term_gradients(tmp_path / "0", [6, 2, 0], 0.5),
        _term_gradients(tmp_path / "1", [9, 1, 0], 0.3),
    ]
    histories = [{"val_main_accuracy": np.array([0.1, accuracy])} for accuracy in (0.5, 0.72)]
    trained = {"quick": gradients.Trained(seeds, histories)}
    lines = gradients.gradient_table(trained).splitlines()
    cells = "7.5 ± 2 | 18 % ± 11 | – | 0.40 ± 0.14 | –"
    assert lines[2:] == [f"| quick | {step} | `conv1` | {cells} |" for step in (0, 5)]
    assert gradients.accuracy_table(trained).splitlines()[-1] == "| quick | 50 %, 72 % |"


@pytest.mark.parametrize("module", [auxiliary_heads, factorized, gradients])
def test_the_experiments_say_how_they_are_run(
    module: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        module.main(["--help"])
    assert f"python -m {module.__name__} " in capsys.readouterr().out
