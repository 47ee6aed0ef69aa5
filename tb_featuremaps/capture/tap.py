"""The activation tap: one compiled forward pass of the probes that returns finished atlases."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from tb_featuremaps.capture.channels import limit_tile, tile_size, to_maps
from tb_featuremaps.capture.compiled import compile_forward
from tb_featuremaps.capture.model_layers import NamedLayer
from tb_featuremaps.capture.recording import RecordedOutput, record_outputs
from tb_featuremaps.format.atlas import quantise, tile
from tb_featuremaps.format.extremes import finite_extremes
from tb_featuremaps.format.statistics import channel_statistics


@dataclasses.dataclass(frozen=True)
class TappedLayer:
    """What is constant of a captured series.

    Attributes:
        name: the layer's name, with call and output index where there are several.
        class_name: the layer's class.
        shape: the output's shape without the batch axis, in the layer's own data format.
        data_format: "channels_last" or "channels_first".
        channels: how many channels the atlas holds.
        tile_height, tile_width: pixels of one channel in the atlas.
    """

    name: str
    class_name: str
    shape: tuple[int, ...]
    data_format: str
    channels: int
    tile_height: int
    tile_width: int


@dataclasses.dataclass(frozen=True)
class Capture:
    """Arrays of one capture, still on the device; a row a tapped layer or head.

    Attributes:
        layers: `(atlas uint8 [n, rows·h, columns·w], lo [n, c], hi [n, c], stats [n, c, 6])`.
        outputs: float32 `[n, classes]`, each of `ActivationTap.tapped_outputs`.
    """

    layers: Sequence[tuple[Any, Any, Any, Any]]
    outputs: Sequence[Any]


@dataclasses.dataclass(frozen=True)
class TapOptions:
    """How a tap captures; see `FeatureMaps` for what the options mean."""

    training: bool = False
    max_channels: int | None = None
    max_tile: int | None = None
    outputs: bool = True


class ActivationTap:
    """Captures the activations of chosen layers for the probes.

    The layers' outputs are recorded while the model itself is called, in one traced pass; they are
    quantised and tiled inside it, so that only uint8 atlases and scales leave the device. State
    that the pass would update (moving averages, seeds) is left as it was.

    Attributes:
        tapped: what was tapped, in the order of `Capture.layers`; filled by the first capture.
        tapped_outputs: which of the model's outputs `Capture.outputs` holds, by index.
        output_count: how many outputs the model has.
    """

    def __init__(
        self, model: keras.Model, layers: Sequence[NamedLayer], probes: Any, options: TapOptions
    ) -> None:
        self.tapped: list[TappedLayer] = []
        self.tapped_outputs: list[int] = []
        self.output_count = 0
        self.predictions: Any = None
        self.bytes_per_capture = 0
        self._model = model
        self._layers = layers
        self._options = options
        self._run = compile_forward(model, self._forward, self._finish, probes)

    def capture(self) -> Capture:
        """Runs the pass with the weights as they are now."""
        layers, outputs = self._run()
        return Capture(layers, outputs)

    def _forward(self, probes: Any) -> tuple[list[Any], list[Any]]:
        """Returns the layers' maps and the heads' outputs; notes what they are."""
        with record_outputs(self._layers) as recorded:
            predictions = self._model(probes, training=self._options.training)
        self.predictions = keras.tree.map_structure(lambda tensor: 0, predictions)
        recorded = [one for one in recorded if 2 <= len(one.tensor.shape) <= 5]
        # Traced anew, the list must not grow.
        self.tapped[:] = []
        maps = [self._note(one) for one in recorded]
        return maps, self._note_outputs(keras.tree.flatten(predictions))

    def _note(self, recorded: RecordedOutput) -> Any:
        data_format = data_format_of(recorded.layer)
        maps = to_maps(recorded.tensor, data_format == "channels_first")
        maps = maps[..., : self._options.max_channels]
        height, width = tile_size(maps.shape, self._options.max_tile)
        self.tapped.append(
            TappedLayer(
                name=recorded.name,
                class_name=type(recorded.layer).__name__,
                shape=tuple(size or 0 for size in recorded.tensor.shape[1:]),
                data_format=data_format,
                channels=maps.shape[-1],
                tile_height=height,
                tile_width=width,
            )
        )
        return maps

    def _note_outputs(self, predictions: list[Any]) -> list[Any]:
        self.output_count = len(predictions)
        self.tapped_outputs = [
            index
            for index, prediction in enumerate(predictions)
            if self._options.outputs and len(prediction.shape) == 2
        ]
        return [ops.cast(predictions[index], "float32") for index in self.tapped_outputs]

    def _finish(self, passed: tuple[list[Any], list[Any]]) -> tuple[list[Any], list[Any]]:
        maps, outputs = passed
        return [self._finish_layer(one) for one in maps], outputs

    def _finish_layer(self, maps: Any) -> tuple[Any, Any, Any, Any]:
        shown = limit_tile(maps, self._options.max_tile)
        extremes = finite_extremes(maps, ops)
        quantised = quantise(shown, ops, extremes if shown is maps else None)
        atlas = tile(ops.cast(quantised.levels, "uint8"), ops)
        return atlas, quantised.lo, quantised.hi, channel_statistics(maps, ops, extremes)


def data_format_of(layer: keras.layers.Layer) -> str:
    """A layer's data format; Keras's default for a layer that has none of its own."""
    return getattr(layer, "data_format", None) or keras.config.image_data_format()
