"""Stores that TensorFlow does not know, written and read through fsspec."""

import io
import pathlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tb_featuremaps
from tb_featuremaps.cli import main
from tb_featuremaps.reader import read_logdir
from tb_featuremaps.summary import write_thread

fsspec = pytest.importorskip("fsspec")
memory = pytest.importorskip("fsspec.implementations.memory")


class ObjectStore(memory.MemoryFileSystem):  # type: ignore[name-defined]
    """As gcsfs and s3fs: paths begin with the bucket, directories are buckets, no appending."""

    protocol = "objects"
    root_marker = ""
    store: dict[str, Any] = {}
    pseudo_dirs: list[str] = [""]

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return path.removeprefix("objects://").strip("/")

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        raise AssertionError(f"A bucket was made for {path}.")

    def _open(self, path: str, mode: str = "rb", *rest: Any, **options: Any) -> io.BytesIO:
        opened: io.BytesIO = super()._open(path, mode.replace("a", "w"), *rest, **options)
        return opened


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    fsspec.register_implementation("objects", ObjectStore, clobber=True)
    yield
    ObjectStore.store.clear()
    memory.MemoryFileSystem.store.clear()


def _write(directory: str, steps: range) -> None:
    values = np.random.default_rng(0).random((1, 6, 6, 3), np.float32)
    with tb_featuremaps.RunWriter(directory) as writer:
        for step in steps:
            writer.write_maps(step, {"conv": values * (step + 1)})
            writer.write_losses(step, main=1.0 / (step + 1))
            writer.flush()


@pytest.mark.parametrize("scheme", ["memory", "objects"])
def test_what_is_written_over_and_over_is_all_there(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_thread, "REMOTE_SECONDS", 0.0)
    for steps in (range(5), range(5, 8)):  # the second is a session of its own
        _write(f"{scheme}://bucket/logs/run", steps)
    logs = read_logdir(f"{scheme}://bucket/logs")
    assert logs.messages == []
    assert logs.runs() == ["run"]
    assert logs.steps("run", "conv") == list(range(8))
    assert logs.losses("run")["loss/main"].steps.tolist() == list(range(8))


def test_a_report_and_an_export_are_made_from_a_store(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write("memory://bucket/logs/run", range(3))
    page = tmp_path / "report.html"
    assert main(["report", "memory://bucket/logs", "--out", str(page)]) == 0
    assert b"featuremaps-answers" in page.read_bytes()
    assert main(["list", "memory://bucket/logs"]) == 0
    assert "conv: 3 captures, steps 0 to 2" in capsys.readouterr().out


def test_a_store_that_is_missing_is_said_by_the_writer() -> None:
    with pytest.warns(RuntimeWarning, match="nosuchscheme") as caught:
        _write("nosuchscheme://bucket/run", range(2))
    assert len(caught) <= 2
