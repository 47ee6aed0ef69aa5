"""Finds and opens event files, of this machine or of a remote store.

A path with a scheme ("gs://bucket/logs") is one of a remote store, as the writer's are.
"""

import io
import os
import stat
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple, TypeVar

from tb_featuremaps.format.records import RecordError
from tb_featuremaps.format.remote import Store, is_remote, store_of

_EVENT_FILE = "tfevents"
# What one request to a remote store asks for; local reads are cheap.
_REMOTE_BYTES = 8 << 20
_LOCAL_BYTES = 1 << 18
_Answer = TypeVar("_Answer")


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


def is_directory(path: str) -> bool:
    """Whether there is a directory; remote stores know no empty ones.

    Raises:
        OSError: the store can't be asked.
    """
    if not is_remote(path):
        return os.path.isdir(path)
    return _asked(path, lambda store: store.is_directory(path))


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
        found = _asked(root, lambda store: list(store.folders(root)))
    except OSError as error:
        report(f"{root} can't be read: {error}")
        return
    for below, names in sorted(found):
        yield below.strip("/") or ".", f"{root}/{below.strip('/')}".rstrip("/"), names


class _RemoteFile(io.RawIOBase):
    """A file of a remote store, read forwards in large pieces, or from where it is asked."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._place = 0
        self._size = _asked(path, lambda store: store.size(path))
        self._file = self._opened()

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

    def _opened(self) -> Any:
        return _asked(self._path, lambda store: store.open_to_read(self._path))

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
                self._file = self._opened()
                self._place = 0
            while self._place < min(place, self._size):
                self._place += len(self._read(min(_REMOTE_BYTES, place - self._place)))
        self._place = place


def _asked(path: str, question: Callable[[Store], _Answer]) -> _Answer:
    """Asks the store of a path; what its libraries raise becomes an OSError."""
    try:
        return question(store_of(path))
    except OSError:
        raise
    except Exception as error:  # each store has errors of its own
        raise OSError(f"{path}: {type(error).__name__}: {error}") from error
