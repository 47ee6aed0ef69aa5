"""A session: what one `fit` writes, from its first step on, in place of what was there.

TensorBoard's Python ingester drops what a run has logged for later steps when it meets a
session-start record (not at the first of a run: `PluginEventAccumulator`). The data server knows no
such record; it drops the later steps of a tag when the tag gets a value of a step not greater than
they. A value that it can't read does too, and stays unseen; it is written before the first value of
each tag whose steps don't begin with the session's.
"""

import time

from tensorboard.compat.proto import event_pb2, summary_pb2

from tb_featuremaps.format import names
from tb_featuremaps.summary import events
from tb_featuremaps.summary.gaps import gap_value


class Session:
    """Steps from `step` on belong to this session.

    Args:
        step: the step at which training begins. What is there of that step was computed from the
            same weights and stays, unless it is 0.
        resumed: whether there are earlier events in the directory.
    """

    def __init__(self, step: int, resumed: bool) -> None:
        self.step = step
        self._first = step + 1 if step > 0 else 0
        self._resumed = resumed
        self._tags: set[str] = set()

    def opening(self) -> list[event_pb2.Event]:
        """The records that begin the session.

        Two where there are earlier events: the first of a run has no effect, and older versions
        wrote none.
        """
        log = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
        start = event_pb2.Event(wall_time=time.time(), step=self._first, session_log=log)
        return [start, start] if self._resumed else [start]

    def knows(self, tags: frozenset[str]) -> bool:
        """Whether it has had values of all these tags, so that they replace nothing any more."""
        return tags <= self._tags

    def replacing(self, event: event_pb2.Event) -> event_pb2.Event | None:
        """The event to write before `event`, so that nothing older shows up before it."""
        new = [value for value in event.summary.value if value.tag not in self._tags]
        self._tags.update(value.tag for value in new)
        if not self._resumed or event.step < self._first:
            return None
        values = [_unseen(value) for value in new] if event.step > self._first else []
        if names.GAPS_TAG not in self._tags:
            # Older marks would say that steps are missing which this session writes.
            self._tags.add(names.GAPS_TAG)
            values.append(gap_value(0, self._first, self._first))
        return events.event(self._first, values) if values else None


def _unseen(value: summary_pb2.Summary.Value) -> summary_pb2.Summary.Value:
    """A value of the same tag that no reader takes."""
    return summary_pb2.Summary.Value(
        tag=value.tag, metadata=value.metadata, obsolete_old_style_histogram=b""
    )
