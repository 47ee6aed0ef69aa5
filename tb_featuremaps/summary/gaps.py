"""What a log lacks, and the mark of it that the log itself holds."""

import numpy as np
from tensorboard.compat.proto import summary_pb2
from tensorboard.util import tensor_util

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format import names
from tb_featuremaps.format.metadata import create_summary_metadata

# In the place of the step up to which events are missing: nothing was logged after them.
OPEN_END = -1


class Gaps:
    """Adds up lost events until the log can take a mark of them."""

    def __init__(self) -> None:
        self._events = 0
        self._first: int | None = None
        self._last: int | None = None
        self._marked: tuple[int, int, int, int] | None = None

    def add(self, events: int, after: int | None, until: int | None = None) -> None:
        """Counts lost events.

        Args:
            events: how many.
            after: the step of the last event before them, or of the first of them; None if nothing
                came before.
            until: the step of the last of them; None if the next event says it.
        """
        if events <= 0:
            return
        self._events += events
        if after is not None:
            self._first = after if self._first is None else min(self._first, after)
        if until is not None:
            self._last = until if self._last is None else max(self._last, until)

    def take(self, step: int, is_end: bool = False) -> summary_pb2.Summary.Value | None:
        """Returns the mark to write before the next event; None if all is there.

        Marks of the same step add up, since readers keep one value per step.

        Args:
            step: of the next event; of the last one at the end.
            is_end: whether no event follows.
        """
        if not self._events:
            return None
        events = self._events
        first = step if self._first is None else min(self._first, step)
        last = step if self._last is None else max(self._last, step)
        if self._marked is not None and self._marked[0] == step:
            events += self._marked[1]
            first, last = min(first, self._marked[2]), max(last, self._marked[3])
        if is_end and self._last is None:
            last = OPEN_END
        self._marked = (step, events, first, last)
        self._events, self._first, self._last = 0, None, None
        return gap_value(events, first, last)


def gap_value(events: int, from_step: int, to_step: int) -> summary_pb2.Summary.Value:
    """The mark of a gap; with no events, the mark that there is none."""
    series = pb.FeatureMapPluginData(gaps=pb.GapSeries(columns=names.GAPS_COLUMNS))
    row = np.array([events, from_step, to_step], np.int64)
    return summary_pb2.Summary.Value(
        tag=names.GAPS_TAG,
        metadata=create_summary_metadata(series),
        tensor=tensor_util.make_tensor_proto(row),
    )
