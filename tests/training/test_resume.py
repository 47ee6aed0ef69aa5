"""`python -m training.train --resume`: a training that was ended or killed goes on."""

import json
import pathlib
import re
import signal
import subprocess
import sys
import time

import keras
import numpy as np
import pytest
from support.logdir import read_run
from support.training_runs import ENVIRONMENT, QUICK, ROOT, losses, train

from training import checkpoint
from training.experiments.runs import read_history
from training.models.mnist_convnet import mnist_convnet
from training.options import parse
from training.train import main


def test_a_killed_training_goes_on_as_if_it_had_not_been(tmp_path: pathlib.Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    options = [*QUICK, "--epochs=4", "--threads=1", "--augmentation=shift", "--schedule=cosine"]
    train(whole, *options)
    command = [sys.executable, "-m", "training.train", f"--log-dir={killed}", *options]
    process = subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not (killed / "model.keras").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    resumed = train(killed, "--resume", "--threads=1")
    assert re.search("from step (25|50|75) to 100", resumed), resumed
    expected, found = losses(whole), losses(killed)
    assert sorted(found) == [*range(1, 101)]
    assert found == expected
    models = [checkpoint.load(folder / "model.keras") for folder in (whole, killed)]
    for wanted, received in zip(*(model.weights for model in models), strict=True):
        np.testing.assert_array_equal(received, wanted)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    log_dir = tmp_path_factory.mktemp("trained")
    train(log_dir, *QUICK, "--steps=2", "--learning-rate=0.02")
    return log_dir


def test_a_run_remembers_its_options(trained: pathlib.Path) -> None:
    options = parse([f"--log-dir={trained}", "--resume", "--epochs=7"])
    assert (options.model, options.width, options.learning_rate) == ("mnist_convnet", 0.125, 0.02)
    assert (options.jit, options.batch_size, options.epochs) == (False, 64, 7)
    assert json.loads((trained / "options.json").read_text())["dataset"] == "photos"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "holds a trained model already"),
        (["--resume", "--width=0.25"], "of another model or optimizer"),
        (["--resume", "--optimizer=adam"], "of another model or optimizer"),
        (["--resume", "--model=googlenet"], "of another model or optimizer"),
    ],
)
def test_what_does_not_fit_the_run_is_a_clear_error(
    trained: pathlib.Path,
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = (trained / "model.keras").read_bytes()
    assert main([f"--log-dir={trained}", "--steps=4", *arguments]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
    assert (trained / "model.keras").read_bytes() == before


def test_batches_can_t_change_their_size(
    trained: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log_dir = f"--log-dir={trained}"
    assert parse([log_dir, "--resume", "--batch-size", "64"]).batch_size == 64
    with pytest.raises(SystemExit, match="2"):
        parse([log_dir, "--resume", "--batch-size=32"])
    assert "goes on with its own --batch-size=64" in capsys.readouterr().err


def test_what_is_given_needs_no_sound_value_in_the_file(tmp_path: pathlib.Path) -> None:
    text = '{"epochs": -3, "model": "inception_v3", "factorize_early": true}'
    (tmp_path / "options.json").write_text(text)
    options = parse([f"--log-dir={tmp_path}", "--resume", "--epochs=3", "--model=googlenet"])
    assert (options.epochs, options.model, options.model_options) == (3, "googlenet", {})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "does not hold the options of a run"),
        ("[]", "expected an object"),
        ('{"model": "lenet"}', "invalid choice: 'lenet'"),
        ('{"width": -3}', "> 0"),
        ('{"normalization": ["a"]}', "expected a number or a text as normalization"),
        ('{"batch_size": "many"}', "--batch-size"),
        ('{"colour": "red"}', "there are no options ['colour']"),
        ('{"help": true, "resume": true}', "there are no options ['help']"),
        ("[" * 60_000, "recursion"),
        ('{"width": ' + "[" * 500 + "]" * 500 + "}", "expected a number or a text as width"),
        ('{"width": 1e308}', "expected a number ≤ 16. Received: 1e+308"),
        ('{"width": 1e999}', "Received: inf"),
        ('{"width": NaN}', "Received: nan"),
        ('{"width": true}', "--width"),
        ('{"every": 1' + "0" * 30 + "}", "within 1…2147483647"),
        ('{"steps": 1' + "0" * 5000 + "}", "digits"),
        (r'{"data_dir": "a\u0000b"}', r"data_dir, received 'a\x00b'"),
        (r'{"data_dir": "\ud800"}', "expected a number or a text as data_dir"),
        ('{"dataset": "' + "x" * 70_000 + '"}', "longer than 65,536 letters"),
    ],
)
def test_damaged_options_of_a_run_are_a_clear_error(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    (tmp_path / "options.json").write_text(text)
    assert main([f"--log-dir={tmp_path}", "--resume", "--epochs=3"]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {tmp_path / 'options.json'} does not hold the options")
    assert message in error
    assert (tmp_path / "options.json").read_text() == text


def test_more_epochs_can_be_asked_of_a_run_of_steps(tmp_path: pathlib.Path) -> None:
    """And a begun epoch is ended where it would have been."""
    train(tmp_path, *QUICK, "--steps=30", "--balance-classes")
    train(tmp_path, "--resume", "--epochs=3", "--no-balance-classes")
    kept = json.loads((tmp_path / "options.json").read_text())
    assert (kept["steps"], kept["epochs"], kept["balance_classes"]) == (None, 3, False)
    assert sorted(losses(tmp_path)) == [*range(1, 76)]
    assert sorted(read_run(tmp_path / "validation")["loss/total"]) == [25, 30, 50, 75]
    history = read_history(tmp_path)
    assert history["epoch"].tolist() == [0, 1, 2]
    assert (tmp_path / "history.csv").read_text().count("epoch") == 1


def test_a_run_that_has_its_steps_stays_as_it_is(
    trained: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([f"--log-dir={trained}", "--resume"]) == 0
    assert "has 2 of 2 steps" in capsys.readouterr().out


def test_resuming_nothing_is_a_clear_error(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([f"--log-dir={tmp_path}", "--resume"]) == 1
    error = capsys.readouterr().err
    assert "model.keras, which does not exist. There is nothing to resume" in error


def test_steps_that_loss_scaling_leaves_out_are_not_repeated(tmp_path: pathlib.Path) -> None:
    model = mnist_convnet((32, 32, 3), width=0.125)
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(), initial_scale=3e38)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    images, labels = np.full((8, 32, 32, 3), 1e3, np.float32), {"main": np.zeros(8, np.int64)}
    for _ in range(3):
        model.train_on_batch(images, labels)
    assert int(optimizer.iterations) < 3
    checkpoint.save(model, tmp_path / "model.keras", 3)
    other = mnist_convnet((32, 32, 3), width=0.125)
    other.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD()), "mse")
    assert checkpoint.restore(other, tmp_path / "model.keras") == 3
    assert int(other.optimizer.iterations) == int(optimizer.iterations)
