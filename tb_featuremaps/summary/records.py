"""Records of an event file.

A record is the length of its data (uint64), the masked CRC-32C of these eight bytes (uint32), the
data, and the masked CRC-32C of the data (uint32), all little-endian; see TensorFlow's
`core/lib/io/record_writer.h`.
"""

import struct
from collections.abc import Callable
from typing import TypeAlias

from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import crc32c as crc32c_in_python

Checksum: TypeAlias = Callable[[bytes], int]

try:
    from google_crc32c import value
except ImportError:  # no wheel for this platform
    _crc32c: Checksum = crc32c_in_python
else:
    _crc32c = value

_MASK_DELTA = 0xA282EAD8
_ALL_32_BITS = 0xFFFFFFFF


def encode_record(data: bytes, crc32c: Checksum = _crc32c) -> bytes:
    """Returns the record that holds `data`."""
    length = struct.pack("<Q", len(data))
    return b"".join((length, _masked(crc32c(length)), data, _masked(crc32c(data))))


def _masked(crc: int) -> bytes:
    rotated = (crc >> 15) | (crc << 17)
    return struct.pack("<I", (rotated + _MASK_DELTA) & _ALL_32_BITS)
