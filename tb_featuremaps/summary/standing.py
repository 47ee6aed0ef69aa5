"""Values that are written once and hold until others take their place."""

import itertools
from collections.abc import Iterable

from tensorboard.compat.proto import event_pb2, summary_pb2

from tb_featuremaps.format import names
from tb_featuremaps.summary.encoded_event import EncodedEvents
from tb_featuremaps.summary.large_event import LargeEvent
from tb_featuremaps.summary.room import Made

# What the losses are, and the probes: without them what follows can't be shown.
_TAGS = frozenset({names.LOSSES_TAG, names.PROBES_TAG})


class Standing:
    """Keeps the newest of them, since a log that has lost events may have lost these."""

    def __init__(self) -> None:
        self._values: dict[str, summary_pb2.Summary.Value] = {}

    def note(self, made: Made) -> None:
        """Keeps what an event has of them."""
        if isinstance(made, (EncodedEvents, LargeEvent)) and made.tags.isdisjoint(_TAGS):
            return
        for value in _values_of(made):
            if value.tag in _TAGS:
                self._values[value.tag] = value

    def forget(self) -> None:
        """Another session begins, which writes its own."""
        self._values.clear()

    def values(self) -> list[summary_pb2.Summary.Value]:
        """What is to be written again."""
        return list(self._values.values())


def _values_of(made: Made) -> Iterable[summary_pb2.Summary.Value]:
    if isinstance(made, EncodedEvents):
        return itertools.chain.from_iterable(
            event_pb2.Event.FromString(event).summary.value for event in made.data
        )
    if isinstance(made, LargeEvent):
        return event_pb2.Event.FromString(b"".join(made.parts())).summary.value
    return made.summary.value
