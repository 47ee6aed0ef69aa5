"""The series of a run, layers and outputs, as they come about; constant from then on."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_featuremaps.capture.tiles import tile_size, tile_window
from tb_featuremaps.run_writer.arguments import DataFormat, maps_of, numbers
from tb_featuremaps.summary.capture_event import LayerSeries, OutputSeries
from tb_featuremaps.summary.series import layer_series, output_series


@dataclasses.dataclass(frozen=True)
class WrittenLayer:
    """What is constant of a layer; see `capture.tap.TappedLayer`."""

    name: str
    class_name: str
    shape: tuple[int, ...]
    data_format: str
    channels: int
    tile_height: int
    tile_width: int
    averaged: tuple[int, int]


@dataclasses.dataclass(frozen=True)
class WrittenOutput:
    """What is constant of an output; see `capture.outputs.Output`."""

    name: str
    is_main: bool
    has_loss: bool
    weight: float
    classes: int


@dataclasses.dataclass(frozen=True)
class LayerMaps:
    """A layer's maps, `[n, height, width, channels]`, and its series."""

    series: LayerSeries
    maps: npt.NDArray[np.float32]
    averaged: tuple[int, int]


class Layers:
    """The layers of a run.

    Args:
        data_format: of the arrays.
        classes: the layers' classes by their names, as far as they are known.
        max_tile: no side of a channel's tile is longer, in pixels.
    """

    def __init__(
        self, data_format: DataFormat, classes: Mapping[str, str], max_tile: int | None
    ) -> None:
        self._data_format = data_format
        self._classes = dict(classes)
        self._max_tile = max_tile
        self._layers: dict[str, WrittenLayer] = {}
        self._series: dict[str, LayerSeries] = {}

    def __len__(self) -> int:
        return len(self._layers)

    @property
    def series(self) -> Sequence[LayerSeries]:
        """The series of all layers so far."""
        return list(self._series.values())

    def of(self, maps: Mapping[str, Any]) -> list[LayerMaps]:
        """Returns the maps with the series that they belong to; new names begin new ones.

        Raises:
            ValueError: an array doesn't fit its layer, or arrays are of different numbers of
                probes. No layer is taken note of then.
        """
        arrays = {name: maps_of(maps[name], name, self._data_format) for name in maps}
        lengths = {name: len(array) for name, array in arrays.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(
                f"Expected maps of the same probes for each layer. Received: {lengths}."
            )
        layers = dict(self._layers)
        for name, array in arrays.items():
            layers[name] = self._checked(name, tuple(np.shape(maps[name])[1:]), array)
        self._layers = layers
        self._series = dict(zip(layers, layer_series(layers.values()), strict=True))
        return [
            LayerMaps(self._series[name], array, layers[name].averaged)
            for name, array in arrays.items()
        ]

    def _checked(
        self, name: str, shape: tuple[int, ...], maps: npt.NDArray[np.float32]
    ) -> WrittenLayer:
        known = self._layers.get(name)
        if known is not None:
            if known.shape != shape:
                raise ValueError(
                    f"Expected `{name}` of shape [n, {', '.join(map(str, known.shape))}], as it "
                    f"was first. Received: [n, {', '.join(map(str, shape))}]."
                )
            return known
        window = tile_window(maps.shape, self._max_tile)
        height, width = tile_size(maps.shape, window)
        return WrittenLayer(
            name=name,
            class_name=self._classes.get(name, ""),
            shape=shape,
            data_format=self._data_format,
            channels=maps.shape[-1],
            tile_height=height,
            tile_width=width,
            averaged=window,
        )


class Outputs:
    """The outputs of a run.

    Args:
        main: name of the main one.
        class_names: of the classes, in the order of the values.
    """

    def __init__(self, main: str, class_names: Sequence[str]) -> None:
        self._main = main
        self._class_names = class_names
        self._outputs: dict[str, WrittenOutput] = {}

    def of(
        self,
        outputs: Mapping[str, Any],
        weights: Mapping[str, float],
        layers: Sequence[LayerSeries],
    ) -> list[tuple[OutputSeries, npt.NDArray[np.float32]]]:
        """Returns each output's series and values, float32 `[n, classes]`.

        Args:
            outputs: the values by name; new names begin new series.
            weights: the loss weights of outputs that have a loss.
            layers: whose tags are taken.

        Raises:
            ValueError: an array is not `[n, classes]`, or not of as many classes as before.
        """
        arrays = {name: self._checked(name, values) for name, values in outputs.items()}
        lengths = {name: len(array) for name, array in arrays.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"Expected outputs for the same probes. Received: {lengths}.")
        for name, array in arrays.items():
            is_main = name == self._main
            weight = weights.get(name, 1.0 if is_main else float("nan"))
            made = WrittenOutput(name, is_main, is_main or name in weights, weight, array.shape[1])
            self._outputs.setdefault(name, made)
        series = output_series(enumerate(self._outputs.values()), self._class_names, layers)
        by_name = dict(zip(self._outputs, series, strict=True))
        for name, output in self._outputs.items():
            if output.classes != len(self._class_names):
                by_name[name].payload.ClearField("class_names")  # of another output
        return [(by_name[name], array) for name, array in arrays.items()]

    def _checked(self, name: str, values: Any) -> npt.NDArray[np.float32]:
        array = numbers(values, name)
        known = self._outputs.get(name)
        classes = "classes" if known is None else str(known.classes)
        if array.ndim != 2 or not array.size or (known and array.shape[1] != known.classes):
            raise ValueError(
                f"Expected the output `{name}` to be [n, {classes}]. Received: shape {array.shape}."
            )
        wanted = len(self._class_names)
        if wanted not in (0, array.shape[1]) and name == self._main:
            raise ValueError(
                f"Expected the output `{name}` to have a value for each of the {wanted} class "
                f"names. Received: shape {array.shape}."
            )
        return np.array(array, np.float32)
