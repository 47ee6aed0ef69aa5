"""Answers with what each head predicts: the top classes of every step, all of one."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from tensorboard.data.provider import TensorDatum

from tb_featuremaps.plugin.descriptions import head_of, in_order
from tb_featuremaps.plugin.framing import pack
from tb_featuremaps.plugin.items import identified, seconds, surviving
from tb_featuremaps.plugin.logged_data import LoggedData
from tb_featuremaps.plugin.problems import DamagedError, NotFoundError
from tb_featuremaps.plugin.ranking import Ranking, true_classes
from tb_featuremaps.plugin.series import Series
from tb_featuremaps.plugin.since import Growth
from tb_featuremaps.plugin.tensors import check_numbers, of_one_shape


@dataclasses.dataclass(frozen=True)
class _Head:
    series: Series
    items: list[TensorDatum]
    count: int  # before those that no longer hold, or don't fit, were left out

    @property
    def shape(self) -> tuple[int, int]:
        """Probes and classes."""
        probes, classes = self.items[-1].numpy.shape
        return probes, classes


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
    growth = Growth([identified(head.series.tag, head.items) for head in heads], since)
    header = {
        "run": run,
        "version": growth.version,
        "reset": growth.reset,
        "limit": data.limits.captures or None,
        "messages": messages,
        "heads": [
            head_of(head.series)
            | {
                "classes": head.shape[1],
                "all_kept": data.limits.keeps_captures(head.count),
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
    for item in surviving(data.tensors(run, tag)):
        if item.step == step:
            check_numbers(f"{tag!r} of run {run!r}", item.numpy, (None, None))
            header = {
                "run": run,
                "tag": tag,
                "step": step,
                "wall_time": seconds(item.wall_time),
            }
            return pack(header, {"values": item.numpy.astype(np.float32)})
    raise NotFoundError(f"no capture at step {step} of tag {tag!r} in run {run!r}.")


def _head(data: LoggedData, series: Series, messages: list[str]) -> _Head | None:
    """A head's captures; None, and a message, if they can't be shown."""
    what = f"{series.tag!r} of run {series.run!r}"
    try:
        found = data.tensors(series.run, series.tag)
        items, left_out = of_one_shape(what, surviving(found))
        for item in items[-1:]:
            check_numbers(what, item.numpy, (None, None))
    except (DamagedError, NotFoundError) as error:
        messages.append(str(error))
        return None
    messages += left_out
    return _Head(series, items, len(found)) if items else None


def _ranked(
    head: _Head, places: npt.NDArray[np.intp], labels: Sequence[str]
) -> dict[str, npt.NDArray[Any]]:
    probes, classes = head.shape
    truth = true_classes(labels, head.series.data.outputs.class_names, probes, classes)
    ranking = Ranking(len(places), truth)
    for row, place in enumerate(places):
        ranking.add(row, head.items[place].numpy)
    return ranking.arrays()
