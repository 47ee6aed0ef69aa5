"""Rows of every family of `keras.applications`: its smallest member, with random weights."""

import functools
import pathlib
from collections.abc import Callable
from typing import Any

import keras
from conformance.data import CLASSES, of_shape
from conformance.rows import Row
from keras import applications, layers

from tb_featuremaps import FeatureMaps, LossTerms

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
    return [f"{prefix}{name}" for name in spread(names)]


def spread(names: list[str]) -> list[str]:
    """A few of the names, from the first to the last."""
    last = len(names) - 1
    chosen = [names[last * index // (_CAPTURED - 1)] for index in range(_CAPTURED)]
    return list(dict.fromkeys(chosen))


def _build(family: str, **settings: Any) -> keras.Model:
    size = FAMILIES[family]
    return getattr(applications, family)(weights=None, input_shape=(size, size, 3), **settings)


@functools.lru_cache(1)
def _built(family: str, nested: bool) -> tuple[keras.Model, list[Any]]:
    """The model, which both trainings of a row use since it takes long to build; its weights."""
    if not nested:
        model = _build(family, classes=CLASSES)
    else:
        backbone = _build(family, include_top=False)
        inputs = keras.Input(backbone.input_shape[1:])
        x = layers.GlobalAveragePooling2D(name="mean")(backbone(inputs))
        model = keras.Model(inputs, layers.Dense(CLASSES, "softmax", name="scores")(x))
    return model, [keras.ops.convert_to_numpy(variable) for variable in model.variables]


def _made(family: str, nested: bool) -> Callable[[], keras.Model]:
    def make() -> keras.Model:
        model, values = _built(family, nested)
        for variable, value in zip(model.variables, values, strict=False):  # then metrics'
            variable.assign(value)
        # Eagerly, since tracing hundreds of layers takes far longer than a batch of them.
        loss = "sparse_categorical_crossentropy"
        # A small step: with random weights a larger one overflows in inference.
        optimizer = keras.optimizers.SGD(1.0, global_clipnorm=1e-2)
        model.compile(optimizer, loss, run_eagerly=True)
        return model

    return make


def _ours(directory: pathlib.Path, probes: Any, layers: list[str]) -> list[Any]:
    return [LossTerms(directory), FeatureMaps(directory, probes, layers=layers, images_tab=False)]


def _row(name: str, family: str, make: Callable[[], keras.Model], layers: Any) -> Row:
    size = FAMILIES[family]
    return Row(
        name,
        make,
        of_shape(size, size, 3, count=1, size=2),
        layers,
        penalty=None,
        ours=_ours,
        fit={"epochs": 1},
        tolerance=1e-3,
    )


def _backbone_layers(model: keras.Model) -> list[str]:
    backbone = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    return spread_layers(backbone, f"{backbone.name}/")


def _rows(family: str) -> list[Row]:
    nested = _row(
        f"{family} as a backbone",
        family,
        _made(family, nested=True),
        _backbone_layers,
    )
    if family in _LARGE_HEADS:
        return [nested]
    return [_row(f"{family}, whole", family, _made(family, nested=False), spread_layers), nested]


ROWS = [row for family in FAMILIES for row in _rows(family)]
