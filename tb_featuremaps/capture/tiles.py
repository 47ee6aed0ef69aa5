"""The size of a channel's tile in the atlas, and over how many pixels maps are averaged for it."""

from tb_featuremaps.format.atlas import MAX_ATLAS_PIXELS, MAX_ATLAS_SIDE, columns_of, rows_of


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
