"""Remote directories, read as TensorBoard reads them."""

import importlib.util
import os
import pathlib
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from support.synthetic_runs import write_run

from tb_featuremaps.cli import main
from tb_featuremaps.reader import read_logdir

_ROOT = pathlib.Path(__file__).parents[2]


def _layers() -> dict[str, tuple[int, int, int]]:
    return {"conv": (6, 5, 7)}


def test_a_directory_is_read_through_tensorflow(tmp_path: pathlib.Path) -> None:
    tf = pytest.importorskip("tensorflow")
    write_run(tmp_path / "logs" / "a" / "train", _layers(), (0, 3), loss_points=2)
    (source,) = tmp_path.rglob("*tfevents*")
    url = "ram://reader/logs"
    tf.io.gfile.makedirs(f"{url}/a/train")
    with tf.io.gfile.GFile(f"{url}/a/train/{source.name}", "wb") as file:
        file.write(source.read_bytes())
    remote, local = read_logdir(url), read_logdir(tmp_path / "logs")
    assert remote.runs() == local.runs() == ["a/train"]
    assert remote.steps("a/train", "conv") == [0, 3]
    where = ("a/train", "conv", 3)
    np.testing.assert_array_equal(remote.activation(*where), local.activation(*where))
    for tag, curve in remote.losses("a/train").items():
        np.testing.assert_array_equal(curve, local.losses("a/train")[tag])
    assert remote.messages == []


def test_what_the_writer_wrote_remotely_is_read() -> None:
    pytest.importorskip("tensorflow")
    write_run("ram://written/run", _layers(), (0, 3))  # type: ignore[arg-type]
    assert read_logdir("ram://written").steps("run", "conv") == [0, 3]


def test_a_directory_is_read_through_fsspec_where_tensorflow_is_missing(
    tmp_path: pathlib.Path,
) -> None:
    pytest.importorskip("fsspec")
    write_run(tmp_path / "run", _layers(), (0, 3), loss_points=2)
    script = textwrap.dedent(f"""
        import sys
        sys.modules["tensorflow"] = None
        import fsspec, pathlib
        from tb_featuremaps.cli import main
        from tb_featuremaps.reader import read_logdir
        (source,) = pathlib.Path({str(tmp_path)!r}).rglob("*tfevents*")
        with fsspec.open("memory://bucket/logs/run/" + source.name, "wb") as file:
            file.write(source.read_bytes())
        logs = read_logdir("memory://bucket/logs")
        print(logs.runs(), logs.steps("run", "conv"), logs.messages)
        print(logs.activation("run", "conv", 3).shape, len(logs.losses("run")))
        sys.exit(main(["list", "memory://bucket/logs"]))
    """)
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[:3] == ["['run'] [0, 3] []", "(6, 5, 7) 4", "run"]


@pytest.mark.parametrize("url", ["nosuchscheme://bucket/logs", "ram://nothing/here"])
def test_a_directory_that_is_not_there_is_said(url: str) -> None:
    pytest.importorskip("tensorflow")
    with pytest.raises(OSError, match=url):
        read_logdir(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [("nosuchscheme://bucket/logs", "nosuchscheme"), ("s3://bucket/logs", "s3fs")],
)
def test_a_store_whose_package_is_missing_is_said(
    url: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if importlib.util.find_spec("s3fs"):
        pytest.skip("s3fs is installed")
    assert main(["list", url]) == 1
    message = capsys.readouterr().err
    assert message.startswith(f"error: {url}: ")
    assert said in message.removeprefix(f"error: {url}: ")
    assert message.count("\n") == 1
