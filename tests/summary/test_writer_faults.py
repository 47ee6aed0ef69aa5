"""The writer on disks that are full, fail, hang or vanish."""

import _thread
import errno
import io
import itertools
import os
import pathlib
import random
import shutil
import subprocess
import sys
import textwrap
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import pytest
from support.logdir import read_run

from tb_featuremaps.summary import directory_writer, event_file, event_log, write_thread
from tb_featuremaps.summary.event_file import LocalEventFile, PartialWriteError, Record
from tb_featuremaps.summary.event_writer import EventWriter, Job, open_writer
from tb_featuremaps.summary.events import event, scalar_value

_TESTS = pathlib.Path(__file__).parents[1]
Append = Callable[[LocalEventFile, Sequence[Record], Callable[[], None]], None]


def _scalar(step: int, tag: str = "value") -> Job:
    return lambda: event(step, [scalar_value(tag, step)])


def _gaps(run: dict[str, dict[int, Any]]) -> list[list[int]]:
    return [row.tolist() for row in run.get("featuremaps/gaps", {}).values()]


def _wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def small_disk(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A file system of 256 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting needs root")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.fixture
def append(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Append], None]]:
    """Puts something between the writer and the disk."""
    yield lambda faulty: monkeypatch.setattr(LocalEventFile, "append", faulty)


def test_a_full_disk_that_has_room_again_loses_nothing_that_could_wait(
    small_disk: pathlib.Path,
) -> None:
    run, ballast = small_disk / "run", small_disk / "ballast"
    writer = open_writer(str(run))
    writer.submit(_scalar(0))
    writer.flush()
    with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(bytes(4096))
    with pytest.warns(RuntimeWarning, match="No space left.*tried again") as caught:
        for step in range(1, 2000):
            writer.submit(_scalar(step))
        writer.flush()
    assert len(caught) == 1
    ballast.unlink()
    writer.close()
    assert list(read_run(run)["value"]) == [*range(2000)]
    assert len(list(run.iterdir())) == 2


