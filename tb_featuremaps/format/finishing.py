"""Maps to what is written of a layer: atlases with their scales, and statistics."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tb_featuremaps.format.atlas import tile
from tb_featuremaps.format.measuring import measure


class FinishedLayer(NamedTuple):
    """A layer of a capture.

    Attributes:
        atlases: uint8 `[n, rows · tile height, columns · tile width]`, one for each probe.
        lo, hi: float32 `[n, channels]`, the values of levels 0 and 255.
        statistics: float32 `[n, channels, 6]`, of the maps before they are averaged.
    """

    atlases: npt.NDArray[np.uint8]
    lo: npt.NDArray[np.float32]
    hi: npt.NDArray[np.float32]
    statistics: npt.NDArray[np.float32]

    def first(self, probes: int | None) -> "FinishedLayer":
        """That of the first probes; of all if None."""
        parts = (self.atlases[:probes], self.lo[:probes], self.hi[:probes])
        return FinishedLayer(*parts, self.statistics[:probes])


def finish_layer(
    maps: npt.NDArray[np.float32], averaged: tuple[int, int] = (1, 1)
) -> FinishedLayer:
    """Finishes a layer's maps, float32 `[n, height, width, channels]`.

    Args:
        maps: the values.
        averaged: over how many pixels, `(height, width)`, they are averaged for the atlas.
    """
    measured = measure(maps)
    shown = measured if averaged == (1, 1) else measure(average(maps, averaged))
    return FinishedLayer(tile(shown.levels), shown.lo, shown.hi, measured.statistics)


def average(maps: npt.NDArray[np.float32], window: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Averages maps `[n, h, w, c]` over windows of this height and width.

    The last windows of a row or column hold the pixels that are left.
    """
    sums, sizes = maps, np.ones((1, 1, 1, 1))
    for axis, length in enumerate(window, start=1):
        begins = np.arange(0, maps.shape[axis], length)
        sums = np.add.reduceat(sums, begins, axis=axis, dtype=np.float64)
        counts = np.diff(begins, append=maps.shape[axis])
        sizes = sizes * np.expand_dims(counts, [other for other in range(4) if other != axis])
    return (sums / sizes).astype(np.float32)
