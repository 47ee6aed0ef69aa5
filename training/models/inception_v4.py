"""Inception V4, with the auxiliary classifier that its authors' released code has.

Szegedy et al. 2016, "Inception-v4, Inception-ResNet and the Impact of Residual Connections on
Learning", figures 3 to 9 and table 1.
"""

from typing import Any

import keras
from keras import layers

from training.models.blocks import Convolutions, Padding
from training.models.heads import auxiliary_head
from training.models.stems import Stem, stem_for

HEADS = ("main", "aux")
LAYERS = ("stem", "inception_??", "reduction_?")
_A, _B, _C = 4, 7, 3


def inception_v4(
    input_shape: tuple[int, int, int] = (299, 299, 3),
    classes: int = 1000,
    *,
    width: float = 1.0,
    weight_decay: float = 0.0,
    dropout: float = 0.2,
) -> keras.Model:
    """Builds Inception V4; its outputs are a dict of the softmax of `main` and `aux`.

    Args:
        input_shape: height, width, channels; at least 26 pixels. Inputs below 192 pixels get a
            stem of lower strides (`stems.stem_for`).
        classes: number of classes.
        width: multiplies every number of channels.
        weight_decay: λ of the penalty ½·λ·Σw² of every kernel.
        dropout: rate before the main classifier (section 3: keep 0.8).

    Raises:
        ValueError: the input is smaller than 26 pixels.
    """
    stem = stem_for(input_shape)
    make = Convolutions(width, weight_decay=weight_decay, scale=False)
    inputs = keras.Input(input_shape, name="image")
    x = _stem(make, inputs, stem)
    for index in range(1, _A + 1):
        x = _inception_a(make, x, f"inception_a{index}")
    x = _reduction_a(make, x)
    for index in range(1, _B + 1):
        x = _inception_b(make, x, f"inception_b{index}")
    auxiliary = auxiliary_head(make, x, classes)
    x = _reduction_b(make, x)
    for index in range(1, _C + 1):
        x = _inception_c(make, x, f"inception_c{index}")
    x = layers.GlobalAveragePooling2D(name="average_pool")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    heads = {"main": make.classifier(x, classes, "main"), "aux": auxiliary}
    return keras.Model(inputs, heads, name="inception_v4")


def _stem(make: Convolutions, x: Any, stem: Stem) -> Any:
    """Figure 3."""
    (first, second, third), padding = stem.strides, stem.padding
    x = make.convolution(x, 32, 3, "conv1", first, padding)
    x = make.convolution(x, 32, 3, "conv2", padding=padding)
    x = make.convolution(x, 64, 3, "conv3")
    x = _halved(make, x, 96, "stem1", second, padding)
    short = make.convolution(x, 64, 1, "stem2_short_reduce")
    short = make.convolution(short, 96, 3, "stem2_short", padding=padding)
    long = make.convolution(x, 64, 1, "stem2_long_reduce")
    long = make.convolution(long, 64, (7, 1), "stem2_long_column")
    long = make.convolution(long, 64, (1, 7), "stem2_long_row")
    long = make.convolution(long, 96, 3, "stem2_long", padding=padding)
    x = layers.Concatenate(name="stem2")([short, long])
    return _halved(make, x, 192, "stem", third, padding)


def _halved(
    make: Convolutions, x: Any, channels: int, name: str, strides: int, padding: Padding
) -> Any:
    pooled = layers.MaxPooling2D(3, strides, padding=padding, name=f"{name}_pool")(x)
    convolved = make.convolution(x, channels, 3, f"{name}_conv", strides, padding)
    return layers.Concatenate(name=name)([pooled, convolved])


