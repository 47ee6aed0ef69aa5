"""The asynchronous writer of event files: one file and one thread for each run directory."""

import atexit
import os
import threading
import time
import weakref

from tb_featuremaps.format.remote import is_remote
from tb_featuremaps.summary import messages
from tb_featuremaps.summary.directory_writer import EVENT_BYTES, DirectoryWriter
from tb_featuremaps.summary.event_file import locks
from tb_featuremaps.summary.room import Job, Reservation

__all__ = ["EventWriter", "Job", "Reservation", "open_writer"]

# From `warnings.warn` up to the caller of the writer's user.
_STACKLEVEL = 3


def open_writer(directory: str) -> "EventWriter":
    """Returns a writer of a run directory; `close` it when done.

    All writers of a directory in this process share one thread and one event file, since
    TensorBoard's Python ingester follows only the newest file. The directory and the file are made
    with the first event.
    """
    return EventWriter(_registry.enter(directory))


class EventWriter:
    """Makes and writes events in the background; never raises into training.

    Events are written in the order in which they were submitted and handed to the operating system
    at once, so that they outlive the process; a remote store, which takes the whole file again at
    each write, is written to every 30 seconds, or more seldom as that takes longer. When that
    fails, it is tried again, in a new file; what finds no room meanwhile is lost, which the log
    marks (`featuremaps/gaps`). Every wait ends:
    after 10 seconds without progress, or after 60. What goes wrong is a `RuntimeWarning`, given by
    the next call of a method.

    A writer that is forgotten rather than closed gives its share up when it is collected.
    """

    def __init__(self, shared: DirectoryWriter) -> None:
        self._shared = shared
        self._leave = weakref.finalize(self, _registry.leave_soon, shared)
        self._leave.atexit = False

    @property
    def directory(self) -> str:
        """The run directory."""
        return self._shared.directory

    def start_session(self, step: int) -> None:
        """Lets what follows take the place of what the run has logged for later steps.

        Call it when training begins, before anything is submitted.

        Args:
            step: the step at which training begins. What was logged of this very step stays, unless
                it is 0: the weights were the same.
        """
        if self._is_open():
            self._shared.start_session(step)
        self._give_notices()

    def submit(
        self, job: Job, size: int | None = None, what: str = "an event", events: int = 1
    ) -> bool:
        """Queues an event, or several.

        Args:
            job: makes the event, or a list of them, called once on the background thread.
            size: bytes that the job and what it makes hold, about; by default, of small events.
            what: names the job in a warning.
            events: how many it makes.

        Returns:
            Whether there was room for it.
        """
        size = events * EVENT_BYTES if size is None else size
        taken = self._is_open() and self._shared.submit(job, size, what, events)
        self._give_notices()
        return taken

    def reserve_capture(self, size: int, wait: bool = False) -> Reservation | None:
        """Reserves room for a capture before it is made; None if there is none now.

        Args:
            size: bytes that the capture's arrays hold.
            wait: wait for room rather than give up, within bounds.

        Example:
            ```python
            reservation = writer.reserve_capture(size)
            if reservation is not None:
                with reservation:
                    arrays = capture()
                    reservation.submit(lambda: encode(arrays))
            ```
        """
        self._give_notices()
        reservation = self._shared.reserve_capture(size, wait) if self._is_open() else None
        if reservation is None:
            self._give_notices()
        return reservation

    def flush(self) -> None:
        """Waits until everything submitted has been written, within bounds."""
        self._shared.flush()
        self._give_notices()

    def close(self) -> None:
        """Writes what is queued; the last user ends the thread and the file. Again is no error."""
        if self._leave.detach() is not None:
            _registry.leave(self._shared)
        self._give_notices()

    def finish(self) -> None:
        """Ends the thread and the file, whoever still uses them.

        The next event of another user makes new ones.
        """
        self._shared.finish()
        self._give_notices()

    def _is_open(self) -> bool:
        if self._leave.alive:
            return True
        self._shared.notices.add(messages.closed(self.directory), kind="closed")
        return False

    def _give_notices(self) -> None:
        self._shared.notices.give(_STACKLEVEL)


class _Registry:
    """The writers of this process, one for each directory in use."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._by_path: dict[str, DirectoryWriter] = {}
        # Those that nobody uses any more and that have not ended.
        self._leaving: list[DirectoryWriter] = []

    def enter(self, directory: str) -> DirectoryWriter:
        """Returns the writer of a directory, for one more user."""
        key = directory if is_remote(directory) else os.path.realpath(directory)
        with self._lock:
            self._leaving = [writer for writer in self._leaving if writer.active]
            writer = self._by_path.get(key)
            if writer is None:
                named = directory if is_remote(directory) else os.path.abspath(directory)
                writer = self._by_path[key] = DirectoryWriter(named)
            writer.users += 1
            return writer

    def leave(self, writer: DirectoryWriter) -> None:
        """A user closes the writer."""
        if self._drop(writer):
            writer.finish()
        else:
            writer.flush()

    def leave_soon(self, writer: DirectoryWriter) -> None:
        """A user was collected; this must not wait."""
        if self._drop(writer):
            writer.end_soon()
            with self._lock:
                self._leaving.append(writer)

    def finish_all(self) -> None:
        """When the interpreter ends: nothing waits much longer than one writer may."""
        with self._lock:
            writers = [*self._by_path.values(), *self._leaving]
        since = time.monotonic()
        for writer in writers:
            writer.end_soon()
        for writer in writers:
            writer.finish(since)
            writer.notices.give(stacklevel=1)

    def forget(self) -> None:
        """In a forked child."""
        writers = [*self._by_path.values(), *self._leaving]
        self._lock = threading.RLock()
        locks.forget_all()
        for writer in writers:
            writer.forget()

    def _drop(self, writer: DirectoryWriter) -> bool:
        """Counts a user out; returns whether it was the last."""
        with self._lock:
            writer.users -= 1
            if writer.users > 0:
                return False
            for key in [key for key, other in self._by_path.items() if other is writer]:
                del self._by_path[key]
            return True


_registry = _Registry()
atexit.register(_registry.finish_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_registry.forget)
