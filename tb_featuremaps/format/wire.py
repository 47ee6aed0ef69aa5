"""Fields of protobuf messages, put together by hand where protobuf would copy too often."""

from collections.abc import Sequence

_BYTES_FOLLOW = 2
# A key is joined with what follows it, unless that is larger: each part costs its writer more than
# copying so few bytes does.
_SMALL_BYTES = 1 << 12


def field(number: int, content: Sequence[bytes]) -> list[bytes]:
    """A field of bytes, of packed numbers or of a message: its key and its length, and itself.

    Args:
        number: the field's.
        content: in parts.

    Returns:
        As many parts, or one more.
    """
    key = field_key(number, sum(map(len, content)))
    if not content or len(content[0]) > _SMALL_BYTES:
        return [key, *content]
    return [key + content[0], *content[1:]]


def field_key(number: int, length: int) -> bytes:
    """What stands before a field of so many bytes: its key and its length."""
    return varint(number << 3 | _BYTES_FOLLOW) + varint(length)


def varint(number: int) -> bytes:
    """A number from 0 on: seven bits a byte, the lowest first; the eighth says that more follow."""
    if number < 1 << 7:
        return bytes((number,))
    if number < 1 << 14:
        return bytes((number & 127 | 128, number >> 7))
    if number < 1 << 21:
        return bytes((number & 127 | 128, number >> 7 & 127 | 128, number >> 14))
    return bytes((number & 127 | 128,)) + varint(number >> 7)
