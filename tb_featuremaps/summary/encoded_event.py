"""Events as the bytes that are written, made without protobuf where there are many alike."""

import math
import struct
import time
from collections.abc import Sequence
from typing import NamedTuple

from tensorboard.compat.proto import summary_pb2

from tb_featuremaps.format.wire import field, varint
from tb_featuremaps.summary import events

# Fields of `Event`, as they are encoded: wall_time (double), step (varint), summary (bytes).
_WALL_TIME = struct.Struct("<Bd")
_WALL_TIME_KEY, _STEP_KEY, _SUMMARY = 0x09, b"\x10", 5
_FLOAT = struct.Struct("<f")
# A float that stands for a number that is filled in; any whose bytes occur nowhere else will do.
_FIRST_MARK = 0x4B9C3F71
_ALL_64_BITS = (1 << 64) - 1
_MAX_FLOAT = 3.4028234e38


class EncodedEvent(NamedTuple):
    """An encoded `Event`.

    Attributes:
        step: of the event.
        tags: of its values.
        data: the event.
    """

    step: int
    tags: frozenset[str]
    data: bytes


class ScalarEncoder:
    """Encodes events of the same scalars: the bytes around the numbers are made once.

    Args:
        tags: of the scalars.
    """

    def __init__(self, tags: Sequence[str]) -> None:
        self._tags = frozenset(tags)
        texts = [b""]
        for before, after in (_split(events.scalar_value(tag, 0.0)) for tag in tags):
            texts[-1] += before
            texts.append(after)
        self._form = struct.Struct("<" + "f".join(f"{len(text)}s" for text in texts))
        # The texts, and between each two of them a place for a number.
        self._fields: list[bytes | float] = [0.0] * (2 * len(texts) - 1)
        self._fields[::2] = texts

    def event(
        self,
        step: int,
        values: Sequence[float],
        wall_time: float | None = None,
        more: Sequence[summary_pb2.Summary.Value] = (),
    ) -> EncodedEvent:
        """An event of `values`, one for each tag, and of `more`.

        Args:
            step: of the event.
            values: in the order of the tags; beyond float32 they are infinite.
            wall_time: in seconds; by default now.
            more: further values.
        """
        fields = self._fields.copy()
        fields[1::2] = values
        try:
            summary = self._form.pack(*fields)
        except OverflowError:
            fields[1::2] = map(_as_float32, values)
            summary = self._form.pack(*fields)
        tags = self._tags
        if more:
            summary += summary_pb2.Summary(value=more).SerializeToString()
            tags |= {value.tag for value in more}
        moment = time.time() if wall_time is None else wall_time
        head = _WALL_TIME.pack(_WALL_TIME_KEY, moment)
        number = varint(step & _ALL_64_BITS)
        return EncodedEvent(
            step, tags, b"".join((head, _STEP_KEY, number, *field(_SUMMARY, [summary])))
        )


def _as_float32(value: float) -> float:
    return value * math.inf if _MAX_FLOAT < abs(value) < math.inf else value


def _split(value: summary_pb2.Summary.Value) -> tuple[bytes, bytes]:
    """A scalar's bytes, as a value of a summary, before its number and after it."""
    for mark in range(_FIRST_MARK, _FIRST_MARK + 256):
        number = mark.to_bytes(4, "little")
        value.tensor.float_val[0] = _FLOAT.unpack(number)[0]
        data = summary_pb2.Summary(value=[value]).SerializeToString()
        if data.count(number) == 1:
            before, after = data.split(number)
            return before, after
    raise ValueError(f"Expected a tag that is text. Received: {value.tag!r}.")
