"""How large the maps of a functional model's tensors are."""

import math
from collections.abc import Sequence
from typing import Any

import keras

from tb_featuremaps.capture.data_formats import own_format
from tb_featuremaps.capture.keras_graph import GraphNode

_GLOBAL_POOLING = (
    keras.layers.GlobalAveragePooling1D,
    keras.layers.GlobalAveragePooling2D,
    keras.layers.GlobalAveragePooling3D,
    keras.layers.GlobalMaxPooling1D,
    keras.layers.GlobalMaxPooling2D,
    keras.layers.GlobalMaxPooling3D,
)


class Scales:
    """Sizes of the tensors of a graph.

    Maps of one pixel that come from units or from global pooling, as those of a squeeze-and-excite
    branch do, are no maps: their area is NaN, as is that of units and of unknown sizes.
    """

    def __init__(self, nodes: Sequence[GraphNode]) -> None:
        self._formats: dict[int, str] = {}
        self._pooled: set[int] = set()
        for node in nodes:
            self._add(node)

    def size(self, tensor: Any) -> tuple[int | None, ...]:
        """Height and width, depth first if there is one; the steps of a sequence; () of units."""
        shape = tuple(tensor.shape)
        if len(shape) < 3:
            return ()
        first = self._formats.get(id(tensor)) == "channels_first"
        return shape[2:] if first else shape[1:-1]

    def area(self, tensor: Any) -> float:
        """The pixels of a map; NaN where there is none."""
        size = self.size(tensor)
        if len(size) < 2 or None in size or id(tensor) in self._pooled:
            return math.nan
        return float(math.prod(length or 0 for length in size))

    def is_pooled(self, tensor: Any) -> bool:
        """Whether it is a map of one pixel that comes from units or global pooling."""
        return id(tensor) in self._pooled

    def _add(self, node: GraphNode) -> None:
        same_rank: dict[int, str] = {
            len(tensor.shape): self._formats[id(tensor)]
            for tensor in node.inputs
            if id(tensor) in self._formats
        }
        stated = own_format(node.operation)
        for tensor in node.outputs:
            default = keras.config.image_data_format()
            rank = len(tensor.shape)
            self._formats[id(tensor)] = stated or same_rank.get(rank, default)
            is_pixel = rank >= 4 and all(length == 1 for length in self.size(tensor))
            if is_pixel and (isinstance(node.operation, _GLOBAL_POOLING) or self._from_unit(node)):
                self._pooled.add(id(tensor))

    def _from_unit(self, node: GraphNode) -> bool:
        return any(len(t.shape) < 3 or id(t) in self._pooled for t in node.inputs)
