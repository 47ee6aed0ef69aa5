"""Takes the wanted part out of a log directory."""

import dataclasses

import numpy as np

from tb_featuremaps.export.selection import ALL, Selection, Steps
from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.metadata import UnknownFormatError, parse_plugin_data
from tb_featuremaps.format.names import PLUGIN_NAME
from tb_featuremaps.reader import LoggedRuns, NotLoggedError
from tb_featuremaps.reader.run_log import RunLog
from tb_featuremaps.reader.scalar_points import ScalarPoints
from tb_featuremaps.report.chosen import ChosenRun, ChosenSeries

# Of a loss term; more than a screen has pixels.
_MOST_POINTS = 20_000


def choose(logs: LoggedRuns, selection: Selection) -> list[ChosenRun]:
    """The wanted runs with their wanted layers and steps; of losses all steps.

    Raises:
        NotLoggedError: there is nothing, a name or glob is of nothing, no such step was logged, or
            a run's name is no text.
        OSError: a file can't be read any more.
    """
    if not logs.runs():
        raise NotLoggedError(
            "Expected a log directory with feature maps or loss terms. Received one without any."
        )
    layers = selection.layers_of(logs)
    runs = selection.runs_of(logs)
    for run in runs:
        _check_text(run)
    logged = {run: _logged(logs.log(run)) for run in runs}
    of_captures = [chosen for run in logged.values() for chosen in run if chosen.is_of_captures]
    if of_captures:
        selection.check_steps(
            step for chosen in of_captures for step in chosen.series.steps.tolist()
        )
    return [
        _run(logs.log(run), run, series, {layer for of, layer in layers if of == run}, selection)
        for run, series in logged.items()
    ]


def _check_text(run: str) -> None:
    """Passes a name that can be asked for: those of folders may be any bytes."""
    try:
        run.encode()
    except UnicodeEncodeError as error:
        raise NotLoggedError(
            f"Expected runs whose names are text. Received: {run!r}. Rename its folder, or choose "
            "others with --runs."
        ) from error


def _logged(log: RunLog) -> list[ChosenSeries]:
    """All series of ours with items."""
    found = []
    for tag, head in log.tags.items():
        if head.plugin != PLUGIN_NAME:
            continue
        try:
            data = parse_plugin_data(head.content)
        except UnknownFormatError:  # the routes say so
            data = pb.FeatureMapPluginData()
        series = log.series(tag)
        if len(series.steps):
            found.append(
                ChosenSeries(tag, head.content, data, series, np.arange(len(series.steps)))
            )
    return found


def _run(
    log: RunLog, name: str, logged: list[ChosenSeries], layers: set[str], selection: Selection
) -> ChosenRun:
    tags = {chosen.tag for chosen in logged if chosen.data.layer.name in layers}
    wanted = [
        _at_steps(chosen, selection.steps or ALL)
        for chosen in logged
        if _is_of(chosen.data, layers, tags)
    ]
    points, messages = _points(log, wanted)
    if (
        selection.steps
        and any(chosen.is_of_captures for chosen in wanted)
        and not any(chosen.is_of_captures and len(chosen.places) for chosen in wanted)
    ):
        messages.append(f"no capture at the steps {selection.steps.text}.")
    longest = max((len(found.steps) for found in points.values()), default=0)
    if longest > _MOST_POINTS:
        messages.append(
            f"of {longest:,} points of the loss terms {_MOST_POINTS:,} are here, evenly spread."
        )
    return ChosenRun(
        name,
        [chosen for chosen in wanted if len(chosen.places)],
        {tag: _spread(found) for tag, found in points.items()},
        longest <= _MOST_POINTS,
        [f"{name}: {message}" for message in [*log.problems, *messages]],
    )


def _is_of(data: pb.FeatureMapPluginData, layers: set[str], tags: set[str]) -> bool:
    """Whether a series is of one of these layers, or of none in particular."""
    kind = data.WhichOneof("content")
    if kind == "layer":
        return data.layer.name in layers
    if kind == "stats":
        return data.stats.layer_tag in tags
    if kind == "channel_gradients":
        return data.channel_gradients.layer in layers
    return kind != "attributions" or data.attributions.layer in layers


def _at_steps(chosen: ChosenSeries, steps: Steps) -> ChosenSeries:
    if not chosen.is_of_captures:
        return chosen
    listed = chosen.series.steps
    places = np.flatnonzero(np.isin(listed, steps.of(listed.tolist())))
    return dataclasses.replace(chosen, places=places)


def _points(log: RunLog, wanted: list[ChosenSeries]) -> tuple[dict[str, ScalarPoints], list[str]]:
    """The points of the loss terms, and messages about those that can't be read."""
    tags = [term.tag for chosen in wanted for term in chosen.data.losses.terms]
    points: dict[str, ScalarPoints] = {}
    messages = []
    for tag, found in log.scalars(tags).items():
        if found is None:
            messages.append(f"the loss term {tag} can't be read: expected numbers.")
        elif len(found.steps):
            points[tag] = found
    return points, messages


def _spread(points: ScalarPoints) -> ScalarPoints:
    count = len(points.steps)
    if count <= _MOST_POINTS:
        return points
    places = np.round(np.linspace(0, count - 1, _MOST_POINTS)).astype(np.intp)
    return ScalarPoints(points.steps[places], points.wall_times[places], points.values[places])
