"""Inception V2: GoogLeNet with batch normalisation (BN-Inception).

Ioffe and Szegedy 2015, "Batch Normalization: Accelerating Deep Network Training by Reducing
Internal Covariate Shift", appendix, figure 5. It has no auxiliary classifiers. The figure's depths
of 4c and 4d (576) are not the sums of their branches (608); the branches are built, as in the
network that was released.
"""

from typing import Any, Literal, NamedTuple

import keras
from keras import layers

from training.models.blocks import Convolutions
from training.models.stems import googlenet_stem

HEADS = ("main",)
LAYERS = "inception_??"


class _Row(NamedTuple):
    """A row of figure 5; `pool` is the kind of pooling and its projection, 0 for none."""

    pointwise: int
    three_reduce: int
    three: int
    double_reduce: int
    double: int
    pool: tuple[Literal["average", "max"], int]
    strides: int = 1


_INCEPTION = {
    "3a": _Row(64, 64, 64, 64, 96, ("average", 32)),
    "3b": _Row(64, 64, 96, 64, 96, ("average", 64)),
    "3c": _Row(0, 128, 160, 64, 96, ("max", 0), strides=2),
    "4a": _Row(224, 64, 96, 96, 128, ("average", 128)),
    "4b": _Row(192, 96, 128, 96, 128, ("average", 128)),
    "4c": _Row(160, 128, 160, 128, 160, ("average", 128)),
    "4d": _Row(96, 128, 192, 160, 192, ("average", 128)),
    "4e": _Row(0, 128, 192, 192, 256, ("max", 0), strides=2),
    "5a": _Row(352, 192, 320, 160, 224, ("average", 128)),
    "5b": _Row(352, 192, 320, 192, 224, ("max", 128)),
}


def inception_v2(
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int = 1000,
    *,
    width: float = 1.0,
    weight_decay: float = 0.0,
    dropout: float = 0.2,
) -> keras.Model:
    """Builds Inception V2; its output is a dict of the softmax of `main`.

    Args:
        input_shape: height, width, channels; at least 24 pixels. Inputs below 128 pixels get a
            stem that halves the resolution at most twice.
        classes: number of classes.
        width: multiplies every number of channels.
        weight_decay: λ of the penalty ½·λ·Σw² of every kernel.
        dropout: rate before the classifier.

    Raises:
        ValueError: the input is smaller than 24 pixels.
    """
    make = Convolutions(width, weight_decay=weight_decay, scale=False)
    inputs = keras.Input(input_shape, name="image")
    x = googlenet_stem(make, inputs)
    for block, row in _INCEPTION.items():
        x = _inception(make, x, f"inception_{block}", row)
    x = layers.GlobalAveragePooling2D(name="average_pool")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, {"main": make.classifier(x, classes, "main")}, name="inception_v2")


def _inception(make: Convolutions, x: Any, name: str, row: _Row) -> Any:
    """Figure 3's module: the 5×5 is two 3×3; with strides the 1×1 is left out."""
    branches = []
    if row.pointwise:
        branches.append(make.convolution(x, row.pointwise, 1, f"{name}_1x1"))
    three = make.convolution(x, row.three_reduce, 1, f"{name}_3x3_reduce")
    branches.append(make.convolution(three, row.three, 3, f"{name}_3x3", row.strides))
    double = make.convolution(x, row.double_reduce, 1, f"{name}_double_reduce")
    double = make.convolution(double, row.double, 3, f"{name}_double1")
    branches.append(make.convolution(double, row.double, 3, f"{name}_double2", row.strides))
    branches.append(_pooled(make, x, name, row))
    return layers.Concatenate(name=name)(branches)


def _pooled(make: Convolutions, x: Any, name: str, row: _Row) -> Any:
    kind, projection = row.pool
    pooling = layers.AveragePooling2D if kind == "average" else layers.MaxPooling2D
    x = pooling(3, row.strides, padding="same", name=f"{name}_pool")(x)
    return make.convolution(x, projection, 1, f"{name}_pool_projection") if projection else x
