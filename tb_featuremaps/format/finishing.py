"""Maps to what is written of a layer: atlases with their scales, and statistics.

`_measuring`, which is compiled, does it in one call; where it could not be built, numpy does.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from tb_featuremaps.format.atlas import columns_of, rows_of, tile
from tb_featuremaps.format.measuring import LEVELS, measure
from tb_featuremaps.format.measuring_exactly import exact_parts

try:
    from tb_featuremaps.format import _measuring
except ImportError:
    IS_COMPILED = False
else:
    IS_COMPILED = True

# Maps, float32 `[n, height, width, channels]`, and over how many pixels, `(height, width)`, they
# are averaged for the atlas.
UnfinishedLayer: TypeAlias = tuple[npt.NDArray[np.float32], tuple[int, int]]
_NOT_AVERAGED = (1, 1)


class FinishedLayer(NamedTuple):
    """A layer of a capture.

    Attributes:
        pictures: uint8 `[n, rows · tile height, 1 + columns · tile width]`, an atlas for each
            probe, each row of which has its filter, as `png.with_filters` puts it.
        lo, hi: float32 `[n, channels]`, the values of levels 0 and 255.
        statistics: float32 `[n, channels, 6]`, of the maps before they are averaged.
    """

    pictures: npt.NDArray[np.uint8]
    lo: npt.NDArray[np.float32]
    hi: npt.NDArray[np.float32]
    statistics: npt.NDArray[np.float32]

    def first(self, probes: int | None) -> "FinishedLayer":
        """That of the first probes; of all if None."""
        parts = (self.pictures[:probes], self.lo[:probes], self.hi[:probes])
        return FinishedLayer(*parts, self.statistics[:probes])


def finish_layers(layers: Iterable[UnfinishedLayer]) -> Iterator[FinishedLayer]:
    """Finishes layers one after another."""
    for maps, averaged in layers:
        if averaged == _NOT_AVERAGED:
            yield finish(maps)
        else:
            shown = finish(average(maps, averaged))
            yield shown._replace(statistics=finish(maps).statistics)


def finish_with_numpy(maps: npt.NDArray[np.float32]) -> FinishedLayer:
    """Finishes maps, float32 `[n, height, width, channels]`, none of them empty."""
    measured = measure(maps)
    pictures = _room_for_pictures(maps.shape)
    pictures[:, :, 0] = 0
    tile(measured.levels, into=pictures[:, :, 1:])
    return FinishedLayer(pictures, measured.lo, measured.hi, measured.statistics)


def finish_compiled(maps: npt.NDArray[np.float32]) -> FinishedLayer:
    """Does the same with `_measuring`, which gives the interpreter's lock back meanwhile."""
    maps = np.require(maps, np.float32, ["C", "A"])
    count, height, width, channels = maps.shape
    rows, columns = rows_of(channels), columns_of(channels)
    pictures = _room_for_pictures(maps.shape)
    lo, hi = np.empty((2, count, channels), np.float32)
    statistics = np.empty((count, channels, 6), np.float32)
    if not _measuring.measure(maps, maps.shape, columns, pictures, lo, hi, statistics):
        # Splitting axes of a part makes no copy, so that what is put into it is in the pictures.
        tiles = pictures[:, :, 1:].reshape(count, rows, height, columns, width)
        for probe, channel, found in exact_parts(maps, np.isnan(lo), LEVELS):
            tiles[probe, channel // columns, :, channel % columns] = found.levels
            lo[probe, channel], hi[probe, channel] = found.lo, found.hi
            statistics[probe, channel] = found.statistics
    return FinishedLayer(pictures, lo, hi, statistics)


def _room_for_pictures(shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    count, height, width, channels = shape
    size = rows_of(channels) * height, 1 + columns_of(channels) * width
    return np.empty((count, *size), np.uint8)


finish = finish_compiled if IS_COMPILED else finish_with_numpy


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
