"""Maps as long rows in blocks, which numpy passes over fast.

The channels of a pixel lie side by side, and numpy pays for each row of a reduction: 32 channels a
row would cost more than their values do. So neighbouring pixels share a row, `[n, pixels,
channels]` → `[n, pixels / f, f · channels]`, and what was found for each of the f is merged.
"""

import dataclasses
import functools
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

# A block of float32 fits into a second-level cache of 2 MB, beside as much scratch space. Smaller
# ones cost more calls, each of which holds the interpreter's lock.
_BLOCK_BYTES = 2**20
# Shorter rows are reduced faster, but a block has more of them, and float32 adds up fewer numbers
# more exactly.
_LEAST_ROW = 2048
# So that a byte counts the rows of a block.
_MOST_ROWS = 255


@dataclasses.dataclass(frozen=True)
class Scratch:
    """Space of a block's shape, to be written over."""

    values: npt.NDArray[np.float32]
    flags: npt.NDArray[np.bool_]


class FoldedMaps:
    """Maps of some probes, folded.

    Attributes:
        pixels: how many pixels a map has.
    """

    def __init__(
        self,
        values: npt.NDArray[np.float32],
        levels: npt.NDArray[np.uint8],
        channels: int,
        scratch: Scratch,
    ) -> None:
        self.pixels = values.shape[1] * values.shape[2] // channels
        self._values = values
        self._levels = levels
        self._channels = channels
        self._scratch = scratch

    def blocks(
        self, last_first: bool = False
    ) -> Iterator[tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8], Scratch]]:
        """Blocks `[n, rows, row]` of the values, the same of the levels, and scratch space.

        Args:
            last_first: in reverse; after a pass, it is the last ones that the cache still holds.
        """
        rows = self._scratch.values.shape[1]
        begins = range(0, self._values.shape[1], rows)
        for begin in reversed(begins) if last_first else begins:
            block = self._values[:, begin : begin + rows]
            count, height = block.shape[:2]
            scratch = self._scratch
            yield (
                block,
                self._levels[:, begin : begin + rows],
                Scratch(scratch.values[:count, :height], scratch.flags[:count, :height]),
            )

    def parts(self, dtype: Any) -> npt.NDArray[Any]:
        """Space for what is found for each block, `[blocks, n, row]`."""
        count, rows, row = self._values.shape
        return np.empty((-(-rows // self._scratch.values.shape[1]), count, row), dtype)

    def merge(self, ufunc: np.ufunc, parts: npt.NDArray[Any], dtype: Any) -> Any:
        """What was found for each block, `[blocks, n, row]`, as `[n, channels]`."""
        blocks, count, row = parts.shape
        pixels = parts.reshape(blocks, count, row // self._channels, self._channels)
        return ufunc.reduce(pixels, axis=(0, 2), dtype=dtype)

    def spread(self, found: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Values of the channels, `[n, channels]`, as a row `[n, 1, row]`."""
        if self._values.shape[2] == self._channels:
            return found[:, None]
        shape = (len(found), self._values.shape[2] // self._channels, self._channels)
        return np.broadcast_to(found[:, None], shape).reshape(len(found), 1, -1)


def fold(
    maps: npt.NDArray[np.float32], levels: npt.NDArray[np.uint8]
) -> Iterator[tuple[slice, FoldedMaps]]:
    """Folds maps `[n, height, width, channels]`, for so many probes at a time as a block takes.

    Args:
        maps: values.
        levels: of the same shape, contiguous; folded the same.

    Returns:
        Which probes, and their maps.
    """
    count, height, width, channels = maps.shape
    pixels = height * width
    row = channels * _pixels_in_a_row(pixels, channels)
    values = np.ascontiguousarray(maps).reshape(count, -1, row)
    folded_levels = levels.reshape(count, -1, row)
    probes = min(count, max(1, _BLOCK_BYTES // (4 * pixels * channels)))
    rows = min(values.shape[1], _MOST_ROWS, max(1, _BLOCK_BYTES // (4 * row * probes)))
    shape = (probes, rows, row)
    scratch = Scratch(np.empty(shape, np.float32), np.empty(shape, np.bool_))
    for begin in range(0, count, probes):
        group = slice(begin, begin + probes)
        yield group, FoldedMaps(values[group], folded_levels[group], channels, scratch)


@functools.lru_cache
def _pixels_in_a_row(pixels: int, channels: int) -> int:
    """The smallest divisor of `pixels` that makes rows long enough; 1 if a block is too small."""
    least = -(-_LEAST_ROW // channels)
    most = min(pixels, _BLOCK_BYTES // (4 * channels))
    return next((count for count in range(least, most + 1) if pixels % count == 0), 1)
