"""Runs the commands of `training/` in processes of their own, and reads what they logged."""

import os
import pathlib
import subprocess
import sys
from typing import Any

import numpy as np
from support.logdir import read_run, scalars

ROOT = pathlib.Path(__file__).parents[2]
# A training that takes a few seconds.
QUICK = ("--model=mnist_convnet", "--width=0.125", "--no-jit", "--every=50", "--batch-size=64")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}


def run(module: str, *arguments: str, cwd: pathlib.Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Runs `python -m module`."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(
        command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


def train(log_dir: pathlib.Path, *arguments: str) -> str:
    """Trains without error and returns what was printed."""
    ended = run("training.train", f"--log-dir={log_dir}", *arguments)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def losses(log_dir: pathlib.Path) -> dict[int, float]:
    """The total loss of each step."""
    return {step: float(value) for step, value in read_run(log_dir / "train")["loss/total"].items()}


def assert_adds_up(run: dict[str, dict[int, Any]], heads: tuple[str, ...]) -> None:
    """The total loss of each step is the sum of the heads' weighted losses and the penalty."""
    weighted = sum(scalars(run, f"loss/{head}/weighted") for head in heads)
    total, penalty = scalars(run, "loss/total"), scalars(run, "loss/penalty")
    assert np.isfinite(total).all()
    assert (np.abs(total - weighted - penalty) <= 1e-5 * total).all()
