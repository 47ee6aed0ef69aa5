"""Activations as Keras gives them without us."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np

Activations = dict[str, np.ndarray[Any, Any]]


def activations(
    model: keras.Model, names: Sequence[str], probes: Any, by_hooks: bool = False
) -> Activations:
    """The outputs of layers for the probes, in inference; a series for each call and tensor.

    A layer of a functional model is computed by a Keras model of its output; where that is not
    to be had (subclassed models, layers within layers), or with `by_hooks`, as for shared layers,
    a hook on the layer's `call` notes what it returns.
    """
    outputs = {} if by_hooks else {name: _graph_output(model, name) for name in names}
    outputs = {name: output for name, output in outputs.items() if output is not None}
    graph = _graph_activations(model, outputs, probes) if outputs else {}
    return {**graph, **_hooked(model, [name for name in names if name not in outputs], probes)}


def _graph_activations(
    model: keras.Model, outputs: dict[str, keras.KerasTensor], probes: Any
) -> Activations:
    inputs = model.inputs if isinstance(model, keras.Sequential) else model.input
    found = keras.Model(inputs, outputs)(probes)
    return {name: _array(found[name]) for name in outputs}


def _graph_output(model: keras.Model, name: str) -> Any:
    if not getattr(model, "inputs", None) or "/" in name:
        return None
    try:
        output = model.get_layer(name).output
    except (AttributeError, ValueError):  # no graph; or called more than once
        return None
    return output if isinstance(output, keras.KerasTensor) else None


def _hooked(model: keras.Model, names: Sequence[str], probes: Any) -> Activations:
    if not names:
        return {}
    calls: dict[str, list[list[Any]]] = {name: [] for name in names}
    with contextlib.ExitStack() as stack:
        for name in names:
            stack.enter_context(_hook(find_layer(model, name), calls[name]))
        model(keras.tree.map_structure(keras.ops.convert_to_tensor, probes), training=False)
    found: Activations = {}
    for name, outputs in calls.items():
        for index, tensors in enumerate(outputs):
            called = f"{name}#{index}" if len(outputs) > 1 else name
            for number, tensor in enumerate(tensors):
                found[f"{called}:{number}" if len(tensors) > 1 else called] = _array(tensor)
    return found


@contextlib.contextmanager
def _hook(layer: keras.layers.Layer, into: list[list[Any]]) -> Iterator[None]:
    call = layer.call

    def noting(*args: Any, **kwargs: Any) -> Any:
        outputs = call(*args, **kwargs)
        into.append(keras.tree.flatten(outputs))
        return outputs

    vars(layer)["call"] = noting
    try:
        yield
    finally:
        del vars(layer)["call"]


def find_layer(model: keras.layers.Layer, name: str) -> keras.layers.Layer:
    """The layer of a name such as "backbone/conv1"."""
    for part in name.split("/"):
        model = next(layer for layer in _children(model) if layer.name == part)
    return model


def _children(layer: keras.layers.Layer) -> Iterator[keras.layers.Layer]:
    if isinstance(layer, keras.Model):
        yield from layer.layers
        return
    for value in vars(layer).values():
        yield from (v for v in keras.tree.flatten(value) if isinstance(v, keras.layers.Layer))


def _array(tensor: Any) -> np.ndarray[Any, Any]:
    return np.asarray(keras.ops.convert_to_numpy(keras.ops.cast(tensor, "float32")))
