"""The CIFAR-10 reader, on small archives in the official format."""

import functools
import hashlib
import http.server
import io
import pathlib
import pickle
import tarfile
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from training.data.cifar10 import ARCHIVE, DataError, load_cifar10, parse_records

_NAMES = [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]


def _records(seed: int, count: int = 4) -> bytes:
    random = np.random.default_rng(seed)
    labels = random.integers(0, 10, (count, 1))
    return (
        np.concatenate([labels, random.integers(0, 256, (count, 3072))], 1).astype("u1").tobytes()
    )


def _archive(folder: pathlib.Path, contents: dict[str, bytes]) -> str:
    """Writes an archive and returns its MD5 sum."""
    path = folder / ARCHIVE
    with tarfile.open(path, "w:gz") as tar:
        for name, content in contents.items():
            info = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return hashlib.md5(path.read_bytes()).hexdigest()


def _official(folder: pathlib.Path) -> str:
    return _archive(folder, {name: _records(seed) for seed, name in enumerate(_NAMES)})


def test_an_archive_is_read(tmp_path: pathlib.Path) -> None:
    data = load_cifar10(tmp_path, md5=_official(tmp_path))
    assert data.train_images.shape == (20, 32, 32, 3)
    assert data.validation_images.shape == (4, 32, 32, 3)
    record = np.frombuffer(_records(0), np.uint8).reshape(-1, 3073)[2]
    assert data.train_labels[2] == record[0]
    # The second plane, green, row 5, column 7.
    assert data.train_images[2, 5, 7, 1] == pytest.approx(record[1 + 1024 + 5 * 32 + 7] / 255)


def test_a_folder_of_extracted_files_is_read(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    for seed, name in enumerate(_NAMES):
        (folder / name).write_bytes(_records(seed))
    assert len(load_cifar10(tmp_path).train_labels) == 20
    assert len(load_cifar10(folder).train_labels) == 20


def test_another_archive_is_refused_by_its_checksum(tmp_path: pathlib.Path) -> None:
    _official(tmp_path)
    with pytest.raises(
        DataError, match=r"not the official archive.*c32a1d4ab5d03f1284b67883e8d87530"
    ):
        load_cifar10(tmp_path)


def test_the_pickled_version_is_refused_and_never_unpickled(tmp_path: pathlib.Path) -> None:
    md5 = _archive(tmp_path, {"data_batch_1": pickle.dumps({b"data": 1})})
    with pytest.raises(DataError, match="pickled Python version"):
        load_cifar10(tmp_path, md5=md5)


def test_an_archive_cut_short_is_a_clear_error(tmp_path: pathlib.Path) -> None:
    _official(tmp_path)
    path = tmp_path / ARCHIVE
    path.write_bytes(path.read_bytes()[:-9000])
    with pytest.raises(DataError, match="damaged"):
        load_cifar10(tmp_path, md5=hashlib.md5(path.read_bytes()).hexdigest())


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "truncated"), (b"\x01" * 3072, "truncated"), (b"\x0a" * 3073, "labels 0…9")],
)
def test_records_that_are_none_are_refused(content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_records(content, "data_batch_1.bin")


def test_a_folder_that_is_none_is_a_clear_error(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="--data-dir"):
        load_cifar10(tmp_path / "file")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


class _BreaksOff(_Quiet):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"x" * 10)


@pytest.fixture
def served(tmp_path: pathlib.Path, request: pytest.FixtureRequest) -> Iterator[str]:
    handler = request.param
    if handler is _Quiet:
        handler = functools.partial(_Quiet, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{ARCHIVE}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("served", [_Quiet], indirect=True)
def test_the_archive_is_downloaded_with_progress(
    served: str, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    md5 = _official(tmp_path)
    data_dir = tmp_path / "data"
    assert len(load_cifar10(data_dir, url=served, md5=md5).train_labels) == 20
    assert "100 %" in capsys.readouterr().out
    assert [path.name for path in data_dir.iterdir()] == [ARCHIVE]


@pytest.mark.parametrize("served", [_BreaksOff], indirect=True)
def test_a_download_that_breaks_off_leaves_nothing_behind(
    served: str, tmp_path: pathlib.Path
) -> None:
    with pytest.raises(DataError, match=r"Downloading .* failed.*--data-dir"):
        load_cifar10(tmp_path / "data", url=served)
    assert list((tmp_path / "data").iterdir()) == []
