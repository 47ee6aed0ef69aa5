"""What stands before the first Inception module, for large and for small inputs.

The papers' networks take 299 pixels and their stems divide the resolution by 8. For small inputs
the same layers keep the resolution, so that the modules still see the grids that they were made
for: some 35, 17 and 8 wide, the factorised n×n convolutions on the second of them.
"""

import dataclasses
from typing import Any

from keras import layers

from training.models.blocks import Convolutions, Padding

SMALLEST = 26


@dataclasses.dataclass(frozen=True)
class Stem:
    """How a stem goes down.

    Attributes:
        strides: of its three halvings; 1 keeps the resolution.
        padding: "valid" as the papers for large inputs, else "same".
    """

    strides: tuple[int, int, int]
    padding: Padding


def stem_for(input_shape: tuple[int, int, int]) -> Stem:
    """The papers' stem from 192 pixels; below, one that leaves a grid of 26 to 51.

    Raises:
        ValueError: the input is smaller than 26 pixels.
    """
    smallest = min(input_shape[:2])
    if smallest < SMALLEST:
        raise ValueError(f"Expected inputs of at least {SMALLEST} pixels. Received: {input_shape}.")
    if smallest < 51:
        return Stem((1, 1, 1), "same")
    if smallest < 101:
        return Stem((2, 1, 1), "same")
    if smallest < 192:
        return Stem((2, 2, 1), "same")
    return Stem((2, 2, 2), "valid")


def v3_stem(make: Convolutions, x: Any, stem: Stem) -> Any:
    """The stem of Inception V3 and Inception-ResNet-v2: five convolutions and two poolings."""
    first, second, third = stem.strides
    x = make.convolution(x, 32, 3, "conv1", strides=first, padding=stem.padding)
    x = make.convolution(x, 32, 3, "conv2", padding=stem.padding)
    x = make.convolution(x, 64, 3, "conv3")
    x = _pool(x, second, stem.padding, "pool1")
    x = make.convolution(x, 80, 1, "conv4", padding=stem.padding)
    x = make.convolution(x, 192, 3, "conv5", padding=stem.padding)
    return _pool(x, third, stem.padding, "pool2")


def _pool(x: Any, strides: int, padding: Padding, name: str) -> Any:
    if strides == 1:
        return x
    return layers.MaxPooling2D(3, strides, padding=padding, name=name)(x)
