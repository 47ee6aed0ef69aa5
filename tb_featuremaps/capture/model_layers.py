"""The layers of a model with the names that users select them by."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import keras

from tb_featuremaps.capture.outputs import main_output_index

_BLOCK_CLASSES = (
    keras.layers.Concatenate,
    keras.layers.Add,
    keras.layers.Average,
    keras.layers.Maximum,
    keras.layers.Multiply,
)
_CONVOLUTION_CLASSES = (
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv2D,
)


@dataclasses.dataclass(frozen=True)
class NamedLayer:
    """A layer and its name in the model; a layer of a nested model is `"backbone/conv1"`."""

    name: str
    layer: keras.layers.Layer


def named_layers(model: keras.Model) -> list[NamedLayer]:
    """All layers of a model at every depth, in the model's order, without its inputs."""
    return list(_walk(model, "", set()))


def _walk(parent: keras.layers.Layer, prefix: str, seen: set[int]) -> Iterator[NamedLayer]:
    for layer in _children(parent):
        if id(layer) in seen or isinstance(layer, keras.layers.InputLayer):
            continue
        seen.add(id(layer))
        name = f"{prefix}{layer.name}"
        yield NamedLayer(name, layer)
        yield from _walk(layer, f"{name}/", seen)


def _children(parent: keras.layers.Layer) -> list[keras.layers.Layer]:
    if isinstance(parent, keras.Model):
        return list(parent.layers)
    return list(getattr(parent, "_layers", []))


def automatic_layers(model: keras.Model, limit: int) -> list[NamedLayer]:
    """The layers that "auto" means: blocks and convolutions with a spatial output.

    In a functional model these are the ones that all of the main path runs through, so of an
    inception module its concatenation and not its branches, and nothing of an auxiliary head.
    A nested model counts with its own such layers. More than `limit` are thinned evenly.
    """
    chosen = list(_automatic(model, ""))
    if len(chosen) <= limit:
        return chosen
    return [chosen[round(i * (len(chosen) - 1) / (limit - 1))] for i in range(limit)]


def _automatic(model: keras.layers.Layer, prefix: str) -> Iterator[NamedLayer]:
    for layer in _main_path(model):
        name = f"{prefix}{layer.name}"
        if isinstance(layer, _BLOCK_CLASSES + _CONVOLUTION_CLASSES):
            if _may_be_spatial(layer):
                yield NamedLayer(name, layer)
        elif _children(layer):
            yield from _automatic(layer, f"{name}/")


def _may_be_spatial(layer: keras.layers.Layer) -> bool:
    try:
        shape = layer.output.shape
    except (AttributeError, ValueError):
        return True
    return len(shape) >= 4


def _main_path(model: keras.layers.Layer) -> list[keras.layers.Layer]:
    """The layers that every path from the inputs to the main output runs through."""
    nodes = getattr(model, "_nodes_by_depth", None)
    if not isinstance(model, keras.Model) or not nodes or not getattr(model, "outputs", None):
        return _children(model)
    needed, order = _ancestors(model.outputs[main_output_index(model)])
    waiting: set[int] = set()
    path = []
    for node in order:
        waiting -= {key for key in waiting if needed[key] <= 1 and key in _input_keys(node)}
        for key in _input_keys(node):
            needed[key] -= 1
        outputs = {id(tensor) for tensor in node.outputs if id(tensor) in needed}
        if not waiting and not isinstance(node.operation, keras.layers.InputLayer):
            path.append(node.operation)
        waiting |= outputs
    return [layer for layer in dict.fromkeys(path) if isinstance(layer, keras.layers.Layer)]


def _input_keys(node: Any) -> list[int]:
    return [id(tensor) for tensor in node.arguments.keras_tensors]


def _ancestors(output: Any) -> tuple[dict[int, int], list[Any]]:
    """Nodes that `output` depends on, inputs first, and how often each tensor is consumed."""
    needed: dict[int, int] = {id(output): 1}
    order: list[Any] = []
    visited: set[int] = set()
    stack: list[tuple[Any, bool]] = [(_node_of(output), False)]
    while stack:
        node, expanded = stack.pop()
        if expanded:
            order.append(node)
            continue
        if id(node) in visited:
            continue
        visited.add(id(node))
        stack.append((node, True))
        for tensor in node.arguments.keras_tensors:
            needed[id(tensor)] = needed.get(id(tensor), 0) + 1
            stack.append((_node_of(tensor), False))
    return needed, order


def _node_of(tensor: Any) -> Any:
    history = tensor._keras_history
    return history.operation._inbound_nodes[history.node_index]
