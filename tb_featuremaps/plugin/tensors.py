"""Tensor series as arrays that the page can be sent."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_featuremaps.plugin.items import Items, surviving
from tb_featuremaps.plugin.logged_data import LoggedData
from tb_featuremaps.plugin.problems import DamagedError, NotFoundError


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


@dataclasses.dataclass(frozen=True)
class Arrays:
    """A series of arrays of one shape.

    Attributes:
        items: their identities.
        values: one array per item.
        all_kept: whether TensorBoard can't have dropped any.
        messages: what had to be left out.
    """

    items: Items
    values: list[npt.NDArray[Any]]
    all_kept: bool
    messages: list[str]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of each array; there has to be one."""
        return tuple(self.values[-1].shape)

    def stacked(self, places: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
        """The arrays at some places as float32 `[places, …]`."""
        if not len(places):
            return np.zeros((0, *self.shape), np.float32)
        return as_float32(np.stack([self.values[place] for place in places]))


def read_arrays(data: LoggedData, run: str, tag: str, shape: Sequence[int | None]) -> Arrays:
    """Reads a tensor series; arrays of another shape than the newest are left out.

    Args:
        data: where to read.
        run, tag: of the series.
        shape: of the newest array; None stands for any size but 0.

    Raises:
        NotFoundError: there is no such series, or nothing in it.
        DamagedError: the newest array is of another shape, or none of numbers.
    """
    what = f"{tag!r} of run {run!r}"
    found = data.tensors(run, tag)
    if not found.items:
        raise NotFoundError(f"nothing is logged yet in {what}.")
    present, items = surviving(tag, found.items)
    newest = present[-1].numpy
    check_numbers(what, newest, shape)
    fits = np.array(
        [
            datum.numpy.shape == newest.shape and datum.numpy.dtype == newest.dtype
            for datum in present
        ]
    )
    values = [datum.numpy for datum, fit in zip(present, fits, strict=True) if fit]
    left_out = len(present) - len(values)
    messages = list(found.messages)
    if left_out:
        messages.append(
            f"{what}: {left_out} of {len(present)} captures are left out; their shape is another."
        )
    kept = Items(tag, items.steps[fits], items.wall_times[fits])
    return Arrays(kept, values, found.all_kept, messages)


def as_float32(values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """The numbers as the page has them: beyond float32 they are infinite."""
    with np.errstate(over="ignore"):
        return values.astype(np.float32)
