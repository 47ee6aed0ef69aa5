"""The command lines, in processes of their own."""

import contextlib
import json
import os
import pathlib
import pty
import re
import signal
import subprocess
import sys
import time
from typing import Any

import keras
import numpy as np
import pytest
from support.logdir import read_run, scalars

from tb_featuremaps.reader import read_logdir
from training import checkpoint
from training.data.registry import load_dataset
from training.experiments.runs import read_history
from training.options import parse
from training.train import build, main

_ROOT = pathlib.Path(__file__).parents[2]
_QUICK = ("--model=mnist_convnet", "--width=0.125", "--no-jit", "--every=50", "--batch-size=64")
_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(_ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}


def _run(
    module: str, *arguments: str, cwd: pathlib.Path = _ROOT
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(
        command, cwd=cwd, env=_ENVIRONMENT, capture_output=True, text=True, check=False
    )


def _train(log_dir: pathlib.Path, *arguments: str) -> str:
    ended = _run("training.train", f"--log-dir={log_dir}", *arguments)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def _losses(log_dir: pathlib.Path) -> dict[int, float]:
    return {step: float(value) for step, value in read_run(log_dir / "train")["loss/total"].items()}


def _assert_adds_up(run: dict[str, dict[int, Any]], heads: tuple[str, ...]) -> None:
    weighted = sum(scalars(run, f"loss/{head}/weighted") for head in heads)
    total, penalty = scalars(run, "loss/total"), scalars(run, "loss/penalty")
    assert np.isfinite(total).all()
    assert (np.abs(total - weighted - penalty) <= 1e-5 * total).all()


def test_googlenet_trains_on_photos_and_logs(tmp_path: pathlib.Path) -> None:
    options = ["--steps=6", "--width=0.25", "--batch-size=16", "--every=3", "--weight-decay=1e-3"]
    _train(tmp_path, *options)
    assert (tmp_path / "model.keras").is_file()
    run = read_run(tmp_path / "train")
    assert sorted(run["featuremaps/inception_5b"]) == [0, 3, 6]
    assert sorted(run["loss/total"]) == [*range(1, 7)]
    _assert_adds_up(run, ("main", "aux1", "aux2"))
    assert (tmp_path / "validation").is_dir()


@pytest.mark.parametrize(
    ("model", "heads", "layers"),
    [
        ("inception_v2", ("main",), "inception_3a … inception_5b, 10"),
        ("inception_v3", ("main", "aux"), "mixed0 … mixed10, 11"),
        ("inception_v4", ("main", "aux"), "stem … inception_c3, 17"),
        ("inception_resnet_v2", ("main", "aux"), "mixed_5b … conv_7b_relu, 12"),
    ],
)
def test_the_inception_family_trains_and_its_modules_are_watched(
    tmp_path: pathlib.Path, model: str, heads: tuple[str, ...], layers: str
) -> None:
    options = ["--steps=2", "--width=0.125", "--batch-size=8", "--no-jit"]
    _train(tmp_path, f"--model={model}", *options)
    run = read_run(tmp_path / "train")
    logged = read_logdir(tmp_path).layers("train")
    assert f"{logged[0]} … {logged[-1]}, {len(logged)}" == layers
    assert sorted(run[f"featuremaps/{logged[-1]}"]) == [0, 2]
    _assert_adds_up(run, heads)


def test_one_seed_gives_equal_losses_on_one_thread(tmp_path: pathlib.Path) -> None:
    options = [*_QUICK, "--steps=30", "--threads=1", "--augmentation=shift"]
    for name, seed in (("one", 5), ("same", 5), ("other", 6)):
        _train(tmp_path / name, *options, f"--seed={seed}")
    one, same, other = (_losses(tmp_path / name) for name in ("one", "same", "other"))
    assert len(one) == 30
    assert one == same
    assert one != other


def test_a_killed_training_goes_on_as_if_it_had_not_been(tmp_path: pathlib.Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    options = [*_QUICK, "--epochs=4", "--threads=1", "--augmentation=shift", "--schedule=cosine"]
    _train(whole, *options)
    command = [sys.executable, "-m", "training.train", f"--log-dir={killed}", *options]
    process = subprocess.Popen(command, cwd=_ROOT, env=_ENVIRONMENT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not (killed / "model.keras").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    resumed = _train(killed, "--resume", "--threads=1")
    assert re.search("from step (25|50|75) to 100", resumed), resumed
    expected, found = _losses(whole), _losses(killed)
    assert sorted(found) == [*range(1, 101)]
    assert found == expected
    models = [checkpoint.load(folder / "model.keras") for folder in (whole, killed)]
    for one, other in zip(*(model.weights for model in models), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    log_dir = tmp_path_factory.mktemp("trained")
    _train(log_dir, *_QUICK, "--steps=2", "--learning-rate=0.02")
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
    trained: pathlib.Path, tmp_path: pathlib.Path, arguments: list[str], message: str
) -> None:
    before = (trained / "model.keras").read_bytes()
    ended = _run("training.train", f"--log-dir={trained}", "--steps=4", *arguments)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("error: ")
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr
    assert (trained / "model.keras").read_bytes() == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "does not hold the options of a run"),
        ("[]", "expected an object"),
        ('{"model": "lenet"}', "invalid choice: 'lenet'"),
        ('{"epochs": -3}', "≥ 1"),
        ('{"batch_size": [1]}', "--batch-size"),
        ('{"colour": "red"}', "--colour=red"),
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
    _train(tmp_path, *_QUICK, "--steps=30", "--balance-classes")
    _train(tmp_path, "--resume", "--epochs=3", "--no-balance-classes")
    kept = json.loads((tmp_path / "options.json").read_text())
    assert (kept["steps"], kept["epochs"], kept["balance_classes"]) == (None, 3, False)
    assert sorted(_losses(tmp_path)) == [*range(1, 76)]
    assert sorted(read_run(tmp_path / "validation")["loss/total"]) == [25, 30, 50, 75]
    history = read_history(tmp_path)
    assert history["epoch"].tolist() == [0, 1, 2]
    assert (tmp_path / "history.csv").read_text().count("epoch") == 1


def test_a_run_that_has_its_steps_stays_as_it_is(trained: pathlib.Path) -> None:
    assert "has 2 of 2 steps" in _train(trained, "--resume")


def test_resuming_nothing_is_a_clear_error(tmp_path: pathlib.Path) -> None:
    ended = _run("training.train", f"--log-dir={tmp_path}", "--resume")
    assert ended.returncode == 1
    assert "model.keras, which does not exist. There is nothing to resume" in ended.stderr


@pytest.mark.parametrize("precision", ["float16", "bfloat16"])
def test_mixed_precision(tmp_path: pathlib.Path, precision: str) -> None:
    flag = "--mixed-precision" + ("" if precision == "float16" else f"={precision}")
    _train(tmp_path, *_QUICK, "--steps=3", flag)
    model = checkpoint.load(tmp_path / "model.keras")
    assert model.get_layer("conv2").compute_dtype == precision
    assert {variable.dtype for variable in model.weights} == {"float32"}
    assert model.get_layer("main").compute_dtype == "float32"
    _assert_adds_up(read_run(tmp_path / "train"), ("main",))


def test_steps_that_loss_scaling_leaves_out_are_not_repeated(tmp_path: pathlib.Path) -> None:
    model = _compiled()
    optimizer = keras.optimizers.LossScaleOptimizer(model.optimizer, initial_scale=3e38)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    images, labels = np.full((8, 32, 32, 3), 1e3, np.float32), {"main": np.zeros(8, np.int64)}
    for _ in range(3):
        model.train_on_batch(images, labels)
    assert int(optimizer.iterations) < 3
    checkpoint.save(model, tmp_path / "model.keras", 3)
    other = _compiled()
    other.compile(keras.optimizers.LossScaleOptimizer(other.optimizer, initial_scale=3e38), "mse")
    assert checkpoint.restore(other, tmp_path / "model.keras") == 3
    assert int(other.optimizer.iterations) == int(optimizer.iterations)


def _compiled(*arguments: str) -> keras.Model:
    options = parse(["--log-dir=unused", "--model=mnist_convnet", "--width=0.125", *arguments])
    data = load_dataset(options.dataset, options.data_dir)
    return build(options, data, steps=100)


def test_options_reach_the_model() -> None:
    assert _compiled("--jit").jit_compile is True
    assert _compiled("--no-jit").jit_compile is False
    assert len(_compiled("--weight-decay=0.1").losses) == 4
    decoupled = _compiled("--weight-decay=0.1", "--decay=decoupled")
    assert decoupled.losses == []
    assert decoupled.optimizer.weight_decay == 0.1
    cosine = _compiled("--schedule=cosine", "--learning-rate=0.5")
    cosine.optimizer.iterations.assign(50)
    assert float(cosine.optimizer.learning_rate) == pytest.approx(0.25)


def test_a_terminal_sees_a_progress_bar(tmp_path: pathlib.Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "training.train", f"--log-dir={tmp_path}", *_QUICK]
    with subprocess.Popen([*command, "--steps=3"], cwd=_ROOT, env=_ENVIRONMENT, stdout=theirs):
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # it ends with an error when the process has ended
            while part := os.read(ours, 4096):
                shown += part
    os.close(ours)
    assert re.search(r"\b1/25\b.*━.*/step", shown.decode(), re.DOTALL)


def test_models_have_values_of_their_own() -> None:
    assert parse(["--log-dir=unused", "--model=inception_v3"]).label_smoothing == 0.1
    assert parse(["--log-dir=unused", "--model=googlenet"]).aux_weight == 0.3
    assert parse(["--log-dir=unused", "--model=mnist_convnet"]).width == 1.0
    v3 = parse(["--log-dir=unused", "--model=inception_v3", "--factorize-early"])
    assert v3.model_options == {"factorize_early": True}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model=lenet"], "invalid choice: 'lenet'"),
        (["--epochs=0"], "≥ 1"),
        (["--weight-decay=-1"], "≥ 0"),
        (["--width=0"], "> 0"),
        (["--seed=-1"], "0…4294967295"),
        (["--label-smoothing=1"], "< 1"),
        (["--factorize-early"], "googlenet has no --factorize-early"),
        (["--model=inception_v3", "--residual-scale=1"], "inception_v3 has no --residual-scale"),
    ],
)
def test_bad_options_are_refused(
    tmp_path: pathlib.Path,
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit, match="2"):
        parse([f"--log-dir={tmp_path}", *arguments])
    assert message in capsys.readouterr().err


def test_data_that_is_none_is_a_clear_error(tmp_path: pathlib.Path) -> None:
    (tmp_path / "cifar-10-binary.tar.gz").write_bytes(b"no archive")
    ended = _run(
        "training.train", f"--log-dir={tmp_path}", "--dataset=cifar10", f"--data-dir={tmp_path}"
    )
    assert ended.returncode == 1
    assert "error:" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_log_directory_that_can_t_be_made_is_a_clear_error(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").touch()
    ended = _run("training.train", f"--log-dir={tmp_path / 'file' / 'run'}")
    assert ended.returncode == 1
    assert "error: " in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_demo_trains_without_serving(tmp_path: pathlib.Path) -> None:
    ended = _run("training.demo", "--no-serve", "--steps=2", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert list((tmp_path / "logs" / "demo" / "googlenet" / "train").iterdir())
