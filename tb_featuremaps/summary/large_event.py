"""Events that hold megabytes of pictures, which are not copied into protobuf messages.

A message copies its strings when they are set, when it is put into another, and when it is
serialized, with the interpreter's lock held. So the pictures are put between what protobuf makes of
everything else, and what is the same at each step is made once.
"""

import functools
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from tensorboard.compat.proto import (
    event_pb2,
    summary_pb2,
    tensor_pb2,
    tensor_shape_pb2,
    types_pb2,
)

from tb_featuremaps.format.wire import field


class ValueHead:
    """The tag and metadata of a series, encoded once.

    Attributes:
        message: a value that has no more than these.
        data: it, encoded.
    """

    def __init__(self, tag: str, metadata: summary_pb2.SummaryMetadata) -> None:
        self.message = summary_pb2.Summary.Value(tag=tag, metadata=metadata)
        self.data = self.message.SerializeToString()


class PicturesValue(NamedTuple):
    """A value of a summary that is pictures: a vector of strings, the size and then the PNGs.

    Attributes:
        head: its tag and metadata.
        size: width and height in pixels.
        pngs: the pictures, each in parts.
    """

    head: ValueHead
    size: tuple[int, int]
    pngs: Sequence[Sequence[bytes]]

    def parts(self) -> list[bytes]:
        """What, joined, is the serialized value."""
        begin = _pictures_head(self.size, len(self.pngs))
        pngs = [part for png in self.pngs for part in field(_STRING, png)]
        first, *others = field(_TENSOR, [begin, *pngs])
        return [self.head.data + first, *others]


class FloatsValue(NamedTuple):
    """A value of a summary that is a tensor of float32.

    Attributes:
        head: its tag and metadata.
        values: what it holds.
    """

    head: ValueHead
    values: npt.NDArray[np.float32]

    def parts(self) -> list[bytes]:
        """What, joined, is the serialized value."""
        content = self.values.astype(_FLOAT, copy=False).tobytes()
        values = field(tensor_pb2.TensorProto.TENSOR_CONTENT_FIELD_NUMBER, [content])
        tensor = _tensor_head(types_pb2.DT_FLOAT, self.values.shape)
        first, *others = field(_TENSOR, [tensor, *values])
        return [self.head.data + first, *others]


_FLOAT = np.dtype("<f4")
_TENSOR = summary_pb2.Summary.Value.TENSOR_FIELD_NUMBER
_STRING = tensor_pb2.TensorProto.STRING_VAL_FIELD_NUMBER
LargeValue: TypeAlias = summary_pb2.Summary.Value | PicturesValue | FloatsValue


class LargeEvent:
    """An event at one step, made of values of any kind.

    Args:
        step: the step.
        values: taken one after another.
        wall_time: in seconds since the epoch, by default now.

    Attributes:
        step: the step.
        tags: of its values.
    """

    def __init__(
        self, step: int, values: Iterable[LargeValue], wall_time: float | None = None
    ) -> None:
        self.step = step
        moment = time.time() if wall_time is None else wall_time
        self._event = event_pb2.Event(wall_time=moment, step=step)
        self._heads: list[summary_pb2.Summary.Value] = []
        summary: list[bytes] = []
        for value in values:
            if isinstance(value, summary_pb2.Summary.Value):
                head, parts = value, [value.SerializeToString()]
            else:
                head, parts = value.head.message, value.parts()
            summary += field(summary_pb2.Summary.VALUE_FIELD_NUMBER, parts)
            self._heads.append(head)
        self.tags = frozenset(head.tag for head in self._heads)
        summary = field(event_pb2.Event.SUMMARY_FIELD_NUMBER, summary)
        self._parts = [self._event.SerializeToString(), *summary]

    @property
    def head(self) -> event_pb2.Event:
        """The event with the tags and metadata of its values alone."""
        event = event_pb2.Event(wall_time=self._event.wall_time, step=self.step)
        for head in self._heads:
            event.summary.value.add(tag=head.tag, metadata=head.metadata)
        return event

    def parts(self) -> list[bytes]:
        """What, joined, is the serialized event."""
        return self._parts


@functools.lru_cache
def _tensor_head(dtype: types_pb2.DataType, shape: tuple[int, ...]) -> bytes:
    """An encoded tensor without what it holds."""
    dimensions = [tensor_shape_pb2.TensorShapeProto.Dim(size=size) for size in shape]
    tensor_shape = tensor_shape_pb2.TensorShapeProto(dim=dimensions)
    return tensor_pb2.TensorProto(dtype=dtype, tensor_shape=tensor_shape).SerializeToString()


@functools.lru_cache
def _pictures_head(size: tuple[int, int], count: int) -> bytes:
    """An encoded tensor of so many pictures up to the first of them."""
    numbers = [part for pixels in size for part in field(_STRING, [str(pixels).encode()])]
    return b"".join([_tensor_head(types_pb2.DT_STRING, (len(size) + count,)), *numbers])
