"""One run of a log directory."""

import dataclasses
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from tensorboard.util import tensor_util

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.names import STATS_COLUMNS
from tb_featuremaps.format.records import RecordError
from tb_featuremaps.reader.logged_arrays import LoggedArrays, known
from tb_featuremaps.reader.logged_gradients import (
    LoggedAttributions,
    LoggedGradients,
    attributions_of,
    gradients_of,
    unknown_columns,
)
from tb_featuremaps.reader.run_log import RunLog, Series

_ROLES = {pb.ROLE_MAIN: "main", pb.ROLE_AUXILIARY: "auxiliary"}


class LossCurve(NamedTuple):
    """A loss term over the steps.

    Attributes:
        steps: int64 `[points]`, the optimizer's iterations, rising.
        values: float64 `[points]`, means over the batches since the point before.
    """

    steps: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class LoggedLayer:
    """A layer.

    Attributes:
        name, class_name: as they were logged.
        shape: of its output without the batch axis; 0 is an axis of no fixed size.
        data_format: "channels_last" or "channels_first".
        channels: how many were captured.
    """

    name: str
    class_name: str
    shape: tuple[int, ...]
    data_format: str
    channels: int


@dataclasses.dataclass(frozen=True)
class LoggedOutput:
    """A head.

    Attributes:
        name: of the output.
        role: "main", "auxiliary" or None.
        class_names: in the order of the values; none if none were given.
        values: `[probes, classes]` at each step.
    """

    name: str
    role: str | None
    class_names: tuple[str, ...]
    values: LoggedArrays


class LoggedRun:
    """A run's series by what they are.

    Args:
        log: its event files.
        payloads: of our series, by tag.

    Attributes:
        log: the event files.
        layers: by name, in the model's order.
        terms: tags of the loss terms.
        messages: what can't be read, found since the last time that it was asked for.
    """

    def __init__(self, log: RunLog, payloads: dict[str, pb.FeatureMapPluginData]) -> None:
        self.log = log
        of_layers = {tag: data.layer for tag, data in payloads.items() if data.HasField("layer")}
        ordered = sorted(of_layers.items(), key=lambda item: item[1].order)
        self._payloads = {layer.name: layer for _, layer in ordered}
        self._tags = {layer.name: tag for tag, layer in ordered}
        self._outputs = {
            tag: data.outputs for tag, data in payloads.items() if data.HasField("outputs")
        }
        self.terms = [term.tag for data in payloads.values() for term in data.losses.terms]
        self._curves: dict[str, LossCurve] | None = None
        self._series: dict[str, Series] = {}
        self.layers = {name: _layer(payload) for name, payload in self._payloads.items()}
        self.messages: list[str] = [
            sentence
            for tag, data in payloads.items()
            if data.HasField("gaps")
            for sentence in _gaps(log.series(tag))
        ]
        self._gradients = {}
        for tag, data in payloads.items():
            if columns := unknown_columns(data):
                self.messages.append(
                    f"tag {tag} is of gradients with the columns {columns}, which this version "
                    "doesn't know. Update tb_featuremaps."
                )
            else:
                self._gradients[tag] = data

    def captures(self, layer: str) -> Series:
        """The captures of a layer.

        Raises:
            NotLoggedError: no such layer.
        """
        return self._cached(known(self._tags, layer, "layer"))

    def statistics(self, layer: str) -> LoggedArrays:
        """The statistics of a layer, `[probes, channels, 6]` at each step.

        Raises:
            NotLoggedError: no such layer.
        """
        tag = known(self._payloads, layer, "layer").stats_tag
        series = self._cached(tag)
        shape = (None, None, len(STATS_COLUMNS))
        return LoggedArrays(f"tag {tag}", series.steps, shape, series)

    def outputs(self) -> list[LoggedOutput]:
        """The heads, in the order of the model's outputs."""
        found = []
        for tag, payload in sorted(self._outputs.items(), key=lambda item: item[1].order):
            series = self._cached(tag)
            arrays = LoggedArrays(f"tag {tag}", series.steps, (None, None), series)
            names = tuple(payload.class_names)
            found.append(LoggedOutput(payload.head, _ROLES.get(payload.role), names, arrays))
        return found

    def losses(self) -> dict[str, LossCurve]:
        """The loss terms by tag; adds to `messages` which can't be read.

        Raises:
            OSError: a file can't be read any more.
        """
        if self._curves is None:
            self._curves = {}
            for tag, points in self.log.scalars(self.terms).items():
                if points is None:
                    self.messages.append(f"tag {tag} can't be read: expected numbers.")
                elif len(points.steps):
                    self._curves[tag] = LossCurve(points.steps, points.values)
        return dict(self._curves)

    def gradients(self) -> LoggedGradients:
        """The gradients of the loss's terms."""
        return gradients_of(self._gradients, self._cached)

    def attributions(self) -> dict[str, LoggedAttributions]:
        """What the heads owe to channels, by layer."""
        return attributions_of(self._gradients, self._cached)

    def _cached(self, tag: str) -> Series:
        if tag not in self._series:
            self._series[tag] = self.log.series(tag)
        return self._series[tag]


def _layer(payload: pb.LayerSeries) -> LoggedLayer:
    return LoggedLayer(
        payload.name,
        payload.class_name,
        tuple(payload.shape),
        payload.data_format,
        payload.channels,
    )


def _gaps(series: Series) -> list[str]:
    """A sentence for each gap in the log."""
    found = []
    for index in range(len(series.steps)):
        try:
            tensor = series.read(index)
        except (OSError, RecordError) as error:
            found.append(f"a mark of missing events can't be read: {error}")
            continue
        if [dim.size for dim in tensor.tensor_shape.dim] != [3]:
            continue
        events, first, last = (int(value) for value in tensor_util.make_ndarray(tensor))
        where = f"between steps {first} and {last}" if last >= 0 else f"after step {first}"
        if events:
            found.append(
                f"1 event {where} is missing: it could not be written."
                if events == 1
                else f"{events} events {where} are missing: they could not be written."
            )
    return found
