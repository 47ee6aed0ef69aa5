"""Brings a layer's output of any rank to `[probes, height, width, channels]` float32."""

from typing import Any

from keras import ops


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


def limit_tile(maps: Any, max_tile: int | None) -> Any:
    """Averages maps `[n, h, w, c]` whose height or width exceeds `max_tile` by a whole factor."""
    window = _window(maps.shape, max_tile)
    if window == (1, 1):
        return maps
    # Keras on JAX takes no default for the strides.
    return ops.average_pool(
        maps, window, strides=window, padding="same", data_format="channels_last"
    )


def tile_size(shape: tuple[int, ...], max_tile: int | None) -> tuple[int, int]:
    """Height and width of the tiles that `limit_tile` makes of maps of this shape."""
    window = _window(shape, max_tile)
    return -(-shape[1] // window[0]), -(-shape[2] // window[1])


def _window(shape: tuple[int, ...], max_tile: int | None) -> tuple[int, int]:
    longest = max(shape[1], shape[2])
    factor = 1 if max_tile is None else -(-longest // max_tile)
    return min(factor, shape[1]), min(factor, shape[2])
