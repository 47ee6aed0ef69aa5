"""Measures channels that float32 arithmetic is not enough for.

These hold NaN or infinities, or values so large or so close together that squares of their
deviations leave the range of float32. All is computed in float64, in which no square, sum or
difference of float32 values overflows.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

_VALUES_AT_ONCE = 2**17


@dataclasses.dataclass(frozen=True)
class ExactChannels:
    """Attributes:
    levels: uint8 `[channels, height, width]`.
    lo, hi: float32 `[channels]`; both 0 in a channel without finite values.
    statistics: float32 `[channels, 6]`.
    """

    levels: npt.NDArray[np.uint8]
    lo: npt.NDArray[np.float32]
    hi: npt.NDArray[np.float32]
    statistics: npt.NDArray[np.float32]


def exact_parts(
    maps: npt.NDArray[np.float32], chosen: npt.NDArray[np.bool_], top: int
) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], ExactChannels]]:
    """Measures channels of maps, so many at a time that copies in float64 stay small.

    Args:
        maps: float32 `[n, height, width, channels]`.
        chosen: which ones, `[n, channels]`.
        top: the highest level.

    Returns:
        Their probes and their channels, and what was found of them.
    """
    pixels = maps.shape[1] * maps.shape[2]
    step = max(1, _VALUES_AT_ONCE // pixels)
    rows = np.argwhere(chosen)
    for begin in range(0, len(rows), step):
        probe, channel = rows[begin : begin + step].T
        yield probe, channel, measure_exactly(maps[probe, :, :, channel], top)


def measure_exactly(maps: npt.NDArray[np.float32], top: int) -> ExactChannels:
    """Measures and quantises channels, float32 `[channels, height, width]`, to levels 0…`top`."""
    values = maps.reshape(len(maps), -1).astype(np.float64)
    finite = np.isfinite(values)
    count = finite.sum(axis=1)
    some = count > 0
    lo = np.where(some, np.min(values, axis=1, initial=np.inf, where=finite), 0)
    hi = np.where(some, np.max(values, axis=1, initial=-np.inf, where=finite), 0)
    nan = np.full(len(values), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.clip(values.sum(axis=1, where=finite) / count, lo, hi)
        deviation = values - mean[:, None]
        std = np.sqrt(np.square(deviation).sum(axis=1, where=finite) / count)
        scale = np.where(hi > lo, top / (hi - lo), 0)
        levels = np.rint((values - lo[:, None]) * scale[:, None])
    levels = np.where(finite, levels, np.where(values == np.inf, top, 0))
    zeros, not_finite = ((values == 0).mean(axis=1), (~finite).mean(axis=1))
    columns = [np.where(some, column, nan) for column in (lo, hi, mean, std)]
    return ExactChannels(
        levels.astype(np.uint8).reshape(maps.shape),
        lo.astype(np.float32),
        hi.astype(np.float32),
        np.stack([*columns, zeros, not_finite], axis=-1).astype(np.float32),
    )
