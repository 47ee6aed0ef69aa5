"""What earlier looks kept is believed where it is true, and only there."""

import concurrent.futures
import os
import pathlib
import shutil
from typing import Any, BinaryIO

import pytest
from support.synthetic_runs import write_run

from tb_featuremaps.format.records import encode_record
from tb_featuremaps.reader import LoggedRuns, read_logdir, run_log, scan_cache
from tb_featuremaps.reader.file_scan import FileScan
from tb_featuremaps.summary.events import event, scalar_value

_LAYERS = {"conv": (12, 12, 9)}


@pytest.fixture(autouse=True)
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """The cache folder, in which files of any size are kept."""
    monkeypatch.setattr(run_log, "WORTH_BYTES", 0)
    monkeypatch.setattr(
        scan_cache.platformdirs, "user_cache_dir", lambda name: str(tmp_path / "cache" / name)
    )
    return tmp_path / "cache" / "tb_featuremaps"


@pytest.fixture
def logdir(tmp_path: pathlib.Path) -> pathlib.Path:
    write_run(tmp_path / "logs" / "run", _LAYERS, (0, 5, 10), loss_points=4)
    return tmp_path / "logs"


@pytest.fixture
def scanned(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The byte from which each scan of a file went on."""
    begun: list[int] = []

    def counted(scan: FileScan, file: BinaryIO, size: int) -> None:
        begun.append(scan.end)
        scan_itself(scan, file, size)

    scan_itself = run_log.continue_scan
    monkeypatch.setattr(run_log, "continue_scan", counted)
    return begun


def _file(logdir: pathlib.Path) -> pathlib.Path:
    (path,) = logdir.rglob("*tfevents*")
    return path


def _content(logs: LoggedRuns) -> tuple[Any, ...]:
    last = logs.steps("run", "conv")[-1]
    return (
        logs.steps("run", "conv"),
        logs.activation("run", "conv", last).tolist(),
        [curve.values.tolist() for curve in logs.losses("run").values()],
        logs.messages,
    )


def test_a_second_look_scans_nothing_and_finds_the_same(
    logdir: pathlib.Path, scanned: list[int]
) -> None:
    first = _content(read_logdir(logdir))
    assert scanned == [0]
    assert _content(read_logdir(logdir)) == first
    assert scanned == [0]


def test_of_a_file_that_grew_the_rest_is_scanned(logdir: pathlib.Path, scanned: list[int]) -> None:
    size = _file(logdir).stat().st_size
    read_logdir(logdir)
    write_run(logdir.parent / "more" / "run", _LAYERS, (20, 30), loss_points=0)
    with _file(logdir).open("ab") as file:
        file.write(_file(logdir.parent / "more").read_bytes())
    grown = _content(read_logdir(logdir))
    assert grown[0] == [0, 5, 10, 20, 30]
    assert scanned == [0, size]
    assert grown == _content(read_logdir(logdir, cache=False))


def test_a_record_that_was_cut_short_is_read_when_it_is_whole(
    logdir: pathlib.Path, scanned: list[int]
) -> None:
    path = _file(logdir)
    whole = path.read_bytes()
    path.write_bytes(whole[:-3])
    assert "cut short" in read_logdir(logdir).messages[0]
    assert "cut short" in read_logdir(logdir).messages[0]
    with path.open("ab") as file:
        file.write(whole[-3:])
    assert read_logdir(logdir).messages == []
    assert scanned[0] == 0 and scanned[-1] > 0


@pytest.mark.parametrize("longer", [False, True])
def test_a_file_that_was_replaced_is_scanned_anew(logdir: pathlib.Path, longer: bool) -> None:
    read_logdir(logdir)
    other = logdir.parent / "other" / "run"
    write_run(other, _LAYERS, (1, 2, 3, 4) if longer else (1,), loss_points=9 if longer else 1)
    content = _file(other.parent).read_bytes()
    assert (len(content) > _file(logdir).stat().st_size) == longer
    _file(logdir).write_bytes(content)  # in the same inode
    assert _content(read_logdir(logdir)) == _content(read_logdir(other.parent, cache=False))


def test_a_file_that_was_truncated_is_scanned_anew(logdir: pathlib.Path) -> None:
    read_logdir(logdir)
    os.truncate(_file(logdir), _file(logdir).stat().st_size // 2)
    logs = read_logdir(logdir)
    assert logs.steps("run", "conv") != [0, 5, 10] and "cut short" in logs.messages[0]


def test_a_file_that_was_rewritten_at_its_size_is_scanned_anew(logdir: pathlib.Path) -> None:
    read_logdir(logdir)
    path = _file(logdir)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(1, 1))
    assert "damaged" in read_logdir(logdir).messages[0]


@pytest.mark.parametrize("damage", ["bit", "cut", "text", "empty", "directory"])
def test_a_damaged_cache_is_as_if_there_were_none(
    logdir: pathlib.Path, folder: pathlib.Path, scanned: list[int], damage: str
) -> None:
    first = _content(read_logdir(logdir))
    (kept,) = folder.iterdir()
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.unlink()
    if damage == "directory":
        kept.mkdir()
    else:
        damaged = {"bit": content, "cut": content[:50], "empty": content[:0]}
        kept.write_bytes(b"no scan" * 9 if damage == "text" else damaged[damage])
    assert _content(read_logdir(logdir)) == first
    assert scanned == [0, 0]


def test_a_scan_of_another_version_is_not_taken(
    logdir: pathlib.Path, scanned: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    read_logdir(logdir)
    monkeypatch.setattr(scan_cache, "_VERSION", 2)
    read_logdir(logdir)
    assert scanned == [0, 0]


def test_nothing_is_kept_if_it_is_not_wanted_or_not_worth_it(
    logdir: pathlib.Path, folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_logdir(logdir, cache=False)
    monkeypatch.setattr(run_log, "WORTH_BYTES", 1 << 20)
    read_logdir(logdir)
    assert not folder.exists()


def test_a_folder_that_can_not_be_made_costs_only_time(
    logdir: pathlib.Path, folder: pathlib.Path
) -> None:
    folder.parent.write_text("a file in its place")
    assert read_logdir(logdir).messages == []


def test_the_folder_is_bounded_and_keeps_what_was_used_last(
    logdir: pathlib.Path, folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        shutil.copytree(logdir / "run", logdir / f"run{number}")
    read_logdir(logdir)
    sizes = [path.stat().st_size for path in folder.iterdir()]
    monkeypatch.setattr(scan_cache, "_FOLDER_BYTES", 4 * max(sizes))
    write_run(logdir / "newest", _LAYERS)
    read_logdir(logdir)
    assert 1 <= len(list(folder.iterdir())) < len(sizes)
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 4 * max(sizes)


def test_processes_that_look_at_once_find_the_same(logdir: pathlib.Path) -> None:
    """Threads, whose steps mix more than those of processes."""
    path = _file(logdir)
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        for number in range(5):
            with path.open("ab") as file:
                made = event(100 + number, [scalar_value("loss/total", number)])
                file.write(encode_record(made.SerializeToString()))
            looks = [threads.submit(lambda: _content(read_logdir(logdir))) for _ in range(8)]
            found = [look.result() for look in looks]
            assert all(look == found[0] for look in found)
            assert found[0][2][0][-1] == number
