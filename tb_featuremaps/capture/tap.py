"""The activation tap: one compiled forward pass of the probes that returns the layers' maps."""

import dataclasses
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from tb_featuremaps.capture.arguments import flag, is_whole
from tb_featuremaps.capture.capturable import (
    LayerOutput,
    SkippedLayer,
    capturable_outputs,
    why_not,
)
from tb_featuremaps.capture.channels import to_maps
from tb_featuremaps.capture.compiled import compile_pass
from tb_featuremaps.capture.model_layers import NamedLayer, all_operations
from tb_featuremaps.capture.recording import record_calls
from tb_featuremaps.capture.tiles import tile_size, tile_window
from tb_featuremaps.format.atlas import columns_of, rows_of
from tb_featuremaps.format.finishing import FinishedLayer, finish_layers

_log = logging.getLogger(__name__)

# Captures whose maps take more are finished when they are made, so that they hold a quarter of it.
_MOST_HELD_BYTES = 64 * 2**20


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
        averaged: over how many pixels, `(height, width)`, the maps are averaged for the atlas.
    """

    name: str
    class_name: str
    shape: tuple[int, ...]
    data_format: str
    channels: int
    tile_height: int
    tile_width: int
    averaged: tuple[int, int] = (1, 1)

    @property
    def bytes_per_probe(self) -> int:
        """What one probe's atlas, scales and statistics take before they are compressed."""
        height = rows_of(self.channels) * self.tile_height
        width = columns_of(self.channels) * self.tile_width
        # each row's filter; lo and hi, and six statistics, in float32
        return height * (1 + width) + self.channels * (2 + 6) * 4


class Capture:
    """One capture: maps that are still where they were made, and what is written of them.

    Args:
        maps: float32 `[n, height, width, channels]` for each tapped layer, on the device.
        averaged: over how many pixels each layer's maps are averaged for its atlas.
        outputs: float32 `[n, classes]`, each of `ActivationTap.tapped_outputs`, on the device.
        on_host: brings a tensor of the device into memory.
    """

    def __init__(
        self,
        maps: Sequence[Any],
        averaged: Sequence[tuple[int, int]],
        outputs: Sequence[Any],
        on_host: Callable[[Any], npt.NDArray[Any]],
    ) -> None:
        self._maps = list(zip(maps, averaged, strict=True))
        self._outputs = outputs
        self._on_host = on_host
        self._finished: list[FinishedLayer] | None = None

    def finish(self) -> None:
        """Finishes all layers now and lets the maps go."""
        self._finished, self._maps = list(self.layers()), []

    def layers(self, probes: int | None = None) -> Iterator[FinishedLayer]:
        """Finishes the layers one after another, for all probes or the first ones."""
        if self._finished is not None:
            yield from (layer.first(probes) for layer in self._finished)
        yield from finish_layers(
            (self._on_host(maps if probes is None else maps[:probes]), averaged)
            for maps, averaged in self._maps
        )

    @property
    def classes(self) -> list[int]:
        """How many values each head gives for a probe."""
        return [int(output.shape[1]) for output in self._outputs]

    def outputs(self) -> list[npt.NDArray[np.float32]]:
        """The heads' outputs, float32 `[n, classes]`."""
        return [self._on_host(output) for output in self._outputs]


@dataclasses.dataclass(frozen=True)
class TapOptions:
    """How a tap captures; see `FeatureMaps` for what the options mean.

    Raises:
        ValueError: a bound is no whole number ≥ 1, or a flag neither True nor False.
    """

    training: bool = False
    max_channels: int | None = None
    max_tile: int | None = None
    outputs: bool = True

    def __post_init__(self) -> None:
        flag(self.training, "training")
        flag(self.outputs, "outputs")
        for name in ("max_channels", "max_tile"):
            value = getattr(self, name)
            if value is not None and not is_whole(value, least=1):
                raise ValueError(
                    f"Expected `{name}` to be None or a whole number ≥ 1. Received: {value!r}."
                )


