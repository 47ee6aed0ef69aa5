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
