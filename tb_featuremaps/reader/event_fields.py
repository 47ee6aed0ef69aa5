"""What an event holds and where, without the values themselves.

`Event.FromString` copies every picture; this walks over them. The wire format is protobuf's: a key
of field number and wire type, then the field. Where a field is there twice, the last one counts.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from google.protobuf.message import DecodeError
from tensorboard.compat.proto import event_pb2, summary_pb2

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_WALL_TIME = struct.Struct("<d")


class EventError(ValueError):
    """The data of a record is no event."""


class Value(NamedTuple):
    """One value of a summary.

    Attributes:
        tag: its tag.
        tensor: where its tensor begins and ends in the event's bytes; None if it has none.
        metadata: the same of its metadata.
    """

    tag: str
    tensor: tuple[int, int] | None
    metadata: tuple[int, int] | None


class EventFields(NamedTuple):
    """An event.

    Attributes:
        wall_time: seconds since 1970.
        step: its step.
        is_session_start: whether it is a session-start record.
        values: those of its summary.
    """

    wall_time: float
    step: int
    is_session_start: bool
    values: list[Value]


def parse_event(data: bytes) -> EventFields:
    """Finds the fields of an event.

    Raises:
        EventError: it is no event.
    """
    wall_time, step, is_session_start = 0.0, 0, False
    values: list[Value] = []
    try:
        for key, start, end in _fields(data, 0, len(data)):
            if key == _EVENT_WALL_TIME:
                (wall_time,) = _WALL_TIME.unpack_from(data, start)
            elif key == _EVENT_STEP:
                step = _signed(_varint(data, start)[0])
            elif key == _EVENT_SUMMARY:
                values += [
                    _value(data, *place)
                    for number, *place in _fields(data, start, end)
                    if number == _SUMMARY_VALUE
                ]
            elif key == _EVENT_SESSION:
                is_session_start = _starts(data, start, end)
    except (IndexError, UnicodeDecodeError) as error:
        raise EventError("it is no event.") from error
    return EventFields(wall_time, step, is_session_start, values)


def _value(data: bytes, start: int, end: int) -> Value:
    tag, tensor, metadata = "", None, None
    for key, first, last in _fields(data, start, end):
        if key == _VALUE_TAG:
            tag = data[first:last].decode()
        elif key == _VALUE_TENSOR:
            tensor = (first, last)
        elif key == _VALUE_METADATA:
            metadata = (first, last)
    return Value(tag, tensor, metadata)


def _starts(data: bytes, start: int, end: int) -> bool:
    log = event_pb2.SessionLog()
    try:
        log.ParseFromString(data[start:end])
    except DecodeError as error:
        raise EventError("it is no event.") from error
    return bool(log.status == event_pb2.SessionLog.START)


def _fields(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The key of each field of a message, and where its content begins and ends."""
    while start < end:
        key, start = _varint(data, start)
        kind = key & 7
        if kind == _LENGTH:
            length, start = _varint(data, start)
            stop = start + length
        elif kind == _VARINT:
            stop = _varint(data, start)[1]
        elif kind in (_FIXED64, _FIXED32):
            stop = start + (8 if kind == _FIXED64 else 4)
        else:
            raise EventError("it is no event.")
        if stop > end:
            raise EventError("it is no event.")
        yield key, start, stop
        start = stop


def _varint(data: bytes, start: int) -> tuple[int, int]:
    """A number of base 128, the lowest digits first, and where it ends."""
    byte = data[start]
    if byte < 0x80:
        return byte, start + 1
    value, shift = byte & 0x7F, 7
    while byte >= 0x80:
        start += 1
        byte = data[start]
        value |= (byte & 0x7F) << shift
        shift += 7
        if shift > 70:
            raise EventError("it is no event.")
    return value, start + 1


def _signed(value: int) -> int:
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value


def _key(message: type, field: str, kind: int) -> int:
    descriptor = message.DESCRIPTOR.fields_by_name[field]  # type: ignore[attr-defined]
    return int(descriptor.number) << 3 | kind


_EVENT_WALL_TIME = _key(event_pb2.Event, "wall_time", _FIXED64)
_EVENT_STEP = _key(event_pb2.Event, "step", _VARINT)
_EVENT_SUMMARY = _key(event_pb2.Event, "summary", _LENGTH)
_EVENT_SESSION = _key(event_pb2.Event, "session_log", _LENGTH)
_SUMMARY_VALUE = _key(summary_pb2.Summary, "value", _LENGTH)
_VALUE_TAG = _key(summary_pb2.Summary.Value, "tag", _LENGTH)
_VALUE_TENSOR = _key(summary_pb2.Summary.Value, "tensor", _LENGTH)
_VALUE_METADATA = _key(summary_pb2.Summary.Value, "metadata", _LENGTH)
