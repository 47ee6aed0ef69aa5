"""Fields of protobuf messages, put together by hand where protobuf would copy too often."""

from collections.abc import Sequence

_BYTES_FOLLOW = 2


def field(number: int, content: Sequence[bytes]) -> list[bytes]:
    """A field of bytes, of packed numbers or of a message: its key and its length, and itself."""
    length = sum(map(len, content))
    return [_varint(number << 3 | _BYTES_FOLLOW) + _varint(length), *content]


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    if number < 128:
        return bytes((number,))
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
