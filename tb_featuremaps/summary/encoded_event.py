"""Events as the bytes that are written, made without protobuf where there are many alike."""

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from tensorboard.compat.proto import summary_pb2

from tb_featuremaps.format.wire import field
from tb_featuremaps.summary import events

# Fields of `Event`, as they are encoded: wall_time (double), step (varint), summary (bytes).
_WALL_TIME_KEY, _STEP_KEY, _SUMMARY = b"\x09", b"\x10", 5
_WALL_TIME = slice(len(_WALL_TIME_KEY), len(_WALL_TIME_KEY) + 8)
_STEP = _WALL_TIME.stop + len(_STEP_KEY)
# A float that stands for a number that is filled in; any whose bytes occur nowhere else will do.
_FIRST_MARK = 0x4B9C3F71
_FLOAT_BYTES = 4
# From each of these numbers on, a varint takes a byte more.
_VARINT_LIMITS = np.array([1 << 7 * size for size in range(1, 10)], np.uint64)

Bytes = npt.NDArray[np.uint8]


class EncodedEvents(NamedTuple):
    """Encoded events of the same values, all of one length.

    Attributes:
        steps: of the events, in their order; at least one.
        tags: of the values of each.
        data: the events, uint8 `[events, bytes]`.
    """

    steps: list[int]
    tags: frozenset[str]
    data: Bytes


class ScalarEncoder:
    """Encodes events of the same scalars: the bytes around the numbers are made once.

    Args:
        tags: of the scalars.
    """

    def __init__(self, tags: Sequence[str]) -> None:
        self._tags = frozenset(tags)
        summary, places = b"", []
        for before, after in (_split(events.scalar_value(tag, 0.0)) for tag in tags):
            places.append(len(summary) + len(before))
            summary += before + bytes(_FLOAT_BYTES) + after
        self._summary = summary
        # The bytes of all numbers, in their order.
        self._places = np.add.outer(places, np.arange(_FLOAT_BYTES)).ravel()

    def encode(
        self,
        steps: npt.NDArray[np.int64],
        values: npt.NDArray[np.float64],
        wall_times: npt.NDArray[np.float64],
        more: Sequence[summary_pb2.Summary.Value] = (),
    ) -> Iterator[EncodedEvents]:
        """Yields the events in their order, those together whose steps take as many bytes.

        Args:
            steps: `[events]`.
            values: `[events, tags]`, in the order of the tags; beyond float32 they are infinite.
            wall_times: `[events]`, in seconds.
            more: further values, the same for each event.
        """
        further = summary_pb2.Summary(value=more).SerializeToString()
        tags = self._tags | {value.tag for value in more}
        with np.errstate(over="ignore"):
            numbers = np.ascontiguousarray(values, "<f4").view(np.uint8)
        times = np.ascontiguousarray(wall_times, "<f8")[:, None].view(np.uint8)
        # As protobuf has it, a negative number is encoded as the one that has the same 64 bits.
        unsigned = np.ascontiguousarray(steps, np.int64).view(np.uint64)
        sizes = np.searchsorted(_VARINT_LIMITS, unsigned, side="right") + 1
        for part in _runs(sizes):
            step_bytes = _varints(unsigned[part], int(sizes[part.start]))
            data, begin = self._form(step_bytes, further)
            data[:, _WALL_TIME] = times[part]
            data[:, begin + self._places] = numbers[part]
            yield EncodedEvents(steps[part].tolist(), tags, data)

    def _form(self, step_bytes: Bytes, further: bytes) -> tuple[Bytes, int]:
        """Events without times and numbers; and the byte at which the summary begins in each."""
        count, size = step_bytes.shape
        length = len(self._summary) + len(further)
        head = b"".join(field(_SUMMARY, [bytes(length)]))[:-length] if length else b""
        begin = _STEP + size + len(head)
        event = np.zeros(begin + length, np.uint8)
        event[:_STEP] = list(_WALL_TIME_KEY + bytes(8) + _STEP_KEY)
        event[_STEP + size :] = np.frombuffer(head + self._summary + further, np.uint8)
        data = np.tile(event, (count, 1))
        data[:, _STEP : _STEP + size] = step_bytes
        return data, begin


def _varints(numbers: npt.NDArray[np.uint64], size: int) -> Bytes:
    """Numbers that all take so many bytes, uint8 `[numbers, size]`; see `format.wire.varint`."""
    sevens = numbers[:, None] >> (np.uint64(7) * np.arange(size, dtype=np.uint64))
    encoded = (sevens & np.uint64(127)).astype(np.uint8)
    encoded[:, :-1] |= 128
    return encoded


def _runs(values: npt.NDArray[np.int64]) -> Iterator[slice]:
    """Slices of equal values, one after another."""
    edges = [0, *(np.flatnonzero(np.diff(values)) + 1).tolist(), len(values)]
    for begin, end in itertools.pairwise(edges):
        yield slice(begin, end)


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
