"""Answers with what each head predicts: the top classes of every step, all of one."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_featuremaps.format.true_classes import true_classes
from tb_featuremaps.plugin.descriptions import head_of, in_order
from tb_featuremaps.plugin.framing import pack
from tb_featuremaps.plugin.items import seconds
from tb_featuremaps.plugin.logged_data import LoggedData
from tb_featuremaps.plugin.problems import DamagedError, NotFoundError
from tb_featuremaps.plugin.ranking import Ranking
from tb_featuremaps.plugin.series import Series
from tb_featuremaps.plugin.since import Growth
from tb_featuremaps.plugin.tensors import Arrays, read_arrays


@dataclasses.dataclass(frozen=True)
class _Head:
    series: Series
    logged: Arrays  # [probes, classes] each

    def class_names(self, new: npt.NDArray[np.intp]) -> list[str] | None:
        """The names; None for a client that has some of the captures, and so the names."""
        if len(new) < len(self.logged.values):
            return None
        return list(self.series.data.outputs.class_names)


def predictions(data: LoggedData, run: str, since: str | None) -> bytes:
    """The top classes of each head, probe and step that is new to the client.

    Raises:
        NotFoundError: there is nothing of ours in the run.
    """
    listed = data.series_of_run(run)
    messages: list[str] = []
    heads = [
        head
        for series in in_order(listed, run)
        if (head := _head(data, series, messages)) is not None
    ]
    labels = [label for series in listed.of(run, "probes") for label in series.data.probes.labels]
    growth = Growth([head.logged.items for head in heads], since)
    header = {
        "run": run,
        "version": growth.version,
        "reset": growth.reset,
        "limit": data.limits.captures or None,
        "messages": messages,
        "heads": [
            head_of(head.series)
            | {
                "class_names": head.class_names(growth.new(index)),
                "classes": head.logged.shape[1],
                "all_kept": head.logged.all_kept,
                "kept": growth.number_kept(index),
            }
            for index, head in enumerate(heads)
        ],
    }
    arrays = {
        f"{index}/{name}": values
        for index, head in enumerate(heads)
        for name, values in (
            growth.arrays(index) | _ranked(head, growth.new(index), labels)
        ).items()
    }
    return pack(header, arrays)


def output(data: LoggedData, run: str, tag: str, step: int) -> bytes:
    """All classes of one head at one step.

    Raises:
        NotFoundError: the tag is no head's, or TensorBoard holds no such step.
        DamagedError: the values are not `[probes, classes]`.
    """
    data.only(run, tag, "outputs")
    logged = read_arrays(data, run, tag, (None, None))
    places = np.flatnonzero(logged.items.steps == step)
    if not len(places):
        raise NotFoundError(f"no capture at step {step} of tag {tag!r} in run {run!r}.")
    header = {
        "run": run,
        "tag": tag,
        "step": step,
        "wall_time": seconds(float(logged.items.wall_times[places[0]])),
    }
    return pack(header, {"values": logged.stacked(places)[0]})


def _head(data: LoggedData, series: Series, messages: list[str]) -> _Head | None:
    """A head's captures; None, and a message, if they can't be shown."""
    try:
        logged = read_arrays(data, series.run, series.tag, (None, None))
    except (DamagedError, NotFoundError) as error:
        messages.append(str(error))
        return None
    messages += logged.messages
    return _Head(series, logged)


def _ranked(
    head: _Head, places: npt.NDArray[np.intp], labels: Sequence[str]
) -> dict[str, npt.NDArray[Any]]:
    probes, classes = head.logged.shape
    truth = true_classes(labels, head.series.data.outputs.class_names, probes, classes)
    ranking = Ranking(len(places), truth)
    for row, place in enumerate(places):
        ranking.add(row, head.logged.values[place])
    return ranking.arrays()
