"""The kernels of a model, layer by layer, and how far a step moves them."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_featuremaps.capture.model_layers import named_layers


@dataclasses.dataclass(frozen=True)
class LayerKernels:
    """The trainable kernels of one layer: its own variables of rank 2 and more.

    Attributes:
        name: the layer's.
        variables: the kernels.
    """

    name: str
    variables: list[Any]


def layer_kernels(model: keras.Model) -> list[LayerKernels]:
    """The layers that have trainable kernels of their own, in the model's order.

    A kernel belongs to the innermost layer that has it; what the model has besides its layers to
    the model.
    """
    owners: dict[int, str] = {}
    variables: dict[int, Any] = {}
    named = [(model.name, model), *((inner.name, inner.layer) for inner in named_layers(model))]
    for name, layer in named:
        for variable in getattr(layer, "trainable_variables", ()):
            if len(variable.shape) >= 2:
                # A layer comes before the layers inside it.
                owners[id(variable)], variables[id(variable)] = name, variable
    trained = {id(variable) for variable in model.trainable_variables}
    return [
        LayerKernels(name, kernels)
        for name, _ in dict(named).items()
        if (kernels := [variables[key] for key in owners if owners[key] == name and key in trained])
    ]


class KernelSnapshot:
    """The kernels as they were before a step.

    Args:
        layers: whose kernels.
        step: before which no step has run since.
    """

    def __init__(self, layers: Sequence[LayerKernels], step: int) -> None:
        self.step = step
        self._layers = list(layers)
        self._before = [_copies(layer) for layer in self._layers]

    def updates(self) -> npt.NDArray[np.float32]:
        """‖weights now − weights then‖ / ‖weights then‖ of each layer, float32 `[layers]`.

        It is NaN where the weights were all zero.
        """
        ratios = []
        for layer, before in zip(self._layers, self._before, strict=True):
            moved = [now - then for now, then in zip(_copies(layer), before, strict=True)]
            length = _norm(before)
            ratios.append(_norm(moved) / length if length > 0 else np.nan)
        return np.array(ratios, np.float32)


def _copies(layer: LayerKernels) -> list[npt.NDArray[Any]]:
    # The backend may hand out memory that the next step writes to. A variable of `tf.distribute`
    # is no array, so it is read through an operation.
    return [
        np.array(keras.ops.convert_to_numpy(keras.ops.add(variable, 0)), np.float32)
        for variable in layer.variables
    ]


def _norm(arrays: Sequence[npt.NDArray[Any]]) -> float:
    return float(np.sqrt(sum(np.square(array, dtype=np.float64).sum() for array in arrays)))
