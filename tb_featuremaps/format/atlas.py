"""The channel atlas: every channel of an activation as one grey picture per probe.

Channel c lies at row c // columns and column c % columns of a grid of ceil(sqrt(channels)) columns;
tiles touch. A value v is stored as round(255 · (v − lo) / (hi − lo)), lo and hi being the channel's
smallest and largest finite value in that picture. NaN is stored as 0, +Inf as 255, −Inf as 0.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_featuremaps.format.measuring import LEVELS

# What readers take: Pillow warns above 89,478,485 pixels, and browsers draw no side above 16,384.
MAX_ATLAS_PIXELS = 8192 * 8192
MAX_ATLAS_SIDE = 16_384


def columns_of(channels: int) -> int:
    """Columns of the grid of an atlas of that many channels."""
    return math.isqrt(channels - 1) + 1


def rows_of(channels: int) -> int:
    """Rows of the grid of an atlas of that many channels."""
    return -(-channels // columns_of(channels))


def tile(levels: npt.NDArray[np.generic], into: npt.NDArray[Any] | None = None) -> npt.NDArray[Any]:
    """Lays channels out as atlases: `[n, h, w, c]` → `[n, rows · h, columns · w]`.

    Args:
        levels: of any dtype.
        into: where the atlases are put, of their shape and dtype; by default a new array.
    """
    count, height, width, channels = levels.shape
    rows, columns = rows_of(channels), columns_of(channels)
    full = (rows - 1) * columns
    if into is None:
        into = np.empty((count, rows * height, columns * width), levels.dtype)
    # Splitting axes makes no copy, whatever `into` is a part of.
    atlases = into.reshape(count, rows, height, columns, width)
    grid = levels[..., :full].reshape(count, height, width, rows - 1, columns)
    atlases[:, :-1] = grid.transpose(0, 3, 1, 4, 2)
    atlases[:, -1, :, : channels - full] = levels[..., full:].transpose(0, 1, 3, 2)
    atlases[:, -1, :, channels - full :] = 0
    return into


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
