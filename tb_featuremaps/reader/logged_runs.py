"""The runs of a log directory: layers, captures and losses."""

import os
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.metadata import UnknownFormatError, parse_plugin_data
from tb_featuremaps.format.names import PLUGIN_NAME
from tb_featuremaps.format.png import Atlas, AtlasError, decode_atlas
from tb_featuremaps.format.records import RecordError
from tb_featuremaps.format.remote import is_remote
from tb_featuremaps.reader.log_files import find_runs, is_directory
from tb_featuremaps.reader.logged_arrays import LoggedArrays, known
from tb_featuremaps.reader.logged_gradients import LoggedAttributions, LoggedGradients
from tb_featuremaps.reader.logged_run import LoggedLayer, LoggedOutput, LoggedRun, LossCurve
from tb_featuremaps.reader.run_log import RunLog
from tb_featuremaps.reader.scan_cache import ScanCache

# An image summary begins with width and height.
_FIRST_PICTURE = 2


def read_logdir(logdir: str | os.PathLike[str], *, cache: bool = True) -> "LoggedRuns":
    """Reads which runs, layers and steps there are below a directory.

    What can't be read is in `messages`. Pictures and numbers are read when they are asked for.

    Args:
        logdir: a directory, or the URL of one ("gs://bucket/logs").
        cache: whether what was found in files of a megabyte or more is kept in the user's cache
            folder, at most 64 MB in all, and taken from there where the files are as they were.

    Raises:
        FileNotFoundError: there is no such directory.
        OSError: a remote store can't be asked.
    """
    directory = os.fspath(logdir)
    if not is_remote(directory):
        directory = os.path.expanduser(directory)
    if not is_directory(directory):
        what = "a file; give its folder" if os.path.isfile(directory) else "which isn't there"
        if is_remote(directory):  # a store may hide what it doesn't let this user read
            what = "which isn't there, or can't be read from here"
        raise FileNotFoundError(
            f"Expected a log directory. Received: {os.fspath(logdir)!r}, {what}."
        )
    return LoggedRuns(directory, ScanCache() if cache else None)


