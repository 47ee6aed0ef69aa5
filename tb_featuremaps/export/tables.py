"""Numbers as tables of comma-separated values."""

import csv
import pathlib
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from tb_featuremaps.export.folder import Folder
from tb_featuremaps.export.selection import ALL, Selection
from tb_featuremaps.format.names import STATS_COLUMNS
from tb_featuremaps.reader import DamagedSeriesError, LoggedArrays, LoggedRuns

# What spreadsheets would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Report = Callable[[str], None]


def write_losses(logs: LoggedRuns, folder: Folder, run: str, selection: Selection) -> None:
    """Writes the loss terms of a run, a row for each wanted step and a column for each term.

    None if there are none. A field is empty where a term has no point at the step.
    """
    curves = logs.losses(run)
    if not curves:
        return
    steps = np.unique(np.concatenate([curve.steps for curve in curves.values()]))
    columns = []
    for curve in curves.values():
        column = np.full(len(steps), "", object)
        column[np.searchsorted(steps, curve.steps)] = curve.values.tolist()
        columns.append(column)
    wanted = set((selection.steps or ALL).of(steps.tolist()))
    rows = [row for row in zip(steps.tolist(), *columns, strict=True) if row[0] in wanted]
    if rows:
        path = folder.new(run, "losses", suffix=".csv", run=run, table="losses")
        write_table(path, ["step", *curves], rows)


def write_statistics(
    logs: LoggedRuns, folder: Folder, run: str, layer: str, selection: Selection, report: Report
) -> None:
    """Writes the statistics of a layer, a row for each step, probe and channel.

    None if there are none; `report` is told of steps that can't be read.
    """
    statistics = logs.statistics(run, layer)
    steps = steps_of(selection, statistics)
    if not steps:
        return

    def rows() -> Iterable[Sequence[object]]:
        for step in steps:
            try:
                values = statistics.at(step)
            except DamagedSeriesError as error:
                report(f"{run}: {error}")
                continue
            for probe in selection.probes_of(len(values)):
                for channel, numbers in enumerate(values[probe].tolist()):
                    yield [step, probe, channel, *numbers]

    path = folder.new(
        run, layer, "statistics", suffix=".csv", run=run, layer=layer, table="statistics"
    )
    write_table(path, ["step", "probe", "channel", *STATS_COLUMNS], rows())


def write_outputs(
    logs: LoggedRuns, folder: Folder, run: str, selection: Selection, report: Report
) -> None:
    """Writes what the heads predict, a row for each head, step, probe and class.

    None if there is none; `report` is told of steps that can't be read.
    """
    outputs = logs.outputs(run)

    def rows() -> Iterable[Sequence[object]]:
        for output in outputs:
            for step in steps_of(selection, output.values):
                try:
                    values = output.values.at(step)
                except DamagedSeriesError as error:
                    report(f"{run}: {error}")
                    continue
                for probe in selection.probes_of(len(values)):
                    for index, value in enumerate(values[probe].tolist()):
                        named = index < len(output.class_names)
                        name = output.class_names[index] if named else ""
                        yield [plain_text(output.name), step, probe, index, plain_text(name), value]

    if any(steps_of(selection, output.values) for output in outputs):
        path = folder.new(run, "outputs", suffix=".csv", run=run, table="outputs")
        write_table(path, ["output", "step", "probe", "class", "class_name", "value"], rows())


def steps_of(selection: Selection, arrays: LoggedArrays) -> list[int]:
    """The logged steps that are wanted: all unless the selection says otherwise."""
    return (selection.steps or ALL).of(arrays.steps.tolist())


def write_table(path: pathlib.Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes a file of comma-separated values."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([plain_text(name) for name in head])
        writer.writerows(rows)


def plain_text(name: str) -> str:
    """A name that no spreadsheet runs."""
    return f"'{name}" if name.startswith(_FORMULA) else name
