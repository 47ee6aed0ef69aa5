"""The smallest and largest finite value of each channel, which levels and statistics share."""

import dataclasses

import numpy as np

from tb_featuremaps.format.arrays import Array, ArrayOps

_FLOAT32_MAX = float(np.finfo(np.float32).max)


@dataclasses.dataclass(frozen=True)
class Extremes:
    """Attributes:
    finite: bool `[probes, height, width, channels]`, which values are finite.
    lo, hi: `[probes, channels]`; both 0 in a channel without finite values.
    """

    finite: Array
    lo: Array
    hi: Array


def finite_extremes(values: Array, xp: ArrayOps = np) -> Extremes:
    """Finds the extremes of activations, float32 `[probes, height, width, channels]`."""
    finite = xp.isfinite(values)
    largest = xp.full_like(values, _FLOAT32_MAX)
    lo = xp.min(xp.where(finite, values, largest), axis=(1, 2))
    hi = xp.max(xp.where(finite, values, -largest), axis=(1, 2))
    none_finite = lo > hi
    lo = xp.where(none_finite, xp.zeros_like(lo), lo)
    return Extremes(finite, lo, xp.where(none_finite, xp.zeros_like(hi), hi))
