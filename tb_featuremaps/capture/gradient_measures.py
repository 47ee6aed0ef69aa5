"""What is told of the gradients of several terms: norms, cosines and channels' importance.

Squares of small gradients underflow in float32, so each gradient is divided by its largest value
before it is squared.
"""

from collections.abc import Sequence
from typing import Any

from keras import ops


class TermGradients:
    """The gradients of several terms at one place.

    Args:
        gradients: one tensor for each term, all of one shape.
        main: index of the main term; None if there is none.
        scale: what the terms were multiplied with before they were differentiated.
    """

    def __init__(self, gradients: Sequence[Any], main: int | None, scale: Any) -> None:
        pairs = [_scaled(gradient) for gradient in gradients]
        self._values = [values for values, _ in pairs]
        self._largest = [largest / scale for _, largest in pairs]
        self._main = main

    def norms_and_cosines(self) -> Any:
        """Float32 `[terms, 2]`: the norm of each gradient, and its cosine to the main term's.

        A cosine is NaN without a main term, and where one of the two gradients is zero.
        """
        lengths = [ops.sqrt(ops.sum(ops.square(values))) for values in self._values]
        rows = [
            ops.stack([length * largest, self._cosine(number, lengths)])
            for number, (length, largest) in enumerate(zip(lengths, self._largest, strict=True))
        ]
        return ops.stack(rows)

    def by_channel(self, activation: Any, channel_axis: int) -> Any:
        """Float32 `[terms, channels, 2]`: norm of each channel's gradient, and its importance.

        The importance is the mean over samples and positions of activation × gradient: to first
        order, how much the term grows for each value when the channel grows by its own size.

        Args:
            activation: the activation, of the gradients' shape.
            channel_axis: which of its axes holds the channels.
        """
        axes = tuple(axis for axis in range(len(activation.shape)) if axis != channel_axis)
        activation = ops.cast(activation, "float32")
        rows = []
        for values, largest in zip(self._values, self._largest, strict=True):
            norms = ops.sqrt(ops.sum(ops.square(values), axis=axes))
            importance = ops.mean(values * activation, axis=axes)
            rows.append(ops.stack([norms, importance], axis=-1) * largest)
        return ops.stack(rows)

    def _cosine(self, number: int, lengths: list[Any]) -> Any:
        if self._main is None:
            return ops.full((), float("nan"), "float32")
        product = ops.sum(self._values[number] * self._values[self._main])
        # 0 / 0 where there is no direction.
        return product / (lengths[number] * lengths[self._main])


def joined(tensors: Sequence[Any]) -> Any:
    """Several tensors as one vector; one alone as it is."""
    if len(tensors) == 1:
        return tensors[0]
    return ops.concatenate([ops.reshape(tensor, (-1,)) for tensor in tensors])


def _scaled(gradient: Any) -> tuple[Any, Any]:
    """The gradient divided by its largest absolute value, and that, which is 1 for zeros."""
    gradient = ops.cast(gradient, "float32")
    largest = ops.max(ops.abs(gradient))
    largest = ops.where(largest > 0, largest, ops.ones_like(largest))
    return gradient / largest, largest