def test_an_attempt_under_way_at_the_end_is_not_the_last(
    tmp_path: pathlib.Path, append: Callable[[Append], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_thread, "LAST_CHANCE_SECONDS", 0.0)
    monkeypatch.setattr(write_thread, "FIRST_RETRY_SECONDS", 30.0)
    original, under_way, ended = LocalEventFile.append, threading.Event(), threading.Event()

    def faulty(
        file: LocalEventFile, records: Sequence[Record], progress: Callable[[], None]
    ) -> None:
        if not ended.is_set():
            under_way.set()
            assert ended.wait(20)
            raise PartialWriteError(0, OSError(errno.ENOSPC, "No space left on device"))
        original(file, records, progress)

    append(faulty)
    writer = open_writer(str(tmp_path))
    writer.submit(_scalar(0))
    assert under_way.wait(20)
    writer._shared.end_soon()
    ended.set()
    with pytest.warns(RuntimeWarning, match="No space left.*tried again") as caught:
        writer.close()
    assert len(caught) == 1
    assert list(read_run(tmp_path)["value"]) == [0]


def test_a_disk_that_stays_full_ends_training_soon_and_says_what_is_lost(
    small_disk: pathlib.Path,
) -> None:
    writer = open_writer(str(small_disk))
    began = time.monotonic()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for step in range(5000):
            writer.submit(_scalar(step))
        writer.close()
    assert time.monotonic() - began < 10
    ours = [str(warning.message) for warning in caught]
    assert len(ours) == 2
    assert "can't write to" in ours[0]
    written = list(read_run(small_disk)["value"])
    assert written == [*range(len(written))]
    assert f"gave up {5000 - len(written):,} events" in ours[1]


def test_every_breakage_is_one_warning_and_begins_a_new_file(tmp_path: pathlib.Path) -> None:
    script = """
        import resource, sys, warnings
        from tb_featuremaps.summary.event_writer import open_writer
        from tb_featuremaps.summary.events import event, scalar_value

        # No file may be longer.
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
        writer = open_writer(sys.argv[1])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for step in range(500):
                made = event(step, [scalar_value("value", step)])
                writer.submit(lambda made=made: made)
                if step % 100 == 99:
                    writer.flush()
        writer.close()
        print(*[str(warning.message) for warning in caught], sep="\\n")
    """
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": f"{_TESTS}{os.pathsep}{_TESTS.parent}"},
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    messages = ended.stdout.splitlines()
    files = sorted(tmp_path.iterdir())
    assert len(files) > 1
    assert len(messages) == len(files) - 1
    assert "again (" not in messages[0]
    assert all(f"again (failure {n})" in line for n, line in enumerate(messages[1:], 2))
    assert all("File too large" in line for line in messages)
    assert list(read_run(tmp_path)["value"]) == [*range(500)]


def test_an_error_that_passes_is_one_warning_and_loses_nothing(
    tmp_path: pathlib.Path, append: Callable[[Append], None]
) -> None:
    original, broken = LocalEventFile.append, [True]

    def faulty(
        file: LocalEventFile, records: Sequence[Record], progress: Callable[[], None]
    ) -> None:
        if len(records) > 1 and broken[0]:
            broken[0] = False
            # Half of them go through, and half of a record.
            half = len(records) // 2
            whole = b"".join(part for record in records[:half] for part in record)
            original(file, [[whole, b"".join(records[half])[:9]]], progress)
            file._size -= len(whole) + 9
            error = OSError(errno.EIO, "Input/output error")
            raise PartialWriteError(file._keep_whole(records, len(whole) + 9), error) from error
        original(file, records, progress)

    append(faulty)
    writer = open_writer(str(tmp_path))
    gate = threading.Event()
    writer.submit(lambda: (gate.wait(10), _scalar(0)())[1])
    for step in range(1, 100):
        writer.submit(_scalar(step))
    gate.set()
    with pytest.warns(RuntimeWarning, match="Input/output error") as caught:
        writer.close()
    assert len(caught) == 1
    assert not broken[0]
    assert len(list(tmp_path.iterdir())) == 2
    run = read_run(tmp_path)
    assert list(run["value"]) == [*range(100)]
    assert not _gaps(run)


def test_what_finds_no_room_is_marked_in_the_log(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_writer, "MAX_EVENT_BYTES", 10 * directory_writer.EVENT_BYTES)
    obstacle = tmp_path / "run"
    obstacle.write_text("in the way")
    writer = open_writer(str(obstacle))
    with pytest.warns(RuntimeWarning, match="can't write to .*run: ") as caught:
        writer.submit(_scalar(0))
        writer.flush()
        for step in range(1, 100):
            writer.submit(_scalar(step))
        obstacle.unlink()
        writer.flush()
        for step in range(100, 110):
            writer.submit(_scalar(step))
        writer.close()
    assert len(caught) == 1
    run = read_run(obstacle)
    assert list(run["value"]) == [*range(10), *range(100, 110)]
    assert _gaps(run) == [[90, 9, 100]]


def test_what_is_lost_at_the_very_end_is_marked_too(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_writer, "MAX_EVENT_BYTES", 10 * directory_writer.EVENT_BYTES)
    writer, gate = open_writer(str(tmp_path)), threading.Event()
    writer.submit(lambda: (gate.wait(30), _scalar(0)())[1])
    with pytest.warns(RuntimeWarning, match="slower than training.*leaves events out"):
        for step in range(1, 15):
            writer.submit(_scalar(step))
    gate.set()
    writer.close()
    run = read_run(tmp_path)
    assert list(run["value"]) == [*range(10)]
    assert _gaps(run) == [[5, 9, -1]]


def test_captures_are_not_taken_while_a_disk_stays_broken(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_writer, "_NO_CAPTURES_SECONDS", 0.1)
    (tmp_path / "run").write_text("in the way")
    writer = open_writer(str(tmp_path / "run"))
    writer.submit(_scalar(1))
    began = time.monotonic()
    with pytest.warns(RuntimeWarning, match="can't write"):
        writer.flush()
    assert writer.reserve_capture(1000, wait=True) is None
    assert time.monotonic() - began < 5
    (tmp_path / "run").unlink()
    writer.flush()
    assert writer.reserve_capture(1000) is not None
    writer.close()
    assert _gaps(read_run(tmp_path / "run")) == [[1, 1, -1]]


@pytest.mark.parametrize("move", [False, True])
def test_a_directory_that_vanishes_between_two_fits_is_made_anew(
    tmp_path: pathlib.Path, move: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "CHECK_SECONDS", 0.0)
    run = tmp_path / "run"
    writer = open_writer(str(run))
    for step in range(10):
        writer.submit(_scalar(step))
    writer.flush()
    if move:
        run.rename(tmp_path / "old")
    else:
        shutil.rmtree(run)
    with pytest.warns(RuntimeWarning, match=r"deleted or moved.*10 events \(steps 0 to 9\)") as w:
        for step in range(10, 20):
            writer.submit(_scalar(step))
        writer.close()
    assert len(w) == 1
    found = read_run(run)
    assert list(found["value"]) == [*range(10, 20)]
    assert _gaps(found) == [[10, 0, 10]]


def test_a_directory_deleted_in_the_middle_of_a_fit_is_noticed_within_a_second(
    tmp_path: pathlib.Path,
) -> None:
    run = tmp_path / "run"
    writer = open_writer(str(run))
    step = 0
    with pytest.warns(RuntimeWarning, match="deleted or moved") as caught:
        began = time.monotonic()
        while (seconds := time.monotonic() - began) < 3:
            writer.submit(_scalar(step))
            step += 1
            if run.exists() and seconds < 0.5:
                shutil.rmtree(run, ignore_errors=True)
            time.sleep(0.01)
        writer.close()
    assert 1 <= len(caught) <= 3
    found = read_run(run)
    steps = list(found["value"])
    assert steps == [*range(steps[0], step)]
    assert _gaps(found)[0] == [steps[0] - _gaps(found)[0][1], _gaps(found)[0][1], steps[0]]


def test_a_directory_deleted_after_the_end_is_not_made_anew(tmp_path: pathlib.Path) -> None:
    writer = open_writer(str(tmp_path / "run"))
    writer.submit(_scalar(1))
    writer.flush()
    shutil.rmtree(tmp_path / "run")
    writer.close()
    assert not (tmp_path / "run").exists()


@pytest.fixture
def hanging(
    tmp_path: pathlib.Path, append: Callable[[Append], None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[EventWriter, threading.Event]]:
    """A writer whose disk hangs until the event is set, and which waits half a second at most."""
    original, gate = LocalEventFile.append, threading.Event()

    def hang(file: LocalEventFile, records: Sequence[Record], progress: Callable[[], None]) -> None:
        gate.wait(60)
        original(file, records, progress)

    append(hang)
    monkeypatch.setattr(directory_writer, "STALL_SECONDS", 0.5)
    yield open_writer(str(tmp_path)), gate
    gate.set()


def test_a_disk_that_hangs_is_not_waited_for(
    hanging: tuple[EventWriter, threading.Event], tmp_path: pathlib.Path
) -> None:
    writer, gate = hanging
    began = time.monotonic()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for step in range(20):
            writer.submit(_scalar(step))
        held = writer.reserve_capture(directory_writer.MAX_CAPTURE_BYTES)
        assert held is not None
        assert writer.reserve_capture(1000, wait=True) is None
        writer.flush()
        writer.close()
    assert time.monotonic() - began < 5
    texts = [str(warning.message) for warning in caught]
    assert ["slower than training" in texts[0], "waited in vain" in texts[1]] == [True, True]
    assert "gave up 20 events" in texts[2]
    assert len(texts) == 3
    gate.set()
    _wait_until(lambda: not any(t.name == "tb_featuremaps" for t in threading.enumerate()))
    held.release()


def test_ctrl_c_in_a_wait_leaves_the_writer_in_order(
    hanging: tuple[EventWriter, threading.Event],
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    writer, gate = hanging
    monkeypatch.setattr(directory_writer, "STALL_SECONDS", 30.0)
    writer.submit(_scalar(1))
    timer = threading.Timer(0.3, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        writer.close()
    gate.set()
    _wait_until(lambda: not any(t.name == "tb_featuremaps" for t in threading.enumerate()))
    again = open_writer(str(tmp_path))
    again.submit(_scalar(2))
    again.close()
    assert sorted(read_run(tmp_path)["value"]) == [1, 2]


def test_a_process_ends_although_the_disk_hangs(tmp_path: pathlib.Path) -> None:
    script = """
        import sys, threading
        from tb_featuremaps.summary import directory_writer
        from tb_featuremaps.summary.event_file import LocalEventFile
        from tb_featuremaps.summary.event_writer import open_writer
        from tb_featuremaps.summary.events import event, scalar_value

        directory_writer.STALL_SECONDS = 1.0
        LocalEventFile.append = lambda *_: threading.Event().wait()
        writers = [open_writer(sys.argv[1] + name) for name in "abc"]
        for writer in writers:
            writer.submit(lambda: event(1, [scalar_value("value", 1)]))
    """
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": f"{_TESTS}{os.pathsep}{_TESTS.parent}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert time.monotonic() - began < 30
    assert ended.returncode == 0
    assert ended.stderr.count("gave up 1 events") == 3


def test_captures_do_not_starve_behind_loss_points(
    tmp_path: pathlib.Path, append: Callable[[Append], None]
) -> None:
    original = LocalEventFile.append

    def slow(file: LocalEventFile, records: Sequence[Record], progress: Callable[[], None]) -> None:
        time.sleep(0.3)
        original(file, records, progress)

    append(slow)
    writer = open_writer(str(tmp_path))
    captures = 0
    began = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for step in range(321):
            writer.submit(_scalar(step, "loss"))
            reservation = writer.reserve_capture(5_000_000)
            if reservation is not None:
                captures += 1
                reservation.submit(_scalar(step, "capture"))
            time.sleep(0.01)
        writer.close()
    assert time.monotonic() - began < 8
    run = read_run(tmp_path)
    assert list(run["loss"]) == [*range(321)]
    assert len(run["capture"]) == captures > 200


def test_a_slow_disk_that_does_progress_is_waited_for(
    tmp_path: pathlib.Path, append: Callable[[Append], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    original = LocalEventFile.append

    def slow(file: LocalEventFile, records: Sequence[Record], progress: Callable[[], None]) -> None:
        for record in records:
            time.sleep(0.02)
            original(file, [record], progress)

    append(slow)
    monkeypatch.setattr(directory_writer, "STALL_SECONDS", 0.5)
    writer = open_writer(str(tmp_path))
    for step in range(100):
        writer.submit(_scalar(step))
    writer.close()
    assert list(read_run(tmp_path)["value"]) == [*range(100)]


Write: TypeAlias = Callable[[io.FileIO, Sequence[memoryview]], int]


def _faulty(write: Write, rng: random.Random, failing: list[float]) -> Write:
    """Writes a part, or fails after a part, at random."""

    def faulty(file: io.FileIO, group: Sequence[memoryview]) -> int:
        data = b"".join(group)
        written = write(file, [memoryview(data)[: rng.randint(1, len(data))]])
        if rng.random() < failing[0]:
            raise OSError(errno.EIO, "Input/output error")
        return written

    return faulty


@pytest.mark.parametrize("seed", range(6))
def test_on_a_disk_that_fails_at_random_all_is_written_or_marked(
    seed: int,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng, failing = random.Random(seed), [0.0]
    monkeypatch.setattr(event_file, "_write", _faulty(event_file._write, rng, failing))
    monkeypatch.setattr(write_thread, "FIRST_RETRY_SECONDS", 0.01)
    monkeypatch.setattr(directory_writer, "MAX_EVENT_BYTES", 200 * directory_writer.EVENT_BYTES)
    writer, count = open_writer(str(tmp_path)), 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for phase in range(8):
            failing[0] = (0.0, 0.3, 0.9)[phase % 3]
            for _ in range(rng.randint(1, 120)):
                writer.submit(_scalar(count))
                count += 1
                time.sleep(0.003 * (rng.random() < 0.1))
        failing[0] = 0.0
        writer.close()
    run = read_run(tmp_path)
    missing = sorted({*range(count)} - set(run["value"]))
    assert list(run["value"]) == sorted(run["value"])
    assert sum(row[0] for row in _gaps(run)) == len(missing)
    for step in missing:
        assert any(low <= step and (step <= high or high == -1) for _, low, high in _gaps(run))


def test_the_delay_between_attempts_grows(
    tmp_path: pathlib.Path, append: Callable[[Append], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[float] = []

    def fail(file: LocalEventFile, records: Sequence[Record], progress: Callable[[], None]) -> None:
        attempts.append(time.monotonic())
        raise PartialWriteError(0, OSError("no"))

    append(fail)
    monkeypatch.setattr(write_thread, "FIRST_RETRY_SECONDS", 0.05)
    monkeypatch.setattr(write_thread, "LAST_RETRY_SECONDS", 0.2)
    writer = open_writer(str(tmp_path))
    writer.submit(_scalar(1))
    _wait_until(lambda: len(attempts) >= 8)
    delays = [after - before for before, after in itertools.pairwise(attempts[:8])]
    assert all(delay > least for delay, least in zip(delays, [0.05, 0.1, *[0.2] * 5], strict=True))
    assert sum(delays) < 5  # rather than 6.35: it doubles no further
    with pytest.warns(RuntimeWarning, match="can't write to .*Error: no") as caught:
        writer.close()
    assert len(caught) == 1
    assert not list(tmp_path.iterdir())
