"""A capture to its event: atlases, statistics, outputs and the mirror for the Images tab."""

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format import names
from tb_featuremaps.format.finishing import FinishedLayer
from tb_featuremaps.format.png import atlas_parts, encode_picture
from tb_featuremaps.summary import events
from tb_featuremaps.summary.large_event import FloatsValue, LargeEvent, PicturesValue, ValueHead


@dataclasses.dataclass(frozen=True)
class LayerSeries:
    """A layer's tags and payload, and its tile's size in pixels."""

    tag: str
    stats_tag: str
    images_tab_tag: str
    payload: pb.LayerSeries
    tile_height: int
    tile_width: int

    @functools.cached_property
    def head(self) -> ValueHead:
        """That of the pictures."""
        return events.value_head(self.tag, pb.FeatureMapPluginData(layer=self.payload))

    @functools.cached_property
    def stats_head(self) -> ValueHead:
        """That of the statistics."""
        described = pb.StatsSeries(layer_tag=self.tag, columns=names.STATS_COLUMNS)
        return events.value_head(self.stats_tag, pb.FeatureMapPluginData(stats=described))

    @functools.cached_property
    def images_tab_head(self) -> ValueHead:
        """That of the pictures for the Images tab."""
        return ValueHead(self.images_tab_tag, events.IMAGES_TAB)


@dataclasses.dataclass(frozen=True)
class OutputSeries:
    """A head's tag and payload."""

    tag: str
    payload: pb.OutputSeries

    @functools.cached_property
    def head(self) -> ValueHead:
        """That of the predictions."""
        return events.value_head(self.tag, pb.FeatureMapPluginData(outputs=self.payload))


@dataclasses.dataclass(frozen=True)
class CaptureArrays:
    """Arrays of one capture.

    Attributes:
        layers: each layer, finished; taken one after another, once.
        outputs: float32 `[n, classes]` for each head.
    """

    layers: Iterable[FinishedLayer]
    outputs: Sequence[npt.NDArray[np.float32]]


@dataclasses.dataclass(frozen=True)
class CaptureParts:
    """Which series of a capture are written.

    Attributes:
        maps: our own: atlases, statistics and outputs.
        images_tab: the first probe's atlases under plugin `images`.
    """

    maps: bool
    images_tab: bool


class CaptureEncoder:
    """Encodes captures of the same series.

    Args:
        layers: the series of each captured layer.
        outputs: the series of each head.
    """

    def __init__(self, layers: Sequence[LayerSeries], outputs: Sequence[OutputSeries]) -> None:
        self._layers = layers
        self._outputs = outputs

    def encode(
        self, step: int, wall_time: float, arrays: CaptureArrays, parts: CaptureParts
    ) -> LargeEvent:
        """Returns the event of one capture.

        Args:
            step: the optimizer's iterations.
            wall_time: seconds since the epoch at which the capture was made.
            arrays: in the order of the series.
            parts: which series are written.
        """
        return LargeEvent(step, self._values(arrays, parts), wall_time)

    def _values(
        self, arrays: CaptureArrays, parts: CaptureParts
    ) -> Iterator[PicturesValue | FloatsValue]:
        for series, layer in zip(self._layers, arrays.layers, strict=True):
            yield from _layer_values(series, layer, parts)
        if not parts.maps:
            return
        for output, values in zip(self._outputs, arrays.outputs, strict=True):
            yield FloatsValue(output.head, values)


def _layer_values(
    series: LayerSeries, layer: FinishedLayer, parts: CaptureParts
) -> Iterator[PicturesValue | FloatsValue]:
    pictures, lo, hi, stats = layer
    shown = len(pictures) if parts.maps else 1
    shape = series.tile_height, series.tile_width
    pngs = atlas_parts(pictures[:shown], lo[:shown], hi[:shown], *shape)
    size = (pictures.shape[2] - 1, pictures.shape[1])
    if parts.images_tab:
        yield PicturesValue(series.images_tab_head, size, pngs[:1])
    if not parts.maps:
        return
    yield PicturesValue(series.head, size, pngs)
    yield FloatsValue(series.stats_head, stats)


def probes_event(step: int, pictures: npt.NDArray[np.uint8], labels: Sequence[str]) -> LargeEvent:
    """The event of the probes, uint8 `[n, height, width]` or `[n, height, width, 3 or 4]`."""
    payload = pb.ProbeSeries(count=len(pictures), labels=labels)
    size = (pictures.shape[2], pictures.shape[1])
    pngs = [[encode_picture(picture)] for picture in pictures]
    head = events.value_head(names.PROBES_TAG, pb.FeatureMapPluginData(probes=payload))
    return LargeEvent(step, [PicturesValue(head, size, pngs)])