def _inception_a(make: Convolutions, x: Any, name: str) -> Any:
    """Figure 4, on the grid of 35."""
    pooled = make.pooled(x, 96, name)
    pointwise = make.convolution(x, 96, 1, f"{name}_1x1")
    three = make.convolution(x, 64, 1, f"{name}_3x3_reduce")
    three = make.convolution(three, 96, 3, f"{name}_3x3")
    double = make.convolution(x, 64, 1, f"{name}_double_reduce")
    double = make.convolution(double, 96, 3, f"{name}_double1")
    double = make.convolution(double, 96, 3, f"{name}_double2")
    return layers.Concatenate(name=name)([pooled, pointwise, three, double])


def _reduction_a(make: Convolutions, x: Any, name: str = "reduction_a") -> Any:
    """Figure 7 with k, l, m, n = 192, 224, 256, 384 (table 1)."""
    pooled = layers.MaxPooling2D(3, 2, name=f"{name}_pool")(x)
    three = make.convolution(x, 384, 3, f"{name}_3x3", 2, "valid")
    double = make.convolution(x, 192, 1, f"{name}_double_reduce")
    double = make.convolution(double, 224, 3, f"{name}_double1")
    double = make.convolution(double, 256, 3, f"{name}_double2", 2, "valid")
    return layers.Concatenate(name=name)([pooled, three, double])


def _inception_b(make: Convolutions, x: Any, name: str) -> Any:
    """Figure 5, on the grid of 17."""
    pooled = make.pooled(x, 128, name)
    pointwise = make.convolution(x, 384, 1, f"{name}_1x1")
    seven = make.convolution(x, 192, 1, f"{name}_7x7_reduce")
    seven = make.convolution(seven, 224, (1, 7), f"{name}_7x7_row")
    seven = make.convolution(seven, 256, (7, 1), f"{name}_7x7_column")
    double = make.convolution(x, 192, 1, f"{name}_double_reduce")
    double = make.convolution(double, 192, (1, 7), f"{name}_double_row1")
    double = make.convolution(double, 224, (7, 1), f"{name}_double_column1")
    double = make.convolution(double, 224, (1, 7), f"{name}_double_row2")
    double = make.convolution(double, 256, (7, 1), f"{name}_double_column2")
    return layers.Concatenate(name=name)([pooled, pointwise, seven, double])


def _reduction_b(make: Convolutions, x: Any, name: str = "reduction_b") -> Any:
    """Figure 8."""
    pooled = layers.MaxPooling2D(3, 2, name=f"{name}_pool")(x)
    three = make.convolution(x, 192, 1, f"{name}_3x3_reduce")
    three = make.convolution(three, 192, 3, f"{name}_3x3", 2, "valid")
    seven = make.convolution(x, 256, 1, f"{name}_7x7_reduce")
    seven = make.convolution(seven, 256, (1, 7), f"{name}_7x7_row")
    seven = make.convolution(seven, 320, (7, 1), f"{name}_7x7_column")
    seven = make.convolution(seven, 320, 3, f"{name}_7x7_3x3", 2, "valid")
    return layers.Concatenate(name=name)([pooled, three, seven])


def _inception_c(make: Convolutions, x: Any, name: str) -> Any:
    """Figure 6, on the grid of 8."""
    pooled = make.pooled(x, 256, name)
    pointwise = make.convolution(x, 256, 1, f"{name}_1x1")
    three = make.convolution(x, 384, 1, f"{name}_3x3_reduce")
    double = make.convolution(x, 384, 1, f"{name}_double_reduce")
    double = make.convolution(double, 448, (1, 3), f"{name}_double_row")
    double = make.convolution(double, 512, (3, 1), f"{name}_double_column")
    branches = [
        make.convolution(three, 256, (1, 3), f"{name}_3x3_row"),
        make.convolution(three, 256, (3, 1), f"{name}_3x3_column"),
        make.convolution(double, 256, (3, 1), f"{name}_double2_column"),
        make.convolution(double, 256, (1, 3), f"{name}_double2_row"),
    ]
    return layers.Concatenate(name=name)([pooled, pointwise, *branches])
