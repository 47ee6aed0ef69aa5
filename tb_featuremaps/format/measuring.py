"""Measures each channel of maps and quantises it: two passes over the values, in numpy.

The passes go over blocks that fit into a core's cache, with as few calls as blocks that large
allow; numpy gives the interpreter's lock back during each. Channels that float32 is not enough for
are measured on their own (`measuring_exactly`).

What is said of a channel by its statistics, here and wherever channels are judged:

- *inactive*: all its values are zero for this probe at this step.
- *dead*: inactive for every probe at this step and at every later one that was captured.
- *constant*: one value all over the map, whichever it is (minimum = maximum).
- *saturated*: at its nonlinearity's bound (1 of a sigmoid, 6 of a ReLU6). That can't be told from
  the values alone, so nothing is called so.
- *not finite*: some of its values are NaN or infinite.

A ReLU's zeros mean something, a convolution's before it don't: judge what comes after the
nonlinearity, as `layers="auto"` does where a convolution has one.
"""

import dataclasses

import numpy as np
import numpy.typing as npt

from tb_featuremaps.format.folding import FoldedMaps, fold
from tb_featuremaps.format.measuring_exactly import exact_parts

LEVELS = 255

# Between these, squares of float32 deviations and their sums neither overflow nor vanish.
_LARGEST = 1e14
_SMALLEST_SPAN = 1e-15
# The variance is what is left of the mean square above `lo` when the square of the mean is taken
# away. Where that is so many times as large, what was rounded matters: the variance is then taken
# from the deviations, in a third pass.
_MOST_CANCELLED = 100


@dataclasses.dataclass(frozen=True)
class MeasuredMaps:
    """Maps as grey levels, and what is true of each channel.

    Attributes:
        levels: uint8 `[n, height, width, channels]`; see `format.atlas`.
        lo, hi: float32 `[n, channels]`, the values of levels 0 and 255: the smallest and largest
            finite value; 0 in a channel without finite values.
        statistics: float32 `[n, channels, 6]`, in the order of `STATS_COLUMNS`: minimum, maximum,
            mean and standard deviation of the finite values, NaN where there are none; then the
            fraction of zeros, and that of values that are not finite.
    """

    levels: npt.NDArray[np.uint8]
    lo: npt.NDArray[np.float32]
    hi: npt.NDArray[np.float32]
    statistics: npt.NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class _Survey:
    """What the first pass finds, `[n, channels]` each; NaN and infinities spread to it."""

    lo: npt.NDArray[np.float32]
    hi: npt.NDArray[np.float32]
    span: npt.NDArray[np.float32]
    mean: npt.NDArray[np.float64]
    zeros: npt.NDArray[np.int64]

    def odd(self) -> npt.NDArray[np.bool_] | None:
        """For which channels float32 is not enough; None if for none."""
        close = (self.span < _SMALLEST_SPAN) & (self.span > 0)
        if self.lo.min() >= -_LARGEST and self.hi.max() <= _LARGEST and not close.any():
            return None
        bounded = (self.lo >= -_LARGEST) & (self.hi <= _LARGEST)  # false for NaN
        return close | ~bounded


def measure(maps: npt.NDArray[np.float32]) -> MeasuredMaps:
    """Measures and quantises maps, float32 `[n, height, width, channels]`, none of them empty."""
    count, height, width, channels = maps.shape
    levels = np.empty(maps.shape, np.uint8)
    lo, hi = np.empty((2, count, channels), np.float32)
    statistics = np.zeros((count, channels, 6), np.float32)
    measured = MeasuredMaps(levels, lo, hi, statistics)
    # What spreads from NaN and infinities is replaced.
    with np.errstate(all="ignore"):
        for group, folded in fold(maps, levels):
            found = _survey(folded)
            lo[group], hi[group] = found.lo, found.hi
            columns = statistics[group]
            columns[..., 0], columns[..., 1], columns[..., 2] = found.lo, found.hi, found.mean
            columns[..., 3] = np.sqrt(_quantise(folded, found))
            np.divide(found.zeros, height * width, out=columns[..., 4], casting="same_kind")
            odd = found.odd()
            if odd is not None:
                _replace(measured, maps, group, odd)
    return measured


