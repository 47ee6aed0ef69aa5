"""GoogLeNet (Inception v1) with its two auxiliary classifiers.

Szegedy et al. 2014, "Going Deeper with Convolutions", table 1 and section 5.
"""

from typing import Any

import keras
from keras import layers

from training.models.blocks import Convolutions, Normalization
from training.models.stems import googlenet_stem

# Section 5: the auxiliary classifiers' losses are added with a discount weight of 0.3.
AUXILIARY_WEIGHT = 0.3
HEADS = ("main", "aux1", "aux2")
LAYERS = "auto"

# Table 1: 1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool projection.
_INCEPTION = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
_POOL_BEFORE = {"4a": "pool3", "5a": "pool4"}
_AUXILIARY_AFTER = {"4a": "aux1", "4d": "aux2"}


def googlenet(
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int = 1000,
    *,
    width: float = 1.0,
    normalization: Normalization = "batch",
    weight_decay: float = 0.0,
    dropout: float = 0.4,
    auxiliary_dropout: float = 0.7,
) -> keras.Model:
    """Builds GoogLeNet; its outputs are a dict of the softmax of `main`, `aux1` and `aux2`.

    Args:
        input_shape: height, width, channels; at least 24 pixels. Inputs below 128 pixels get a
            stem that halves the resolution at most twice.
        classes: number of classes.
        width: multiplies every number of channels.
        normalization: "batch"; "local_response" as the paper; or "none".
        weight_decay: λ of the penalty ½·λ·Σw² of every kernel.
        dropout: rate before the main classifier (table 1: 0.4).
        auxiliary_dropout: rate in the auxiliary classifiers (section 5: 0.7).

    Raises:
        ValueError: the input is smaller than 24 pixels.
    """
    make = Convolutions(width, normalization, weight_decay)
    inputs = keras.Input(input_shape, name="image")
    x = googlenet_stem(make, inputs)
    heads = {}
    for block, row in _INCEPTION.items():
        if block in _POOL_BEFORE:
            x = layers.MaxPooling2D(3, 2, padding="same", name=_POOL_BEFORE[block])(x)
        x = _inception(make, x, f"inception_{block}", row)
        if block in _AUXILIARY_AFTER:
            name = _AUXILIARY_AFTER[block]
            heads[name] = _auxiliary_head(make, x, name, classes, auxiliary_dropout)
    x = layers.GlobalAveragePooling2D(name="average_pool")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    heads["main"] = make.classifier(x, classes, "main")
    return keras.Model(inputs, {name: heads[name] for name in HEADS}, name="googlenet")


def _inception(make: Convolutions, x: Any, name: str, row: tuple[int, ...]) -> Any:
    """Figure 2 (b): four branches, concatenated."""
    pointwise, three_reduce, three, five_reduce, five, projection = row
    reduced3 = make.convolution(x, three_reduce, 1, f"{name}_3x3_reduce")
    reduced5 = make.convolution(x, five_reduce, 1, f"{name}_5x5_reduce")
    pooled = layers.MaxPooling2D(3, 1, padding="same", name=f"{name}_pool")(x)
    branches = [
        make.convolution(x, pointwise, 1, f"{name}_1x1"),
        make.convolution(reduced3, three, 3, f"{name}_3x3"),
        make.convolution(reduced5, five, 5, f"{name}_5x5"),
        make.convolution(pooled, projection, 1, f"{name}_pool_projection"),
    ]
    return layers.Concatenate(name=name)(branches)


def _auxiliary_head(make: Convolutions, x: Any, name: str, classes: int, dropout: float) -> Any:
    """Section 5: average pool 5×5/3, 1×1 convolution of 128, 1,024 units, dropout, softmax."""
    size = min(5, *x.shape[1:3])
    x = layers.AveragePooling2D(size, 3, name=f"{name}_pool")(x)
    x = make.convolution(x, 128, 1, f"{name}_conv")
    x = layers.Flatten(name=f"{name}_flatten")(x)
    x = make.dense(x, make.channels(1024), f"{name}_dense", "relu")
    x = layers.Dropout(dropout, name=f"{name}_dropout")(x)
    return make.classifier(x, classes, name)
