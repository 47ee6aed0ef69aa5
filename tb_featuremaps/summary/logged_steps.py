"""Finds how far a run directory was logged, without reading what was logged."""

import contextlib
import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from tb_featuremaps.summary.event_file import SUFFIX

# An event begins with its wall time (field 1, eight bytes) and its step (field 2, a varint of up to
# ten bytes).
_HEAD_BYTES = 24
_WALL_TIME, _STEP = 0x09, 0x10


def newest_step(directory: str) -> int | None:
    """The largest step in a run's event files of ours; None if there are none, or it is remote.

    Reads the first bytes of each record and steps over the rest.
    """
    newest = None
    for path in _event_files(directory):
        with contextlib.suppress(OSError), open(path, "rb") as file:
            for step in _steps(file):
                newest = step if newest is None else max(newest, step)
    return newest


def _event_files(directory: str) -> list[str]:
    if not os.path.isdir(directory):
        return []
    names = [name for name in os.listdir(directory) if name.startswith("events.out.tfevents")]
    return [os.path.join(directory, name) for name in names if name.endswith(SUFFIX)]


def _steps(file: BinaryIO) -> Iterator[int]:
    """The steps of a file of records: length, its checksum, data and its checksum."""
    while len(header := file.read(12)) == 12:
        (length,) = struct.unpack("<Q", header[:8])
        head = file.read(min(length, _HEAD_BYTES))
        if head[:1] == bytes([_WALL_TIME]) and head[9:10] == bytes([_STEP]):
            yield _varint(head[10:])
        file.seek(length - len(head) + 4, os.SEEK_CUR)


def _varint(data: bytes) -> int:
    value = 0
    for index, byte in enumerate(data):
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            break
    return value
