"""Rows of every family of `keras.applications`: its smallest member, with random weights."""

from collections.abc import Callable
from typing import Any

import keras
from conformance.data import CLASSES, of_shape
from conformance.rows import Row
from keras import applications, layers

# The smallest member of each family, and the smallest input that it takes.
FAMILIES: dict[str, int] = {
    "Xception": 71,
    "VGG16": 32,
    "VGG19": 32,
    "ResNet50": 32,
    "ResNet50V2": 32,
    "InceptionV3": 75,
    "InceptionResNetV2": 75,
    "MobileNet": 32,
    "MobileNetV2": 32,
    "MobileNetV3Small": 32,
    "DenseNet121": 32,
    "NASNetMobile": 32,
    "EfficientNetB0": 32,
    "EfficientNetV2B0": 32,
    "ConvNeXtTiny": 32,
}
# Whole, their heads have two dense layers of 4,096 units.
_LARGE_HEADS = ("VGG16", "VGG19")
_MAPS = (layers.Conv2D, layers.DepthwiseConv2D, layers.Add, layers.Concatenate, layers.Activation)
_CAPTURED = 4


def spread_layers(model: keras.Model, prefix: str = "") -> list[str]:
    """Names of a few layers with maps, from the first to the last."""
    names = [
        layer.name
        for layer in model.layers
        if isinstance(layer, _MAPS) and len(layer.output.shape) == 4
    ]
    last = len(names) - 1
    chosen = [names[last * index // (_CAPTURED - 1)] for index in range(_CAPTURED)]
    return [f"{prefix}{name}" for name in dict.fromkeys(chosen)]


def _build(family: str, **settings: Any) -> keras.Model:
    size = FAMILIES[family]
    return getattr(applications, family)(weights=None, input_shape=(size, size, 3), **settings)


def _whole(family: str) -> Callable[[], keras.Model]:
    def make() -> keras.Model:
        return _compiled(_build(family, classes=CLASSES))

    return make


def _nested(family: str) -> Callable[[], keras.Model]:
    def make() -> keras.Model:
        backbone = _build(family, include_top=False, name="backbone")
        inputs = keras.Input(backbone.input_shape[1:])
        x = layers.GlobalAveragePooling2D(name="mean")(backbone(inputs))
        return _compiled(keras.Model(inputs, layers.Dense(CLASSES, "softmax", name="scores")(x)))

    return make


def _compiled(model: keras.Model) -> keras.Model:
    # Eagerly, since tracing hundreds of layers takes far longer than two batches of them.
    model.compile(keras.optimizers.SGD(1e-3), "sparse_categorical_crossentropy", run_eagerly=True)
    return model


def _row(name: str, family: str, make: Callable[[], keras.Model], layers: Any) -> Row:
    size = FAMILIES[family]
    return Row(
        name,
        make,
        of_shape(size, size, 3, count=1, size=2),
        layers,
        penalty=None,
        fit={"epochs": 1},
        tolerance=1e-3,
    )


def _rows(family: str) -> list[Row]:
    nested = _row(
        f"{family} as a backbone",
        family,
        _nested(family),
        lambda model: spread_layers(model.get_layer("backbone"), "backbone/"),
    )
    if family in _LARGE_HEADS:
        return [nested]
    return [_row(f"{family}, whole", family, _whole(family), spread_layers), nested]


ROWS = [row for family in FAMILIES for row in _rows(family)]
