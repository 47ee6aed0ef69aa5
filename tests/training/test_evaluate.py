"""Testing a `.keras` file that another process saved."""

import json
import os
import pathlib
import subprocess
import sys
import zipfile
from collections.abc import Callable

import keras
import numpy as np
import pytest
from PIL import Image

from training import checkpoint, evaluate
from training.data.photos import CLASS_NAMES, load_photos
from training.metrics import confusion_matrix, score_classes, score_head
from training.models.googlenet import googlenet
from training.models.heads import inference_model

_ROOT = pathlib.Path(__file__).parents[2]
# Trains a little, saves, and predicts in its own process.
_SAVE = """
import pathlib, sys
import keras, numpy as np
from training import checkpoint, train
from training.data.photos import load_photos
folder = pathlib.Path(sys.argv[1])
options = train.parse([f"--log-dir={folder}", "--steps=20", "--width=0.125", "--threads=1",
    "--normalization=local_response", "--learning-rate=0.03", "--no-jit"])
train._prepare_keras(options)
data = load_photos(32)
model = train.build(options, data, 20)
train.fit(options, model, data, range(20))
checkpoint.save(model, folder / "model.keras", 20)
predictions = model(data.validation_images[:64], training=False)
np.savez(folder / "predictions.npz", **predictions)
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("saved")
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-c", _SAVE, str(folder)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return folder


def test_a_file_of_another_process_predicts_the_same(saved: pathlib.Path) -> None:
    model = checkpoint.load(saved / "model.keras")
    found = model(load_photos(32).validation_images[:64], training=False)
    with np.load(saved / "predictions.npz") as expected:
        assert set(expected) == {"main", "aux1", "aux2"}
        for head in expected:
            np.testing.assert_array_equal(found[head], expected[head])


def test_the_report(
    saved: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert evaluate.main([f"--checkpoint={saved / 'model.keras'}", f"--out={out}"]) == 0
    printed = capsys.readouterr().out
    for text in (
        "googlenet",
        "main",
        "aux1",
        "aux2",
        evaluate.ALONE,
        evaluate.TOGETHER,
        *CLASS_NAMES,
    ):
        assert text in printed
    found = json.loads((out / "evaluation.json").read_text())
    model, data = checkpoint.load(saved / "model.keras"), load_photos(32)
    predictions = model.predict(data.validation_images, verbose=0)
    for head in ("main", "aux1", "aux2"):
        right = predictions[head].argmax(1) == data.validation_labels
        assert found["heads"][head]["accuracy"] == pytest.approx(right.mean())
        with Image.open(out / f"confusion_{head}.png") as picture:
            assert picture.width > 400
            assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 50
    assert found["heads"][evaluate.ALONE] == pytest.approx(found["heads"]["main"], rel=1e-4)
    mixed = (predictions["main"] + 0.3 * (predictions["aux1"] + predictions["aux2"])) / 1.6
    together = score_head(mixed, data.validation_labels)
    assert found["heads"][evaluate.TOGETHER]["cross_entropy"] == pytest.approx(
        together.cross_entropy, rel=1e-4
    )
    assert found["parameters_alone"] == inference_model(model).count_params() < found["parameters"]
    assert np.sum(found["confusion"]) == len(data.validation_labels)
    assert found["classes"]["cat"]["images"] == 32


def test_a_model_of_one_head_without_a_dict(tmp_path: pathlib.Path) -> None:
    inputs = keras.Input((32, 32, 3))
    pooled = keras.layers.GlobalAveragePooling2D()(inputs)
    path = tmp_path / "own.keras"
    keras.Model(inputs, keras.layers.Dense(10, "softmax", name="classes")(pooled)).save(path)
    assert evaluate.main([f"--checkpoint={path}"]) == 0
    found = json.loads((tmp_path / "evaluation" / "evaluation.json").read_text())
    assert list(found["heads"]) == ["classes"]


def _zip(path: pathlib.Path, name: str, content: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, content)


def _foreign(path: pathlib.Path, kind: str, whole: bytes) -> None:
    if kind == "zip":
        _zip(path, "notes.txt", "hello")
    elif kind == "config":
        _zip(path, "config.json", '{"module": "os", "class_name": "system", "config": {}}')
    else:
        contents = {
            "empty": b"",
            "text": b"weights\n",
            "cut": whole[: len(whole) // 2],
            "changed": whole[:4000] + bytes(60_000) + whole[64_000:],
        }
        path.write_bytes(contents[kind])


@pytest.mark.parametrize("kind", ["empty", "text", "cut", "changed", "zip", "config"])
def test_a_damaged_or_foreign_file_is_a_clear_error(
    saved: pathlib.Path, tmp_path: pathlib.Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "file.keras"
    _foreign(path, kind, (saved / "model.keras").read_bytes())
    assert evaluate.main([f"--checkpoint={path}"]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {path} is damaged or no Keras model: ")
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda: googlenet((64, 64, 1), 10, width=0.125), "64×64×1"),
        (lambda: googlenet((32, 32, 3), 7, width=0.125), r"\[n, 10\]"),
        (
            lambda: keras.Sequential([keras.Input((5,)), keras.layers.Dense(10)]),
            "a model of one image",
        ),
        (lambda: googlenet((40, 40, 3), 10, width=0.125), "images of 40×40×3"),
    ],
    ids=["channels", "classes", "vector", "size"],
)
def test_a_model_of_other_data_is_a_clear_error(
    tmp_path: pathlib.Path,
    model: Callable[[], keras.Model],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "model.keras"
    model().save(path)
    assert evaluate.main([f"--checkpoint={path}"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message.replace("\\", "") in error


def test_a_file_that_does_not_exist_is_a_clear_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate.main(["--checkpoint=nothing.keras"]) == 1
    assert "nothing.keras, which does not exist" in capsys.readouterr().err


def test_scores() -> None:
    predictions = np.array(
        [[0.7, 0.2, 0.1, 0], [0.2, 0.5, 0.2, 0.1], [0.4, 0.3, 0.2, 0.1], [0.3, 0.2, 0.25, 0.25]],
        np.float32,
    )
    labels = np.array([0, 1, 3, 2])
    score = score_head(predictions, labels)
    assert score.accuracy == 0.5
    assert score.top3 == 0.75
    assert score.cross_entropy == pytest.approx(-np.log([0.7, 0.5, 0.1, 0.25]).mean(), rel=1e-5)
    counts = confusion_matrix(predictions, labels)
    np.testing.assert_array_equal(counts, [[1, 0, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]])
    classes = score_classes(counts, labels)
    assert classes[0].precision == pytest.approx(1 / 3)
    assert classes[0].recall == 1
    assert classes[0].f1 == pytest.approx(0.5)
    assert (classes[3].images, classes[3].recall) == (1, 0)
    assert np.isnan(classes[3].precision)


def test_what_is_undecided_or_not_finite_is_never_right() -> None:
    predictions = np.array(
        [[0.5, 0.5, 0], [np.nan, 1, 0], [0.9, 0, 0.1], [-np.inf, 0, 1]], np.float32
    )
    labels = np.array([0, 1, 0, 2])
    score = score_head(predictions, labels)
    assert score.accuracy == pytest.approx(1 / 4)
    counts = confusion_matrix(predictions, labels)
    assert counts.sum() == counts[0, 0] == 1
    first, second, third = score_classes(counts, labels)
    assert (first.images, first.recall, first.precision) == (2, 0.5, 1)
    assert (second.images, second.recall) == (1, 0)
    assert (third.images, third.recall) == (1, 0)
    assert score_head(np.full((2, 3), np.nan, np.float32), labels[:2]).top3 == 0


def test_the_report_is_json_even_of_a_model_that_predicts_one_class(tmp_path: pathlib.Path) -> None:
    inputs = keras.Input((32, 32, 3))
    pooled = keras.layers.GlobalAveragePooling2D()(inputs)
    bias = keras.initializers.Constant([9] + [0] * 9)
    head = keras.layers.Dense(10, "softmax", kernel_initializer="zeros", bias_initializer=bias)
    keras.Model(inputs, head(pooled)).save(tmp_path / "one.keras")
    assert evaluate.main([f"--checkpoint={tmp_path / 'one.keras'}"]) == 0
    text = (tmp_path / "evaluation" / "evaluation.json").read_text()
    assert "NaN" not in text
    assert json.loads(text)["classes"]["coffee"]["precision"] is None


def test_options_are_those_of_the_run(tmp_path: pathlib.Path) -> None:
    (tmp_path / "options.json").write_text('{"seed": 5, "aux_weight": 0.0, "model": "googlenet"}')
    path = f"--checkpoint={tmp_path / 'model.keras'}"
    options = evaluate._parse([path])
    assert (options.seed, options.aux_weight, options.dataset) == (5, 0, "photos")
    assert evaluate._parse([path, "--seed=6"]).seed == 6


@pytest.mark.parametrize("text", ["[]", "{", '{"dataset": "imagenet"}', '{"seed": ["x"]}'])
def test_a_file_of_something_else_is_left_out(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "options.json").write_text(text)
    options = evaluate._parse([f"--checkpoint={tmp_path / 'model.keras'}"])
    assert (options.seed, options.dataset) == (0, "photos")
    assert "options.json is left out" in capsys.readouterr().err
