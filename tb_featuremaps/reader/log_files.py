"""Finds and opens event files, of this machine or of a remote store.

A path with a scheme ("gs://bucket/logs") goes through TensorBoard's file layer, as the writer's do:
TensorFlow's where it is installed, else TensorBoard's own over fsspec or boto3.
"""

import io
import os
import stat
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple

from tb_featuremaps.format.records import RecordError

_EVENT_FILE = "tfevents"
# What one request to a remote store asks for; local reads are cheap.
_REMOTE_BYTES = 8 << 20
_LOCAL_BYTES = 1 << 18


class FileState(NamedTuple):
    """By which a file is known again; equal if it has not been written to.

    Attributes:
        size: in bytes.
        modified: when it was modified, in nanoseconds since 1970.
        number: that of its inode.
    """

    size: int
    modified: int
    number: int


class RunFiles(NamedTuple):
    """The event files of a run, named as TensorBoard names it, in the order of their names."""

    run: str
    paths: list[str]


def is_remote(path: str) -> bool:
    """Whether a path is one of a remote store."""
    return "://" in path


def is_directory(path: str) -> bool:
    """Whether there is a directory; remote stores know no empty ones.

    Raises:
        OSError: the store can't be asked.
    """
    if not is_remote(path):
        return os.path.isdir(path)
    return bool(_asked(path, lambda gfile: gfile.isdir(path)))


def find_runs(directory: str, report: Callable[[str], None]) -> Iterator[RunFiles]:
    """Yields the runs below a directory; `report` is told of folders that can't be read."""
    listing = _remote_folders if is_remote(directory) else _local_folders
    for run, parent, names in listing(directory, report):
        paths = sorted(os.path.join(parent, name) for name in names if _EVENT_FILE in name)
        if paths:
            yield RunFiles(run, paths)


def open_event_file(path: str) -> tuple[BinaryIO, FileState | None]:
    """Opens a file for reading; its state is None where a store doesn't tell it.

    Raises:
        OSError: it can't be opened.
        RecordError: it is no regular file.
    """
    if is_remote(path):
        return io.BufferedReader(_RemoteFile(path), _REMOTE_BYTES), None
    # Not to wait for the other end of a pipe.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    file = open(descriptor, "rb", buffering=_LOCAL_BYTES)  # noqa: SIM115  (the caller's)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        file.close()
        raise RecordError("it is no regular file.")
    return file, FileState(found.st_size, found.st_mtime_ns, found.st_ino)


def size_of(file: BinaryIO) -> int:
    """Bytes of an open file now."""
    return file.seek(0, os.SEEK_END)


_BINARY = getattr(os, "O_BINARY", 0)


def _local_folders(
    directory: str, report: Callable[[str], None]
) -> Iterator[tuple[str, str, list[str]]]:
    entered = set()

    def failed(error: OSError) -> None:
        report(f"{error.filename} can't be read: {error.strerror}")

    for parent, folders, names in os.walk(directory, followlinks=True, onerror=failed):
        entered.add(os.path.realpath(parent))
        # Not round in circles.
        folders[:] = sorted(
            name for name in folders if os.path.realpath(os.path.join(parent, name)) not in entered
        )
        yield os.path.relpath(parent, directory), parent, names


def _remote_folders(
    directory: str, report: Callable[[str], None]
) -> Iterator[tuple[str, str, list[str]]]:
    root = directory.rstrip("/")
    try:
        found = _asked(root, lambda gfile: list(gfile.walk(root)))
    except OSError as error:
        report(f"{root} can't be read: {error}")
        return
    for parent, _, names in sorted(found):
        run = str(parent).rstrip("/")[len(root) :].strip("/") or "."
        yield run, str(parent), [str(name) for name in names]


class _RemoteFile(io.RawIOBase):
    """A file of a remote store, read forwards in large pieces, or from where it is asked."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._place = 0
        self._size = int(_asked(path, lambda gfile: gfile.stat(path).length))
        self._file = _asked(path, lambda gfile: _opened(gfile, path))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        self._go_to(begin + offset)
        return self._place

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), max(0, self._size - self._place))
        data = self._read(wanted) if wanted else b""
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)

    def close(self) -> None:
        if not self.closed and hasattr(self, "_file"):
            self._file.close()
        super().close()

    def _read(self, size: int) -> bytes:
        data: bytes = _asked(self._path, lambda _: self._file.read(size))
        if not data:
            raise OSError(f"{self._path} ends before byte {self._size:,}.")
        return data

    def _go_to(self, place: int) -> None:
        if place == self._place:
            return
        if hasattr(self._file, "seek"):
            _asked(self._path, lambda _: self._file.seek(place))
        else:  # TensorBoard's own files only read on
            if place < self._place:
                self._file.close()
                self._file = _asked(self._path, lambda gfile: _opened(gfile, self._path))
                self._place = 0
            while self._place < min(place, self._size):
                self._place += len(self._read(min(_REMOTE_BYTES, place - self._place)))
        self._place = place


def _opened(gfile: Any, path: str) -> Any:
    file = gfile.GFile(path, "rb")
    if hasattr(file, "seek"):
        return file
    try:  # TensorBoard's own layer goes through it too, but for S3, and can't seek
        import fsspec

        return fsspec.open(path, "rb").open()
    except ImportError:
        return file


def _asked(path: str, question: Callable[[Any], Any]) -> Any:
    """Asks the file layer; what its libraries raise becomes an OSError."""
    from tensorboard.compat import tf  # TensorFlow itself, if it is installed

    try:
        return question(tf.io.gfile)
    except OSError:
        raise
    except Exception as error:  # each store has errors of its own
        raise OSError(f"{path}: {type(error).__name__}: {error}") from error
