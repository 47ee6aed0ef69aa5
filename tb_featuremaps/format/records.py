"""Writes and reads the records of an event file.

A record is the length of its data (uint64), the masked CRC-32C of these eight bytes (uint32), the
data, and the masked CRC-32C of the data (uint32), all little-endian; see TensorFlow's
`core/lib/io/record_writer.h`.
"""

import functools
import struct
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple, TypeAlias

from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import crc32c as crc32c_in_python

Checksum: TypeAlias = Callable[[bytes], int]

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # that it has no compiled code
        import google_crc32c
except ImportError:
    crc32c: Checksum = crc32c_in_python
    CRC32C_IS_COMPILED = False
else:
    crc32c = google_crc32c.value
    CRC32C_IS_COMPILED = google_crc32c.implementation == "c"

# Without compiled code a checksum takes 80 ms for a megabyte.
UNCOMPILED_BYTES = 1 << 16
# Far above what the writer lets wait; protobuf itself ends at twice as much.
MAX_RECORD_BYTES = 1 << 30

_LENGTH = struct.Struct("<Q")
_HEADER = struct.Struct("<QI")
_FOOTER = struct.Struct("<I")
_FRAME_BYTES = _HEADER.size + _FOOTER.size
_MASK_DELTA = 0xA282EAD8
_ALL_32_BITS = 0xFFFFFFFF


class RecordError(ValueError):
    """A file can't be read on from some byte; the message says which, and why."""


class Record(NamedTuple):
    """One record.

    Attributes:
        data: what it holds.
        offset: the byte of the file at which the record begins.
        is_checked: whether the checksum of the data was compared.
    """

    data: bytes
    offset: int
    is_checked: bool

    @property
    def data_offset(self) -> int:
        """The byte of the file at which the data begins."""
        return self.offset + _HEADER.size

    @property
    def end(self) -> int:
        """The byte of the file at which the next record begins."""
        return self.offset + _FRAME_BYTES + len(self.data)


def encode_record(data: bytes, crc32c: Checksum = crc32c) -> bytes:
    """Returns the record that holds `data`."""
    return encode_records([data], crc32c)


def encode_large_record(parts: Sequence[bytes]) -> list[bytes]:
    """Returns what, joined, is the record that holds `parts` one after another; copies none."""
    if not CRC32C_IS_COMPILED:
        return [encode_record(b"".join(parts))]
    crc = functools.reduce(google_crc32c.extend, parts, 0)
    return [_header(sum(map(len, parts))), *parts, _FOOTER.pack(_masked(crc))]


def encode_records(all_data: Iterable[bytes], crc32c: Checksum = crc32c) -> bytes:
    """Returns the records, one after another, that hold data."""
    parts: list[bytes] = []
    for data in all_data:
        parts += (_header(len(data)), data, _FOOTER.pack(masked_crc32c(data, crc32c)))
    return b"".join(parts)


@functools.lru_cache(maxsize=16)  # many small records are of one length
def _header(length: int) -> bytes:
    packed = _LENGTH.pack(length)
    return packed + _FOOTER.pack(masked_crc32c(packed))


def read_records(file: BinaryIO, offset: int, size: int) -> Iterator[Record]:
    """Yields the records of a file, from a byte at which one begins.

    Where checksums are not compiled, those of records above `UNCOMPILED_BYTES` are not compared.
    Drop each record before the next is read: memory for two of a megabyte, which takes turns, is
    given back to the system and taken anew each time, which takes longer than reading.

    Args:
        file: open for reading.
        offset: where the first record begins.
        size: bytes of the file; what is added to it meanwhile is not read.

    Raises:
        OSError: it can't be read.
        RecordError: what follows is damaged or cut short.
    """
    file.seek(offset)
    header = b""
    while offset < size:
        known, header = header, file.read(_HEADER.size)
        # Many small records are of one length.
        if header != known:
            _check_header(header, offset, size)
        (length,) = _LENGTH.unpack_from(header)
        yield _read_record(file, length, offset, size)
        offset += _FRAME_BYTES + length


def _check_header(header: bytes, offset: int, size: int) -> None:
    if len(header) < _HEADER.size:
        raise _cut_short(offset, size)
    if _HEADER.unpack(header)[1] != masked_crc32c(header[:8]):
        raise RecordError(f"it is damaged, or no event file, from byte {offset:,} on.")


def _read_record(file: BinaryIO, length: int, offset: int, size: int) -> Record:
    if offset + _FRAME_BYTES + length > size:
        raise _cut_short(offset, size)
    if length > MAX_RECORD_BYTES:
        raise RecordError(
            f"its record at byte {offset:,} has {length:,} bytes; at most {MAX_RECORD_BYTES:,} "
            "are read."
        )
    if length <= UNCOMPILED_BYTES:  # one call is cheaper than a copy of a few bytes
        block = file.read(length + _FOOTER.size)
        data, footer = block[:length], block[length:]
    else:
        data, footer = file.read(length), file.read(_FOOTER.size)
    if len(footer) < _FOOTER.size:
        raise _cut_short(offset, size)
    is_checked = CRC32C_IS_COMPILED or length <= UNCOMPILED_BYTES
    if is_checked and _FOOTER.unpack(footer)[0] != masked_crc32c(data):
        raise RecordError(f"it is damaged from byte {offset:,} on.")
    return Record(data, offset, is_checked)


def _cut_short(offset: int, size: int) -> RecordError:
    return RecordError(
        f"its last record is cut short, from byte {offset:,} of {size:,}: it is being written, or "
        "its writer was killed."
    )


def masked_crc32c(data: bytes, crc32c: Checksum = crc32c) -> int:
    """The checksum as records hold it: rotated, and offset by a constant."""
    return _masked(crc32c(data))


def _masked(crc: int) -> int:
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & _ALL_32_BITS
