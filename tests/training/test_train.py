"""The command line `python -m training.train`."""

import contextlib
import os
import pathlib
import pty
import re
import subprocess
import sys

import keras
import pytest
from support.logdir import read_run
from support.training_runs import (
    ENVIRONMENT,
    QUICK,
    ROOT,
    assert_adds_up,
    losses,
    run,
    train,
)

from training import checkpoint
from training.data.registry import load_dataset
from training.options import parse
from training.train import build, main


def test_googlenet_trains_on_photos_and_logs(tmp_path: pathlib.Path) -> None:
    options = ["--steps=6", "--width=0.25", "--batch-size=16", "--every=3", "--weight-decay=1e-3"]
    train(tmp_path, *options)
    assert (tmp_path / "model.keras").is_file()
    run = read_run(tmp_path / "train")
    assert sorted(run["featuremaps/inception_5b"]) == [0, 3, 6]
    assert sorted(run["loss/total"]) == [*range(1, 7)]
    assert_adds_up(run, ("main", "aux1", "aux2"))
    assert (tmp_path / "validation").is_dir()


def test_one_seed_gives_equal_losses_on_one_thread(tmp_path: pathlib.Path) -> None:
    options = [*QUICK, "--steps=10", "--threads=1", "--augmentation=shift"]
    for name, seed in (("first", 5), ("same", 5), ("other", 6)):
        train(tmp_path / name, *options, f"--seed={seed}")
    first, same, other = (losses(tmp_path / name) for name in ("first", "same", "other"))
    assert len(first) == 10
    assert first == same
    assert first != other


@pytest.mark.parametrize("precision", ["float16", "bfloat16"])
def test_mixed_precision(tmp_path: pathlib.Path, precision: str) -> None:
    flag = "--mixed-precision" + ("" if precision == "float16" else f"={precision}")
    train(tmp_path, *QUICK, "--steps=3", flag)
    model = checkpoint.load(tmp_path / "model.keras")
    assert model.get_layer("conv2").compute_dtype == precision
    assert {variable.dtype for variable in model.weights} == {"float32"}
    assert model.get_layer("main").compute_dtype == "float32"
    assert_adds_up(read_run(tmp_path / "train"), ("main",))


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


@pytest.mark.parametrize(
    "config",
    [
        '{"cluster": {}}',
        '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 1}}',
    ],
)
def test_a_left_over_cluster_is_no_concern_of_a_single_process(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, config: str
) -> None:
    monkeypatch.setitem(ENVIRONMENT, "TF_CONFIG", config)
    train(tmp_path, *QUICK, "--steps=2")
    assert (tmp_path / "model.keras").is_file()


def test_a_terminal_sees_a_progress_bar(tmp_path: pathlib.Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "training.train", f"--log-dir={tmp_path}", *QUICK]
    with subprocess.Popen([*command, "--steps=3"], cwd=ROOT, env=ENVIRONMENT, stdout=theirs):
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
        (["--epochs=0"], "within 1…2147483647"),
        (["--batch-size=99999999999"], "within 1…2147483647"),
        (["--width=1e308"], "≤ 16"),
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


def test_data_that_is_none_is_a_clear_error(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cifar-10-binary.tar.gz").write_bytes(b"no archive")
    given = [f"--log-dir={tmp_path}", "--dataset=cifar10", f"--data-dir={tmp_path}"]
    assert main(given) == 1
    assert capsys.readouterr().err.startswith("error: ")


def test_a_log_directory_that_can_t_be_made_is_a_clear_error(tmp_path: pathlib.Path) -> None:
    """As the shell sees it."""
    (tmp_path / "file").touch()
    ended = run("training.train", f"--log-dir={tmp_path / 'file' / 'run'}")
    assert ended.returncode == 1
    assert "error: " in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_demo_trains_without_serving(tmp_path: pathlib.Path) -> None:
    ended = run("training.demo", "--no-serve", "--steps=2", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert list((tmp_path / "logs" / "demo" / "googlenet" / "train").iterdir())
