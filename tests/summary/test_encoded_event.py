"""Events encoded without protobuf are what protobuf makes of the same values."""

import math

import numpy as np
import pytest
from tensorboard.compat.proto import event_pb2

from tb_featuremaps.summary import events
from tb_featuremaps.summary.encoded_event import ScalarEncoder

_TAGS = ["loss/total", "loss/main/weighted", "q?K", "ü" * 200]


@pytest.mark.parametrize("step", [0, 1, 127, 128, 300, 2**31, 2**53, -1])
@pytest.mark.parametrize("count", [1, 4])
def test_it_is_the_event_that_protobuf_reads(step: int, count: int) -> None:
    tags, values = _TAGS[:count], [0.1, -2.5e-38, 1e30, 3.0][:count]
    made = ScalarEncoder(tags).event(step, values, 12.5)
    expected = events.event(step, map(events.scalar_value, tags, values), 12.5)
    assert event_pb2.Event.FromString(made.data) == expected
    assert (made.step, made.tags) == (step, frozenset(tags))


def test_values_that_are_no_numbers(recwarn: pytest.WarningsRecorder) -> None:
    values = [math.nan, math.inf, -math.inf, 1e300, -1e300]
    tags = list("abcde")
    made = event_pb2.Event.FromString(ScalarEncoder(tags).event(1, values).data)
    found = [value.tensor.float_val[0] for value in made.summary.value]
    np.testing.assert_array_equal(found, [math.nan, math.inf, -math.inf, math.inf, -math.inf])


def test_a_tag_that_holds_the_bytes_of_a_number() -> None:
    number = np.float32(0).tobytes().decode() + "?"
    made = ScalarEncoder([number, "b"]).event(3, [1.0, 2.0])
    values = event_pb2.Event.FromString(made.data).summary.value
    assert [(value.tag, value.tensor.float_val[0]) for value in values] == [(number, 1), ("b", 2)]


def test_further_values_follow() -> None:
    made = ScalarEncoder(["a"]).event(3, [1.0], more=[events.scalar_value("b", 2.0)])
    values = event_pb2.Event.FromString(made.data).summary.value
    assert [(value.tag, value.tensor.float_val[0]) for value in values] == [("a", 1), ("b", 2)]
    assert made.tags == {"a", "b"}
