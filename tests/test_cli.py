"""The command `tb-featuremaps`, in this process and in one of its own."""

import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from support.synthetic_runs import write_run

from tb_featuremaps import cli
from tb_featuremaps.cli import main
from tb_featuremaps.format.png import decode_atlas
from tb_featuremaps.reader import read_logdir

_ROOT = pathlib.Path(__file__).parents[1]
_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(_ROOT)}
_COMMAND = [sys.executable, "-m", "tb_featuremaps.cli"]


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A logdir with a good run, a damaged one and one of something else."""
    directory = tmp_path_factory.mktemp("logs")
    write_run(directory / "good", {"conv1": (6, 5, 7), "conv2": (3, 3, 4)}, (0, 4, 8))
    write_run(directory / "damaged", {"conv1": (6, 5, 7)}, (0, 4))
    (path,) = (directory / "damaged").glob("*tfevents*")
    path.write_bytes(path.read_bytes()[:-100])
    (directory / "other").mkdir()
    (directory / "other" / "events.out.tfevents.1").touch()
    return directory


def _run(*arguments: str | pathlib.Path) -> subprocess.CompletedProcess[str]:
    command = [*_COMMAND, *map(str, arguments)]
    return subprocess.run(command, env=_ENVIRONMENT, capture_output=True, text=True, check=False)


def _export(logdir: pathlib.Path, out: pathlib.Path, *more: str) -> list[str]:
    return ["export", str(logdir), "--run=good", "--layer=conv1", f"--out={out}", *more]


def test_it_lists_what_can_be_read_and_says_what_can_not(
    logdir: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", str(logdir)]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "damaged",
        "  conv1: 1 capture, step 0",
        "good",
        "  conv1: 3 captures, steps 0 to 8",
        "  conv2: 3 captures, steps 0 to 8",
    ]
    damaged, other = said.err.splitlines()
    assert damaged.startswith("damaged: events.out.tfevents.") and "cut short" in damaged
    assert other.startswith("other: no feature maps")


def test_it_exports_a_capture(
    logdir: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "maps"
    assert main(_export(logdir, out, "--steps=4")) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == (f"Wrote 1 files to {out}\n", "")
    png = (out / "good" / "conv1" / "step_00000004_probe_0.png").read_bytes()
    expected = read_logdir(logdir).activation("good", "conv1", 4)
    np.testing.assert_array_equal(decode_atlas(png).values, expected)


def test_json_is_one_object(
    logdir: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", str(logdir), "--json"]) == 0
    said = capsys.readouterr()
    listed = json.loads(said.out)
    assert said.err == ""
    assert [run["run"] for run in listed["runs"]] == ["damaged", "good"]
    assert listed["runs"][1]["layers"][0] == {
        "name": "conv1",
        "class_name": "Conv2D",
        "shape": [6, 5, 7],
        "data_format": "channels_last",
        "channels": 7,
        "steps": [0, 4, 8],
    }
    assert len(listed["messages"]) == 2
    assert main([*_export(logdir, tmp_path), "--json", "--as=channels"]) == 0
    exported = json.loads(capsys.readouterr().out)
    assert len(exported["files"]) == 7
    assert all(pathlib.Path(file["path"]).is_file() for file in exported["files"])
    assert exported["files"][3]["channel"] == 3 and exported["files"][3]["step"] == 8
    assert main(["list", "/nowhere", "--json"]) == 1
    assert "log directory" in json.loads(capsys.readouterr().out)["error"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["list", "/nowhere"], "Expected a log directory. Received: '/nowhere', which isn't there"),
        (["list", "{file}"], "file', a file; give its folder."),
        (["export", "{logdir}", "--run=x", "--out=z"], "Expected a run"),
        (["export", "{logdir}", "--layer=y", "--out=z"], "Expected a layer"),
        (["export", "{logdir}", "--run=good", "--out=z", "--steps=5"], "[0, 4, 8]"),
        (["export", "{logdir}", "--run=good", "--out=z", "--steps=9:"], "[0, 4, 8]"),
        (["export", "{logdir}", "--run=good", "--out=z", "--steps=0,5,4,7"], "Received: 5, 7."),
        (["report", "{logdir}", "--run=good", "--out=z", "--steps=0,5"], "Received: 5."),
        (["export", "{logdir}", "--run=good", "--out=z", "--probes=0,3"], "probe"),
        (["export", "{logdir}", "--out={file}"], "Expected --out"),
        (["export", "{logdir}", "--out={file}/x"], "Expected --out"),
        (["export", "{logdir}", "--out=/proc/x"], "Expected --out"),
        (["export", "{logdir}", "--out=/proc/x", "--as=csv"], "Expected --out"),
        (["report", "{logdir}", "--runs=x", "--out=z"], "Expected a run"),
        (["report", "{logdir}", "--out={file}/x"], "Expected --out to be a file"),
        (["report", "{logdir}", "--out=."], "Expected --out to be a file"),
        (["report", "{logdir}", "--out=/nowhere/x"], "(No such file or directory)"),
        (["report", "{logdir}", "--out={file}", "--max-size=1kB"], "which the tab itself takes"),
    ],
)
def test_a_wrong_argument_is_a_clear_error(
    logdir: pathlib.Path,
    tmp_path: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    file = tmp_path / "file"
    file.touch()
    assert main([argument.format(logdir=logdir, file=file) for argument in arguments]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ") and message in said.err


def test_it_writes_a_report_and_says_what_it_lacks(
    logdir: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.html"
    report = ["report", str(logdir), "--run", "good", "--runs", "dam*", f"--out={path}"]
    assert main([*report, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["file"], said["bytes"]) == (str(path), path.stat().st_size)
    assert said["runs"] == ["damaged", "good"]
    (message,) = said["messages"]
    assert message.startswith("damaged: events.out.tfevents.") and "cut short" in message
    assert main([*report, "--max-size=1MB"]) == 0
    said_to_user = capsys.readouterr()
    assert said_to_user.out.startswith(f"Wrote {path} (")
    assert said_to_user.err == f"{message}\n"
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--steps=1-5", "newest, all, a range"),
        ("--steps=", "newest, all, a range"),
        ("--probes=-1", "numbers such as 0,2"),
        ("--fps=0", "0.01 to 1000"),
        ("--as=gif", "invalid choice: 'gif'"),
        ("--probes=²", "numbers such as 0,2"),
        ("--steps=²", "newest, all, a range"),
    ],
)
def test_a_wrong_option_is_a_clear_error(
    logdir: pathlib.Path, capsys: pytest.CaptureFixture[str], option: str, message: str
) -> None:
    assert main(["export", str(logdir), "--out=z", option]) == 2
    said = capsys.readouterr()
    assert message in said.err and said.out == ""
    assert main(["export", str(logdir), "--out=z", option, "--json"]) == 2
    assert message in json.loads(capsys.readouterr().out)["error"]


@pytest.mark.parametrize("command", ["export", "report"])
def test_a_disk_that_is_full_is_said_of_what_is_written(
    logdir: pathlib.Path, tmp_path: pathlib.Path, command: str
) -> None:
    limited = f"ulimit -f 0; exec {shlex.join([*_COMMAND, command, str(logdir / 'good')])}"
    out = tmp_path / "out"
    # A limit of the shell's ends as a full disk does, with a signal that Python ignores.
    ended = subprocess.run(
        ["bash", "-c", f"{limited} --no-cache --out={out}"],
        env=_ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: Expected --out to be a ") and str(out) in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert not out.is_file()


def test_of_many_steps_an_error_names_some(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_run(tmp_path, {"conv1": (1, 1, 1)}, range(0, 600, 2))
    export = ["export", str(tmp_path), "--run=.", "--layer=conv1", f"--out={tmp_path}", "--steps=1"]
    assert main(export) == 1
    assert "and 250 more. Received: 1." in capsys.readouterr().err


@pytest.mark.parametrize("command", ["list", "export", "report"])
def test_the_commands_import_neither_tensorflow_nor_keras(
    logdir: pathlib.Path, tmp_path: pathlib.Path, command: str
) -> None:
    arguments = {
        "list": ["list", str(logdir / "good")],
        "export": _export(logdir, tmp_path),
        "report": ["report", str(logdir / "good"), f"--out={tmp_path / 'report.html'}"],
    }[command]
    script = (
        "import sys; from tb_featuremaps.cli import main; status = main(sys.argv[1:]); "
        "print({'tensorflow', 'keras', 'jax', 'torch'}.intersection(sys.modules)); sys.exit(status)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=_ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[-1] == "set()"


def test_a_closed_pipe_ends_it_quietly(logdir: pathlib.Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [*_COMMAND, "list", str(logdir / "good")]
    ended = subprocess.run(
        command, env=_ENVIRONMENT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the machine has no /dev/full")
def test_a_full_disk_is_said(logdir: pathlib.Path) -> None:
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            [*_COMMAND, "list", str(logdir / "good")],
            env=_ENVIRONMENT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: ") and ended.stderr.count("\n") == 1


def test_odd_names_are_shown_in_any_terminal(tmp_path: pathlib.Path) -> None:
    write_run(tmp_path / "ü", {"a\x1b[31m\n": (1, 1, 1), "特徴": (1, 1, 1)})
    command = [*_COMMAND, "list", str(tmp_path)]
    environment = {**_ENVIRONMENT, "PYTHONIOENCODING": "ascii"}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    run, first, second = ended.stdout.splitlines()
    assert run == r"\xfc"
    assert first.startswith(r"  a\x1b[31m\n: 1 capture,")
    assert second.startswith(r"  \u7279\u5fb4: 1 capture,")


def test_ctrl_c_ends_it_quietly(tmp_path: pathlib.Path) -> None:
    """The interrupt comes while a slow disk is read."""
    script = (
        "import sys, time; from tb_featuremaps import cli\n"
        "def slow(logdir, cache):\n    print('reading', flush=True); time.sleep(60)\n"
        "cli.read_logdir = slow\n"
        f"sys.exit(cli.main(['list', {str(tmp_path)!r}]))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        env=_ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "reading\n"
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, "")


def test_too_little_memory_is_an_error(
    logdir: pathlib.Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(_: str, *, cache: bool) -> None:
        raise MemoryError

    monkeypatch.setattr(cli, "read_logdir", exhausted)
    assert main(["list", str(logdir)]) == 1
    assert capsys.readouterr().err == "error: there is not enough memory.\n"


def test_permissions_are_said(logdir: pathlib.Path, tmp_path: pathlib.Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    write_run(tmp_path / "secret", {"conv1": (1, 1, 1)})
    (tmp_path / "closed").mkdir(mode=0)
    (path,) = (tmp_path / "secret").glob("*tfevents*")
    path.chmod(0)
    ended = _run("list", tmp_path)
    assert ended.returncode == 0
    assert ended.stderr.count("Permission denied") == 2
