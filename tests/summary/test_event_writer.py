"""The writer on a disk that works: order, sharing, ends, bounds."""

import gc
import os
import pathlib
import subprocess
import sys
import textwrap
import threading
import time
import warnings

import pytest
from support.logdir import read_run
from tensorboard.compat.proto import event_pb2

from tb_featuremaps.summary import directory_writer
from tb_featuremaps.summary.event_writer import EventWriter, Job, open_writer
from tb_featuremaps.summary.events import event, scalar_value

_TESTS = pathlib.Path(__file__).parents[1]


def _scalar(step: int, tag: str = "value") -> Job:
    return lambda: event(step, [scalar_value(tag, step * 2)])


def _threads() -> int:
    return sum(thread.name == "tb_featuremaps" for thread in threading.enumerate())


def test_a_directory_has_one_file_and_one_thread(tmp_path: pathlib.Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "run")
    first, second = open_writer(str(tmp_path / "run")), open_writer(str(tmp_path / "link" / "."))
    first.submit(_scalar(1))
    second.submit(_scalar(2))
    assert _threads() == 1
    first.close()
    first.close()
    second.submit(_scalar(3))
    second.close()
    assert _threads() == 0
    assert len(list((tmp_path / "run").iterdir())) == 1
    assert sorted(read_run(tmp_path / "run")["value"]) == [1, 2, 3]


def test_what_is_flushed_can_be_read_while_the_file_is_open(tmp_path: pathlib.Path) -> None:
    writer = open_writer(str(tmp_path))
    writer.submit(_scalar(1))
    writer.flush()
    assert list(read_run(tmp_path)["value"]) == [1]
    writer.close()


def test_a_writer_that_wrote_nothing_leaves_nothing(tmp_path: pathlib.Path) -> None:
    writer = open_writer(str(tmp_path / "run"))
    writer.flush()
    writer.close()
    assert not (tmp_path / "run").exists()


def test_files_sort_in_the_order_in_which_they_were_made(tmp_path: pathlib.Path) -> None:
    (tmp_path / f"events.out.tfevents.{int(time.time()) + 50}.zzz.other").touch()
    made: list[str] = []
    for step in range(4):
        writer = open_writer(str(tmp_path))
        writer.submit(_scalar(step))
        writer.close()
        made += sorted({path.name for path in tmp_path.glob("*.featuremaps")} - set(made))
    assert [*sorted(path.name for path in tmp_path.iterdir())][1:] == made
    assert len(made) == 4
    assert sorted(read_run(tmp_path)["value"]) == [0, 1, 2, 3]


def test_steps_never_run_backwards(tmp_path: pathlib.Path) -> None:
    writer = open_writer(str(tmp_path))
    for step in range(300):
        writer.submit(_scalar(step))
        reservation = writer.reserve_capture(1000)
        assert reservation is not None
        reservation.submit(_scalar(step, "capture"))
    writer.close()
    run = read_run(tmp_path)
    assert list(run["value"]) == list(run["capture"]) == [*range(300)]


def test_room_for_captures_is_counted_in_bytes(tmp_path: pathlib.Path) -> None:
    writer = open_writer(str(tmp_path))
    third = directory_writer.MAX_CAPTURE_BYTES // 3
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        taken = [writer.reserve_capture(third) for _ in range(6)]
    assert [place is not None for place in taken] == [True] * 3 + [False] * 3
    assert len(caught) == 1
    assert "slower than training" in str(caught[0].message)
    for place in taken[:3]:
        assert place is not None
        place.release()
        place.release()
    assert writer.reserve_capture(3 * third) is not None
    writer.close()


def test_a_capture_that_can_never_wait_is_named_in_megabytes(tmp_path: pathlib.Path) -> None:
    writer = open_writer(str(tmp_path))
    with pytest.warns(RuntimeWarning, match=r"a capture of 8,400 MB.*at most 256 MB.*max_tile"):
        assert writer.reserve_capture(8_400_000_000, wait=True) is None
    assert writer.reserve_capture(8_400_000_000) is None  # said once
    with pytest.warns(RuntimeWarning, match=r"the probes of 900 MB.*at most 32 MB"):
        writer.submit(_scalar(1), 900_000_000, "the probes")
    writer.close()


def test_ctrl_c_inside_a_capture_keeps_no_place(tmp_path: pathlib.Path) -> None:
    writer = open_writer(str(tmp_path))
    whole = directory_writer.MAX_CAPTURE_BYTES
    for _ in range(5):
        reservation = writer.reserve_capture(whole)
        assert reservation is not None
        with pytest.raises(KeyboardInterrupt), reservation:
            raise KeyboardInterrupt
    for _ in range(5):  # and none that is lost before it is used
        assert writer.reserve_capture(whole) is not None
        gc.collect()
    writer.close()


def test_a_place_is_free_again_when_the_capture_was_written(tmp_path: pathlib.Path) -> None:
    writer = open_writer(str(tmp_path))
    for step in range(3):
        reservation = writer.reserve_capture(directory_writer.MAX_CAPTURE_BYTES, wait=True)
        assert reservation is not None
        with reservation:
            reservation.submit(_scalar(step), "the capture")
        with pytest.raises(RuntimeError, match="neither submitted nor released"):
            reservation.submit(_scalar(step))
    writer.close()
    assert sorted(read_run(tmp_path)["value"]) == [0, 1, 2]


