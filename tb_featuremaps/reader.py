"""Logged runs as numpy arrays.

logs = read_logdir("logs")
activation = logs.activation("run1/train", "inception_3a", step=400, probe=0)
penalty = logs.losses("run1/train")["loss/penalty"].values
"""

import os
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.context import RequestContext
from tensorboard.data.provider import RunTagFilter

from tb_featuremaps.format.names import PLUGIN_NAME
from tb_featuremaps.format.png import Atlas, decode_atlas
from tb_featuremaps.plugin.series import list_series

_ALL = 10**9
_SCALARS = "scalars"


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


def read_logdir(logdir: str | os.PathLike[str]) -> "LoggedRuns":
    """Reads all runs below a directory.

    Raises:
        FileNotFoundError: there is no such directory.
    """
    if not os.path.isdir(logdir):
        raise FileNotFoundError(f"Expected a log directory. Received: {os.fspath(logdir)!r}.")
    multiplexer = EventMultiplexer(tensor_size_guidance={PLUGIN_NAME: 0, _SCALARS: 0})
    multiplexer.AddRunsFromDirectory(os.fspath(logdir))
    multiplexer.Reload()
    return LoggedRuns(MultiplexerDataProvider(multiplexer, os.fspath(logdir)))


class LoggedRuns:
    """What was logged; made by `read_logdir`."""

    def __init__(self, provider: MultiplexerDataProvider) -> None:
        self._provider = provider
        self._ctx = RequestContext()
        listed = list_series(provider, self._ctx, "")
        self._losses = {
            series.run: [term.tag for term in series.data.losses.terms]
            for series in listed.series
            if series.data.WhichOneof("content") == "losses"
        }
        self._tags: dict[str, dict[str, str]] = {}
        for series in sorted(listed.series, key=lambda one: one.data.layer.order):
            layers = self._tags.setdefault(series.run, {})
            if series.data.WhichOneof("content") == "layer":
                layers[series.data.layer.name] = series.tag

    def runs(self) -> list[str]:
        """Names of the runs with data of ours."""
        return sorted(self._tags)

    def layers(self, run: str) -> list[str]:
        """Names of a run's layers, in the model's order."""
        return list(_known(self._tags, run, "run"))

    def steps(self, run: str, layer: str) -> list[int]:
        """The steps at which a layer was captured."""
        return sorted(self._captures(run, layer))

    def atlas(self, run: str, layer: str, step: int, probe: int = 0) -> Atlas:
        """One capture as it is stored: levels uint8 `[height, width, channels]` and their scale.

        Raises:
            NotLoggedError: no such run, layer, step or probe.
        """
        blobs = _known(self._captures(run, layer), step, "step")
        by_probe = dict(enumerate(blobs))
        return decode_atlas(
            self._provider.read_blob(self._ctx, blob_key=_known(by_probe, probe, "probe"))
        )

    def activation(
        self, run: str, layer: str, step: int, probe: int = 0
    ) -> npt.NDArray[np.float32]:
        """One activation, float32 `[height, width, channels]`, within (max − min) / 510 a channel.

        Raises:
            NotLoggedError: no such run, layer, step or probe.
        """
        return self.atlas(run, layer, step, probe).values

    def losses(self, run: str) -> dict[str, LossCurve]:
        """The loss terms of a run by tag, in the order of the model's outputs; none if none.

        Raises:
            NotLoggedError: no such run.
        """
        _known(self._tags, run, "run")
        tags = self._losses.get(run, [])
        found = self._provider.read_scalars(
            self._ctx,
            experiment_id="",
            plugin_name=_SCALARS,
            downsample=_ALL,
            run_tag_filter=RunTagFilter(runs=[run], tags=tags),
        ).get(run, {})
        return {tag: _curve(found[tag]) for tag in tags if tag in found}

    def _captures(self, run: str, layer: str) -> dict[int, list[str]]:
        tag = _known(_known(self._tags, run, "run"), layer, "layer")
        found = self._provider.read_blob_sequences(
            self._ctx,
            experiment_id="",
            plugin_name=PLUGIN_NAME,
            downsample=_ALL,
            run_tag_filter=RunTagFilter(runs=[run], tags=[tag]),
        )
        return {
            capture.step: [blob.blob_key for blob in capture.values[2:]]
            for capture in found[run][tag]
        }


def _curve(points: Iterable[Any]) -> LossCurve:
    by_step = {point.step: point.value for point in points}  # the last one, if training was resumed
    steps = sorted(by_step)
    return LossCurve(np.array(steps, np.int64), np.array([by_step[step] for step in steps]))


def _known(found: dict[Any, Any], key: Any, kind: str) -> Any:
    if key not in found:
        raise NotLoggedError(
            f"Expected a {kind} that was logged, one of {list(found)}. Received: {key!r}."
        )
    return found[key]
