"""The examples run, train, and write what the viewer reads."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from tb_featuremaps.reader import read_logdir

_ROOT = pathlib.Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("name", "library", "layers", "term"),
    [
        ("keras_loop", "tensorflow", ["conv1", "conv2"], "loss/aux1/weighted"),
        ("jax_loop", "jax", ["conv1", "conv2"], "loss/penalty"),
        ("pytorch_loop", "torch", ["1", "3"], "loss/penalty"),
    ],
)
def test_an_example_trains_and_writes_its_run(
    tmp_path: pathlib.Path, name: str, library: str, layers: list[str], term: str
) -> None:
    pytest.importorskip(library)
    command = [sys.executable, f"examples/{name}.py", "--log-dir", str(tmp_path), "--steps=60"]
    strict = {"PYTHONPATH": str(_ROOT), "PYTHONWARNINGS": "error::RuntimeWarning"}
    environment = {**os.environ, **strict}
    ended = subprocess.run(
        command, cwd=_ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    logs = read_logdir(tmp_path)
    assert logs.messages == []
    assert logs.layers(".") == layers
    assert logs.steps(".", layers[0]) == [6, 12, 18, 24, 30, 36, 42, 48, 54, 60]
    curves = logs.losses(".")
    assert curves["loss/total"].steps.tolist() == [*range(1, 61)]
    parts = [values.values for tag, values in curves.items() if tag.endswith("/weighted")]
    total = np.sum([*parts, curves["loss/penalty"].values], axis=0)
    np.testing.assert_allclose(curves["loss/total"].values, total, rtol=1e-5)
    assert term in curves
    main = curves["loss/main"].values
    assert main[-10:].mean() < 0.9 * main[:10].mean()
