"""Which items of a series are valid, and what tells them apart: step and wall time."""

import dataclasses
import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


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


def surviving(found: Sequence[Any]) -> list[Any]:
    """The data provider's items, in the order of their arrival, that no later one made void.

    A step that does not rise is a rerun or a resumed run: what was logged at that step and after
    no longer holds. TensorBoard's data server drops it; its Python ingester only at the record of
    a session's start.
    """
    steps = np.fromiter((item.step for item in found), np.int64, len(found))
    valid = steps[:-1] < np.minimum.accumulate(steps[::-1])[::-1][1:]
    return [*itertools.compress(found[:-1], valid.tolist()), *found[-1:]]


def identified(name: str, items: Sequence[Any]) -> Items:
    """The identities of items of the data provider that have survived."""
    count = len(items)
    steps = np.fromiter((item.step for item in items), np.int64, count)
    times = np.fromiter((item.wall_time for item in items), np.float64, count)
    return Items(name, steps, np.where(np.isfinite(times), times, np.nan))


def seconds(wall_time: float | None) -> float | None:
    """A wall time as JSON has it: None where an event has none."""
    return wall_time if wall_time is not None and math.isfinite(wall_time) else None
