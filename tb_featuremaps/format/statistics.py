"""Statistics of each channel of an activation, in the order of `STATS_COLUMNS`.

What is said of a channel by them, here and wherever channels are judged:

- *inactive*: all its values are zero for this probe at this step.
- *dead*: inactive for every probe at this step and at every later one that was captured.
- *constant*: one value all over the map, whichever it is (minimum = maximum).
- *saturated*: at its nonlinearity's bound (1 of a sigmoid, 6 of a ReLU6). That can't be told from
  the values alone, so nothing is called so.
- *not finite*: some of its values are NaN or infinite.

A ReLU's zeros mean something, a convolution's before it don't: judge what comes after the
nonlinearity, as `layers="auto"` does where a convolution has one.
"""

import numpy as np

from tb_featuremaps.format.arrays import Array, ArrayOps
from tb_featuremaps.format.extremes import Extremes, finite_extremes


def channel_statistics(values: Array, xp: ArrayOps = np, extremes: Extremes | None = None) -> Array:
    """Returns float32 `[probes, channels, 6]`.

    Minimum, maximum, mean and standard deviation are those of the finite values, NaN where there
    are none; then the fraction of zeros and the fraction of values that are not finite.

    Args:
        values: float32 `[probes, height, width, channels]`.
        xp: `numpy`, or `keras.ops` to compute where the values are.
        extremes: those of `values`, if they have been found already.
    """
    found = extremes or finite_extremes(values, xp)
    size = values.shape[1] * values.shape[2]
    ones, zeros = xp.ones_like(values), xp.zeros_like(values)
    count = xp.sum(xp.where(found.finite, ones, zeros), axis=(1, 2))
    # Each value's share of the mean, so that a sum of large values can't overflow.
    share = 1.0 / xp.maximum(count, xp.ones_like(count))[:, None, None, :]
    mean = xp.sum(xp.where(found.finite, values, zeros) * share, axis=(1, 2))
    deviation = xp.where(found.finite, values - mean[:, None, None, :], zeros)
    std = xp.sqrt(xp.sum(deviation * deviation * share, axis=(1, 2)))
    nan = xp.full_like(mean, float("nan"))
    columns = [xp.where(count <= 0, nan, column) for column in (found.lo, found.hi, mean, std)]
    zero_fraction = xp.sum(xp.where(values == 0, ones, zeros), axis=(1, 2)) / size
    # Counted on their own: 1 - count / size is not exactly 0 where a compiler divides by inverses.
    not_finite = xp.sum(xp.where(found.finite, zeros, ones), axis=(1, 2)) / size
    return xp.stack([*columns, zero_fraction, not_finite], axis=-1)
