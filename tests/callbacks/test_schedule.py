import re
from typing import Any

import numpy as np
import pytest

from tb_featuremaps.callbacks.schedule import Backoff, Schedule, Thinning, planned_captures


def _tried(backoff: Backoff, due: int) -> list[int]:
    return [index for index in range(due) if backoff.allows()]


def test_without_refusals_every_capture_is_tried() -> None:
    assert _tried(Backoff(), 3) == [0, 1, 2]


def test_each_refusal_doubles_the_distance() -> None:
    backoff = Backoff()
    backoff.refused()
    assert _tried(backoff, 4) == [1, 3]
    backoff.refused()
    assert _tried(backoff, 8) == [3, 7]


def test_accepted_captures_bring_the_rate_back() -> None:
    backoff = Backoff()
    backoff.refused()
    for _ in range(4):
        backoff.took()
    assert _tried(backoff, 2) == [0, 1]


def test_steps_may_be_of_any_kind_and_order() -> None:
    for steps in ([10, 1, 4], iter([1, 4, 10]), np.array([4, 1, 10]), {1, 4, 10}):
        schedule = Schedule.at(steps)
        due = [step for step in range(20) if schedule.due_after_batch(step, step + 1)]
        assert due == [0, 3, 9]
        assert schedule.due_after_batch(2, 8)  # several batches at once
        assert not schedule.due_after_batch(4, 9)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"due": 3}, "`due`.*Received: 3.*Schedule.batches"),
        ({"epochs": -1}, "`epochs`.*-1"),
        ({"epochs": 1.5}, "`epochs`.*1.5"),
        ({"epochs": True}, "`epochs`.*True"),
    ],
)
def test_what_is_no_schedule_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Schedule(**options)


@pytest.mark.parametrize("steps", [3, [-1], [1.5], ["a"], "12", None, [True]])
def test_what_are_no_steps_is_refused(steps: Any) -> None:
    with pytest.raises(ValueError, match=f"`steps`.*Received: {re.escape(repr(steps))}"):
        Schedule.at(steps)


def test_captures_are_planned_as_far_as_the_length_tells() -> None:
    epochs, batches, all_of = Schedule.of("epoch"), Schedule.of(4), Thinning(None)
    assert planned_captures(epochs, all_of, 3, None) == 4
    assert planned_captures(epochs, all_of, 3, 10) == 4
    assert planned_captures(Schedule(epochs=2), all_of, 3, None) == 3
    assert planned_captures(epochs, Thinning(2), 3, None) == 2
    assert planned_captures(batches, all_of, 2, 6) == 4
    assert planned_captures(batches, all_of, 2, None) is None
    assert planned_captures(batches, all_of, None, 6) is None


@pytest.mark.parametrize("length", [{"epochs": 0}, {"epochs": "3"}, {"steps_per_epoch": -1}])
def test_what_is_no_length_of_a_fit_is_refused(length: dict[str, Any]) -> None:
    given = {"epochs": None, "steps_per_epoch": None, **length}
    with pytest.raises(ValueError, match=f"`{next(iter(length))}`.*Received"):
        planned_captures(Schedule.of("epoch"), Thinning(None), **given)
