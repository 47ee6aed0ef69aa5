"""What a report holds, as TensorBoard's data provider gives it to the plugin."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from tensorboard.data.provider import (
    BlobReference,
    BlobSequenceDatum,
    BlobSequenceTimeSeries,
    Run,
    RunTagFilter,
    ScalarDatum,
    TensorDatum,
    TensorTimeSeries,
)
from tensorboard.util import tensor_util

from tb_featuremaps.format.metadata import BLOB_SEQUENCES
from tb_featuremaps.report.chosen import ChosenRun, ChosenSeries

# By run and tag.
_Found = dict[str, dict[str, Any]]


class LogProvider:
    """Answers as `tensorboard.data.provider.DataProvider` does, as far as the plugin asks.

    Values are read from the event files when they are asked for. Of the last series and the last
    capture that were read, they are kept.

    Args:
        runs: what it gives.
    """

    def __init__(self, runs: Sequence[ChosenRun]) -> None:
        self._runs = {run.name: run for run in runs}
        # A picture's key names its series by the place in this list.
        self._series = [series for run in runs for series in run.series]
        places = iter(range(len(self._series)))
        self._places = {run.name: [next(places) for _ in run.series] for run in runs}
        self._last_tensors: tuple[ChosenSeries | None, list[TensorDatum]] = (None, [])
        self._last_blobs: tuple[tuple[int, int] | None, list[bytes]] = (None, [])

    def list_runs(self, ctx: Any = None, *, experiment_id: str) -> list[Run]:
        """The runs, and when each began."""
        return [Run(name, name, _start_time(run)) for name, run in self._runs.items()]

    def list_blob_sequences(self, ctx: Any = None, **asked: Any) -> _Found:
        """The series of pictures."""
        return self._found(
            True,
            lambda place, chosen: BlobSequenceTimeSeries(max_length=None, **_described(chosen)),
            **asked,
        )

    def list_tensors(self, ctx: Any = None, **asked: Any) -> _Found:
        """The series of arrays."""
        return self._found(
            False, lambda place, chosen: TensorTimeSeries(**_described(chosen)), **asked
        )

    def read_blob_sequences(self, ctx: Any = None, *, downsample: int, **asked: Any) -> _Found:
        """The items of series of pictures."""
        return self._found(True, lambda place, chosen: list(self._blob_items(place)), **asked)

    def read_tensors(self, ctx: Any = None, *, downsample: int, **asked: Any) -> _Found:
        """The items of series of arrays, of which the newest is never left out."""
        return self._found(False, lambda place, chosen: self._tensors(chosen, downsample), **asked)

    def read_scalars(
        self, ctx: Any = None, *, run_tag_filter: RunTagFilter, **asked: Any
    ) -> _Found:
        """The points of loss terms."""
        return {
            name: {
                tag: list(map(ScalarDatum, *(column.tolist() for column in points)))
                for tag, points in run.points.items()
                if tag in run_tag_filter.tags
            }
            for name, run in self._runs.items()
            if name in run_tag_filter.runs
        }

    def read_blob(self, ctx: Any = None, *, blob_key: str) -> bytes:
        """A picture, or another string of an image summary."""
        place, item, number = (int(part) for part in blob_key.split("-"))
        return self._blobs(place, item)[number]

    def _found(self, blobs: bool, make: Any, *, run_tag_filter: RunTagFilter, **_: Any) -> _Found:
        """What is made of each series that is asked for."""
        runs, tags = run_tag_filter.runs, run_tag_filter.tags
        found: _Found = {}
        for run in self._places if runs is None else self._places.keys() & runs:
            for place in self._places[run]:
                chosen = self._series[place]
                is_asked = tags is None or chosen.tag in tags
                if is_asked and (chosen.kind in BLOB_SEQUENCES) == blobs:
                    found.setdefault(run, {})[chosen.tag] = make(place, chosen)
        return found

    def _blob_items(self, place: int) -> Iterator[BlobSequenceDatum]:
        chosen = self._series[place]
        for item in chosen.places.tolist():
            count = len(self._blobs(place, item))
            references = tuple(BlobReference(f"{place}-{item}-{number}") for number in range(count))
            yield BlobSequenceDatum(*_when(chosen, item), references)

    def _blobs(self, place: int, item: int) -> list[bytes]:
        if self._last_blobs[0] != (place, item):
            read = self._series[place].series.read(item)
            self._last_blobs = (place, item), list(read.string_val)
        return self._last_blobs[1]

    def _tensors(self, chosen: ChosenSeries, downsample: int) -> list[TensorDatum]:
        items = chosen.places
        if downsample < len(items):
            items = items[np.linspace(len(items) - 1, 0, downsample).astype(np.intp)[::-1]]
        elif self._last_tensors[0] is chosen:
            return self._last_tensors[1]
        read = [
            TensorDatum(*_when(chosen, item), tensor_util.make_ndarray(chosen.series.read(item)))
            for item in items.tolist()
        ]
        if len(items) == len(chosen.places):
            self._last_tensors = chosen, read
        return read


def _described(chosen: ChosenSeries) -> dict[str, Any]:
    return {
        "max_step": int(chosen.series.steps[chosen.places[-1]]),
        "max_wall_time": float(np.fmax.reduce(chosen.series.wall_times[chosen.places])),
        "plugin_content": chosen.content,
        "description": "",
        "display_name": "",
    }


def _when(chosen: ChosenSeries, item: int) -> tuple[int, float]:
    return int(chosen.series.steps[item]), float(chosen.series.wall_times[item])


def _start_time(run: ChosenRun) -> float:
    times = [float(np.fmin.reduce(series.series.wall_times)) for series in run.series]
    return min((time for time in times if math.isfinite(time)), default=0.0)
