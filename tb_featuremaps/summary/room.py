"""Room for what waits to be written, in bytes, and the places taken in it."""

import threading
from collections.abc import Callable
from typing import TypeAlias

from tensorboard.compat.proto import event_pb2

from tb_featuremaps.summary.encoded_event import EncodedEvents
from tb_featuremaps.summary.large_event import LargeEvent

Made: TypeAlias = event_pb2.Event | LargeEvent | EncodedEvents
# Makes an event or several, or a list of those, in the order of their steps.
Job: TypeAlias = Callable[[], Made | list[Made]]

MEGABYTE = 1_000_000


class Room:
    """Bounds the bytes that wait.

    Args:
        limit: bytes, all together.
        changed: notified when there is room again.
    """

    def __init__(self, limit: int, changed: threading.Condition) -> None:
        self.limit = limit
        self._changed = changed
        self._taken = 0

    def take(self, size: int) -> "Place | None":
        """Returns a place of `size` bytes; None if there is no room now."""
        with self._changed:
            if self._taken + size > self.limit:
                return None
            self._taken += size
        return Place(self, size)

    def give_back(self, size: int) -> None:
        """Takes the bytes as free again."""
        with self._changed:
            self._taken -= size
            self._changed.notify_all()


class Place:
    """Bytes taken in a room, given back once, at the latest when nobody has the place any more.

    The latter since Ctrl-C may come anywhere, also before a `with` block begins.
    """

    def __init__(self, room: Room, size: int) -> None:
        self._room: Room | None = room
        self._size = size

    def free(self) -> None:
        """Gives the bytes back; again is no error."""
        room, self._room = self._room, None
        if room is not None:
            room.give_back(self._size)

    def __del__(self) -> None:
        self.free()


class Reservation:
    """A place for one capture, taken before the capture is made.

    Use it in a `with` block: whatever ends the block, Ctrl-C included, gives the place back unless
    a job was submitted.

    Args:
        place: the place taken.
        put: queues a job, which frees the place when it has been written.
    """

    def __init__(self, place: Place, put: Callable[[Job, str, Place], None]) -> None:
        self._place: Place | None = place
        self._put = put

    def submit(self, job: Job, what: str = "a capture") -> None:
        """Queues the capture; `job` makes its event on the background thread.

        Args:
            job: called once.
            what: names the job in a warning.

        Raises:
            RuntimeError: it has been submitted or released.
        """
        place, self._place = self._place, None
        if place is None:
            raise RuntimeError("Expected a reservation that is neither submitted nor released.")
        self._put(job, what, place)

    def release(self) -> None:
        """Gives the place back; no effect after `submit` or again."""
        place, self._place = self._place, None
        if place is not None:
            place.free()

    def __enter__(self) -> "Reservation":
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
