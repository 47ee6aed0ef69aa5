"""What is told of the gradients of several terms: norms, cosines and channels' importance.

Squares of small gradients underflow in float32, and those of large ones overflow: where they might,
a gradient is divided by its largest value before it is squared. Where they can't, it isn't, since
each pass over gradients of the size of the activations costs.
"""

from collections.abc import Sequence
from typing import Any

from keras import ops

# Sums of squares within these are taken as they are: what underflows is less than 1e-10 of them.
_LEAST, _MOST = 1e-20, 1e30


class TermGradients:
    """The gradients of several terms at one place.

    Args:
        gradients: one tensor for each term, all of one shape.
        main: index of the main term; None if there is none.
        scale: what the terms were multiplied with before they were differentiated.
        channel_axis: which of their axes holds the channels; None for no channels.
    """

    def __init__(
        self,
        gradients: Sequence[Any],
        main: int | None,
        scale: Any,
        channel_axis: int | None = None,
    ) -> None:
        axes = range(len(gradients[0].shape))
        self._axes = tuple(axis for axis in axes if axis != channel_axis)
        measured = [_measured(gradient, self._axes) for gradient in gradients]
        self._values = [values for values, _, _ in measured]
        self._squares = [squares for _, squares, _ in measured]
        self._largest = [largest / scale for _, _, largest in measured]
        self._main = main

    def norms_and_cosines(self) -> Any:
        """Float32 `[terms, 2]`: the norm of each gradient, and its cosine to the main term's.

        A cosine is NaN without a main term, and where one of the two gradients is zero.
        """
        lengths = [ops.sqrt(ops.sum(squares)) for squares in self._squares]
        rows = [
            ops.stack([length * largest, self._cosine(number, lengths)])
            for number, (length, largest) in enumerate(zip(lengths, self._largest, strict=True))
        ]
        return ops.stack(rows)

    def by_channel(self, activation: Any) -> Any:
        """Float32 `[terms, channels, 2]`: norm of each channel's gradient, and its importance.

        The importance is the mean over samples and positions of activation × gradient: to first
        order, how much the term grows for each value when the channel grows by its own size.

        Args:
            activation: the activation, of the gradients' shape.
        """
        activation = ops.cast(activation, "float32")
        rows = []
        for values, squares, largest in zip(
            self._values, self._squares, self._largest, strict=True
        ):
            importance = ops.mean(values * activation, axis=self._axes)
            rows.append(ops.stack([ops.sqrt(squares), importance], axis=-1) * largest)
        return ops.stack(rows)

    def _cosine(self, number: int, lengths: list[Any]) -> Any:
        if self._main is None:
            return ops.full((), float("nan"), "float32")
        if number == self._main:
            product = ops.sum(self._squares[number])
        else:
            product = ops.sum(self._values[number] * self._values[self._main])
        # 0 / 0 where there is no direction.
        return product / (lengths[number] * lengths[self._main])


def joined(tensors: Sequence[Any]) -> Any:
    """Several tensors as one vector; one alone as it is."""
    if len(tensors) == 1:
        return tensors[0]
    return ops.concatenate([ops.reshape(tensor, (-1,)) for tensor in tensors])


def _measured(gradient: Any, axes: tuple[int, ...]) -> tuple[Any, Any, Any]:
    """The gradient, its sums of squares over the axes, and what both were divided by before."""
    gradient = ops.cast(gradient, "float32")
    squares = ops.sum(ops.square(gradient), axis=axes)
    total = ops.sum(squares)

    def as_it_is() -> tuple[Any, Any, Any]:
        return gradient, squares, ops.ones((), "float32")

    def divided() -> tuple[Any, Any, Any]:
        largest = ops.max(ops.abs(gradient))
        largest = ops.where(largest > 0, largest, ops.ones_like(largest))
        values = gradient / largest
        return values, ops.sum(ops.square(values), axis=axes), largest

    fits = ops.logical_and(total > _LEAST, total < _MOST)
    found: tuple[Any, Any, Any] = ops.cond(fits, as_it_is, divided)
    return found
