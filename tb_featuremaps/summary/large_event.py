"""Events that hold megabytes of pictures, which are not copied into protobuf messages.

A message copies its strings when they are set, when it is put into another, and when it is
serialized, with the interpreter's lock held. So the pictures are put between what protobuf makes of
everything else.
"""

import dataclasses
import time
from collections.abc import Iterable, Sequence

from tensorboard.compat.proto import (
    event_pb2,
    summary_pb2,
    tensor_pb2,
    tensor_shape_pb2,
    types_pb2,
)

from tb_featuremaps.format.wire import field


@dataclasses.dataclass(frozen=True)
class StringsValue:
    """A value of a summary that is a vector of strings.

    Attributes:
        head: its tag and metadata.
        strings: what it holds.
    """

    head: summary_pb2.Summary.Value
    strings: Sequence[bytes]

    def parts(self) -> list[bytes]:
        """What, joined, is the serialized value."""
        dimension = tensor_shape_pb2.TensorShapeProto.Dim(size=len(self.strings))
        shape = tensor_shape_pb2.TensorShapeProto(dim=[dimension])
        tensor = tensor_pb2.TensorProto(dtype=types_pb2.DT_STRING, tensor_shape=shape)
        number = tensor_pb2.TensorProto.STRING_VAL_FIELD_NUMBER
        strings = [part for string in self.strings for part in field(number, [string])]
        content = field(
            summary_pb2.Summary.Value.TENSOR_FIELD_NUMBER, [tensor.SerializeToString(), *strings]
        )
        return [self.head.SerializeToString(), *content]


class LargeEvent:
    """An event at one step, made of values of either kind.

    Args:
        step: the step.
        values: taken one after another.
        wall_time: in seconds since the epoch, by default now.

    Attributes:
        head: the event with the tags and metadata of its values alone.
    """

    def __init__(
        self,
        step: int,
        values: Iterable[summary_pb2.Summary.Value | StringsValue],
        wall_time: float | None = None,
    ) -> None:
        moment = time.time() if wall_time is None else wall_time
        self.head = event_pb2.Event(wall_time=moment, step=step)
        self._parts = [self.head.SerializeToString()]
        summary: list[bytes] = []
        for value in values:
            if isinstance(value, StringsValue):
                head, parts = value.head, value.parts()
            else:
                head, parts = value, [value.SerializeToString()]
            summary += field(summary_pb2.Summary.VALUE_FIELD_NUMBER, parts)
            self.head.summary.value.add(tag=head.tag, metadata=head.metadata)
        self._parts += field(event_pb2.Event.SUMMARY_FIELD_NUMBER, summary)

    def parts(self) -> list[bytes]:
        """What, joined, is the serialized event."""
        return self._parts
