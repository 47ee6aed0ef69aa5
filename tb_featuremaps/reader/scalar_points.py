"""Reads the points of scalar series: the numbers that an event file holds many of."""

from array import array
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from google.protobuf.message import DecodeError
from tensorboard.compat.proto import tensor_pb2, types_pb2
from tensorboard.util import tensor_util

from tb_featuremaps.format.records import Record, RecordError, read_records
from tb_featuremaps.reader.event_fields import EventError, Value, parse_event
from tb_featuremaps.reader.log_files import open_event_file
from tb_featuremaps.reader.scalar_events import ScalarEvents
from tb_featuremaps.reader.surviving import surviving

_SESSION = -1
# What a value is.
_NUMBER, _NOTHING, _OTHER = 0, 1, 2
# Tensors and events of scalars are smaller.
_SMALL = 1 << 16
_NUMBERS = (types_pb2.DT_FLOAT, types_pb2.DT_DOUBLE)


class ScalarPoints(NamedTuple):
    """The points of one series.

    Attributes:
        steps: int64 `[points]`, rising.
        wall_times: float64 `[points]`, seconds since 1970.
        values: float64 `[points]`.
    """

    steps: npt.NDArray[np.int64]
    wall_times: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]


def read_scalars(
    paths: Sequence[str], ends: Sequence[int], tags: Sequence[str]
) -> dict[str, ScalarPoints | None]:
    """Reads scalar series out of a run's event files.

    Args:
        paths: the files, in the order in which they were begun.
        ends: the byte up to which each is read.
        tags: of the series.

    Returns:
        The points by tag; None for a series that does not hold numbers only.

    Raises:
        OSError: a file can't be read any more.
    """
    columns = _Columns(tags)
    for path, end in zip(paths, ends, strict=True):
        if not end:
            continue
        try:
            file, _ = open_event_file(path)
            with file:
                for record in read_records(file, 0, end):
                    columns.add(record)
                    del record
        except RecordError as error:
            raise OSError(f"{path} has changed since it was read first: {error}") from error
    return {tag: columns.points(tag) for tag in tags}


class _Columns:
    """Gathers values as they are logged."""

    def __init__(self, tags: Sequence[str]) -> None:
        self._numbers = {tag: number for number, tag in enumerate(tags)}
        self._scalars = ScalarEvents()
        self._tags, self._what = array("i"), array("b")
        self._steps, self._wall_times, self._values = array("q"), array("d"), array("d")

    def add(self, record: Record) -> None:
        known = self._scalars.read(record.data)
        if known is not None:
            for tag, number in zip(known.tags, known.numbers, strict=True):
                if tag in self._numbers:
                    self._append(self._numbers[tag], known.step, known.wall_time, _NUMBER, number)
            return
        try:
            event = parse_event(record.data)
        except EventError:
            return
        if event.is_session_start:
            self._append(_SESSION, event.step, event.wall_time, _NOTHING, 0.0)
        for value in event.values:
            if value.tag in self._numbers:
                what, number = _number(record.data, value)
                place = self._numbers[value.tag]
                self._append(place, event.step, event.wall_time, what, number)
        if len(record.data) <= _SMALL:
            self._scalars.learn(record.data, event)

    def points(self, tag: str) -> ScalarPoints | None:
        tags = np.frombuffer(self._tags, np.int32)
        of_tag = np.flatnonzero((tags == self._numbers[tag]) | (tags == _SESSION))
        steps = np.frombuffer(self._steps, np.int64)[of_tag]
        kept = of_tag[surviving(steps)]
        what = np.frombuffer(self._what, np.int8)[kept]
        if (what == _OTHER).any():
            return None
        kept = kept[what == _NUMBER]
        return ScalarPoints(
            np.frombuffer(self._steps, np.int64)[kept],
            np.frombuffer(self._wall_times, np.float64)[kept],
            np.frombuffer(self._values, np.float64)[kept],
        )

    def _append(self, tag: int, step: int, wall_time: float, what: int, value: float) -> None:
        self._tags.append(tag)
        self._steps.append(step)
        self._wall_times.append(wall_time)
        self._what.append(what)
        self._values.append(value)


def _number(data: bytes, value: Value) -> tuple[int, float]:
    """What a value is, and the number."""
    if value.tensor is None:
        return _NOTHING, 0.0
    start, end = value.tensor
    if end - start > _SMALL:
        return _OTHER, 0.0
    try:
        tensor = tensor_pb2.TensorProto.FromString(data[start:end])
        if tensor.tensor_shape.dim or tensor.dtype not in _NUMBERS:
            return _OTHER, 0.0
        return _NUMBER, float(tensor_util.make_ndarray(tensor))
    except (DecodeError, ValueError, TypeError):
        return _OTHER, 0.0
