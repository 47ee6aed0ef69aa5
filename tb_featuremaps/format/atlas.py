"""The channel atlas: every channel of an activation as one grey picture a probe.

Channel c lies at row c // columns and column c % columns of a grid of ceil(sqrt(channels)) columns;
tiles touch. A value v is stored as round(255 · (v − lo) / (hi − lo)), lo and hi being the channel's
smallest and largest finite value in that picture. NaN is stored as 0, +Inf as 255, −Inf as 0.
"""

import dataclasses
import math

import numpy as np
import numpy.typing as npt

from tb_featuremaps.format.arrays import Array, ArrayOps
from tb_featuremaps.format.extremes import Extremes, finite_extremes

LEVELS = 255

# What readers take: Pillow warns above 89,478,485 pixels, and browsers draw no side above 16,384.
MAX_ATLAS_PIXELS = 8192 * 8192
MAX_ATLAS_SIDE = 16_384


def columns_of(channels: int) -> int:
    """Columns of the grid of an atlas of that many channels."""
    return math.isqrt(channels - 1) + 1


def rows_of(channels: int) -> int:
    """Rows of the grid of an atlas of that many channels."""
    return -(-channels // columns_of(channels))


@dataclasses.dataclass(frozen=True)
class Quantised:
    """Grey levels and what they stand for.

    Attributes:
        levels: whole numbers 0…255 as floats, `[probes, height, width, channels]`.
        lo: float32 `[probes, channels]`, the value of level 0.
        hi: float32 `[probes, channels]`, the value of level 255; equal to `lo` if constant.
    """

    levels: Array
    lo: Array
    hi: Array


def quantise(values: Array, xp: ArrayOps = np, extremes: Extremes | None = None) -> Quantised:
    """Quantises activations channel by channel.

    Args:
        values: float32 `[probes, height, width, channels]`.
        xp: `numpy`, or `keras.ops` to compute where the values are.
        extremes: those of `values`, if they have been found already.
    """
    found = extremes or finite_extremes(values, xp)
    finite, lo, hi = found.finite, found.lo, found.hi
    # Halves, so that hi − lo can't overflow.
    low, high = lo[:, None, None, :] * 0.5, hi[:, None, None, :] * 0.5
    span = high - low
    constant = span <= 0
    safe = xp.where(finite, values, lo[:, None, None, :]) * 0.5
    levels = xp.round((safe - low) / xp.where(constant, xp.ones_like(span), span) * float(LEVELS))
    levels = xp.where(constant | ~finite, xp.zeros_like(levels), levels)
    above = ~finite & ~xp.isnan(values) & (values > 0)
    return Quantised(xp.where(above, xp.full_like(levels, LEVELS), levels), lo, hi)


def tile(levels: Array, xp: ArrayOps = np) -> Array:
    """Lays channels out as atlases: `[n, h, w, c]` → `[n, rows · h, columns · w]`."""
    probes, height, width, channels = levels.shape
    rows, columns = rows_of(channels), columns_of(channels)
    padded = xp.pad(levels, [[0, 0], [0, 0], [0, 0], [0, rows * columns - channels]])
    grid = xp.reshape(padded, (probes, height, width, rows, columns))
    return xp.reshape(xp.transpose(grid, (0, 3, 1, 4, 2)), (probes, rows * height, columns * width))


def untile(
    atlas: npt.NDArray[np.generic], channels: int, tile_height: int, tile_width: int
) -> npt.NDArray[np.generic]:
    """Takes one atlas apart: `[rows · h, columns · w]` → `[h, w, c]`, the inverse of `tile`.

    Raises:
        ValueError: the atlas has not the size that the three numbers ask for.
    """
    rows, columns = rows_of(channels), columns_of(channels)
    expected = (rows * tile_height, columns * tile_width)
    if atlas.shape != expected:
        raise ValueError(
            f"Expected an atlas of {expected[0]}×{expected[1]} pixels for {channels} channels of "
            f"{tile_height}×{tile_width}. Received: shape {atlas.shape}."
        )
    grid = atlas.reshape(rows, tile_height, columns, tile_width).transpose(1, 3, 0, 2)
    return grid.reshape(tile_height, tile_width, rows * columns)[:, :, :channels]


def dequantise(
    levels: npt.NDArray[np.uint8], lo: npt.NDArray[np.float32], hi: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Levels `[…, channels]` back to values, within (hi − lo) / 510 of what they were."""
    fraction = levels.astype(np.float64) / LEVELS
    values = lo.astype(np.float64) * (1 - fraction) + hi.astype(np.float64) * fraction
    return values.astype(np.float32)
