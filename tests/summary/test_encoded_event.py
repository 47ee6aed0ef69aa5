"""Events encoded without protobuf are what protobuf makes of the same values."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from tensorboard.compat.proto import event_pb2

from tb_featuremaps.format.records import encode_record, encode_records
from tb_featuremaps.summary import events
from tb_featuremaps.summary.encoded_event import ScalarEncoder

_TAGS = ["loss/total", "loss/main/weighted", "q?K", "ü" * 200]
_STEPS = [0, 1, 127, 128, 300, 16_383, 16_384, 2**31, 2**53, 2**63 - 1, -1, 5]


def _decoded(
    tags: Sequence[str], steps: Sequence[int], values: Any, more: Sequence[Any] = ()
) -> list[event_pb2.Event]:
    times = [12.5 + index for index in range(len(steps))]
    columns = np.array(values, np.float64).T.tolist()
    made = ScalarEncoder(tags).encode(steps, columns, times, more)
    assert made.tags == {*tags, *(value.tag for value in more)}
    assert encode_records(made.data) == b"".join(map(encode_record, made.data))
    found = [event_pb2.Event.FromString(data) for data in made.data]
    assert [event.step for event in found] == [*made.steps] == [*steps]
    return found


@pytest.mark.parametrize("count", [1, 4])
def test_they_are_the_events_that_protobuf_reads(count: int) -> None:
    tags = _TAGS[:count]
    values = np.random.default_rng(0).normal(size=(len(_STEPS), count)) * 1e30
    expected = [
        events.event(step, map(events.scalar_value, tags, row), 12.5 + index)
        for index, (step, row) in enumerate(zip(_STEPS, values, strict=True))
    ]
    assert _decoded(tags, _STEPS, values) == expected


def test_values_that_are_no_numbers(recwarn: pytest.WarningsRecorder) -> None:
    [event] = _decoded(list("abcde"), [1], [[math.nan, math.inf, -math.inf, 1e300, -1e300]])
    found = [value.tensor.float_val[0] for value in event.summary.value]
    np.testing.assert_array_equal(found, [math.nan, math.inf, -math.inf, math.inf, -math.inf])
    assert not recwarn.list


def test_a_tag_that_holds_the_bytes_of_a_number() -> None:
    number = np.float32(0).tobytes().decode() + "?"
    [event] = _decoded([number, "b"], [3], [[1.0, 2.0]])
    found = [(value.tag, value.tensor.float_val[0]) for value in event.summary.value]
    assert found == [(number, 1), ("b", 2)]


def test_further_values_follow() -> None:
    more = [events.scalar_value("b", 2.0)]
    for event in _decoded(["a"], [3, 4], [[1.0], [5.0]], more):
        found = [(value.tag, value.tensor.float_val[0]) for value in event.summary.value]
        assert found == [("a", 1 if event.step == 3 else 5), ("b", 2)]
