"""Writes the chosen part of a log in the chosen forms."""

import dataclasses
import pathlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from tb_featuremaps.export.arrays import write_npz
from tb_featuremaps.export.folder import FULL, Folder, cannot_write
from tb_featuremaps.export.gradients import write_gradient_arrays, write_gradient_tables
from tb_featuremaps.export.not_finite import report_not_finite
from tb_featuremaps.export.pictures import FilmError, write_channels, write_film, write_grid
from tb_featuremaps.export.progress import with_progress
from tb_featuremaps.export.selection import ALL, NEWEST, Selection, shown
from tb_featuremaps.export.tables import Report, write_losses, write_outputs, write_statistics
from tb_featuremaps.format.png import AtlasError
from tb_featuremaps.reader import LoggedRuns, NotLoggedError

FORMS = {
    "png": "the grid of all channels, for each step and probe",
    "channels": "a PNG for each channel, for each step and probe",
    "apng": "a film of the grid over the steps, an animated PNG, for each probe",
    "webp": "the same as WebP",
    "npz": "the values, an array for each step; gradients and attributions at channels too",
    "csv": "losses, statistics, outputs, gradients and attributions as tables",
}


@dataclasses.dataclass(frozen=True)
class Export:
    """What is wanted.

    Attributes:
        selection: of what.
        forms: names out of `FORMS`.
        out: the folder to write to.
        fps: pictures per second of films.
    """

    selection: Selection
    forms: Sequence[str]
    out: pathlib.Path
    fps: float = 8.0

    def run(self, logs: LoggedRuns, report: Report) -> Folder:
        """Writes it; `report` is told what had to be left out.

        Raises:
            NotLoggedError: there is nothing of it.
            AtlasError, FilmError: nothing of it could be written.
            OSError: the folder can't be written.
        """
        folder = Folder(self.out)
        failures: list[Exception] = []
        try:
            self._write_tables(logs, folder, report)
            actions = list(self._pictures(logs, folder, report))
            for action in with_progress(actions, len(actions), "parts"):
                try:
                    action()
                except (AtlasError, FilmError) as error:  # it costs only itself
                    failures.append(error)
        except OSError as error:
            if error.filename is None and error.errno not in FULL:
                raise
            raise cannot_write(self.out, error) from error
        if failures and not folder.written:
            raise failures[0]
        for failure in failures:
            report(str(failure))
        return folder

    def _write_tables(self, logs: LoggedRuns, folder: Folder, report: Report) -> None:
        for run in self.selection.runs_of(logs):
            if "csv" in self.forms:
                write_losses(logs, folder, run, self.selection)
                write_outputs(logs, folder, run, self.selection, report)
                write_gradient_tables(logs, folder, run, self.selection, report)
            if "npz" in self.forms:
                write_gradient_arrays(logs, folder, run, self.selection, report)

    def _pictures(
        self, logs: LoggedRuns, folder: Folder, report: Report
    ) -> Iterator[Callable[[], None]]:
        """What is to be done for each layer, in small parts."""
        layers = self.selection.layers_of(logs)
        if not layers:
            if "csv" in self.forms or folder.written:  # runs of losses or gradients alone
                return
            raise NotLoggedError("Expected captures of layers. Received: runs without any.")
        self.selection.check_steps(step for place in layers for step in logs.steps(*place))
        self._say_what_has_none(logs, layers, report)
        for run, layer in layers:
            yield from self._of_layer(logs, folder, report, run, layer)

    def _say_what_has_none(
        self, logs: LoggedRuns, layers: Sequence[tuple[str, str]], report: Report
    ) -> None:
        """Reports the layers of each run that have no capture at the chosen steps."""
        steps, lacking = self.selection.steps, dict[str, list[str]]()
        if steps is None:
            return
        for run, layer in layers:
            if not steps.of(logs.steps(run, layer)):
                lacking.setdefault(run, []).append(layer)
        for run, names in lacking.items():
            report(f"{run}: no capture at the steps {steps.text} of {shown(names)}.")

    def _of_layer(
        self, logs: LoggedRuns, folder: Folder, report: Report, run: str, layer: str
    ) -> Iterator[Callable[[], None]]:
        logged = logs.steps(run, layer)
        some = (self.selection.steps or NEWEST).of(logged)
        every = (self.selection.steps or ALL).of(logged)
        if not every:
            return
        if "csv" in self.forms:
            yield partial(write_statistics, logs, folder, run, layer, self.selection, report)
        if set(self.forms) <= {"csv"}:
            return
        probes = self.selection.probes_of(self._probes(logs, run, layer, every))
        films_or_arrays = {"npz", "apng", "webp"}.intersection(self.forms)
        shown_steps = every if films_or_arrays else some
        yield partial(report_not_finite, logs, run, layer, shown_steps, probes, report)
        if "npz" in self.forms:
            yield partial(write_npz, logs, folder, run, layer, every, probes, report)
        for probe in probes:
            for form, write in (("png", write_grid), ("channels", write_channels)):
                if form in self.forms:
                    for step in some:
                        yield partial(write, logs, folder, run, layer, step, probe)
            for form in ("apng", "webp"):
                if form in self.forms:
                    film = (run, layer, every, probe, form, self.fps)
                    yield partial(write_film, logs, folder, *film)

    def _probes(self, logs: LoggedRuns, run: str, layer: str, steps: Sequence[int]) -> int:
        """How many probes the newest capture that can be read is of."""
        for step in reversed(steps[1:]):
            try:
                return logs.probes(run, layer, step)
            except AtlasError:  # its own export says so
                continue
        return logs.probes(run, layer, steps[0])
