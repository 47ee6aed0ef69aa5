"""Inception-ResNet-v2, with the auxiliary classifier that its authors' released code has.

Szegedy et al. 2016, "Inception-v4, Inception-ResNet and the Impact of Residual Connections on
Learning", section 3.2, figures 15 to 19 and table 1, with the stem that its authors released
(that of Inception V3); weights of `keras.applications.InceptionResNetV2` fit one to one.
"""

from collections.abc import Callable
from typing import Any

import keras
from keras import layers

from training.models.blocks import Convolutions
from training.models.heads import auxiliary_head
from training.models.stems import stem_for, v3_stem

HEADS = ("main", "aux")
# One in five of the forty residual blocks.
LAYERS = (
    "mixed_5b",
    "block35_5",
    "block35_10",
    "mixed_6a",
    "block17_5",
    "block17_10",
    "block17_15",
    "block17_20",
    "mixed_7a",
    "block8_5",
    "block8_10",
    "conv_7b_relu",
)

# Section 3.3: residuals are scaled by 0.1 to 0.3, else wide networks die early in training.
SCALES = {"block35": 0.17, "block17": 0.1, "block8": 0.2}
_BLOCKS = {"block35": 10, "block17": 20, "block8": 10}


def inception_resnet_v2(
    input_shape: tuple[int, int, int] = (299, 299, 3),
    classes: int = 1000,
    *,
    width: float = 1.0,
    weight_decay: float = 0.0,
    dropout: float = 0.2,
    residual_scale: float | None = None,
) -> keras.Model:
    """Builds Inception-ResNet-v2; its outputs are a dict of the softmax of `main` and `aux`.

    Args:
        input_shape: height, width, channels; at least 26 pixels. Inputs below 192 pixels get a
            stem of lower strides (`stems.stem_for`).
        classes: number of classes.
        width: multiplies every number of channels.
        weight_decay: λ of the penalty ½·λ·Σw² of every kernel.
        dropout: rate before the main classifier (section 3: keep 0.8).
        residual_scale: what all residuals but the last are multiplied by; by default those of each
            grid by their own factor of `SCALES`. 1 is a network without residual scaling.

    Raises:
        ValueError: the input is smaller than 26 pixels.
    """
    scales = SCALES if residual_scale is None else dict.fromkeys(SCALES, residual_scale)
    stem = stem_for(input_shape)
    make = Convolutions(width, weight_decay=weight_decay, scale=False)
    inputs = keras.Input(input_shape, name="image")
    x = _mixed_5b(make, v3_stem(make, inputs, stem))
    x = _residual_blocks(make, x, "block35", _branches_35, scales["block35"])
    x = _mixed_6a(make, x)
    x = _residual_blocks(make, x, "block17", _branches_17, scales["block17"])
    auxiliary = auxiliary_head(make, x, classes)
    x = _mixed_7a(make, x)
    x = _residual_blocks(make, x, "block8", _branches_8, scales["block8"], last_is_linear=True)
    x = make.convolution(x, 1536, 1, "conv_7b")
    x = layers.GlobalAveragePooling2D(name="average_pool")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    heads = {"main": make.classifier(x, classes, "main"), "aux": auxiliary}
    return keras.Model(inputs, heads, name="inception_resnet_v2")


def _residual_blocks(
    make: Convolutions,
    x: Any,
    kind: str,
    branches: Callable[[Convolutions, Any, str], list[Any]],
    scale: float,
    last_is_linear: bool = False,
) -> Any:
    """x + scale · residual, then ReLU; the network's last block is added unscaled, without ReLU."""
    count = _BLOCKS[kind]
    for index in range(1, count + 1):
        name = f"{kind}_{index}"
        linear = last_is_linear and index == count
        mixed = layers.Concatenate(name=f"{name}_mixed")(branches(make, x, name))
        residual = make.linear(mixed, x.shape[-1], f"{name}_up")
        if not linear:
            residual = layers.Rescaling(scale, name=f"{name}_scale")(residual)
        x = layers.Add(name=name if linear else f"{name}_sum")([x, residual])
        x = x if linear else layers.ReLU(name=name)(x)
    return x