class LoggedRuns:
    """What was logged; made by `read_logdir`.

    A step that was logged twice, since training was resumed, is there once, as it was logged last.

    Attributes:
        messages: one sentence for each file, directory or tag that can't be read, and for each
            run without data of ours; `losses` adds those of the loss terms.
    """

    def __init__(self, directory: str, cache: ScanCache | None) -> None:
        self.messages: list[str] = []
        self._runs: dict[str, LoggedRun] = {}
        for run, paths in find_runs(directory, self.messages.append):
            self._read_run(run, paths, cache)
        if cache is not None:
            cache.prune()

    def runs(self) -> list[str]:
        """Names of the runs with data of ours."""
        return sorted(self._runs)

    def layers(self, run: str) -> list[str]:
        """Names of a run's layers, in the model's order.

        Raises:
            NotLoggedError: no such run.
        """
        return list(self._run(run).layers)

    def steps(self, run: str, layer: str) -> list[int]:
        """The steps at which a layer was captured, rising.

        Raises:
            NotLoggedError: no such run or layer.
        """
        steps: list[int] = self._run(run).captures(layer).steps.tolist()
        return steps

    def probes(self, run: str, layer: str, step: int) -> int:
        """Of how many probes a capture is.

        Raises:
            NotLoggedError: no such run, layer or step.
            AtlasError: it is damaged, or can't be read any more.
        """
        return len(self._pictures(run, layer, step))

    def atlas(self, run: str, layer: str, step: int, probe: int = 0) -> Atlas:
        """One capture as it is stored: levels uint8 `[height, width, channels]` and their scale.

        Raises:
            NotLoggedError: no such run, layer, step or probe.
            AtlasError: it is damaged, or can't be read any more.
        """
        png = self.atlas_png(run, layer, step, probe)
        try:
            return decode_atlas(png)
        except AtlasError as error:
            raise AtlasError(_unreadable(run, layer, step, error)) from error

    def atlas_png(self, run: str, layer: str, step: int, probe: int = 0) -> bytes:
        """The file of one atlas, a grey PNG with its scale inside (chunk fmAp).

        Raises:
            NotLoggedError: no such run, layer, step or probe.
            AtlasError: it can't be read any more.
        """
        pictures = dict(enumerate(self._pictures(run, layer, step)))
        png: bytes = known(pictures, probe, "probe")
        return png

    def activation(
        self, run: str, layer: str, step: int, probe: int = 0
    ) -> npt.NDArray[np.float32]:
        """One activation, float32 `[height, width, channels]`, within (max − min) / 510 a channel.

        NaN and −Inf stand as the channel's smallest finite value, +Inf as its largest; `statistics`
        has the share of such values in each channel, the last of its columns.

        Raises:
            NotLoggedError: no such run, layer, step or probe.
            AtlasError: it is damaged, or can't be read any more.
        """
        return self.atlas(run, layer, step, probe).values

    def losses(self, run: str) -> dict[str, LossCurve]:
        """The loss terms of a run by tag, in the order of the model's outputs; none if none.

        Raises:
            NotLoggedError: no such run.
            OSError: a file can't be read any more.
        """
        logged = self._run(run)
        curves = logged.losses()
        self._take_messages(run, logged)
        return curves

    def loss_terms(self, run: str) -> list[str]:
        """Tags of the loss terms of a run, whose points are not read for this.

        Raises:
            NotLoggedError: no such run.
        """
        return list(self._run(run).terms)

    def layer(self, run: str, layer: str) -> LoggedLayer:
        """What was logged of a layer that is the same at every step.

        Raises:
            NotLoggedError: no such run or layer.
        """
        found: LoggedLayer = known(self._run(run).layers, layer, "layer")
        return found

    def statistics(self, run: str, layer: str) -> LoggedArrays:
        """The statistics of a layer's channels, float32 `[probes, channels, 6]` at each step.

        The last axis is named by `tb_featuremaps.format.names.STATS_COLUMNS`.

        Raises:
            NotLoggedError: no such run or layer.
        """
        return self._run(run).statistics(layer)

    def outputs(self, run: str) -> list[LoggedOutput]:
        """What the heads predict, float32 `[probes, classes]` at each step; none if none.

        Raises:
            NotLoggedError: no such run.
        """
        return self._run(run).outputs()

    def gradients(self, run: str) -> LoggedGradients:
        """Which term of the loss teaches which layer, as `GradientTerms` logged it.

        Raises:
            NotLoggedError: no such run.
        """
        return self._run(run).gradients()

    def attributions(self, run: str) -> dict[str, LoggedAttributions]:
        """What the heads owe to the channels of each layer, by its name; none if none.

        Raises:
            NotLoggedError: no such run.
        """
        return self._run(run).attributions()

    def log(self, run: str) -> RunLog:
        """The series of a run as its event files hold them.

        Raises:
            NotLoggedError: no such run.
        """
        return self._run(run).log

    def _run(self, run: str) -> LoggedRun:
        found: LoggedRun = known(self._runs, run, "run")
        return found

    def _pictures(self, run: str, layer: str, step: int) -> list[bytes]:
        series = self._run(run).captures(layer)
        places = {step: index for index, step in enumerate(series.steps.tolist())}
        index = known(places, step, "step")
        try:
            return list(series.read(index).string_val[_FIRST_PICTURE:])
        except (OSError, RecordError) as error:
            raise AtlasError(_unreadable(run, layer, step, error)) from error

    def _take_messages(self, run: str, logged: LoggedRun) -> None:
        self.messages += [f"{run}: {message}" for message in logged.messages]
        logged.messages.clear()

    def _read_run(self, run: str, paths: Sequence[str], cache: ScanCache | None) -> None:
        log = RunLog(paths, cache)
        messages = list(log.problems)
        payloads: dict[str, pb.FeatureMapPluginData] = {}
        for name, tag in log.tags.items():
            if tag.plugin == PLUGIN_NAME:
                try:
                    payloads[name] = parse_plugin_data(tag.content)
                except UnknownFormatError as error:
                    messages.append(f"tag {name} {error}")
        if not payloads and not messages:
            messages.append("no feature maps or loss terms of tb_featuremaps in this run.")
        self.messages += [f"{run}: {message}" for message in messages]
        if payloads:
            self._runs[run] = LoggedRun(log, payloads)
            self._take_messages(run, self._runs[run])


def _unreadable(run: str, layer: str, step: int, error: Exception) -> str:
    return f"{layer!r} of {run!r} at step {step} can't be read: {error}"
