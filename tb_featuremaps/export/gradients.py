"""Gradients and attributions as tables and arrays."""

import functools
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from tb_featuremaps.export.arrays import Named, write_arrays
from tb_featuremaps.export.folder import Folder
from tb_featuremaps.export.selection import Selection
from tb_featuremaps.export.tables import Report, plain_text, steps_of, write_table
from tb_featuremaps.format.names import CHANNEL_GRADIENT_COLUMNS
from tb_featuremaps.reader import (
    ChannelGradients,
    DamagedSeriesError,
    LayerUpdates,
    LoggedArrays,
    LoggedAttributions,
    LoggedRuns,
    TermGradients,
)
from tb_featuremaps.reader.logged_gradients import shares

_Row = Sequence[object]
_Read = Callable[[LoggedArrays], Iterator[tuple[int, npt.NDArray[np.float32]]]]
_CHANNEL_HEAD = ["step", "term", "channel", *CHANNEL_GRADIENT_COLUMNS]


def write_gradient_tables(
    logs: LoggedRuns, folder: Folder, run: str, selection: Selection, report: Report
) -> None:
    """Writes the gradients of a run, of the wanted layers.

    `gradients` has a row for each step, place, layer and term; `updates`, the ratios of updates to
    weights, for each step and layer; `gradients` and `attributions` of each layer those at its
    channels. No table is written where there is nothing; `report` is told of steps that can't be
    read.
    """
    logged = logs.gradients(run)
    read = functools.partial(_read, run, selection, report)
    places = {"activations": logged.activations, "kernels": logged.kernels}
    found = {place: series for place, series in places.items() if series is not None}
    if any(_has_rows(series, selection) for series in found.values()):
        path = folder.new(run, "gradients", suffix=".csv", run=run, table="gradients")
        head = ["step", "place", "layer", "term", "norm", "share", "cosine"]
        write_table(path, head, _gradient_rows(found, selection, read))
    named = logged.updates
    if named is not None and _has_rows(named, selection):
        path = folder.new(run, "updates", suffix=".csv", run=run, table="updates")
        rows = (
            [step, plain_text(layer), ratio]
            for step, ratios in read(named.values)
            for layer, ratio in zip(named.layers, ratios.tolist(), strict=True)
            if selection.takes(layer)
        )
        write_table(path, ["step", "layer", "update_ratio"], rows)
    for layer, kind, series in _of_channels(logs, run, selection):
        path = folder.new(run, layer, kind, suffix=".csv", run=run, layer=layer, table=kind)
        if isinstance(series, ChannelGradients):
            write_table(path, _CHANNEL_HEAD, _channel_rows(series, read))
        else:
            head = ["step", "head", "probe", "channel", "value"]
            write_table(path, head, _attribution_rows(series, selection, read))


def write_gradient_arrays(
    logs: LoggedRuns, folder: Folder, run: str, selection: Selection, report: Report
) -> None:
    """Writes the gradients and attributions at the channels of each wanted layer, by step.

    `np.load("gradients.npz")["400"]` is `[terms, channels, 2]` with the names of its axes in
    `terms` and `columns`; `np.load("attributions.npz")["400"]` is `[heads, probes, channels]`, with
    `heads` and `classes` `[heads, probes]`, -1 for the first choice. `report` is told of steps that
    can't be read.
    """
    read = functools.partial(_read, run, selection, report)
    for layer, kind, series in _of_channels(logs, run, selection):
        path = folder.new(run, layer, kind, suffix=".npz", run=run, layer=layer, arrays=kind)
        if isinstance(series, ChannelGradients):
            names = [("terms", series.terms), ("columns", CHANNEL_GRADIENT_COLUMNS)]
            described = [(name, np.array(values)) for name, values in names]
            steps = ((str(step), values) for step, values in read(series.values))
        else:
            probes = selection.probes_of(len(series.classes[0]))
            classes = np.array(series.classes, np.int32)[:, probes]
            described = [("heads", np.array(series.heads)), ("classes", classes)]
            steps = ((str(step), values[:, probes]) for step, values in read(series.values))
        write_arrays(path, _all(described, steps))


def _all(first: Sequence[Named], rest: Iterator[Named]) -> Iterator[Named]:
    yield from first
    yield from rest


def _has_rows(series: TermGradients | LayerUpdates, selection: Selection) -> bool:
    return any(map(selection.takes, series.layers)) and bool(steps_of(selection, series.values))


def _of_channels(
    logs: LoggedRuns, run: str, selection: Selection
) -> Iterator[tuple[str, str, ChannelGradients | LoggedAttributions]]:
    """The wanted series at channels: layer, kind and series."""
    for layer, channels in logs.gradients(run).channels.items():
        if selection.takes(layer) and steps_of(selection, channels.values):
            yield layer, "gradients", channels
    for layer, owed in logs.attributions(run).items():
        if selection.takes(layer) and owed.heads and steps_of(selection, owed.values):
            yield layer, "attributions", owed


def _gradient_rows(
    places: dict[str, TermGradients], selection: Selection, read: _Read
) -> Iterator[_Row]:
    for place, series in places.items():
        for step, values in read(series.values):
            columns = np.stack([values[..., 0], shares(values[..., 0]), values[..., 1]], axis=-1)
            for layer, terms in zip(series.layers, columns.tolist(), strict=True):
                if not selection.takes(layer):
                    continue
                for term, numbers in zip(series.terms, terms, strict=True):
                    yield [step, place, plain_text(layer), plain_text(term), *numbers]


def _channel_rows(series: ChannelGradients, read: _Read) -> Iterator[_Row]:
    for step, values in read(series.values):
        for term, channels in zip(series.terms, values.tolist(), strict=True):
            for channel, numbers in enumerate(channels):
                yield [step, plain_text(term), channel, *numbers]


def _attribution_rows(
    series: LoggedAttributions, selection: Selection, read: _Read
) -> Iterator[_Row]:
    for step, values in read(series.values):
        probes = selection.probes_of(values.shape[1])
        for head, of_probes in zip(series.heads, values.tolist(), strict=True):
            for probe in probes:
                for channel, value in enumerate(of_probes[probe]):
                    yield [step, plain_text(head), probe, channel, value]


def _read(
    run: str, selection: Selection, report: Report, values: LoggedArrays
) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
    for step in steps_of(selection, values):
        try:
            yield step, values.at(step)
        except DamagedSeriesError as error:
            report(f"{run}: {error}")
