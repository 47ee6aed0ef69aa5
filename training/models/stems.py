"""What stands before the first Inception module, for large and for small inputs.

The papers' stems divide the resolution by 8. For small inputs the same layers do so less, so that
the modules still see grids like those that they were made for.
"""

import dataclasses
from typing import Any

from keras import layers

from training.models.blocks import Convolutions, LocalResponseNormalization, Padding

_SMALLEST_GOOGLENET, _SMALLEST_V3 = 24, 26
_SMALLEST_FOR_PAPER_GOOGLENET = 128


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
    """The papers' stem of V3 and V4 from 192 pixels; below, one that leaves a grid of 26 to 50.

    The second grid, on which the factorised convolutions stand, is 12 to 20 wide for inputs of 26
    to 42, 51 to 84, 101 to 168, and 219 to 362 pixels, and 10 to 24 wide between.

    Raises:
        ValueError: the input is smaller than 26 pixels.
    """
    smallest = _smallest(input_shape, _SMALLEST_V3)
    if smallest < 51:
        return Stem((1, 1, 1), "same")
    if smallest < 101:
        return Stem((2, 1, 1), "same")
    if smallest < 192:
        return Stem((2, 2, 1), "same")
    return Stem((2, 2, 2), "valid")


def googlenet_stem(make: Convolutions, inputs: Any) -> Any:
    """The stem of GoogLeNet and Inception V2: three convolutions and two poolings.

    Inputs below 128 pixels have no first pooling and a first convolution of 3×3, below 48 pixels
    without strides.

    Raises:
        ValueError: the input is smaller than 24 pixels.
    """
    smallest = _smallest(inputs.shape[1:], _SMALLEST_GOOGLENET)
    paper = smallest >= _SMALLEST_FOR_PAPER_GOOGLENET
    strides = 1 if smallest < 48 else 2
    x = make.convolution(inputs, 64, 7 if paper else 3, "conv1", strides=strides)
    if paper:
        x = layers.MaxPooling2D(3, 2, padding="same", name="pool1")(x)
    x = _normalized(make, x, "norm1")
    x = make.convolution(x, 64, 1, "conv2_reduce")
    x = make.convolution(x, 192, 3, "conv2")
    x = _normalized(make, x, "norm2")
    return layers.MaxPooling2D(3, 2, padding="same", name="pool2")(x)


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


def _normalized(make: Convolutions, x: Any, name: str) -> Any:
    if make.normalization != "local_response":
        return x
    return LocalResponseNormalization(name=name)(x)


def _smallest(input_shape: tuple[int, int, int], limit: int) -> int:
    smallest = min(input_shape[:2])
    if smallest < limit:
        raise ValueError(f"Expected inputs of at least {limit} pixels. Received: {input_shape}.")
    return smallest
