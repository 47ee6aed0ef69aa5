"""The command lines, in processes of their own."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from support.logdir import read_run, scalars

_ROOT = pathlib.Path(__file__).parents[2]


def _run(
    module: str, *arguments: str, cwd: pathlib.Path = _ROOT
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_googlenet_trains_on_photos_and_logs(tmp_path: pathlib.Path) -> None:
    options = ["--steps=6", "--width=0.25", "--batch-size=16", "--every=3", "--weight-decay=1e-3"]
    ended = _run("training.train", f"--log-dir={tmp_path}", *options)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "model.keras").is_file()
    run = read_run(tmp_path / "train")
    assert sorted(run["featuremaps/inception_5b"]) == [0, 3, 6]
    assert sorted(run["loss/total"]) == [*range(1, 7)]
    weighted = sum(scalars(run, f"loss/{head}/weighted") for head in ("main", "aux1", "aux2"))
    total, penalty = scalars(run, "loss/total"), scalars(run, "loss/penalty")
    assert (np.abs(total - weighted - penalty) <= 1e-5 * total).all()
    assert (tmp_path / "validation").is_dir()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model=lenet"], "invalid choice: 'lenet'"),
        (["--epochs=0"], "≥ 1"),
        (["--weight-decay=-1"], "≥ 0"),
    ],
)
def test_bad_options_are_refused(
    tmp_path: pathlib.Path, arguments: list[str], message: str
) -> None:
    ended = _run("training.train", f"--log-dir={tmp_path}", *arguments)
    assert ended.returncode == 2
    assert message in ended.stderr


def test_data_that_is_none_is_a_clear_error(tmp_path: pathlib.Path) -> None:
    (tmp_path / "cifar-10-binary.tar.gz").write_bytes(b"no archive")
    ended = _run(
        "training.train", f"--log-dir={tmp_path}", "--dataset=cifar10", f"--data-dir={tmp_path}"
    )
    assert ended.returncode == 1
    assert "error:" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_demo_trains_without_serving(tmp_path: pathlib.Path) -> None:
    ended = _run("training.demo", "--no-serve", "--steps=2", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert list((tmp_path / "logs" / "demo" / "googlenet" / "train").iterdir())
