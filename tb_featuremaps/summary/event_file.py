"""One event file: created, written to record by record, and looked after.

Local files are written with plain system calls; directories with a scheme ("gs://…") are those of
remote stores.
"""

import contextlib
import functools
import io
import itertools
import os
import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeAlias

from tensorboard.compat.proto import event_pb2

from tb_featuremaps.format.names import EVENT_FILE_SUFFIX
from tb_featuremaps.format.records import encode_record
from tb_featuremaps.format.remote import is_remote, store_of
from tb_featuremaps.summary.run_lock import RunLocks

Progress = Callable[[], None]
# What, joined, is an encoded record. Megabytes are not joined, which the interpreter's lock is held
# for.
Part: TypeAlias = bytes | memoryview
Record: TypeAlias = Sequence[Part]

# A slow disk shows its progress this often.
_CHUNK_BYTES = 1 << 20
# POSIX systems take 16 parts in one call at least; Linux and macOS take 1,024.
_LEAST_PARTS, _MOST_PARTS = 16, 1024
_NAME = re.compile(r"tfevents\.(\d{10})\.")
_MAX_SECONDS = 9_999_999_998

locks = RunLocks()


class PartialWriteError(OSError):
    """Writing failed after some records.

    Attributes:
        written: how many records are whole in the file.
    """

    def __init__(self, written: int, cause: Exception) -> None:
        super().__init__(str(cause))
        self.written = written


class EventFile(Protocol):
    """An open event file."""

    def append(self, records: Sequence[Record], progress: Progress) -> None:
        """Writes records to the operating system, or to the remote store.

        Args:
            records: encoded records.
            progress: called whenever some bytes went through.

        Raises:
            PartialWriteError: nothing may be appended afterwards.
        """

    def is_in_place(self) -> bool:
        """False if the file was deleted, or moved away, or its directory was."""

    def close(self) -> None:
        """Closes the file; one that holds no event is removed."""

    def let_go(self) -> None:
        """Closes this process's descriptor and does nothing else."""


def create_event_file(directory: str) -> EventFile:
    """Creates an event file that is the newest of its directory, which is made if need be.

    Raises:
        Exception: of any kind, as remote file systems raise them; mostly OSError.
    """
    if is_remote(directory):
        return RemoteEventFile(directory)
    return LocalEventFile(directory)


def event_files(directory: str) -> list[str]:
    """Paths of our event files in a directory, oldest first."""
    names = sorted(name for name in _listed(directory) if name.endswith(EVENT_FILE_SUFFIX))
    return [os.path.join(directory, name) for name in names if _NAME.search(name)]


class LocalEventFile:
    """An event file of the local file system.

    Every record is handed to the operating system at once, so that it outlives the process.
    """

    def __init__(self, directory: str) -> None:
        os.makedirs(directory, exist_ok=True)
        self.path = os.path.join(directory, _new_name(os.listdir(directory)))
        self._size = 0
        self._file = open(self.path, "xb", buffering=0)  # noqa: SIM115  (closed by close)
        locks.hold(self._file)
        self._header_size = 0
        try:
            self.append([[_header()]], lambda: None)
        except OSError:
            self.close()
            raise
        self._header_size = self._size

    def append(self, records: Sequence[Record], progress: Progress) -> None:
        done = 0
        try:
            for group, size in _groups(itertools.chain.from_iterable(records)):
                while size:
                    written = _write(self._file, group)
                    done, size = done + written, size - written
                    progress()
                    if size:
                        group = _without(group, written)
        except Exception as error:
            raise PartialWriteError(self._keep_whole(records, done), error) from error
        self._size += done

    def is_in_place(self) -> bool:
        try:
            return os.path.samestat(os.stat(self.path), os.fstat(self._file.fileno()))
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:  # it can't be known now
            return True

    def close(self) -> None:
        if self._file.closed:
            return
        is_empty = self._size == self._header_size and self.is_in_place()
        locks.forget(self._file)
        self._file.close()
        if is_empty:
            os.unlink(self.path)

    def let_go(self) -> None:
        self._file.close()

    def _keep_whole(self, records: Sequence[Record], written: int) -> int:
        """Cuts a half-written record off; returns how many records are whole."""
        whole = 0
        for size in (sum(map(len, record)) for record in records):
            if written < size:
                break
            written -= size
            self._size += size
            whole += 1
        with contextlib.suppress(OSError):  # readers stop at a half-written record at the end
            self._file.truncate(self._size)
        return whole


class RemoteEventFile:
    """An event file of a remote store."""

    def __init__(self, directory: str) -> None:
        store = store_of(directory)
        store.make_directory(directory)
        name = _new_name(store.names(directory))
        self._file: Any = store.open_to_write(f"{directory.rstrip('/')}/{name}")
        self.append([[_header()]], lambda: None)

    def append(self, records: Sequence[Record], progress: Progress) -> None:
        try:
            self._file.write(b"".join(part for record in records for part in record))
            self._file.flush()
            progress()
        except Exception as error:
            raise PartialWriteError(0, error) from error

    def is_in_place(self) -> bool:
        return True  # asking would cost a request

    def close(self) -> None:
        self._file.close()

    def let_go(self) -> None:
        return  # closing could write


def _listed(directory: str) -> list[str]:
    return store_of(directory).names(directory) if is_remote(directory) else os.listdir(directory)


def _groups(parts: Iterable[Part]) -> Iterator[tuple[Sequence[Part], int]]:
    """The same bytes, so many at a time as are written by one call, and their number.

    There are hundreds of parts, and the interpreter's lock is held: those that fit are not sliced.
    """
    group: list[Part] = []
    size, most = 0, _most_parts()
    for part in parts:
        if len(group) == most:
            yield group, size
            group, size = [], 0
        while size + len(part) > _CHUNK_BYTES:
            room = _CHUNK_BYTES - size
            yield [*group, memoryview(part)[:room]], _CHUNK_BYTES
            group, size, part = [], 0, memoryview(part)[room:]
        group.append(part)
        size += len(part)
    yield group, size


@functools.cache
def _most_parts() -> int:
    """How many parts the system writes by one call."""
    try:
        known = os.sysconf("SC_IOV_MAX")
    except (AttributeError, ValueError, OSError):  # not on this system
        known = _LEAST_PARTS
    return min(max(known, _LEAST_PARTS), _MOST_PARTS)


def _write(file: io.FileIO, group: Sequence[Part]) -> int:
    """Writes bytes of a group, as many as the system takes; returns how many."""
    if hasattr(os, "writev"):
        return os.writev(file.fileno(), group)
    return file.write(b"".join(group)) or 0


def _without(group: Sequence[Part], written: int) -> Sequence[Part]:
    """What is left of a group when so many of its bytes, but not all, are written."""
    for index, part in enumerate(group):
        if written < len(part):
            return [memoryview(part)[written:], *group[index + 1 :]]
        written -= len(part)
    return []


def _new_name(existing: Iterable[str]) -> str:
    """A name that sorts behind all others, as readers that follow the newest file need it."""
    times = (int(found.group(1)) for name in existing if (found := _NAME.search(name)))
    newest = max((seconds for seconds in times if seconds < _MAX_SECONDS), default=0)
    seconds = max(int(time.time()), newest + 1)
    unique = f"{socket.gethostname()}.{os.getpid()}.{time.monotonic_ns()}"
    return f"events.out.tfevents.{seconds:010d}.{unique}{EVENT_FILE_SUFFIX}"


def _header() -> bytes:
    header = event_pb2.Event(wall_time=time.time(), file_version="brain.Event:2")
    return encode_record(header.SerializeToString())