def test_an_event_that_can_not_be_made_costs_only_itself(tmp_path: pathlib.Path) -> None:
    writer = open_writer(str(tmp_path))

    def broken() -> event_pb2.Event:
        raise ValueError("a bad value")

    for step in (1, 2, 3):
        writer.submit(_scalar(step))
        reservation = writer.reserve_capture(10)
        assert reservation is not None
        reservation.submit(broken, f"the capture at step {step}")
    with pytest.warns(RuntimeWarning, match=r"the capture at step 1.*a bad value") as caught:
        writer.close()
    assert len(caught) == 1
    run = read_run(tmp_path)
    assert list(run["value"]) == [1, 2, 3]
    gaps = {step: row.tolist() for step, row in run["featuremaps/gaps"].items()}
    assert gaps == {2: [1, 1, 2], 3: [2, 2, -1]}


def test_eight_writers_that_are_forgotten_leave_no_thread_and_no_file_open(
    tmp_path: pathlib.Path,
) -> None:
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0

    def failing_fit(number: int) -> None:
        writer = open_writer(str(tmp_path / str(number)))
        writer.submit(_scalar(number))
        raise ZeroDivisionError

    for number in range(8):
        with pytest.raises(ZeroDivisionError):
            failing_fit(number)
    gc.collect()
    deadline = time.monotonic() + 20
    while _threads() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert _threads() == 0
    if before:
        assert len(os.listdir("/proc/self/fd")) == before
    assert all(list(read_run(tmp_path / str(n))["value"]) == [n] for n in range(8))


def test_finish_ends_the_thread_and_another_user_goes_on(tmp_path: pathlib.Path) -> None:
    first, second = open_writer(str(tmp_path)), open_writer(str(tmp_path))
    first.submit(_scalar(1))
    first.finish()
    assert _threads() == 0
    first.close()
    second.submit(_scalar(2))
    second.close()
    assert _threads() == 0
    assert len(list(tmp_path.iterdir())) == 2
    assert sorted(read_run(tmp_path)["value"]) == [1, 2]


def test_a_closed_writer_takes_nothing_and_says_so(tmp_path: pathlib.Path) -> None:
    writer = open_writer(str(tmp_path))
    writer.close()
    with pytest.warns(RuntimeWarning, match="after its writer was closed"):
        writer.submit(_scalar(1))
    assert writer.reserve_capture(1) is None
    assert _threads() == 0


def test_a_thread_that_can_not_be_started_is_one_warning(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    writer = open_writer(str(tmp_path))
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        with pytest.warns(RuntimeWarning, match="can't start new thread") as caught:
            for step in range(5):
                writer.submit(_scalar(step))
                writer.flush()
    assert len(caught) == 1
    writer.close()
    assert list(read_run(tmp_path)["value"]) == [*range(5)]


def test_what_no_thread_ever_took_is_given_up_aloud(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    writer = open_writer(str(tmp_path))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for step in range(5):
            writer.submit(_scalar(step))
        writer.close()
    assert ["can't start" in str(w.message) for w in caught] == [True, False]
    assert "gave up 5 events" in str(caught[1].message)


def _in_a_process(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _PRELUDE + textwrap.dedent(script), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": f"{_TESTS}{os.pathsep}{_TESTS.parent}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


_PRELUDE = textwrap.dedent("""
    import os, sys, threading, time
    from tb_featuremaps.summary.event_writer import open_writer
    from tb_featuremaps.summary.events import event, scalar_value

    def scalar(step):
        return lambda: event(step, [scalar_value("value", step)])
""")


def test_what_was_flushed_outlives_kill_9(tmp_path: pathlib.Path) -> None:
    script = """
        writer = open_writer(sys.argv[1])
        for step in range(500):
            writer.submit(scalar(step))
        writer.flush()
        os.kill(os.getpid(), 9)
    """
    assert _in_a_process(script, tmp_path).returncode == -9
    assert list(read_run(tmp_path)["value"]) == [*range(500)]


def test_a_process_that_ends_without_closing_writes_what_waits(tmp_path: pathlib.Path) -> None:
    script = """
        writer = open_writer(sys.argv[1])
        for step in range(500):
            writer.submit(scalar(step))
    """
    ended = _in_a_process(script, tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert list(read_run(tmp_path)["value"]) == [*range(500)]


def test_a_forked_child_leaves_the_file_to_its_parent(tmp_path: pathlib.Path) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("there is no fork here")
    script = """
        import warnings
        warnings.simplefilter("ignore", DeprecationWarning)
        writer = open_writer(sys.argv[1])
        writer.submit(scalar(1))
        writer.flush()
        if os.fork() == 0:
            files = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
                     if os.path.exists(f"/proc/self/fd/{fd}")]
            sys.exit(any("tfevents" in name for name in files))
        status = os.wait()[1]
        writer.submit(scalar(2))
        writer.close()
        sys.exit(status != 0)
    """
    ended = _in_a_process(script, tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert list(read_run(tmp_path)["value"]) == [1, 2]
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no such locks there")
def test_a_second_process_in_a_directory_is_noticed(tmp_path: pathlib.Path) -> None:
    script = """
        writer = open_writer(sys.argv[1])
        writer.submit(scalar(int(sys.argv[2])))
        writer.flush()
        print("written", flush=True)
        sys.stdin.read()
        os.kill(os.getpid(), 9)
    """
    other = subprocess.Popen(
        [sys.executable, "-c", _PRELUDE + textwrap.dedent(script), str(tmp_path), "1"],
        env={**os.environ, "PYTHONPATH": f"{_TESTS}{os.pathsep}{_TESTS.parent}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "written\n"
    writer = open_writer(str(tmp_path))
    with pytest.warns(RuntimeWarning, match="another process is writing into"):
        writer.submit(_scalar(2))
        writer.close()
    other.communicate("end")
    again: EventWriter = open_writer(str(tmp_path))  # no stale lock: no warning
    again.submit(_scalar(3))
    again.close()
    assert sorted(read_run(tmp_path)["value"]) == [1, 2, 3]
    assert all("tfevents" in path.name for path in tmp_path.iterdir())
