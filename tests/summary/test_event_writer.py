import pathlib
import threading
import warnings

import pytest
from support.logdir import read_run

from tb_featuremaps.summary import event_writer
from tb_featuremaps.summary.event_writer import MAX_WAITING_CAPTURES, open_writer
from tb_featuremaps.summary.events import event, scalar_value


def _scalar(step: int) -> event_writer.Job:
    return lambda: event(step, [scalar_value("value", step * 2)])


def test_a_directory_has_one_writer_and_one_file(tmp_path: pathlib.Path) -> None:
    first, second = open_writer(str(tmp_path)), open_writer(str(tmp_path / "." / ""))
    assert first is second
    first.submit(_scalar(1))
    first.close()
    second.submit(_scalar(2))
    second.close()
    assert len(list(tmp_path.iterdir())) == 1
    assert {step: float(v) for step, v in read_run(tmp_path)["value"].items()} == {1: 2, 2: 4}


def test_what_is_flushed_can_be_read_while_the_file_is_open(tmp_path: pathlib.Path) -> None:
    writer = open_writer(str(tmp_path))
    writer.submit(_scalar(1))
    writer.flush()
    assert list(read_run(tmp_path)["value"]) == [1]
    writer.close()


def test_a_slow_disk_drops_captures_with_one_warning(tmp_path: pathlib.Path) -> None:
    writer = open_writer(str(tmp_path))
    gate = threading.Event()

    def slow() -> event_writer.event_pb2.Event:
        gate.wait(30)
        return _scalar(1)()

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        taken = [writer.reserve_capture() for _ in range(MAX_WAITING_CAPTURES + 3)]
    for _ in range(MAX_WAITING_CAPTURES):
        writer.submit_capture(slow)
    gate.set()
    writer.close()
    assert taken == [True] * MAX_WAITING_CAPTURES + [False] * 3
    assert [str(one.message)[:10] for one in caught] == ["Writing to"]


def test_a_place_given_back_can_be_taken_again(tmp_path: pathlib.Path) -> None:
    writer = open_writer(str(tmp_path))
    for _ in range(MAX_WAITING_CAPTURES + 1):
        assert writer.reserve_capture()
        writer.release_capture()
    writer.close()


def test_an_event_that_can_not_be_made_ends_logging_with_one_warning(
    tmp_path: pathlib.Path,
) -> None:
    writer = open_writer(str(tmp_path))
    writer.submit(_scalar(1))

    def broken() -> event_writer.event_pb2.Event:
        raise OSError("no space left on device")

    assert writer.reserve_capture()
    writer.submit_capture(broken)
    with pytest.warns(RuntimeWarning, match="no space left") as caught:
        writer.flush()
        writer.submit(_scalar(2))
        assert not writer.reserve_capture()
        writer.close()
    assert len(caught) == 1
    assert list(read_run(tmp_path)["value"]) == [1]


def test_a_writer_reopened_after_close_makes_a_new_file(tmp_path: pathlib.Path) -> None:
    for step in (1, 2):
        writer = open_writer(str(tmp_path))
        writer.submit(_scalar(step))
        writer.close()
    assert len(list(tmp_path.iterdir())) == 2
    assert sorted(read_run(tmp_path)["value"]) == [1, 2]
