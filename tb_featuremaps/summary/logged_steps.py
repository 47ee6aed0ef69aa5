"""Finds how far a run directory was logged, without reading what was logged."""

import contextlib
import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from tb_featuremaps.format.names import EVENT_FILE_SUFFIX

# An event begins with its wall time (field 1, eight bytes) and its step (field 2, a varint of up to
# ten bytes).
_HEAD_BYTES = 24
_WALL_TIME, _STEP, _SUMMARY = 0x09, 0x10, 0x2A


def newest_step(directory: str) -> int | None:
    """The largest step of a value in a run's event files of ours; None if none, or it is remote.

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
    return [os.path.join(directory, name) for name in names if name.endswith(EVENT_FILE_SUFFIX)]


def _steps(file: BinaryIO) -> Iterator[int]:
    """The steps of a file of records: length, its checksum, data and its checksum."""
    while len(header := file.read(12)) == 12:
        (length,) = struct.unpack("<Q", header[:8])
        head = file.read(min(length, _HEAD_BYTES))
        if head[:1] == bytes([_WALL_TIME]) and head[9:10] == bytes([_STEP]):
            step, length_of_step = _varint(head[10:])
            # A session-start record has a step too, one later than where the training is.
            if head[10 + length_of_step :][:1] == bytes([_SUMMARY]):
                yield step
        file.seek(length - len(head) + 4, os.SEEK_CUR)


def _varint(data: bytes) -> tuple[int, int]:
    """A number of base 128, the lowest digits first, and how many bytes it takes."""
    value = 0
    for index, byte in enumerate(data):
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value, index + 1
    return value, len(data)
