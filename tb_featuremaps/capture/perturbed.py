"""Calls a model with a tensor added to each of some layers' outputs.

The gradient with respect to such a tensor, of zeros, is the gradient at the layer's output: in any
model, functional, nested or subclassed, and on every backend.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from tb_featuremaps.capture.capturable import LayerOutput, SkippedLayer, capturable_outputs
from tb_featuremaps.capture.model_layers import NamedLayer, all_operations
from tb_featuremaps.capture.recording import record_calls

# What Keras notes on a tensor: its mask, and the logits that it was made from.
_NOTES = ("_keras_mask", "_keras_logits")
_PAST_LOGITS = (
    "it is an output whose loss is computed from its logits, so no gradient passes through what it "
    "returns"
)


@dataclasses.dataclass(frozen=True)
class Place:
    """One output of a layer, where a gradient is taken.

    Attributes:
        name: as `LayerOutput.name`.
        layer: the layer.
        call: which of the layer's calls in a pass, from 0.
        index: which of the tensors that the call returned, from 0.
        shape: of that tensor, without the batch axis.
        dtype: of that tensor.
        channel_axis: which of the tensor's axes, the batch axis being 0, holds the channels.
    """

    name: str
    layer: keras.Operation
    call: int
    index: int
    shape: tuple[int, ...]
    dtype: str
    channel_axis: int

    @property
    def channels(self) -> int:
        """How many channels there are."""
        return self.shape[self.channel_axis - 1]


class PerturbedModel:
    """A model whose chosen layers' outputs can be added to.

    Args:
        model: a built model.
        layers: the layers whose outputs are wanted.
        where: tells what is being traced, as `CompiledPass.place`.
        training: whether it is called in training mode.

    Attributes:
        places: where tensors are added; known from `find_places` on.
        skipped: what has no gradient, and why; known from `find_places` on.
    """

    def __init__(
        self,
        model: keras.Model,
        layers: Sequence[NamedLayer],
        where: Callable[[], Any],
        training: bool,
    ) -> None:
        self.places: list[Place] = []
        self.skipped: list[SkippedLayer] = []
        self._model = model
        self._layers = list(layers)
        self._where = where
        self._training = training
        self._watched = [*all_operations(model), *(named.layer for named in self._layers)]

    def find_places(self, inputs: Any) -> Any:
        """Calls the model as it is and notes where tensors can be added; returns what it did."""
        place = self._where()
        count = int(keras.tree.flatten(inputs)[0].shape[0])
        predictions, recording = record_calls(
            self._watched, lambda: self._model(inputs, training=self._training), self._where
        )
        outputs, self.skipped = capturable_outputs(self._layers, recording, place, count)
        self.places = []
        returned = {id(tensor) for tensor in keras.tree.flatten(predictions)}
        for output in outputs:
            if id(output.tensor) in returned and _has_logits(output.tensor):
                self.skipped.append(SkippedLayer(output.name, _PAST_LOGITS))
            elif keras.backend.is_float_dtype(_dtype(output.tensor)):
                self.places.append(_place(output))
            else:
                reason = f"its values are {_dtype(output.tensor)}, which have no gradient"
                self.skipped.append(SkippedLayer(output.name, reason))
        return predictions

    def zeros(self, count: int) -> list[Any]:
        """A tensor to add at each place, for so many samples."""
        return [ops.zeros((count, *place.shape), place.dtype) for place in self.places]

    def call(self, inputs: Any, added: Sequence[Any]) -> tuple[Any, list[Any]]:
        """Returns what the model returns, and the outputs at the places; `added` is added there.

        Raises:
            RuntimeError: the model did not call its layers as it did before.
        """
        adding = _Adding(self.places, added, self._where())
        predictions, _ = record_calls(
            [place.layer for place in self.places],
            lambda: self._model(inputs, training=self._training),
            self._where,
            adding.replace,
        )
        return predictions, adding.outputs()


class _Adding:
    """Adds tensors to the outputs of one pass."""

    def __init__(self, places: Sequence[Place], added: Sequence[Any], root: Any) -> None:
        self._wanted = {
            (id(place.layer), place.call, place.index): number
            for number, place in enumerate(places)
        }
        self._places = places
        self._added = added
        self._root = root
        self._calls: dict[int, int] = {}
        self._outputs: dict[int, Any] = {}

    def replace(self, layer: keras.Operation, outputs: list[Any], place: Any) -> list[Any]:
        if place != self._root:
            return outputs
        call = self._calls.get(id(layer), 0)
        self._calls[id(layer)] = call + 1
        return [
            self._replaced(self._wanted.get((id(layer), call, index)), tensor)
            for index, tensor in enumerate(outputs)
        ]

    def _replaced(self, number: int | None, tensor: Any) -> Any:
        if number is None:
            return tensor
        replaced = tensor + self._added[number]
        for note in _NOTES:
            if getattr(tensor, note, None) is not None:
                with contextlib.suppress(AttributeError):  # a tensor of C code takes no attribute
                    setattr(replaced, note, getattr(tensor, note))
        self._outputs[number] = replaced
        return replaced

    def outputs(self) -> list[Any]:
        missing = [p.name for n, p in enumerate(self._places) if n not in self._outputs]
        if missing:
            raise RuntimeError(
                f"Expected the model to call the layers that it called before. Received: no call "
                f"of {missing}."
            )
        return [self._outputs[number] for number in range(len(self._places))]


def _place(output: LayerOutput) -> Place:
    rank = len(output.tensor.shape)
    return Place(
        output.name,
        output.layer,
        output.call,
        output.index,
        tuple(int(size) for size in output.tensor.shape[1:]),
        _dtype(output.tensor),
        1 if output.data_format == "channels_first" and rank > 2 else rank - 1,
    )


def _dtype(tensor: Any) -> str:
    return str(keras.backend.standardize_dtype(tensor.dtype))


def _has_logits(tensor: Any) -> bool:
    """Whether Keras's cross-entropies use the logits instead of the tensor itself."""
    if getattr(tensor, "_keras_logits", None) is not None:
        return True
    # In a graph of TensorFlow they look for the operation.
    try:
        kind = tensor.op.type
    except AttributeError:  # there is none
        return False
    return kind in ("Softmax", "Sigmoid")
