"""Reads events that hold nothing but float32 scalars, of which logs hold the most.

The events of a training's losses are equal but for their time, step and numbers. So the first one
is made a pattern, which the others are matched with: fifty times as fast as taking each apart.
"""

import re
import struct
from typing import NamedTuple

from tb_featuremaps.reader.event_fields import EventFields

# dtype, the empty shape, and one float in `float_val` or in `tensor_content`.
_FLOAT_TENSOR = re.compile(rb"\x08\x01(?:\x12\x00)?(?:\x2a|\x22)\x04(.{4})", re.DOTALL)
_HEAD = rb"\x09(.{8})\x10([\x80-\xff]{0,8}[\x00-\x7f])"  # no step below 0
_WALL_TIME = struct.Struct("<d")
# Other writers' events of many kinds would be tried in vain one after the other.
_PATTERNS = 8


class Scalars(NamedTuple):
    """An event of scalars.

    Attributes:
        tags: those of its values.
        wall_time: seconds since 1970.
        step: its step.
        numbers: the values.
    """

    tags: tuple[str, ...]
    wall_time: float
    step: int
    numbers: tuple[float, ...]


class _Pattern:
    def __init__(self, data: bytes, head: int, event: EventFields, starts: list[int]) -> None:
        self.tags = tuple(value.tag for value in event.values)
        self._floats = struct.Struct(f"<{len(starts)}f")
        parts, begin = [_HEAD], head
        for start in starts:
            parts += [re.escape(data[begin:start]), b"(.{4})"]
            begin = start + 4
        parts.append(re.escape(data[begin:]))
        self.match = re.compile(b"".join(parts), re.DOTALL).fullmatch

    def read(self, found: re.Match[bytes]) -> Scalars:
        wall_time, step, *floats = found.groups()
        number = sum((byte & 0x7F) << (7 * place) for place, byte in enumerate(step))
        numbers = self._floats.unpack(b"".join(floats))
        return Scalars(self.tags, _WALL_TIME.unpack(wall_time)[0], number, numbers)


class ScalarEvents:
    """Knows the last few kinds of events of scalars that it was shown."""

    def __init__(self) -> None:
        self._patterns: list[_Pattern] = []

    def matches(self, data: bytes) -> bool:
        """Whether it is an event of a kind that is known."""
        return self._find(data) is not None

    def read(self, data: bytes) -> Scalars | None:
        """The scalars of an event of a kind that is known; else None."""
        found = self._find(data)
        return found[0].read(found[1]) if found else None

    def learn(self, data: bytes, event: EventFields) -> None:
        """Takes note of an event, if it holds scalars only."""
        head = re.compile(_HEAD, re.DOTALL).match(data)
        if head is None or not event.values:
            return
        starts = []
        for value in event.values:
            begin, end = value.tensor or (0, 0)
            tensor = _FLOAT_TENSOR.fullmatch(data, begin, end)
            if tensor is None:
                return
            starts.append(tensor.start(1))
        self._patterns.insert(0, _Pattern(data, head.end(), event, starts))
        del self._patterns[_PATTERNS:]

    def _find(self, data: bytes) -> tuple[_Pattern, re.Match[bytes]] | None:
        for place, pattern in enumerate(self._patterns):
            found = pattern.match(data)
            if found is not None:
                if place:
                    self._patterns.insert(0, self._patterns.pop(place))
                return pattern, found
        return None
