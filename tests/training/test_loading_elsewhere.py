"""Trained models are loaded by Keras alone, without our code."""

import os
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest

from training.losses import crossentropy
from training.models.googlenet import googlenet

_ROOT = pathlib.Path(__file__).parents[2]
_LOAD = """
import sys
import keras, numpy
model = keras.models.load_model("model.keras")
outputs = model(numpy.load("images.npy"), training=False)
numpy.savez("outputs.npz", *keras.tree.flatten(outputs))
"""
# Our code can be imported only after loading has failed for lack of it.
_LOAD_WITH = """
import importlib, sys
import keras
try:
    keras.models.load_model("model.keras")
except TypeError as error:
    print(error)
    sys.path.insert(0, sys.argv[1])
    importlib.import_module(sys.argv[2])
    keras.models.load_model("model.keras")
    print("loaded")
"""


def _saved(folder: pathlib.Path, smoothing: float, **options: str) -> list[np.ndarray]:
    """Saves a trained model and an image; returns what it makes of it."""
    model = googlenet((32, 32, 3), 3, width=0.125, **options)  # type: ignore[arg-type]
    model.compile("sgd", {head: crossentropy(smoothing) for head in model.output})
    images = np.random.default_rng(0).uniform(size=(4, 32, 32, 3)).astype(np.float32)
    model.run_eagerly = True  # one step, sooner than it can be traced
    model.fit(images, dict.fromkeys(model.output, np.arange(4) % 3), verbose=0)
    model.save(folder / "model.keras")
    np.save(folder / "images.npy", images)
    return [np.asarray(output) for output in keras.tree.flatten(model(images, training=False))]


def _run(folder: pathlib.Path, script: str, *arguments: str) -> str:
    """Runs a script in a process that hasn't our code, and returns what it prints."""
    ended = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_a_model_is_loaded_without_our_code(tmp_path: pathlib.Path) -> None:
    expected = _saved(tmp_path, 0.0)
    _run(tmp_path, _LOAD)
    for found, output in zip(np.load(tmp_path / "outputs.npz").values(), expected, strict=True):
        np.testing.assert_allclose(found, output, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("smoothing", "options", "module"),
    [
        (0.1, {}, "training.losses"),
        (0.0, {"normalization": "local_response"}, "training.models.blocks"),
    ],
)
def test_else_the_error_names_the_module_to_import(
    tmp_path: pathlib.Path, smoothing: float, options: dict[str, str], module: str
) -> None:
    _saved(tmp_path, smoothing, **options)
    printed = _run(tmp_path, _LOAD_WITH, str(_ROOT), module)
    assert f"'module': '{module}'" in printed and "imported" in printed
    assert printed.endswith("loaded\n")
