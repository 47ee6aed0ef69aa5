"""Trainings of an experiment, each in a process of its own."""

import concurrent.futures
import csv
import os
import pathlib
import subprocess
import sys
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from training.train import HISTORY

History = dict[str, npt.NDArray[np.float64]]


def train_all(
    runs: Mapping[str, Sequence[str]], folder: pathlib.Path, jobs: int
) -> dict[str, pathlib.Path]:
    """Trains all runs, `jobs` at a time; one that has ended with its options is not trained again.

    Args:
        runs: by name, the options of `python -m training.train` but for its log directory.
        folder: of the log directories.
        jobs: how many train at a time, each on one thread.

    Returns:
        The log directories, by name.

    Raises:
        RuntimeError: a training failed, whose output is in `<run>.log` beside its log directory, or
            the folder holds a run of that name with other options.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, options in runs.items():
        _check_options(folder / name, options)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        ended = [pool.submit(_train, folder / name, options) for name, options in runs.items()]
        for future in concurrent.futures.as_completed(ended):
            if future.exception():
                pool.shutdown(cancel_futures=True)
            print(f"trained {future.result()}", flush=True)
    return {name: folder / name for name in runs}


def read_history(log_dir: pathlib.Path) -> History:
    """What Keras reported for each epoch of a run, by name."""
    with (log_dir / HISTORY).open(newline="") as file:
        # An epoch that was interrupted may be there twice.
        rows = list({row["epoch"]: row for row in csv.DictReader(file)}.values())
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def _check_options(log_dir: pathlib.Path, options: Sequence[str]) -> None:
    """Keeps the options beside the log directory, so that no other run goes on in it."""
    path, wanted = _beside(log_dir, ".options"), " ".join(options)
    if not path.exists():
        path.write_text(wanted)
    if path.read_text() != wanted:
        raise RuntimeError(
            f"{log_dir} was begun with {path.read_text()}. Expected: {wanted}. Name another folder "
            "with --logs."
        )


def _train(log_dir: pathlib.Path, options: Sequence[str]) -> pathlib.Path:
    done = _beside(log_dir, ".done")
    if done.exists():
        return log_dir
    resume = ["--resume"] if (log_dir / "model.keras").exists() else []
    command = [sys.executable, "-m", "training.train", f"--log-dir={log_dir}", "--threads=1"]
    with _beside(log_dir, ".log").open("ab") as log:
        ended = subprocess.run(
            [*command, *options, *resume],
            stdout=log,
            stderr=log,
            check=False,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        )
    if ended.returncode != 0:
        raise RuntimeError(f"Training {log_dir} failed; see {log.name}.")
    done.touch()
    return log_dir


def _beside(log_dir: pathlib.Path, suffix: str) -> pathlib.Path:
    """A file beside a log directory, whose name may hold a dot itself."""
    return log_dir.with_name(log_dir.name + suffix)
