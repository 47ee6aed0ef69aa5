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
{imports}
model = keras.models.load_model(sys.argv[1])
outputs = model(numpy.load(sys.argv[2]), training=False)
numpy.savez(sys.argv[3], *keras.tree.flatten(outputs))
"""


def _saved(folder: pathlib.Path, smoothing: float, **options: str) -> list[np.ndarray]:
    """Saves a trained model and an image; returns what it makes of it."""
    model = googlenet((32, 32, 3), 3, width=0.125, **options)  # type: ignore[arg-type]
    model.compile("sgd", {head: crossentropy(smoothing) for head in model.output})
    images = np.random.default_rng(0).uniform(size=(4, 32, 32, 3)).astype(np.float32)
    model.fit(images, dict.fromkeys(model.output, np.arange(4) % 3), verbose=0)
    model.save(folder / "model.keras")
    np.save(folder / "images.npy", images)
    return [np.asarray(output) for output in keras.tree.flatten(model(images, training=False))]


def _load(folder: pathlib.Path, imports: str = "") -> subprocess.CompletedProcess[str]:
    """Loads it in a process that has our code only if it imports it."""
    paths = [folder / name for name in ("model.keras", "images.npy", "outputs.npz")]
    return subprocess.run(
        [sys.executable, "-c", _LOAD.format(imports=imports), *map(str, paths)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(_ROOT) if imports else ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_model_is_loaded_without_our_code(tmp_path: pathlib.Path) -> None:
    expected = _saved(tmp_path, 0.0)
    ended = _load(tmp_path)
    assert ended.returncode == 0, ended.stderr
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
    ended = _load(tmp_path)
    assert ended.returncode != 0
    assert f"'module': '{module}'" in ended.stderr and "imported" in ended.stderr
    assert _load(tmp_path, f"import {module}").returncode == 0
