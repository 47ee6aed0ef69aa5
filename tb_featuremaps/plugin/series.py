"""Finds our time series among those of the data provider."""

import dataclasses
import functools
from collections.abc import Iterator

from tensorboard.context import RequestContext
from tensorboard.data.provider import DataProvider, RunTagFilter

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.metadata import UnknownFormatError, parse_plugin_data
from tb_featuremaps.format.names import PLUGIN_NAME


@dataclasses.dataclass(frozen=True)
class Series:
    """A time series of ours: where it is, what its payload says, and its newest step."""

    run: str
    tag: str
    data: pb.FeatureMapPluginData
    last_step: int


@dataclasses.dataclass(frozen=True)
class SeriesList:
    """The series found, and a message for each one that can't be read."""

    series: list[Series]
    messages: list[str]

    def of(self, run: str, kind: str) -> list[Series]:
        """The series of one run whose payload is of one kind ("layer", "stats", …)."""
        return self._by_run_and_kind.get((run, kind), [])

    @functools.cached_property
    def _by_run_and_kind(self) -> dict[tuple[str, str | None], list[Series]]:
        found: dict[tuple[str, str | None], list[Series]] = {}
        for one in self.series:
            found.setdefault((one.run, one.data.WhichOneof("content")), []).append(one)
        return found


def list_series(
    provider: DataProvider, ctx: RequestContext, experiment: str, run: str | None = None
) -> SeriesList:
    """Lists our series, of one run or of all."""
    found: list[Series] = []
    messages: list[str] = []
    for name, tag, content, last_step in _listed(provider, ctx, experiment, run):
        try:
            found.append(Series(name, tag, parse_plugin_data(content), last_step))
        except UnknownFormatError as error:
            messages.append(f"{name}: tag {tag} {error}")
    return SeriesList(found, messages)


def _listed(
    provider: DataProvider, ctx: RequestContext, experiment: str, run: str | None
) -> Iterator[tuple[str, str, bytes, int]]:
    wanted = {
        "experiment_id": experiment,
        "plugin_name": PLUGIN_NAME,
        "run_tag_filter": RunTagFilter(runs=[run]) if run is not None else None,
    }
    for listing in (
        provider.list_blob_sequences(ctx, **wanted),
        provider.list_tensors(ctx, **wanted),
    ):
        for name, tags in (listing or {}).items():
            for tag, series in tags.items():
                yield name, tag, series.plugin_content, series.max_step
