"""Maps to what is written of a layer: atlases with their scales, and statistics."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from tb_featuremaps.format.atlas import tile
from tb_featuremaps.format.measuring import measure

# Maps, float32 `[n, height, width, channels]`, and over how many pixels, `(height, width)`, they
# are averaged for the atlas.
UnfinishedLayer: TypeAlias = tuple[npt.NDArray[np.float32], tuple[int, int]]

# Up to so many bytes of maps are measured at once: the calls for a small layer take longer than its
# values do.
_MEASURED_TOGETHER = 2**19
_NOT_AVERAGED = (1, 1)


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


def finish_layers(layers: Iterable[UnfinishedLayer]) -> Iterator[FinishedLayer]:
    """Finishes layers one after another; small ones of equal pixels are measured together."""
    waiting: list[npt.NDArray[np.float32]] = []
    for maps, averaged in layers:
        if waiting and not _joins(waiting, maps, averaged):
            yield from _finish_together(waiting)
            waiting = []
        if averaged == _NOT_AVERAGED:
            waiting.append(maps)
        else:
            yield _finish_averaged(maps, averaged)
    if waiting:
        yield from _finish_together(waiting)


def _joins(
    waiting: Sequence[npt.NDArray[np.float32]],
    maps: npt.NDArray[np.float32],
    averaged: tuple[int, int],
) -> bool:
    return (
        averaged == _NOT_AVERAGED
        and maps.shape[:3] == waiting[0].shape[:3]
        and sum(others.nbytes for others in waiting) + maps.nbytes <= _MEASURED_TOGETHER
    )


def _finish_together(layers: Sequence[npt.NDArray[np.float32]]) -> Iterator[FinishedLayer]:
    """Finishes layers whose maps differ in their channels at most."""
    measured = measure(layers[0] if len(layers) == 1 else np.concatenate(layers, axis=3))
    end = 0
    for maps in layers:
        begin, end = end, end + maps.shape[3]
        channels = slice(begin, end)
        parts = (measured.lo[:, channels], measured.hi[:, channels])
        tiled = tile(measured.levels[..., channels])
        yield FinishedLayer(tiled, *parts, measured.statistics[:, channels])


def _finish_averaged(maps: npt.NDArray[np.float32], averaged: tuple[int, int]) -> FinishedLayer:
    shown = measure(average(maps, averaged))
    return FinishedLayer(tile(shown.levels), shown.lo, shown.hi, measure(maps).statistics)


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
