"""Makes atlases, scales and statistics of maps, where the maps are."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from keras import ops

from tb_featuremaps.capture.channels import limit_tile
from tb_featuremaps.format.atlas import quantise, tile
from tb_featuremaps.format.extremes import finite_extremes
from tb_featuremaps.format.statistics import channel_statistics

# `(atlas uint8 [n, rows·h, columns·w], lo [n, c], hi [n, c], stats [n, c, 6])`
FinishedLayer: TypeAlias = tuple[Any, Any, Any, Any]

Fuse: TypeAlias = Callable[[Callable[[list[Any]], Any]], Callable[[list[Any]], Any]]

# XLA takes more than half a second for each shape of maps: minutes where there are many.
_MOST_FUSED = 24

# Putting maps together copies them: worth it for small ones, whose operations are what costs.
_GROUP_BYTES = 32 * 2**20


def finish_layers(
    maps: Sequence[Any], windows: Sequence[tuple[int, int]], fuse: Fuse
) -> tuple[FinishedLayer, ...]:
    """Finishes each layer's maps.

    Layers with maps of one shape are finished together, as more probes of one layer: compiling
    takes time for each operation, and the 428 layers of DenseNet-121 have 61 shapes.

    Args:
        maps: float32 `[n, height, width, channels]` of each layer, n being the same for all.
        windows: over how many pixels each layer's maps are averaged, as `limit_tile` takes it.
        fuse: compiles a function of tensors on its own; not used where that takes too long.
    """
    groups = _groups(maps, windows)

    def finish(maps: list[Any]) -> tuple[FinishedLayer, ...]:
        finished: dict[int, FinishedLayer] = {}
        for indices in groups:
            parts = _finish_group([maps[index] for index in indices], windows[indices[0]])
            for index, atlas, lo, hi, stats in zip(indices, *parts, strict=True):
                finished[index] = (atlas, lo, hi, stats)
        return tuple(finished[index] for index in range(len(maps)))

    return (fuse(finish) if len(groups) <= _MOST_FUSED else finish)(list(maps))


def _groups(maps: Sequence[Any], windows: Sequence[tuple[int, int]]) -> list[list[int]]:
    groups: list[list[int]] = []
    filling: dict[Any, list[int]] = {}
    for index, one in enumerate(maps):
        size = 4
        for length in one.shape:
            size *= int(length)
        key = (tuple(one.shape), windows[index])
        group = filling.get(key)
        if group is None or (len(group) + 1) * size > _GROUP_BYTES:
            group = filling[key] = []
            groups.append(group)
        group.append(index)
    return groups


def _finish_group(group: list[Any], window: tuple[int, int]) -> list[list[Any]]:
    """Returns the atlases of all layers of a group, their lo, their hi, and their statistics."""
    if len(group) == 1:
        return [[part] for part in _finish(group[0], window)]
    parts = _finish(ops.concatenate(group, axis=0), window)
    return [ops.split(part, len(group), axis=0) for part in parts]


def _finish(maps: Any, window: tuple[int, int]) -> FinishedLayer:
    shown = limit_tile(maps, window)
    extremes = finite_extremes(maps, ops)
    quantised = quantise(shown, ops, extremes if shown is maps else None)
    atlas = tile(ops.cast(quantised.levels, "uint8"), ops)
    return atlas, quantised.lo, quantised.hi, channel_statistics(maps, ops, extremes)
