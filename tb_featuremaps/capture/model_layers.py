"""The layers of a model with the names that users select them by."""

import dataclasses
from collections.abc import Iterator

import keras

from tb_featuremaps.capture.keras_graph import operations, sublayers


@dataclasses.dataclass(frozen=True)
class NamedLayer:
    """A layer and its name in the model; a layer of a nested model is `"backbone/conv1"`.

    `layer` is an operation that isn't a layer where a model adds two tensors with `x + y`.
    """

    name: str
    layer: keras.Operation


def named_layers(model: keras.Model) -> list[NamedLayer]:
    """All layers of a model at every depth, in the model's order, without its inputs."""
    return list(_walk(model, "", set()))


def _walk(parent: keras.layers.Layer, prefix: str, seen: set[int]) -> Iterator[NamedLayer]:
    for layer in sublayers(parent):
        if id(layer) in seen or isinstance(layer, keras.layers.InputLayer):
            continue
        seen.add(id(layer))
        name = f"{prefix}{layer.name}"
        yield NamedLayer(name, layer)
        yield from _walk(layer, f"{name}/", seen)


def all_operations(model: keras.Model) -> list[keras.Operation]:
    """All layers of a model at every depth, and the operations between them that aren't layers."""
    layers = [named.layer for named in named_layers(model)]
    return [*layers, *(op for layer in (model, *layers) for op in operations(layer))]
