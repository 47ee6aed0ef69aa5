"""Finds our time series among those of the data provider."""

import dataclasses
import functools
import math
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from tensorboard.context import RequestContext
from tensorboard.data.provider import DataProvider, RunTagFilter

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.metadata import UnknownFormatError, parse_plugin_data
from tb_featuremaps.format.names import PLUGIN_NAME
from tb_featuremaps.plugin.sizes import size_problem

# Payloads of at most so many bytes are kept parsed; only those of many class names are longer.
_SMALL_PAYLOAD = 16384


class Series(NamedTuple):
    """A time series of ours: where it is, what its payload says, and its newest item.

    Attributes:
        data: the payload, shared by all series that have the same: not to be changed.
        last_wall_time: seconds since 1970; None if no event has one.
    """

    run: str
    tag: str
    data: pb.FeatureMapPluginData
    last_step: int
    last_wall_time: float | None

    @property
    def kind(self) -> str | None:
        """Which kind of payload it has ("layer", "stats", …)."""
        return self.data.WhichOneof("content")


@dataclasses.dataclass(frozen=True)
class SeriesList:
    """The series found, and a message for each one that can't be read."""

    series: list[Series]
    messages: list[str]

    def of(self, run: str, kind: str) -> list[Series]:
        """The series of one run whose payload is of one kind ("layer", "stats", …)."""
        return self._by_run_and_kind.get((run, kind), [])

    def of_run(self, run: str) -> list[Series]:
        """The series of one run."""
        return self._by_run.get(run, [])

    @property
    def runs(self) -> Collection[str]:
        """The names of all runs that have any."""
        return self._by_run

    @functools.cached_property
    def _by_run(self) -> dict[str, list[Series]]:
        found: dict[str, list[Series]] = {}
        for series in self.series:
            found.setdefault(series.run, []).append(series)
        return found

    @functools.cached_property
    def _by_run_and_kind(self) -> dict[tuple[str, str | None], list[Series]]:
        found: dict[tuple[str, str | None], list[Series]] = {}
        for series in self.series:
            found.setdefault((series.run, series.kind), []).append(series)
        return found


def list_series(
    provider: DataProvider,
    ctx: RequestContext,
    experiment: str,
    run: str | None = None,
    tag: str | None = None,
) -> SeriesList:
    """Lists our series, of one run and tag or of all."""
    found: list[Series] = []
    messages: list[str] = []
    for name, of_tag, listed in _listed(provider, ctx, experiment, run, tag):
        data = _parsed(listed.plugin_content)
        if isinstance(data, str):
            messages.append(f"{name}: tag {of_tag} {data}")
        else:
            time = listed.max_wall_time
            known = time is not None and math.isfinite(time)
            found.append(Series(name, of_tag, data, listed.max_step, time if known else None))
    return SeriesList(found, messages)


def _listed(
    provider: DataProvider, ctx: RequestContext, experiment: str, run: str | None, tag: str | None
) -> Iterator[tuple[str, str, Any]]:
    wanted = {
        "experiment_id": experiment,
        "plugin_name": PLUGIN_NAME,
        "run_tag_filter": RunTagFilter(
            runs=None if run is None else [run], tags=None if tag is None else [tag]
        ),
    }
    for listing in (
        provider.list_blob_sequences(ctx, **wanted),
        provider.list_tensors(ctx, **wanted),
    ):
        for name, tags in (listing or {}).items():
            for of_tag, listed in tags.items():
                yield name, of_tag, listed


def _parsed(content: bytes) -> pb.FeatureMapPluginData | str:
    """The payload, or what is wrong with it."""
    return _parsed_small(content) if len(content) <= _SMALL_PAYLOAD else _parse(content)


def _parse(content: bytes) -> pb.FeatureMapPluginData | str:
    try:
        data = parse_plugin_data(content)
    except UnknownFormatError as error:
        return str(error)
    return size_problem(data) or data


# All runs of a model share payloads, and every poll of the tab asks for them again.
_parsed_small = functools.lru_cache(maxsize=8192)(_parse)
