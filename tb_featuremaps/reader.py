"""Logged runs as numpy arrays.

logs = read_logdir("logs")
activation = logs.activation("run1/train", "inception_3a", step=400, probe=0)
penalty = logs.losses("run1/train")["loss/penalty"].values

It needs no TensorFlow and reads local directories.
"""

import os
import pathlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from tensorboard.compat.proto import tensor_pb2, types_pb2
from tensorboard.util import tensor_util

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.event_log import RunLog, StoredTensor, Tag
from tb_featuremaps.format.metadata import UnknownFormatError, parse_plugin_data
from tb_featuremaps.format.names import PLUGIN_NAME
from tb_featuremaps.format.png import Atlas, AtlasError, decode_atlas
from tb_featuremaps.format.records import RecordError

_SCALARS = "scalars"
_EVENT_FILE = "tfevents"
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


def read_logdir(logdir: str | os.PathLike[str]) -> "LoggedRuns":
    """Reads all runs below a directory; what can't be read is in `messages`.

    Raises:
        FileNotFoundError: there is no such directory.
    """
    directory = pathlib.Path(logdir).expanduser()
    if not directory.is_dir():
        raise FileNotFoundError(f"Expected a log directory. Received: {os.fspath(logdir)!r}.")
    return LoggedRuns(directory)


class LoggedRuns:
    """What was logged; made by `read_logdir`.

    A step that was logged twice, since training was resumed, is there once, as it was logged last.

    Attributes:
        messages: one sentence for each file, directory or tag that can't be read, and for each
            run without data of ours.
    """

    def __init__(self, directory: pathlib.Path) -> None:
        self.messages: list[str] = []
        self._layers: dict[str, dict[str, Tag]] = {}
        self._losses: dict[str, dict[str, LossCurve]] = {}
        for run, files in self._event_files(directory):
            self._read_run(run, files)

    def runs(self) -> list[str]:
        """Names of the runs with data of ours."""
        return sorted(self._layers)

    def layers(self, run: str) -> list[str]:
        """Names of a run's layers, in the model's order.

        Raises:
            NotLoggedError: no such run.
        """
        return list(_known(self._layers, run, "run"))

    def steps(self, run: str, layer: str) -> list[int]:
        """The steps at which a layer was captured, rising.

        Raises:
            NotLoggedError: no such run or layer.
        """
        return list(self._captures(run, layer))

    def atlas(self, run: str, layer: str, step: int, probe: int = 0) -> Atlas:
        """One capture as it is stored: levels uint8 `[height, width, channels]` and their scale.

        Raises:
            NotLoggedError: no such run, layer, step or probe.
            AtlasError: it is damaged, or can't be read any more.
        """
        stored = _known(self._captures(run, layer), step, "step")
        try:
            tensor = stored.read() if isinstance(stored, StoredTensor) else stored
            pictures = dict(enumerate(tensor.string_val[_FIRST_PICTURE:]))
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
        """
        _known(self._layers, run, "run")
        return dict(self._losses.get(run, {}))

    def _captures(self, run: str, layer: str) -> dict[int, tensor_pb2.TensorProto | StoredTensor]:
        tag: Tag = _known(_known(self._layers, run, "run"), layer, "layer")
        return tag.tensors

    def _event_files(self, directory: pathlib.Path) -> Iterator[tuple[str, list[pathlib.Path]]]:
        """The runs below a directory, named as TensorBoard names them, and their event files."""
        entered = set()

        def report(error: OSError) -> None:
            self.messages.append(f"{error.filename} can't be read: {error.strerror}")

        for parent, folders, names in os.walk(directory, followlinks=True, onerror=report):
            entered.add(os.path.realpath(parent))
            # Not round in circles.
            folders[:] = sorted(
                name
                for name in folders
                if os.path.realpath(os.path.join(parent, name)) not in entered
            )
            files = [pathlib.Path(parent, name) for name in names if _EVENT_FILE in name]
            if files:
                yield os.path.relpath(parent, directory), files

    def _read_run(self, run: str, files: list[pathlib.Path]) -> None:
        log = RunLog(files, {PLUGIN_NAME, _SCALARS})
        messages = list(log.problems)
        payloads: dict[str, pb.FeatureMapPluginData] = {}
        for name, tag in log.tags.items():
            if tag.plugin == PLUGIN_NAME:
                try:
                    payloads[name] = parse_plugin_data(tag.content)
                except UnknownFormatError as error:
                    messages.append(f"tag {name} {error}")
        if payloads:
            self._layers[run] = _layers(log, payloads)
            terms = [term.tag for data in payloads.values() for term in data.losses.terms]
            self._losses[run] = _curves(log, terms, messages)
        elif not messages:
            messages.append("no feature maps or loss terms of tb_featuremaps in this run.")
        self.messages += [f"{run}: {message}" for message in messages]


def _layers(log: RunLog, payloads: dict[str, pb.FeatureMapPluginData]) -> dict[str, Tag]:
    """Tags of the layers by name, in the model's order."""
    of_layers = [tag for tag, data in payloads.items() if data.WhichOneof("content") == "layer"]
    of_layers.sort(key=lambda tag: payloads[tag].layer.order)
    return {payloads[tag].layer.name: log.tags[tag] for tag in of_layers}


def _curves(log: RunLog, terms: list[str], messages: list[str]) -> dict[str, LossCurve]:
    """The loss terms that are there; a message for each one that is not a series of numbers."""
    curves = {}
    for name in terms:
        tensors = log.tags[name].tensors if name in log.tags else {}
        try:
            values = [_number(tensor) for tensor in tensors.values()]
        except ValueError as error:
            messages.append(f"tag {name} can't be read: {error}")
            continue
        if values:
            curves[name] = LossCurve(np.array(list(tensors), np.int64), np.array(values))
    return curves


def _number(tensor: tensor_pb2.TensorProto | StoredTensor) -> float:
    if (
        isinstance(tensor, StoredTensor)
        or tensor.tensor_shape.dim
        or tensor.dtype not in (types_pb2.DT_FLOAT, types_pb2.DT_DOUBLE)
    ):
        raise ValueError("expected numbers.")
    return float(tensor_util.make_ndarray(tensor))


def _known(found: dict[Any, Any], key: Any, kind: str) -> Any:
    if key not in found:
        known = list(found)
        shown = f"{known[:_SHOWN]}" + (f" and {len(known) - _SHOWN} more" * (len(known) > _SHOWN))
        raise NotLoggedError(
            f"Expected a {kind} that was logged, one of {shown}. Received: {key!r}."
        )
    return found[key]
