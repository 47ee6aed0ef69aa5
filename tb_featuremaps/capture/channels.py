"""Brings a layer's output of any rank to `[probes, height, width, channels]` float32."""

from typing import Any

from keras import ops

from tb_featuremaps.format.atlas import MAX_ATLAS_PIXELS, MAX_ATLAS_SIDE, columns_of, rows_of


def to_maps(output: Any, channels_first: bool) -> Any:
    """Returns an output as maps.

    Rank 2 (units) becomes 1×1 maps, rank 3 (steps) maps of height 1; of rank 5 the middle slice
    of depth is taken.

    Args:
        output: `[n, units]`, `[n, steps, channels]`, `[n, height, width, channels]` or
            `[n, depth, height, width, channels]`, with channels second if `channels_first`.

    Raises:
        ValueError: an output of any other rank.
    """
    rank = len(output.shape)
    if rank not in (2, 3, 4, 5):
        raise ValueError(f"Expected an output of rank 2 to 5. Received: shape {output.shape}.")
    if channels_first and rank > 2:
        output = ops.transpose(output, (0, *range(2, rank), 1))
    if rank == 2:
        output = output[:, None, None, :]
    elif rank == 3:
        output = output[:, None, :, :]
    elif rank == 5:
        output = output[:, output.shape[1] // 2]
    return ops.cast(output, "float32")


def tile_window(shape: tuple[int, ...], max_tile: int | None) -> tuple[int, int]:
    """The height and width over which maps are averaged.

    The smallest whole factor such that no side of a tile exceeds `max_tile` and the atlas is one
    that readers take (`format.atlas.MAX_ATLAS_PIXELS`, `MAX_ATLAS_SIDE`).

    Args:
        shape: `[n, height, width, channels]`.
        max_tile: in pixels.

    Raises:
        ValueError: more channels than an atlas of single pixels takes.
    """
    _, height, width, channels = shape
    longest = max(height, width)
    factor = 1 if max_tile is None else -(-longest // max_tile)
    while not _fits(*tile_size(shape, _window(shape, factor)), channels):
        if factor >= longest:
            raise ValueError(f"{channels} channels don't fit into one picture")
        factor += 1
    return _window(shape, factor)


def tile_size(shape: tuple[int, ...], window: tuple[int, int]) -> tuple[int, int]:
    """Height and width of the tiles of maps `[n, h, w, c]` that are averaged over `window`."""
    return -(-shape[1] // window[0]), -(-shape[2] // window[1])


def _window(shape: tuple[int, ...], factor: int) -> tuple[int, int]:
    return min(factor, shape[1]), min(factor, shape[2])


def _fits(tile_height: int, tile_width: int, channels: int) -> bool:
    height, width = rows_of(channels) * tile_height, columns_of(channels) * tile_width
    return max(height, width) <= MAX_ATLAS_SIDE and height * width <= MAX_ATLAS_PIXELS
