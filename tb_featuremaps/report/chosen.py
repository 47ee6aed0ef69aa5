"""The part of a log directory that a report is to hold."""

import dataclasses

import numpy as np
import numpy.typing as npt

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.reader.run_log import Series
from tb_featuremaps.reader.scalar_points import ScalarPoints

# What is logged once, or is not of captures.
_ALWAYS = frozenset({"probes", "losses", "gaps", None})


@dataclasses.dataclass(frozen=True)
class ChosenSeries:
    """A series of ours, and which of its items are wanted.

    Attributes:
        tag: of the series.
        content: its payload, as it was logged.
        data: the same; without content where this version can't read it.
        series: all items.
        places: of those that are wanted, rising.
    """

    tag: str
    content: bytes
    data: pb.FeatureMapPluginData
    series: Series
    places: npt.NDArray[np.intp]

    @property
    def kind(self) -> str | None:
        """Which kind of payload it has; None if this version can't read it."""
        return self.data.WhichOneof("content")

    @property
    def is_of_captures(self) -> bool:
        """Whether it is a matter of steps how much there is of it."""
        return self.kind not in _ALWAYS

    @property
    def is_whole(self) -> bool:
        """Whether all items are wanted."""
        return len(self.places) == len(self.series.steps)

    def thinned(self, share: float) -> "ChosenSeries":
        """So much of what is wanted, evenly spread; the first and the last always."""
        count = len(self.places)
        if not self.is_of_captures or count <= 2:
            return self
        kept = max(2, int(share * count))
        spread = np.unique(np.round(np.linspace(0, count - 1, kept)).astype(np.intp))
        return dataclasses.replace(self, places=self.places[spread])


@dataclasses.dataclass(frozen=True)
class ChosenRun:
    """A run.

    Attributes:
        name: of the run.
        series: those that are wanted and have items.
        points: of the loss terms that are numbers, by tag.
        has_all_points: whether these are all that were logged.
        messages: what can't be read of it, or was left out.
    """

    name: str
    series: list[ChosenSeries]
    points: dict[str, ScalarPoints]
    has_all_points: bool
    messages: list[str]

    @property
    def is_whole(self) -> bool:
        """Whether it is all that was logged of its series."""
        return self.has_all_points and all(series.is_whole for series in self.series)

    def thinned(self, share: float) -> "ChosenRun":
        """So much of each series of captures."""
        return dataclasses.replace(self, series=[series.thinned(share) for series in self.series])
