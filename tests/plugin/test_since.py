"""A client that follows docs/routes.md holds what the server holds."""

import math

import numpy as np
import pytest

from tb_featuremaps.plugin.items import Items, surviving
from tb_featuremaps.plugin.since import Growth

Held = list[tuple[int, float]]


class _Client:
    """Follows the table of docs/routes.md."""

    def __init__(self) -> None:
        self.held: Held = []
        self.version: str | None = None
        self.received = 0
        self.asked_again = 0

    def ask(self, present: Held) -> None:
        growth, answer, kept = _answer(present, self.version)
        standing = [] if growth.reset else self.held if kept is None else kept
        if not set(standing) <= set(self.held):
            self.version = None
            self.asked_again += 1
            return self.ask(present)
        self.version = growth.version
        self.received += len(answer)
        replaced = {step for step, _ in answer}
        self.held = sorted([item for item in standing if item[0] not in replaced] + answer)
        return None


def _answer(present: Held, since: str | None) -> tuple[Growth, Held, Held | None]:
    growth = Growth([_items(present)], since)
    kept = growth.kept(0)
    return (
        growth,
        [present[place] for place in growth.new(0)],
        None if kept is None else [present[place] for place in kept],
    )


def _items(held: Held, name: str = "series") -> Items:
    steps, times = zip(*held, strict=True) if held else ((), ())
    return Items(name, np.array(steps, np.int64), np.array(times, np.float64))


def test_nothing_new_is_nothing_sent() -> None:
    present = [(0, 1.0), (5, 2.0)]
    first, _, _ = _answer(present, None)
    again, answer, kept = _answer(present, first.version)
    assert (again.version, again.reset, answer, kept) == (first.version, False, [], None)


def test_only_the_new_items_are_sent() -> None:
    first, _, _ = _answer([(0, 1.0), (5, 2.0)], None)
    growth, answer, kept = _answer([(0, 1.0), (5, 2.0), (9, 3.0)], first.version)
    assert (growth.reset, answer, kept) == (False, [(9, 3.0)], None)


def test_a_dropped_item_is_not_kept() -> None:
    first, _, _ = _answer([(0, 1.0), (5, 2.0)], None)
    growth, answer, kept = _answer([(5, 2.0), (9, 3.0)], first.version)
    assert (growth.reset, answer, kept) == (False, [(9, 3.0)], [(5, 2.0)])


def test_a_step_written_anew_is_sent_and_the_old_one_is_not_kept() -> None:
    first, _, _ = _answer([(0, 1.0), (5, 2.0)], None)
    _, answer, kept = _answer([(0, 1.0), (5, 3.0)], first.version)
    assert (answer, kept) == ([(5, 3.0)], [(0, 1.0)])


def test_a_series_of_another_name_is_not_what_the_client_holds() -> None:
    first = Growth([_items([(0, 1.0)], "one")], None)
    growth = Growth([_items([(0, 1.0)], "two")], first.version)
    assert growth.kept(0) is not None


def test_an_empty_series_grows() -> None:
    first, _, _ = _answer([], None)
    growth, answer, kept = _answer([(0, 1.0)], first.version)
    assert (growth.reset, answer, kept) == (False, [(0, 1.0)], None)


def test_items_without_a_time_are_always_sent() -> None:
    present = [(0, 1.0), (1, math.nan)]
    first, _, _ = _answer(present, None)
    _, answer, kept = _answer(present, first.version)
    assert [step for step, _ in answer] == [1]
    assert kept is None


@pytest.mark.parametrize("seed", range(30))
def test_a_client_holds_what_the_server_holds(seed: int) -> None:
    random = np.random.default_rng(seed)
    client, present, moment, step = _Client(), list[tuple[int, float]](), 0.0, 0
    for _ in range(60):
        change = random.integers(7)
        moment += 1.0
        if change <= 3:  # new items
            for _ in range(random.integers(4)):
                step, moment = step + int(random.integers(1, 9)), moment + 0.5
                present.append((step, moment))
        elif change == 4 and len(present) > 1:  # sampled: one is dropped, never the newest
            del present[int(random.integers(len(present) - 1))]
        elif change == 5 and present:  # resumed from an earlier step
            step = present[int(random.integers(len(present)))][0]
            present = [*[item for item in present if item[0] < step], (step, moment)]
        elif change == 6 and random.integers(4) == 0:  # another run, by a clock that is late
            present = [(0, moment - 40.0), (3, moment - 39.0)]
            step = 3
        client.ask(present)
        assert client.held == present


def test_a_sampled_series_costs_what_is_new() -> None:
    random, client, present = np.random.default_rng(0), _Client(), list[tuple[int, float]]()
    for step in range(1000):
        present.append((step, float(step)))
        if len(present) > 50:
            del present[int(random.integers(50))]
        client.ask(present)
    assert (client.received, client.asked_again) == (1000, 0)


class _Datum:
    def __init__(self, step: int, wall_time: float = 0.0) -> None:
        self.step, self.wall_time = step, wall_time


@pytest.mark.parametrize(
    ("arrived", "valid"),
    [
        ([], []),
        ([3], [3]),
        ([0, 1, 2], [0, 1, 2]),
        ([0, 1, 2, 1, 2, 3], [0, 1, 2, 3]),
        ([5, 6, 0], [0]),
        ([1, 1, 1], [1]),
        ([0, 10, 20, 15, 30, 12], [0, 10, 12]),
    ],
)
def test_later_items_make_void_what_comes_after_them(arrived: list[int], valid: list[int]) -> None:
    data = [_Datum(step, float(place)) for place, step in enumerate(arrived)]
    present, items = surviving("series", data)
    assert [item.step for item in present] == items.steps.tolist() == valid
    assert present == [data[len(arrived) - 1 - arrived[::-1].index(step)] for step in valid]


def test_times_that_are_no_numbers_are_none() -> None:
    _, items = surviving("series", [_Datum(0, math.inf), _Datum(1, -math.inf), _Datum(2, 5.0)])
    np.testing.assert_array_equal(items.wall_times, [np.nan, np.nan, 5.0])
