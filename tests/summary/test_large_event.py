"""What is put together by hand is what protobuf would write."""

import numpy as np
import pytest
from google.protobuf.message import Message
from tensorboard.compat.proto import event_pb2, tensor_pb2, types_pb2
from tensorboard.util import tensor_util

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format import records
from tb_featuremaps.format.records import encode_large_record, encode_record
from tb_featuremaps.summary.events import scalar_value, tensor_value, value_head
from tb_featuremaps.summary.large_event import FloatsValue, LargeEvent, PicturesValue

_LAYER = pb.FeatureMapPluginData(layer=pb.LayerSeries(name="layer", channels=3))
_STATS = pb.FeatureMapPluginData(stats=pb.StatsSeries(layer_tag="layer"))
_PICTURES = value_head("pictures", _LAYER)
# Lengths around those at which a varint grows.
_PNGS = [b"", b"a", b"b" * 127, b"c" * 128, b"d" * 16_383, b"e" * 16_384, b"f" * 3_000_000]


def _whole(value: PicturesValue) -> Message:
    strings = [*(str(pixels).encode() for pixels in value.size), *map(b"".join, value.pngs)]
    whole = type(value.head.message)()
    whole.CopyFrom(value.head.message)
    whole.tensor.CopyFrom(tensor_pb2.TensorProto(dtype=types_pb2.DT_STRING, string_val=strings))
    whole.tensor.tensor_shape.dim.add(size=len(strings))
    return whole


@pytest.mark.parametrize("pngs", [[], *([png] for png in _PNGS), _PNGS])
def test_an_event_is_read_as_the_message_that_holds_the_same(pngs: list[bytes]) -> None:
    pictures = PicturesValue(_PICTURES, (640, 480), [[png[:2], png[2:]] for png in pngs])
    values = np.arange(12, dtype=np.float32).reshape(1, 6, 2)
    tensor = tensor_value("tensor", _STATS, values[:, ::2])
    scalar = scalar_value("scalar", 1.5)
    expected = event_pb2.Event(step=2**40, wall_time=1.25)
    expected.summary.value.extend([_whole(pictures), tensor, _whole(pictures), scalar])
    floats = FloatsValue(value_head("tensor", _STATS), values[:, ::2])
    made = LargeEvent(2**40, [pictures, floats, pictures, scalar], 1.25)
    assert event_pb2.Event.FromString(b"".join(made.parts())) == expected


def test_its_head_names_the_values_without_what_they_hold() -> None:
    pictures = PicturesValue(_PICTURES, (640, 480), [[png] for png in _PNGS])
    head = LargeEvent(7, [pictures, scalar_value("scalar", 1.5)]).head
    assert head.step == 7
    assert [value.tag for value in head.summary.value] == ["pictures", "scalar"]
    assert head.summary.value[0].metadata == pictures.head.message.metadata
    assert not any(value.HasField("tensor") for value in head.summary.value)


def test_a_tensor_is_as_tensorboard_makes_it() -> None:
    values = np.random.default_rng(0).normal(size=(2, 3, 6)).astype(np.float32)
    tensor = tensor_value("tensor", _STATS, values[:, ::2]).tensor
    assert tensor == tensor_util.make_tensor_proto(values[:, ::2])


@pytest.mark.parametrize("is_compiled", [True, False])
def test_a_record_of_parts_is_that_of_the_whole(
    is_compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "CRC32C_IS_COMPILED", is_compiled and records.CRC32C_IS_COMPILED)
    parts = [b"", b"first", b"", bytes(range(256)) * 9, b"last"]
    assert b"".join(encode_large_record(parts)) == encode_record(b"".join(parts))
