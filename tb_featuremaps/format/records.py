"""Reads the records of an event file.

A record is the length of its data (uint64), the masked CRC-32C of these eight bytes (uint32), the
data, and the masked CRC-32C of the data (uint32), all little-endian; see TensorFlow's
`core/lib/io/record_reader.h`.
"""

import os
import pathlib
import stat
import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple, TypeAlias

from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import crc32c as crc32c_in_python

Checksum: TypeAlias = Callable[[bytes], int]

try:
    from google_crc32c import value
except ImportError:  # no wheel for this platform
    _crc32c: Checksum = crc32c_in_python
else:
    _crc32c = value

_HEADER = struct.Struct("<QI")
_FOOTER = struct.Struct("<I")
_MASK_DELTA = 0xA282EAD8
_ALL_32_BITS = 0xFFFFFFFF


class RecordError(ValueError):
    """A file can't be read on from some byte; the message says which, and why."""


class Record(NamedTuple):
    """The data of a record, and the byte of the file at which the record begins."""

    data: bytes
    offset: int


def read_records(path: pathlib.Path, offset: int = 0) -> Iterator[Record]:
    """Yields the records of a file as it is now, from a byte at which one begins.

    Raises:
        OSError: it can't be opened or read.
        RecordError: it is no regular file, or what follows is damaged or cut short.
    """
    # Not to wait for the other end of a pipe.
    with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise RecordError("it is no regular file.")
        file.seek(offset)
        while offset < status.st_size:
            record = Record(_read_record(file, offset, status.st_size), offset)
            offset = file.tell()
            yield record


def _read_record(file: BinaryIO, offset: int, size: int) -> bytes:
    header = file.read(_HEADER.size)
    if len(header) < _HEADER.size:
        raise _cut_short(offset, size)
    length, checksum = _HEADER.unpack(header)
    if checksum != masked_crc32c(header[:8]):
        raise RecordError(f"it is damaged, or no event file, from byte {offset:,} on.")
    if offset + _HEADER.size + length + _FOOTER.size > size:
        raise _cut_short(offset, size)
    data, footer = file.read(length), file.read(_FOOTER.size)
    if len(data) + len(footer) < length + _FOOTER.size:
        raise _cut_short(offset, size)
    if _FOOTER.unpack(footer)[0] != masked_crc32c(data):
        raise RecordError(f"it is damaged from byte {offset:,} on.")
    return data


def _cut_short(offset: int, size: int) -> RecordError:
    return RecordError(
        f"its last record is cut short, from byte {offset:,} of {size:,}: it is being written, or "
        "its writer was killed."
    )


def masked_crc32c(data: bytes, crc32c: Checksum = _crc32c) -> int:
    """The checksum as records hold it: rotated, and offset by a constant."""
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & _ALL_32_BITS
