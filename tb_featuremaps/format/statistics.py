"""Statistics of each channel of an activation, in the order of `STATS_COLUMNS`."""

import numpy as np

from tb_featuremaps.format.arrays import Array, ArrayOps

_FLOAT32_MAX = float(np.finfo(np.float32).max)


def channel_statistics(values: Array, xp: ArrayOps = np) -> Array:
    """Returns float32 `[probes, channels, 6]`.

    Minimum, maximum, mean and standard deviation are those of the finite values, NaN where there
    are none; then the fraction of zeros and the fraction of values that are not finite.

    Args:
        values: float32 `[probes, height, width, channels]`.
        xp: `numpy`, or `keras.ops` to compute where the values are.
    """
    size = values.shape[1] * values.shape[2]
    finite = xp.isfinite(values)
    ones = xp.ones_like(values)
    zeros = xp.zeros_like(values)
    safe = xp.where(finite, values, zeros)
    count = xp.sum(xp.where(finite, ones, zeros), axis=(1, 2))
    share = xp.maximum(count, xp.ones_like(count))[:, None, None, :]
    mean = xp.sum(safe / share, axis=(1, 2))
    deviation = xp.where(finite, safe - mean[:, None, None, :], zeros)
    std = xp.sqrt(xp.sum(deviation * deviation / share, axis=(1, 2)))
    largest = xp.full_like(values, _FLOAT32_MAX)
    lo = xp.min(xp.where(finite, values, largest), axis=(1, 2))
    hi = xp.max(xp.where(finite, values, -largest), axis=(1, 2))
    empty = count <= 0
    nan = xp.full_like(mean, float("nan"))
    zero_fraction = xp.sum(xp.where(values == 0, ones, zeros), axis=(1, 2)) / size
    columns = [xp.where(empty, nan, column) for column in (lo, hi, mean, std)]
    return xp.stack([*columns, zero_fraction, 1.0 - count / size], axis=-1)
