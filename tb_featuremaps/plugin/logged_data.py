"""What TensorBoard's data provider holds, of one experiment, within bounds."""

import contextlib
import dataclasses
from collections.abc import Iterator
from typing import Any, NamedTuple

from tensorboard import errors
from tensorboard.context import RequestContext
from tensorboard.data.provider import (
    BlobSequenceDatum,
    DataProvider,
    RunTagFilter,
    ScalarDatum,
    TensorDatum,
)

from tb_featuremaps.format.names import PLUGIN_NAME
from tb_featuremaps.plugin.problems import DamagedError, NotFoundError, UnavailableError
from tb_featuremaps.plugin.series import Series, SeriesList, list_series

_SCALARS = "scalars"
# A sampling hint of 0, "all", as a number of samples.
_ALL = 10**6
# gRPC's word for a message above its bound.
_TOO_LARGE = "RESOURCE_EXHAUSTED"


@dataclasses.dataclass(frozen=True)
class Limits:
    """How much there can be of a series.

    Attributes:
        captures: items of our own series that TensorBoard keeps; 0 means all.
        scalars: points of a loss term that it keeps; 0 means all.
        series_bytes: what a tensor series may take in an answer. TensorBoard's link to its data
            server carries twice the default.
        whole: whether nothing was left out before.
    """

    captures: int
    scalars: int
    series_bytes: int = 128 * 2**20
    whole: bool = True

    def keeps_captures(self, count: int) -> bool:
        """Whether none can have been dropped where so many captures are left."""
        return self.whole and (not self.captures or count < self.captures)

    def keeps_scalars(self, count: int) -> bool:
        """Whether none can have been dropped where so many points are left."""
        return self.whole and (not self.scalars or count < self.scalars)


class Tensors(NamedTuple):
    """A tensor series as TensorBoard gives it.

    Attributes:
        items: in the order of their arrival.
        all_kept: whether no item can have been dropped.
        messages: that there are more than fit into an answer.
    """

    items: list[TensorDatum]
    all_kept: bool
    messages: list[str]


@dataclasses.dataclass(frozen=True)
class LoggedData:
    """Reads one experiment through TensorBoard's data provider."""

    provider: DataProvider
    ctx: RequestContext
    experiment: str
    limits: Limits

    def series(self, run: str | None = None, tag: str | None = None) -> SeriesList:
        """Our series, of one run and tag or of all."""
        with _reading("the list of series"):
            return list_series(self.provider, self.ctx, self.experiment, run, tag)

    def series_of_run(self, run: str) -> SeriesList:
        """Our series of one run.

        Raises:
            NotFoundError: there are none.
        """
        listed = self.series(run)
        if not listed.series:
            raise NotFoundError(f"no feature maps or loss terms in run {run!r}.")
        return listed

    def only(self, run: str, tag: str, *kinds: str) -> Series:
        """The series of a run and tag, if it is of one of these kinds.

        Raises:
            NotFoundError: it is not.
        """
        for series in self.series(run, tag).series:
            if series.kind in kinds:
                return series
        raise NotFoundError(f"no {' or '.join(kinds)} of tag {tag!r} in run {run!r}.")

    def start_times(self) -> dict[str, float]:
        """When each run began, in seconds since 1970."""
        with _reading("the list of runs"):
            runs = self.provider.list_runs(self.ctx, experiment_id=self.experiment)
        return {run.run_name: run.start_time for run in runs}

    def captures(self, run: str, tag: str) -> list[BlobSequenceDatum]:
        """The items of a blob sequence, in the order of their arrival."""
        asked = self._asked(PLUGIN_NAME, run, [tag], self.limits.captures)
        with _reading(f"{tag!r} of run {run!r}"):
            found = self.provider.read_blob_sequences(self.ctx, **asked)
        items: list[BlobSequenceDatum] = _of(found, run, tag)
        return items

    def tensors(self, run: str, tag: str) -> Tensors:
        """The items of a tensor series; of a series that is too large those that TensorBoard draws.

        Raises:
            NotFoundError: there is no such series.
            DamagedError: TensorBoard can't read it, or a single item is too large.
        """
        size = max((item.numpy.nbytes for item in self._tensors(run, tag, 1)), default=0)
        affordable, limit = self.limits.series_bytes // max(size, 1), self.limits.captures
        if not affordable:
            raise DamagedError(
                f"{tag!r} of run {run!r}: expected at most {self.limits.series_bytes:,} bytes for "
                f"a capture. Received: {size:,}."
            )
        found = self._tensors(run, tag, min(limit or _ALL, affordable))
        if len(found) < affordable or 0 < limit <= affordable:
            return Tensors(found, self.limits.keeps_captures(len(found)), [])
        message = (
            f"{tag!r} of run {run!r}: only {affordable} captures of {size:,} bytes each are shown, "
            "drawn at random."
        )
        return Tensors(found, False, [message])

    def scalars(self, run: str, tags: list[str]) -> dict[str, list[ScalarDatum]]:
        """The points of scalar series by tag, in the order of their arrival."""
        asked = self._asked(_SCALARS, run, tags, self.limits.scalars)
        with _reading(f"the loss terms of run {run!r}"):
            found = self.provider.read_scalars(self.ctx, **asked)
        points: dict[str, list[ScalarDatum]] = found.get(run, {})
        return points

    def blob(self, key: str) -> bytes:
        """The blob of a key of the data provider."""
        with _data_server("the picture"):
            content: bytes = self.provider.read_blob(self.ctx, blob_key=key)
        return content

    def _tensors(self, run: str, tag: str, number: int) -> list[TensorDatum]:
        asked = self._asked(PLUGIN_NAME, run, [tag], number)
        with _reading(f"{tag!r} of run {run!r}"):
            found = self.provider.read_tensors(self.ctx, **asked)
        items: list[TensorDatum] = _of(found, run, tag)
        return items

    def _asked(self, plugin: str, run: str, tags: list[str], number: int) -> dict[str, Any]:
        return {
            "experiment_id": self.experiment,
            "plugin_name": plugin,
            "downsample": number or _ALL,
            "run_tag_filter": RunTagFilter(runs=[run], tags=tags),
        }


def _of(found: Any, run: str, tag: str) -> Any:
    items = found.get(run, {}).get(tag)
    if items is None:
        raise NotFoundError(f"no feature maps of tag {tag!r} in run {run!r}.")
    return items


@contextlib.contextmanager
def _reading(what: str) -> Iterator[None]:
    """Says what TensorBoard could not read, whichever way its data provider fails."""
    try:
        with _data_server(what):
            yield
    except (DamagedError, errors.PublicError):
        raise
    # All that TensorBoard's `make_ndarray` raises for a tensor that contradicts itself.
    except (ValueError, TypeError, LookupError, ArithmeticError, MemoryError) as error:
        raise DamagedError(f"{what} is damaged; TensorBoard can't read it: {error}") from error


@contextlib.contextmanager
def _data_server(what: str) -> Iterator[None]:
    """Tells an answer that is too large from a data server that doesn't answer."""
    try:
        yield
    except Exception as error:
        # gRPC's own class of errors; it comes with TensorBoard, but is no dependency of ours.
        code = getattr(error, "code", None)
        if not callable(code):
            raise
        status = code().name
        if status == _TOO_LARGE:
            raise DamagedError(f"{what} is larger than TensorBoard can pass on.") from error
        raise UnavailableError(f"TensorBoard's data server does not answer: {status}.") from error