def _branches_35(make: Convolutions, x: Any, name: str) -> list[Any]:
    """Figure 16."""
    pointwise = make.convolution(x, 32, 1, f"{name}_1x1")
    three = make.convolution(x, 32, 1, f"{name}_3x3_reduce")
    three = make.convolution(three, 32, 3, f"{name}_3x3")
    double = make.convolution(x, 32, 1, f"{name}_double_reduce")
    double = make.convolution(double, 48, 3, f"{name}_double1")
    double = make.convolution(double, 64, 3, f"{name}_double2")
    return [pointwise, three, double]


def _branches_17(make: Convolutions, x: Any, name: str) -> list[Any]:
    """Figure 17."""
    pointwise = make.convolution(x, 192, 1, f"{name}_1x1")
    seven = make.convolution(x, 128, 1, f"{name}_7x7_reduce")
    seven = make.convolution(seven, 160, (1, 7), f"{name}_7x7_row")
    return [pointwise, make.convolution(seven, 192, (7, 1), f"{name}_7x7_column")]


def _branches_8(make: Convolutions, x: Any, name: str) -> list[Any]:
    """Figure 19."""
    pointwise = make.convolution(x, 192, 1, f"{name}_1x1")
    three = make.convolution(x, 192, 1, f"{name}_3x3_reduce")
    three = make.convolution(three, 224, (1, 3), f"{name}_3x3_row")
    return [pointwise, make.convolution(three, 256, (3, 1), f"{name}_3x3_column")]


def _mixed_5b(make: Convolutions, x: Any, name: str = "mixed_5b") -> Any:
    pointwise = make.convolution(x, 96, 1, f"{name}_1x1")
    five = make.convolution(x, 48, 1, f"{name}_5x5_reduce")
    five = make.convolution(five, 64, 5, f"{name}_5x5")
    double = make.convolution(x, 64, 1, f"{name}_double_reduce")
    double = make.convolution(double, 96, 3, f"{name}_double1")
    double = make.convolution(double, 96, 3, f"{name}_double2")
    pooled = make.pooled(x, 64, name)
    return layers.Concatenate(name=name)([pointwise, five, double, pooled])


def _mixed_6a(make: Convolutions, x: Any, name: str = "mixed_6a") -> Any:
    """Figure 7 with k, l, m, n = 256, 256, 384, 384 (table 1)."""
    three = make.convolution(x, 384, 3, f"{name}_3x3", 2, "valid")
    double = make.convolution(x, 256, 1, f"{name}_double_reduce")
    double = make.convolution(double, 256, 3, f"{name}_double1")
    double = make.convolution(double, 384, 3, f"{name}_double2", 2, "valid")
    pooled = layers.MaxPooling2D(3, 2, name=f"{name}_pool")(x)
    return layers.Concatenate(name=name)([three, double, pooled])


def _mixed_7a(make: Convolutions, x: Any, name: str = "mixed_7a") -> Any:
    """Figure 18."""
    first = make.convolution(x, 256, 1, f"{name}_first_reduce")
    first = make.convolution(first, 384, 3, f"{name}_first", 2, "valid")
    second = make.convolution(x, 256, 1, f"{name}_second_reduce")
    second = make.convolution(second, 288, 3, f"{name}_second", 2, "valid")
    double = make.convolution(x, 256, 1, f"{name}_double_reduce")
    double = make.convolution(double, 288, 3, f"{name}_double1")
    double = make.convolution(double, 320, 3, f"{name}_double2", 2, "valid")
    pooled = layers.MaxPooling2D(3, 2, name=f"{name}_pool")(x)
    return layers.Concatenate(name=name)([first, second, double, pooled])
