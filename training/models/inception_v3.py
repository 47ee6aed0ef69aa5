"""Inception V3 with its auxiliary classifier.

Szegedy et al. 2015, "Rethinking the Inception Architecture for Computer Vision", table 1, figures
5 to 8 and 10, in the form that its authors released (mixed_5 to mixed_7; here named as in
`keras.applications.InceptionV3`, whose weights fit one to one).
"""

from typing import Any

import keras
from keras import layers

from training.models.blocks import Convolutions
from training.models.heads import auxiliary_head
from training.models.stems import stem_for, v3_stem

HEADS = ("main", "aux")
LAYERS = ("mixed?", "mixed10")
# Section 7.
LABEL_SMOOTHING = 0.1

# Figure 5, on the grid of 35: channels of the pool projection.
_GRID_35 = {"mixed0": 32, "mixed1": 64, "mixed2": 64}
# Figure 6, on the grid of 17: channels between the 1×7 and 7×1 convolutions.
_GRID_17 = {"mixed4": 128, "mixed5": 160, "mixed6": 160, "mixed7": 192}
# Figure 7, on the grid of 8.
_GRID_8 = ("mixed9", "mixed10")


def inception_v3(
    input_shape: tuple[int, int, int] = (299, 299, 3),
    classes: int = 1000,
    *,
    width: float = 1.0,
    weight_decay: float = 0.0,
    dropout: float = 0.2,
    factorize_early: bool = False,
) -> keras.Model:
    """Builds Inception V3; its outputs are a dict of the softmax of `main` and `aux`.

    Args:
        input_shape: height, width, channels; at least 26 pixels. Inputs below 192 pixels get a
            stem of lower strides (`stems.stem_for`).
        classes: number of classes.
        width: multiplies every number of channels.
        weight_decay: λ of the penalty ½·λ·Σw² of every kernel.
        dropout: rate before the main classifier.
        factorize_early: whether the n×n convolutions of the early grid, of 35, are factorised into
            1×n and n×1 too. Section 3.2 found that this works badly there and well on grids of 12
            to 20, where the network has it anyway.

    Raises:
        ValueError: the input is smaller than 26 pixels.
    """
    stem = stem_for(input_shape)
    make = Convolutions(width, weight_decay=weight_decay, scale=False)
    inputs = keras.Input(input_shape, name="image")
    x = v3_stem(make, inputs, stem)
    for name, projection in _GRID_35.items():
        x = _grid_35(make, x, name, projection, factorize_early)
    x = _reduction_35(make, x)
    for name, channels in _GRID_17.items():
        x = _grid_17(make, x, name, channels)
    auxiliary = auxiliary_head(make, x, classes)
    x = _reduction_17(make, x)
    for name in _GRID_8:
        x = _grid_8(make, x, name)
    x = layers.GlobalAveragePooling2D(name="average_pool")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    heads = {"main": make.classifier(x, classes, "main"), "aux": auxiliary}
    return keras.Model(inputs, heads, name="inception_v3")


def _grid_35(make: Convolutions, x: Any, name: str, projection: int, early: bool) -> Any:
    """Figure 5, with a 5×5 where the figure has two 3×3, as released."""
    pointwise = make.convolution(x, 64, 1, f"{name}_1x1")
    five = make.convolution(x, 48, 1, f"{name}_5x5_reduce")
    five = _square(make, five, 64, 5, f"{name}_5x5", early)
    double = make.convolution(x, 64, 1, f"{name}_double_reduce")
    double = _square(make, double, 96, 3, f"{name}_double1", early)
    double = _square(make, double, 96, 3, f"{name}_double2", early)
    pooled = make.pooled(x, projection, name)
    return layers.Concatenate(name=name)([pointwise, five, double, pooled])


def _square(make: Convolutions, x: Any, channels: int, size: int, name: str, split: bool) -> Any:
    if not split:
        return make.convolution(x, channels, size, name)
    x = make.convolution(x, channels, (1, size), f"{name}_row")
    return make.convolution(x, channels, (size, 1), f"{name}_column")


def _reduction_35(make: Convolutions, x: Any, name: str = "mixed3") -> Any:
    """Figure 10: strided branches beside a pooling, so that nothing is a bottleneck."""
    three = make.convolution(x, 384, 3, f"{name}_3x3", 2, "valid")
    double = make.convolution(x, 64, 1, f"{name}_double_reduce")
    double = make.convolution(double, 96, 3, f"{name}_double1")
    double = make.convolution(double, 96, 3, f"{name}_double2", 2, "valid")
    pooled = layers.MaxPooling2D(3, 2, name=f"{name}_pool")(x)
    return layers.Concatenate(name=name)([three, double, pooled])


def _grid_17(make: Convolutions, x: Any, name: str, channels: int) -> Any:
    """Figure 6 with n = 7."""
    pointwise = make.convolution(x, 192, 1, f"{name}_1x1")
    seven = make.convolution(x, channels, 1, f"{name}_7x7_reduce")
    seven = make.convolution(seven, channels, (1, 7), f"{name}_7x7_row")
    seven = make.convolution(seven, 192, (7, 1), f"{name}_7x7_column")
    double = make.convolution(x, channels, 1, f"{name}_double_reduce")
    double = make.convolution(double, channels, (7, 1), f"{name}_double_column1")
    double = make.convolution(double, channels, (1, 7), f"{name}_double_row1")
    double = make.convolution(double, channels, (7, 1), f"{name}_double_column2")
    double = make.convolution(double, 192, (1, 7), f"{name}_double_row2")
    pooled = make.pooled(x, 192, name)
    return layers.Concatenate(name=name)([pointwise, seven, double, pooled])


def _reduction_17(make: Convolutions, x: Any, name: str = "mixed8") -> Any:
    three = make.convolution(x, 192, 1, f"{name}_3x3_reduce")
    three = make.convolution(three, 320, 3, f"{name}_3x3", 2, "valid")
    seven = make.convolution(x, 192, 1, f"{name}_7x7_reduce")
    seven = make.convolution(seven, 192, (1, 7), f"{name}_7x7_row")
    seven = make.convolution(seven, 192, (7, 1), f"{name}_7x7_column")
    seven = make.convolution(seven, 192, 3, f"{name}_7x7_3x3", 2, "valid")
    pooled = layers.MaxPooling2D(3, 2, name=f"{name}_pool")(x)
    return layers.Concatenate(name=name)([three, seven, pooled])


def _grid_8(make: Convolutions, x: Any, name: str) -> Any:
    """Figure 7: 1×3 and 3×1 side by side."""
    pointwise = make.convolution(x, 320, 1, f"{name}_1x1")
    three = make.convolution(x, 384, 1, f"{name}_3x3_reduce")
    three = _side_by_side(make, three, f"{name}_3x3")
    double = make.convolution(x, 448, 1, f"{name}_double_reduce")
    double = make.convolution(double, 384, 3, f"{name}_double1")
    double = _side_by_side(make, double, f"{name}_double2")
    pooled = make.pooled(x, 192, name)
    return layers.Concatenate(name=name)([pointwise, three, double, pooled])


def _side_by_side(make: Convolutions, x: Any, name: str) -> Any:
    row = make.convolution(x, 384, (1, 3), f"{name}_row")
    column = make.convolution(x, 384, (3, 1), f"{name}_column")
    return layers.Concatenate(name=f"{name}_both")([row, column])
