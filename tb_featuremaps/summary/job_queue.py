"""What the writing thread is to do, in order."""

import dataclasses
import threading
from collections import deque
from typing import TypeAlias

from tb_featuremaps.summary.room import Job, Place


@dataclasses.dataclass(frozen=True)
class EventJob:
    """Events to make and write, so many; `what` names them in a warning."""

    make: Job
    what: str
    place: Place
    events: int = 1


@dataclasses.dataclass
class Lost:
    """Events that found no room here."""

    count: int


@dataclasses.dataclass(frozen=True)
class SessionStart:
    """A session begins at this step."""

    step: int


@dataclasses.dataclass
class Checkpoint:
    """Everything before it is to be written; `reached` is set then."""

    reached: bool = False


@dataclasses.dataclass(frozen=True)
class End:
    """The thread is to end."""


Item: TypeAlias = EventJob | Lost | SessionStart | Checkpoint | End


class JobQueue:
    """A queue in order of arrival, so that steps never run backwards within a tag.

    Args:
        changed: notified of every item.
    """

    def __init__(self, changed: threading.Condition) -> None:
        self._changed = changed
        self._items: deque[Item] = deque()

    def put(self, item: Item) -> None:
        """Appends an item."""
        with self._changed:
            self._items.append(item)
            self._changed.notify_all()

    def lose(self, events: int = 1) -> None:
        """Notes that so many events are missing here."""
        with self._changed:
            last = self._items[-1] if self._items else None
            if isinstance(last, Lost):
                last.count += events
            else:
                self.put(Lost(events))

    def take(self, seconds: float | None = None) -> Item | None:
        """Returns the next item when there is one; None if none comes within so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._items), seconds)
            return self._items.popleft() if self._items else None

    def __len__(self) -> int:
        return len(self._items)

    def clear(self) -> int:
        """Empties the queue; returns how many events it held or missed."""
        with self._changed:
            items, self._items = self._items, deque()
        lost = 0
        for item in items:
            if isinstance(item, EventJob):
                item.place.free()
                lost += item.events
            elif isinstance(item, Lost):
                lost += item.count
        return lost
