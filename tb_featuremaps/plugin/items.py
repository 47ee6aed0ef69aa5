"""Which items of a series are valid, and what tells them apart: step and wall time."""

import dataclasses
import itertools
import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_step = operator.attrgetter("step")
_wall_time = operator.attrgetter("wall_time")


@dataclasses.dataclass(frozen=True)
class Items:
    """The identities of a series' items.

    Attributes:
        name: what tells the series from others in the same answer.
        steps: int64 `[items]`, rising.
        wall_times: float64 `[items]`, seconds since 1970; NaN where an event has none.
    """

    name: str
    steps: npt.NDArray[np.int64]
    wall_times: npt.NDArray[np.float64]


def surviving(name: str, found: Sequence[Any]) -> tuple[list[Any], Items]:
    """The data provider's items, in the order of their arrival, that no later one made void.

    A step that does not rise is a rerun or a resumed run: what was logged at that step and after
    no longer holds. TensorBoard's data server drops it; its Python ingester only at the record of
    a session's start.

    Args:
        name: of the series.
        found: what has `step` and `wall_time`.

    Returns:
        The items, and their identities.
    """
    # Loops that stay within C: a run has ten thousands of points.
    steps = np.fromiter(map(_step, found), np.int64, len(found))
    times = np.fromiter(map(_wall_time, found), np.float64, len(found))
    times[~np.isfinite(times)] = np.nan
    valid = np.ones(len(steps), np.bool_)
    valid[:-1] = steps[:-1] < np.minimum.accumulate(steps[::-1])[::-1][1:]
    if valid.all():
        return list(found), Items(name, steps, times)
    present = list(itertools.compress(found, valid.tolist()))
    return present, Items(name, steps[valid], times[valid])


def seconds(wall_time: float | None) -> float | None:
    """A wall time as JSON has it: None where an event has none."""
    return wall_time if wall_time is not None and math.isfinite(wall_time) else None
