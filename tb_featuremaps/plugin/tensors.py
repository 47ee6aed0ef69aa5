"""Tensor series as arrays that the page can be sent."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from tensorboard.data.provider import TensorDatum

from tb_featuremaps.plugin.problems import DamagedError


def check_numbers(what: str, values: npt.NDArray[np.generic], shape: Sequence[int | None]) -> None:
    """Passes real numbers of a shape in which None stands for any size but 0.

    Raises:
        DamagedError: it is another shape, or no array of numbers.
    """
    fits = len(values.shape) == len(shape) and all(
        size == expected if expected is not None else size > 0
        for size, expected in zip(values.shape, shape, strict=True)
    )
    if values.dtype.kind not in "fiu" or not fits:
        wanted = ", ".join("any" if size is None else str(size) for size in shape)
        raise DamagedError(
            f"{what}: expected numbers of shape [{wanted}]. "
            f"Received: {values.dtype} of shape {list(values.shape)}."
        )


def of_one_shape(what: str, items: Sequence[TensorDatum]) -> tuple[list[TensorDatum], list[str]]:
    """The items with the newest's shape and kind of number, and a message about the others."""
    if not items:
        return [], []
    newest = items[-1].numpy
    fitting = [
        item
        for item in items
        if item.numpy.shape == newest.shape and item.numpy.dtype.kind == newest.dtype.kind
    ]
    left_out = len(items) - len(fitting)
    if not left_out:
        return fitting, []
    return fitting, [
        f"{what}: {left_out} of {len(items)} captures have another shape than the newest and are "
        "left out."
    ]


def stacked(
    items: Sequence[TensorDatum], places: npt.NDArray[np.intp], shape: Sequence[int]
) -> npt.NDArray[np.float32]:
    """The items at some places as float32 `[places, …]`, each of one shape."""
    if not len(places):
        return np.zeros((0, *shape), np.float32)
    with np.errstate(over="ignore"):  # a float64 beyond float32 is shown as infinite
        return np.stack([items[place].numpy for place in places]).astype(np.float32)
