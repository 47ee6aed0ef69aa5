"""The runs of a log directory: layers, captures and losses."""

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from tensorboard.util import tensor_util

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.metadata import UnknownFormatError, parse_plugin_data
from tb_featuremaps.format.names import PLUGIN_NAME
from tb_featuremaps.format.png import Atlas, AtlasError, decode_atlas
from tb_featuremaps.format.records import RecordError
from tb_featuremaps.reader.log_files import find_runs, is_directory, is_remote
from tb_featuremaps.reader.run_log import RunLog, Series
from tb_featuremaps.reader.scan_cache import ScanCache

# An image summary begins with width and height.
_FIRST_PICTURE = 2
# How many names or steps an error message lists.
_SHOWN = 50


class NotLoggedError(LookupError):
    """There is no such run, layer, step or probe; the message lists those that there are."""


class LossCurve(NamedTuple):
    """A loss term over the steps.

    Attributes:
        steps: int64 `[points]`, the optimizer's iterations, rising.
        values: float64 `[points]`, means over the batches since the point before.
    """

    steps: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]


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
        raise FileNotFoundError(f"Expected a log directory. Received: {os.fspath(logdir)!r}.")
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
        self._runs: dict[str, _Run] = {}
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
        steps: list[int] = self._captures(run, layer).steps.tolist()
        return steps

    def atlas(self, run: str, layer: str, step: int, probe: int = 0) -> Atlas:
        """One capture as it is stored: levels uint8 `[height, width, channels]` and their scale.

        Raises:
            NotLoggedError: no such run, layer, step or probe.
            AtlasError: it is damaged, or can't be read any more.
        """
        series = self._captures(run, layer)
        places = {step: index for index, step in enumerate(series.steps.tolist())}
        index = _known(places, step, "step")
        try:
            pictures = dict(enumerate(series.read(index).string_val[_FIRST_PICTURE:]))
            return decode_atlas(_known(pictures, probe, "probe"))
        except (AtlasError, OSError, RecordError) as error:
            raise AtlasError(
                f"{layer!r} of {run!r} at step {step} can't be read: {error}"
            ) from error

    def activation(
        self, run: str, layer: str, step: int, probe: int = 0
    ) -> npt.NDArray[np.float32]:
        """One activation, float32 `[height, width, channels]`, within (max − min) / 510 a channel.

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
        if logged.curves is None:
            logged.curves = {}
            for tag, points in logged.log.scalars(logged.terms).items():
                if points is None:
                    self.messages.append(f"{run}: tag {tag} can't be read: expected numbers.")
                elif len(points.steps):
                    logged.curves[tag] = LossCurve(points.steps, points.values)
        return dict(logged.curves)

    def _run(self, run: str) -> "_Run":
        found: _Run = _known(self._runs, run, "run")
        return found

    def _captures(self, run: str, layer: str) -> Series:
        logged = self._run(run)
        return logged.log.series(_known(logged.layers, layer, "layer"))

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
        if payloads:
            self._runs[run] = _Run(log, payloads)
            for name, data in payloads.items():
                if data.WhichOneof("content") == "gaps":
                    messages += _gaps(log.series(name))
        elif not messages:
            messages.append("no feature maps or loss terms of tb_featuremaps in this run.")
        self.messages += [f"{run}: {message}" for message in messages]


class _Run:
    """One run.

    Attributes:
        log: its event files.
        layers: tags of the layers by name, in the model's order.
        terms: tags of the loss terms.
        curves: the loss terms, once they were read.
    """

    def __init__(self, log: RunLog, payloads: dict[str, pb.FeatureMapPluginData]) -> None:
        self.log = log
        layers = [tag for tag, data in payloads.items() if data.WhichOneof("content") == "layer"]
        layers.sort(key=lambda tag: payloads[tag].layer.order)
        self.layers = {payloads[tag].layer.name: tag for tag in layers}
        self.terms = [term.tag for data in payloads.values() for term in data.losses.terms]
        self.curves: dict[str, LossCurve] | None = None


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
            found.append(f"{events} events {where} are missing: they could not be written.")
    return found


def _known(found: dict[Any, Any], key: Any, kind: str) -> Any:
    if key not in found:
        known = list(found)
        shown = f"{known[:_SHOWN]}" + (f" and {len(known) - _SHOWN} more" * (len(known) > _SHOWN))
        raise NotLoggedError(
            f"Expected a {kind} that was logged, one of {shown}. Received: {key!r}."
        )
    return found[key]
