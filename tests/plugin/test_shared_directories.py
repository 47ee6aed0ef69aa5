"""Another program writes into a run directory too, and the Python ingester reads both."""

import argparse
import logging
import pathlib
import time
import urllib.parse
from typing import Any

import pytest
from support.synthetic_runs import write_run
from support.tensorboard_server import TensorBoardServer
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.data import server_ingester
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from tb_featuremaps.plugin.shared_directories import follow_all_writers

_SECONDS = 30


def _flags(logdir: pathlib.Path | str, **given: Any) -> argparse.Namespace:
    flags = {"load_fast": "false", "reload_multifile": None, "grpc_data_provider": ""}
    flags |= {"detect_file_replacement": None, "logdir": str(logdir)}
    return argparse.Namespace(**(flags | given))


def _shared(folder: pathlib.Path) -> pathlib.Path:
    """A log directory in which two programs have written into one run."""
    run = folder / "run" / "train"
    run.mkdir(parents=True)
    for name in ("events.out.tfevents.1.host.1.0.v2", "events.out.tfevents.2.host.1.1.featuremaps"):
        (run / name).touch()
    return folder


def test_all_files_are_followed_where_another_program_writes_too(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    flags = _flags(_shared(tmp_path))
    with caplog.at_level(logging.WARNING):
        follow_all_writers(flags)
    assert flags.reload_multifile is True
    assert str(tmp_path / "run" / "train") in caplog.text
    assert "--reload_multifile=true" in caplog.text


@pytest.mark.parametrize("given", [{"reload_multifile": False}, {"load_fast": "true"}, {}])
def test_else_nothing_is_changed(
    tmp_path: pathlib.Path, given: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    logdir = _shared(tmp_path)
    if not given:  # a run of ours alone
        next(logdir.rglob("*.v2")).unlink()
    flags = _flags(logdir, **given)
    before = vars(flags).copy()
    follow_all_writers(flags)
    assert vars(flags) == before
    assert caplog.text == ""


@pytest.mark.parametrize("has_server", [True, False])
def test_auto_means_what_tensorboard_will_do(
    tmp_path: pathlib.Path, has_server: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def binary() -> str:
        if not has_server:
            raise server_ingester.NoDataServerError("none for this system")
        return "server"

    monkeypatch.setattr(server_ingester, "get_server_binary", binary)
    flags = _flags(_shared(tmp_path), load_fast="auto")
    follow_all_writers(flags)
    assert flags.reload_multifile is (None if has_server else True)


def test_remote_directories_and_unknown_flags_are_left_alone() -> None:
    flags = _flags("s3://bucket/logs")
    follow_all_writers(flags)
    assert flags.reload_multifile is None
    nothing = argparse.Namespace()
    follow_all_writers(nothing)
    assert vars(nothing) == {}


def test_what_the_other_program_writes_later_is_shown(tmp_path: pathlib.Path) -> None:
    """Its file is older than ours, so that TensorBoard alone would not look at it again."""
    other = EventFileWriter(str(tmp_path / "run"))
    _add(other, 1)
    write_run(tmp_path / "run", {"conv": (4, 4, 3)}, range(0, 3))
    with TensorBoardServer(tmp_path, load_fast=False) as server:
        server.wait_for_runs(["run"])
        assert _steps(server) == [1]
        _add(other, 2)
        deadline = time.monotonic() + _SECONDS
        while _steps(server) != [1, 2]:
            assert time.monotonic() < deadline
            time.sleep(0.3)
    other.close()


def _add(writer: EventFileWriter, step: int) -> None:
    value = summary_pb2.Summary.Value(tag="other", simple_value=float(step))
    summary = summary_pb2.Summary(value=[value])
    writer.add_event(event_pb2.Event(step=step, wall_time=time.time(), summary=summary))
    writer.flush()


def _steps(server: TensorBoardServer) -> list[int]:
    asked = urllib.parse.urlencode({"run": "run", "tag": "other"})
    points = server.get_json(f"data/plugin/scalars/scalars?{asked}")
    return [point[1] for point in points]
