"""The experiments' tables and figures, from real trainings that are short."""

import pathlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from training.experiments import auxiliary_heads, factorized
from training.experiments.pairs import Experiment, Variant, run_experiment, table
from training.experiments.runs import read_history, train_all

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
    runs = {"bad": ["--model=lenet"], **{f"after{index}": list(_QUICK) for index in range(9)}}
    with pytest.raises(RuntimeError, match=r"bad failed; see .*bad\.log"):
        train_all(runs, tmp_path, 1)
    assert "invalid choice" in (tmp_path / "bad.log").read_text()
    assert len(list(tmp_path.glob("*.log"))) <= 2  # those that had not begun are left


@pytest.mark.parametrize("module", [auxiliary_heads, factorized])
def test_the_experiments_say_how_they_are_run(
    module: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        module.main(["--help"])
    assert f"python -m {module.__name__} " in capsys.readouterr().out