class ActivationTap:
    """Captures the activations of chosen layers for the probes.

    The layers' outputs are recorded while the model itself is called, in one traced pass. They
    leave the device, are measured, quantised and tiled when their capture is asked for its layers,
    which may be on another thread. State that the pass would update (moving averages, seeds) is
    left as it was.

    Attributes:
        tapped: what is tapped, in the order of `Capture.layers`; known from `prepare` on.
        skipped: what can't be captured, and why; known from `prepare` on.
        probes: how many probes there are.
        tapped_outputs: which of the model's outputs `Capture.outputs` holds, by index in
            flattened order.
        predictions: the structure of what the model returns; known from `prepare` on.
        bytes_per_capture: what is written of a capture, in bytes before compression.
        held_bytes: what a capture holds until it is encoded, in bytes.
        peak_bytes: about what it takes while it is made: all layers' maps in float32, and what
            the largest needs beside them.
    """

    def __init__(
        self, model: keras.Model, layers: Sequence[NamedLayer], probes: Any, options: TapOptions
    ) -> None:
        self.tapped: list[TappedLayer] = []
        self.skipped: list[SkippedLayer] = []
        self.tapped_outputs: list[int] = []
        self.predictions: Any = None
        self.bytes_per_capture = 0
        self.held_bytes = 0
        self.peak_bytes = 0
        self._model = model
        self._layers = list(layers)
        self._options = options
        self.probes = int(keras.tree.flatten(probes)[0].shape[0])
        self._prepared = False
        self._finishes_at_once = False
        self._watched = [*all_operations(model), *(named.layer for named in self._layers)]
        self._pass = compile_pass(model, self._forward, probes)

    def prepare(self) -> None:
        """Finds out what can be captured, without running the model where it can be traced.

        Doesn't raise: if the model can't be called on the probes, all layers are skipped, and
        that is the reason.
        """
        if self._prepared:
            return
        try:
            self._pass.prepare()
        except Exception as error:
            reason = f"the model can't be called on the probes ({type(error).__name__}: {error})"
            self.tapped, self.tapped_outputs = [], []
            self.skipped = [SkippedLayer(named.name, reason) for named in self._layers]
        self._prepared = True

    def capture(self) -> Capture:
        """Runs the pass with the weights as they are now."""
        self.prepare()
        maps, outputs = self._pass.run()
        averaged = [tapped.averaged for tapped in self.tapped]
        capture = Capture(maps, averaged, outputs, self._pass.on_host)
        if self._finishes_at_once:
            capture.finish()
        return capture

    def capture_maps(self) -> dict[str, npt.NDArray[np.float32]]:
        """Runs the pass; returns each layer's maps, float32 `[n, height, width, channels]`."""
        self.prepare()
        maps, _ = self._pass.run()
        return {
            tapped.name: np.asarray(self._pass.on_host(layer), np.float32)
            for tapped, layer in zip(self.tapped, maps, strict=True)
        }

    def _forward(self, probes: Any) -> tuple[list[Any], list[Any]]:
        """Returns the layers' maps and the heads' outputs; notes what they are."""
        count = int(keras.tree.flatten(probes)[0].shape[0])
        place = self._pass.place()
        predictions, recording = record_calls(
            self._watched,
            lambda: self._model(probes, training=self._options.training),
            self._pass.place,
        )
        outputs, skipped = capturable_outputs(self._layers, recording, place, count)
        self.predictions = keras.tree.map_structure(lambda tensor: 0, predictions)
        predictions = keras.tree.flatten(predictions)
        if self._prepared:
            return self._known_maps(outputs), self._heads(predictions)
        maps = self._note(outputs, skipped)
        self._note_heads(predictions, count)
        self._measure(maps, predictions)
        return maps, self._heads(predictions)

    def _note(self, outputs: list[LayerOutput], skipped: list[SkippedLayer]) -> list[Any]:
        self.tapped, self.skipped = [], skipped
        maps = []
        for output in outputs:
            try:
                tapped, its_maps = self._tap(output)
            except Exception as error:
                _log.debug("%s can't be captured", output.name, exc_info=True)
                self.skipped.append(SkippedLayer(output.name, str(error)))
                continue
            self.tapped.append(tapped)
            maps.append(its_maps)
        return maps

    def _tap(self, output: LayerOutput) -> tuple[TappedLayer, Any]:
        maps = self._maps(output)
        window = tile_window(maps.shape, self._options.max_tile)
        height, width = tile_size(maps.shape, window)
        tapped = TappedLayer(
            name=output.name,
            class_name=type(output.layer).__name__,
            shape=tuple(int(size) for size in output.tensor.shape[1:]),
            data_format=output.data_format,
            channels=int(maps.shape[-1]),
            tile_height=height,
            tile_width=width,
            averaged=window,
        )
        return tapped, maps

    def _maps(self, output: LayerOutput) -> Any:
        maps = to_maps(output.tensor, output.data_format == "channels_first")
        limit = self._options.max_channels
        return maps if limit is None or maps.shape[-1] <= limit else maps[..., :limit]

    def _known_maps(self, outputs: list[LayerOutput]) -> list[Any]:
        """The maps of what was prepared, of a model that is run eagerly or traced anew."""
        wanted = [tapped.name for tapped in self.tapped]
        found = [output for output in outputs if output.name in set(wanted)]
        if [output.name for output in found] != wanted:
            raise RuntimeError(
                f"Expected the model to call the layers that it called before, {wanted}. "
                f"Received: {[output.name for output in found]}."
            )
        return [self._maps(output) for output in found]

    def _note_heads(self, predictions: list[Any], count: int) -> None:
        self.tapped_outputs = [
            index
            for index, prediction in enumerate(predictions)
            if self._options.outputs
            and why_not(prediction, count) is None
            and len(prediction.shape) == 2
        ]

    def _heads(self, predictions: list[Any]) -> list[Any]:
        return [ops.cast(predictions[index], "float32") for index in self.tapped_outputs]

    def _measure(self, maps: list[Any], predictions: list[Any]) -> None:
        heads = sum(int(predictions[index].shape[1]) * 4 for index in self.tapped_outputs)
        layers = sum(tapped.bytes_per_probe for tapped in self.tapped)
        self.bytes_per_capture = self.probes * (layers + heads)
        sizes = [int(layer.shape[1] * layer.shape[2] * layer.shape[3]) for layer in maps]
        values = 4 * self.probes * sum(sizes)
        self._finishes_at_once = values > _MOST_HELD_BYTES
        self.held_bytes = self.bytes_per_capture
        if not self._finishes_at_once:
            self.held_bytes = values + self.probes * heads
        # A layer's levels are there twice when they are tiled.
        self.peak_bytes = values + 2 * self.probes * max(sizes, default=0) + self.bytes_per_capture
