"""Events that hold megabytes of pictures, which are not copied into protobuf messages.

A message copies its strings when they are set, when it is put into another, and when it is
serialized, with the interpreter's lock held. So the pictures are put between what protobuf makes of
everything else.
"""

import dataclasses
import time
from collections.abc import Iterable, Sequence

from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2

_BYTES_FOLLOW = 2


@dataclasses.dataclass(frozen=True)
class StringsValue:
    """A value of a summary that is a tensor of strings.

    Attributes:
        head: its tag and metadata.
        tensor: its tensor without the strings.
        strings: those of the tensor.
    """

    head: summary_pb2.Summary.Value
    tensor: tensor_pb2.TensorProto
    strings: Sequence[bytes]

    def parts(self) -> list[bytes]:
        """What, joined, is the serialized value."""
        number = tensor_pb2.TensorProto.STRING_VAL_FIELD_NUMBER
        strings = [part for string in self.strings for part in _field(number, [string])]
        tensor = [self.tensor.SerializeToString(), *strings]
        number = summary_pb2.Summary.Value.TENSOR_FIELD_NUMBER
        return [self.head.SerializeToString(), *_field(number, tensor)]


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
            summary += _field(summary_pb2.Summary.VALUE_FIELD_NUMBER, parts)
            self.head.summary.value.add(tag=head.tag, metadata=head.metadata)
        self._parts += _field(event_pb2.Event.SUMMARY_FIELD_NUMBER, summary)

    def parts(self) -> list[bytes]:
        """What, joined, is the serialized event."""
        return self._parts


def _field(number: int, content: Sequence[bytes]) -> list[bytes]:
    """A field of bytes or of a message, as protobuf encodes it: its key, its length, itself."""
    length = sum(map(len, content))
    return [_varint(number << 3 | _BYTES_FOLLOW) + _varint(length), *content]


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