def _replace(
    measured: MeasuredMaps, maps: npt.NDArray[np.float32], group: slice, odd: npt.NDArray[np.bool_]
) -> None:
    """Measures channels anew, which `odd` tells of the probes `group`, `[n, channels]`."""
    for probe, channel, found in exact_parts(maps[group], odd, LEVELS):
        at = probe + group.start
        measured.levels[at, :, :, channel] = found.levels
        measured.lo[at, channel], measured.hi[at, channel] = found.lo, found.hi
        measured.statistics[at, channel] = found.statistics


def _survey(folded: FoldedMaps) -> _Survey:
    lows, highs, totals = (folded.parts(np.float32) for _ in range(3))
    zeros = folded.parts(np.uint8)
    for index, (block, _, scratch) in enumerate(folded.blocks()):
        np.minimum.reduce(block, axis=1, out=lows[index])
        np.maximum.reduce(block, axis=1, out=highs[index])
        np.add.reduce(block, axis=1, out=totals[index])
        is_zero = np.equal(block, 0, out=scratch.flags)
        # A block has fewer rows than a byte counts.
        np.add.reduce(is_zero.view(np.uint8), axis=1, dtype=np.uint8, out=zeros[index])
    lo = folded.merge(np.minimum, lows, np.float32)
    hi = folded.merge(np.maximum, highs, np.float32)
    mean = folded.merge(np.add, totals, np.float64)
    mean /= folded.pixels
    # Rounding must not put a constant's mean beside it.
    mean = np.minimum(np.maximum(mean, lo), hi)
    return _Survey(lo, hi, hi - lo, mean, folded.merge(np.add, zeros, np.int64))


def _quantise(folded: FoldedMaps, found: _Survey) -> npt.NDArray[np.float64]:
    """Writes the levels; returns the variances."""
    # A constant's values are all 0 above `lo`, whatever they are multiplied with.
    per_value = (LEVELS / np.maximum(found.span, _SMALLEST_SPAN)).astype(np.float32)
    lo, scale = folded.spread(found.lo), folded.spread(per_value)
    squares = folded.parts(np.float32)
    for index, (block, levels, scratch) in enumerate(folded.blocks(last_first=True)):
        values = scratch.values
        np.subtract(block, lo, out=values)
        np.multiply(values, scale, out=values)
        np.einsum("nrv,nrv->nv", values, values, out=squares[index])
        np.rint(values, out=values)
        np.copyto(levels, values, casting="unsafe")
    # Of levels before they are rounded.
    mean_square = folded.merge(np.add, squares, np.float64)
    mean_square /= folded.pixels
    above = found.mean - found.lo
    variance = mean_square / np.square(per_value, dtype=np.float64) - np.square(above)
    lost = above * np.maximum(above, np.abs(found.mean))
    if (lost > _MOST_CANCELLED * variance).any():
        return _variance(folded, found.mean)
    return variance


def _variance(folded: FoldedMaps, mean: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The variances, from deviations."""
    row = folded.spread(mean.astype(np.float32))
    offsets, squares = (folded.parts(np.float32) for _ in range(2))
    for index, (block, _, scratch) in enumerate(folded.blocks()):
        deviation = np.subtract(block, row, out=scratch.values)
        np.add.reduce(deviation, axis=1, out=offsets[index])
        np.einsum("nrv,nrv->nv", deviation, deviation, out=squares[index])
    # The mean was rounded: values a few steps apart deviate from it by as much.
    offset = folded.merge(np.add, offsets, np.float64) / folded.pixels
    mean_square = folded.merge(np.add, squares, np.float64) / folded.pixels
    variance: npt.NDArray[np.float64] = np.maximum(mean_square - np.square(offset), 0)
    return variance
