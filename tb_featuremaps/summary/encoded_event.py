"""Events as the bytes that are written, made without protobuf where there are many alike."""

import itertools
import struct
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from tensorboard.compat.proto import summary_pb2

from tb_featuremaps.format.loss_values import Column
from tb_featuremaps.format.wire import field, varint
from tb_featuremaps.summary import events

# Fields of `Event`, as they are encoded: wall_time (double), step (varint), summary (bytes).
_WALL_TIME = struct.Struct("<1sd1s")
_WALL_TIME_KEY, _STEP_KEY, _SUMMARY = b"\x09", b"\x10", 5
# A float that stands for a number that is filled in; any whose bytes occur nowhere else will do.
_FIRST_MARK = 0x4B9C3F71
_FLOAT_BYTES = 4
_ALL_64_BITS = (1 << 64) - 1


class EncodedEvents(NamedTuple):
    """Encoded events of the same values.

    Attributes:
        steps: of the events, in their order; at least one.
        tags: of the values of each.
        data: the events.
    """

    steps: Sequence[int]
    tags: frozenset[str]
    data: list[bytes]


class ScalarEncoder:
    """Encodes events of the same scalars: the bytes around the numbers are made once.

    Args:
        tags: of the scalars.
    """

    def __init__(self, tags: Sequence[str]) -> None:
        self._tags = frozenset(tags)
        parts, end = [], b""
        for before, after in (_split(events.scalar_value(tag, 0.0)) for tag in tags):
            parts.append(end + before)
            end = after
        # What stands before each number, and behind the last one.
        self._before, self._end = parts, end
        self._length = sum(map(len, parts)) + len(end) + _FLOAT_BYTES * len(parts)
        self._summary = struct.Struct("<" + "".join(f"{len(part)}sf" for part in parts))

    def encode(
        self,
        steps: Sequence[int],
        columns: Sequence[Column],
        wall_times: Sequence[float],
        more: Sequence[summary_pb2.Summary.Value] = (),
    ) -> EncodedEvents:
        """Returns the events in their order.

        Args:
            steps: of the events.
            columns: `[tags][events]`, in the order of the tags; beyond float32 they are infinite.
            wall_times: of the events, in seconds.
            more: further values, the same for each event.
        """
        further = self._end + summary_pb2.Summary(value=more).SerializeToString()
        length = self._length - len(self._end) + len(further)
        [head] = field(_SUMMARY, [bytes(length)])
        head = head[:-length] if length else head
        try:
            summaries = self._summaries(columns)
        except OverflowError:
            summaries = self._summaries([_as_float32(column) for column in columns])
        times = map(
            _WALL_TIME.pack,
            itertools.repeat(_WALL_TIME_KEY),
            wall_times,
            itertools.repeat(_STEP_KEY),
        )
        data = [
            time + varint(step & _ALL_64_BITS) + head + summary + further
            for time, step, summary in zip(times, steps, summaries, strict=True)
        ]
        return EncodedEvents(steps, self._tags | {value.tag for value in more}, data)

    def _summaries(self, columns: Sequence[Column]) -> list[bytes]:
        """Of each event the values up to the last number."""
        constant = map(itertools.repeat, self._before)
        parts = itertools.chain.from_iterable(zip(constant, columns, strict=True))
        return list(map(self._summary.pack, *parts))


def _as_float32(column: Column) -> list[float]:
    with np.errstate(over="ignore"):
        return np.array(column, np.float64).astype(np.float32).tolist()


def _split(value: summary_pb2.Summary.Value) -> tuple[bytes, bytes]:
    """A scalar's bytes, as a value of a summary, before its number and after it."""
    for mark in range(_FIRST_MARK, _FIRST_MARK + 256):
        number = mark.to_bytes(_FLOAT_BYTES, "little")
        value.tensor.float_val[0] = np.frombuffer(number, "<f4")[0]
        data = summary_pb2.Summary(value=[value]).SerializeToString()
        if data.count(number) == 1:
            before, after = data.split(number)
            return before, after
    raise ValueError(f"Expected a tag that is text. Received: {value.tag!r}.")
