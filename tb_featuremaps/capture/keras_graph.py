"""What Keras knows of a model's layers and their graph, and has no public name for.

All private names of Keras that the choice of layers needs stand here. Where one is missing, the
functions answer as for a model that Keras knows no graph of.
"""

import dataclasses
from typing import Any

import keras


@dataclasses.dataclass(frozen=True)
class GraphNode:
    """One call of an operation in a functional model.

    Attributes:
        operation: a layer, or an operation such as the `x + y` of two symbolic tensors.
        inputs: the symbolic tensors that it is given.
        outputs: the symbolic tensors that it returns.
    """

    operation: keras.Operation
    inputs: list[Any]
    outputs: list[Any]


def sublayers(layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    """The layers directly inside a layer or a model, in the order in which they were made."""
    if isinstance(layer, keras.Model):
        return list(layer.layers)
    return list(getattr(layer, "_layers", []))


def operations(model: keras.layers.Layer) -> list[keras.Operation]:
    """The operations of a functional model that aren't layers; none of any other."""
    found = getattr(model, "operations", [])
    return [op for op in found if not isinstance(op, keras.layers.Layer)]


def is_built(layer: keras.layers.Layer) -> bool:
    """Whether a layer and all inside it have their variables."""
    seen: set[int] = set()
    waiting = [layer]
    while waiting:
        inner = waiting.pop()
        if id(inner) in seen:
            continue
        seen.add(id(inner))
        if not inner.built:
            return False
        waiting += sublayers(inner)
    return True


def graph_of(model: keras.layers.Layer, output_index: int = 0) -> list[GraphNode] | None:
    """The nodes that an output of a functional or sequential model depends on, inputs first.

    None for a model whose graph isn't known: a subclassed one, or one that isn't built.
    """
    try:
        outputs = model.outputs if isinstance(model, keras.Model) else None
        if not outputs:
            return None
        nodes = _ancestors(outputs[output_index])
        inside = {id(op) for op in (*sublayers(model), *operations(model))}
    except (AttributeError, IndexError, TypeError, ValueError):
        return None
    known = all(isinstance(n.operation, keras.layers.InputLayer) or n.inputs for n in nodes)
    return nodes if known and any(id(node.operation) in inside for node in nodes) else None


def _ancestors(output: Any) -> list[GraphNode]:
    order: list[GraphNode] = []
    visited: set[int] = set()
    stack: list[tuple[Any, bool]] = [(_node_of(output), False)]
    while stack:
        node, expanded = stack.pop()
        inputs = list(node.arguments.keras_tensors)
        if expanded:
            order.append(GraphNode(node.operation, inputs, list(node.outputs)))
        elif id(node) not in visited:
            visited.add(id(node))
            stack.append((node, True))
            stack += [(_node_of(tensor), False) for tensor in inputs]
    return order


def _node_of(tensor: Any) -> Any:
    history = tensor._keras_history
    return history.operation._inbound_nodes[history.node_index]
