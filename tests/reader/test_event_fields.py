"""Events taken apart as protobuf takes them apart."""

import pytest
from google.protobuf.message import DecodeError
from hypothesis import example, given
from hypothesis import strategies as st
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.util import tensor_util

from tb_featuremaps.reader.event_fields import EventError, parse_event
from tb_featuremaps.reader.scalar_events import ScalarEvents
from tb_featuremaps.summary.events import event, scalar_value

_STEPS = st.integers(-(2**63), 2**63 - 1)
_TIMES = st.floats(allow_nan=False)
_FLOATS = st.floats(width=32, allow_nan=False)


def _values() -> st.SearchStrategy[summary_pb2.Summary.Value]:
    tensors = st.lists(_FLOATS, max_size=3).map(tensor_util.make_tensor_proto)
    return st.one_of(
        st.builds(scalar_value, st.text(max_size=5), _FLOATS),
        st.builds(summary_pb2.Summary.Value, tag=st.text(max_size=5), tensor=tensors),
        st.builds(summary_pb2.Summary.Value, tag=st.text(max_size=5), simple_value=_FLOATS),
    )


@given(_STEPS, _TIMES, st.lists(_values(), max_size=4))
def test_fields_are_those_that_protobuf_reads(
    step: int, wall_time: float, values: list[summary_pb2.Summary.Value]
) -> None:
    data = event(step, values, wall_time).SerializeToString()
    fields = parse_event(data)
    assert (fields.step, fields.wall_time, fields.is_session_start) == (step, wall_time, False)
    assert [value.tag for value in fields.values] == [value.tag for value in values]
    for found, value in zip(fields.values, values, strict=True):
        for place, name in ((found.tensor, "tensor"), (found.metadata, "metadata")):
            assert (place is not None) == value.HasField(name)
            if place is not None:
                assert data[slice(*place)] == getattr(value, name).SerializeToString()


@pytest.mark.parametrize("status", event_pb2.SessionLog.SessionStatus.values())
def test_session_starts_are_told_from_other_records(status: int) -> None:
    log = event_pb2.SessionLog(status=status)
    data = event_pb2.Event(step=3, session_log=log).SerializeToString()
    assert parse_event(data).is_session_start == (status == event_pb2.SessionLog.START)


@given(st.binary(max_size=60))
@example(b":\x01\x00")  # a session log that is none
def test_what_is_no_event_is_told_and_nothing_else_happens(data: bytes) -> None:
    try:
        parse_event(data)
    except EventError:
        with pytest.raises(DecodeError):
            # Groups, which protobuf 3 has none of, are all that we refuse and it does not.
            if not any(byte & 7 in (3, 4) for byte in data):
                event_pb2.Event.FromString(data)
            else:
                raise DecodeError from None


@given(
    st.lists(st.tuples(_STEPS, st.floats(1, 1e12), _FLOATS, _FLOATS), min_size=2, max_size=5),
    st.text(max_size=5),
)
def test_events_of_scalars_are_read_by_pattern_as_they_are(
    points: list[tuple[int, float, float, float]], tag: str
) -> None:
    known = ScalarEvents()
    for step, wall_time, first, second in points:
        made = event(step, [scalar_value("a", first), scalar_value(tag, second)], wall_time)
        data = made.SerializeToString()
        assert known.matches(data) == (known.read(data) is not None)
        found = known.read(data)
        if found is None:
            known.learn(data, parse_event(data))
            # The step 0 is not written, and one below 0 otherwise.
            assert (known.read(data) is not None) == (step > 0)
        else:
            assert found == (("a", tag), wall_time, step, (first, second))


def test_an_event_with_anything_but_scalars_is_no_pattern() -> None:
    known = ScalarEvents()
    vector = summary_pb2.Summary.Value(tag="v", tensor=tensor_util.make_tensor_proto([1.0, 2.0]))
    for values in ([], [vector], [scalar_value("a", 1), vector]):
        data = event(1, values).SerializeToString()
        known.learn(data, parse_event(data))
        assert not known.matches(data)
