"""`evaluate` and `visualize` on models that were not made here."""

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from support.training_runs import ENVIRONMENT

from training import evaluate, visualize


@keras.saving.register_keras_serializable("tests")
class Stubborn(layers.Layer):
    """Fails when it meets real data."""

    def call(self, x: Any) -> Any:
        raise TypeError("not today")

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return shape


@keras.saving.register_keras_serializable("tests")
class Subclassed(keras.Model):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.classes = layers.Dense(10)

    def call(self, x: Any) -> Any:
        return self.classes(keras.ops.mean(x, axis=(1, 2)))


def _sequential(*more: layers.Layer, shape: tuple[int, ...] = (32, 32, 3)) -> keras.Model:
    return keras.Sequential([keras.Input(shape), *more], name="plain")


def _head(classes: int = 10, activation: str | None = "softmax") -> tuple[layers.Layer, ...]:
    return (
        layers.Conv2D(4, 3, name="conv"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(classes, activation, name="classes"),
    )


def _subclassed() -> keras.Model:
    model = Subclassed()
    model(np.zeros((1, 32, 32, 3), np.float32))
    return model


def test_a_plain_sequential_model_is_evaluated(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.keras"
    _sequential(*_head()).save(path)
    assert evaluate.main([f"--checkpoint={path}"]) == 0
    assert "No cross-entropy" not in capsys.readouterr().out
    found = json.loads((tmp_path / "evaluation" / "evaluation.json").read_text())
    assert list(found["heads"]) == ["classes"]
    assert found["heads"]["classes"]["cross_entropy"] > 0
    assert found["parameters"] == found["parameters_alone"]


def test_of_logits_there_is_no_cross_entropy(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.keras"
    _sequential(*_head(activation=None)).save(path)
    assert evaluate.main([f"--checkpoint={path}"]) == 0
    assert "No cross-entropy of classes: its outputs are no prob" in capsys.readouterr().out
    found = json.loads((tmp_path / "evaluation" / "evaluation.json").read_text())
    assert found["heads"]["classes"]["cross_entropy"] is None
    assert 0 <= found["heads"]["classes"]["accuracy"] <= 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: _sequential(*_head(7)), "expected [n, 10]"),
        (lambda: _sequential(*_head(), shape=(28, 28, 1)), "takes images of 28×28×1"),
        (lambda: _sequential(layers.Dense(10), shape=(3072,)), "Expected a model of one image"),
        (lambda: _sequential(layers.Conv2D(10, 3)), "expected [n, 10]"),
        (lambda: _sequential(*_head(), Stubborn()), "fails on images of (32, 32, 3)"),
        (_subclassed, "Expected a functional model, or a Sequential"),
    ],
)
@pytest.mark.filterwarnings("ignore:Layer 'subclassed' looks like it has unbuilt state")
def test_what_can_t_be_evaluated_is_a_clear_error(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str], make: Any, message: str
) -> None:
    path = tmp_path / "model.keras"
    make().save(path)
    for command, more in ((evaluate, []), (visualize, ["--layer=classes"])):
        status = command.main([f"--checkpoint={path}", f"--out={tmp_path / 'out'}", *more])
        said = capsys.readouterr().err
        assert (status, said[:7]) == (1, "error: ")
        assert command is visualize or message in said


def test_maps_of_a_plain_sequential_model_are_written(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "model.keras"
    _sequential(*_head()).save(path)
    options = [f"--checkpoint={path}", "--layer=conv", f"--out={tmp_path / 'maps'}"]
    assert visualize.main(options) == 0
    assert len(list((tmp_path / "maps" / "scaled").iterdir())) == 4


def test_maps_that_are_not_finite_are_counted_as_lost(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = _sequential(*_head())
    model.get_layer("conv").bias.assign([np.nan, 0, 0, 0])
    path = tmp_path / "model.keras"
    model.save(path)
    options = [f"--checkpoint={path}", "--layer=conv", f"--out={tmp_path / 'maps'}"]
    assert visualize.main(options) == 0
    said = capsys.readouterr()
    assert said.err == "" and "nan … nan" in said.out


def test_a_closed_pipe_ends_an_evaluation_quietly(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "model.keras"
    _sequential(*_head()).save(path)
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "training.evaluate", f"--checkpoint={path}"]
    ended = subprocess.run(
        command, env=ENVIRONMENT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr and "Exception" not in ended.stderr
