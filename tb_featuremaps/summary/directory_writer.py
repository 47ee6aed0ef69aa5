"""What all users of one run directory share: its queue, its room and its writing thread."""

import threading
import time
from collections.abc import Callable

from tb_featuremaps.format.remote import is_remote
from tb_featuremaps.summary import messages
from tb_featuremaps.summary.event_log import EventLog
from tb_featuremaps.summary.gaps import Gaps
from tb_featuremaps.summary.job_queue import Checkpoint, EventJob, SessionStart
from tb_featuremaps.summary.notices import Notices
from tb_featuremaps.summary.room import MEGABYTE, Job, Place, Reservation, Room
from tb_featuremaps.summary.write_thread import LAST_CHANCE_SECONDS, WriteThread

# Captures that wait hold their arrays, on the device where they were made.
MAX_CAPTURE_BYTES = 256 * MEGABYTE
# The objects of a capture, however small its arrays.
_LEAST_CAPTURE_BYTES = 64_000
MAX_EVENT_BYTES = 32 * MEGABYTE
# A small event and its job.
EVENT_BYTES = 3_000

# A wait ends when nothing has gone through for so long, and in any case after the second.
STALL_SECONDS = 10.0
WAIT_SECONDS = 60.0
# While writing has failed for so long, no captures are taken.
_NO_CAPTURES_SECONDS = 5.0
_THREAD_RETRY_SECONDS = 1.0


class DirectoryWriter:
    """Queues events for the thread that writes them; its methods may be called on any thread.

    The thread starts with the first event and ends with `finish`; an event that comes later starts
    another, with a new file.

    Attributes:
        directory: the run directory.
        notices: warnings to give.
        users: how many use it; kept by the registry.
    """

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self.users = 0
        self.notices = Notices()
        self._thread: WriteThread | None = None
        self._begin_anew()

    def submit(self, job: Job, size: int, what: str, events: int) -> bool:
        """Queues so many events of `size` bytes in all, or notes that they are lost.

        Returns:
            Whether there was room.
        """
        if size > self._events.limit:
            self._refuse(what, size, self._events.limit)
            return False
        with self._changed:
            place = self._events.take(size)
            if place is not None:
                self._put(job, what, place, events)
                return True
            thread = self._running_thread()
            thread.queue.lose(events)
            if thread.broken_since is None:
                self.notices.add(messages.lags(self.directory, "leaves events out"), kind="lag")
        return False

    def reserve_capture(self, size: int, wait: bool) -> Reservation | None:
        """Takes a place for a capture; None if there is none."""
        if size > self._captures.limit:
            self._refuse("a capture", size, self._captures.limit)
            return None
        size = max(size, _LEAST_CAPTURE_BYTES)
        thread = self._running_thread()
        if self._takes_no_captures(thread):
            thread.queue.lose()
            return None
        place = self._captures.take(size)
        if place is None and wait:
            place = self._wait_for_place(thread, size)
        if place is not None:
            return Reservation(place, self._put)
        if thread.broken_since is None:
            consequence = "captures less often until the disk has caught up"
            self.notices.add(messages.lags(self.directory, consequence), kind="lag")
        else:
            thread.queue.lose()
        return None

    def start_session(self, step: int) -> None:
        """Queues the records that begin a session."""
        with self._changed:
            self._running_thread().queue.put(SessionStart(step))

    def flush(self) -> None:
        """Waits until everything is written, or writing fails or stalls."""
        with self._changed:
            if self._thread is None:
                return
            thread, checkpoint = self._running_thread(), Checkpoint()
            thread.queue.put(checkpoint)
            attempts = thread.attempts
            thread.hurry()

        def fails() -> bool:
            since = thread.broken_since
            lasting = since is not None and time.monotonic() - since >= LAST_CHANCE_SECONDS
            return lasting and thread.failed_attempt > attempts

        if self._wait(thread, lambda: checkpoint.reached, fails) or fails():
            return
        if thread.started:  # else that has been said
            self.notices.add(messages.stalls(self.directory), kind="stall")

    def finish(self, since: float | None = None) -> None:
        """Writes what waits, ends the thread and closes the file; says what it had to give up.

        Args:
            since: the monotonic time at which the wait began, if it was before now.
        """
        with self._changed:
            thread, self._thread = self._thread, None
        if thread is None:
            return
        self._start(thread)
        thread.end()
        if not self._wait(thread, lambda: not thread.alive, since=since) or not thread.started:
            thread.abandon()
            if thread.given_up:
                self.notices.add(messages.gave_up_waiting(self.directory, thread.given_up))
        with self._changed:
            self._gaps.add(thread.given_up, after=thread.last_step)

    def end_soon(self) -> None:
        """Lets the thread end when everything is written, without waiting for it."""
        with self._changed:
            if self._thread is not None:
                self._thread.end()

    @property
    def active(self) -> bool:
        """Whether there is a thread that has not ended."""
        thread = self._thread
        return thread is not None and (thread.alive or not thread.started)

    def forget(self) -> None:
        """In a forked child, where the thread does not run: leaves all to the parent."""
        thread = self._thread
        self._begin_anew()
        if thread is not None:
            thread.let_go()

    def _begin_anew(self) -> None:
        self._changed = threading.Condition()
        self._captures = Room(MAX_CAPTURE_BYTES, self._changed)
        self._events = Room(MAX_EVENT_BYTES, self._changed)
        self._gaps = Gaps()
        self._thread = None
        self._next_start = 0.0
        self._waited_in_vain = 0.0

    def _put(self, job: Job, what: str, place: Place, events: int = 1) -> None:
        with self._changed:
            self._running_thread().queue.put(EventJob(job, what, place, events))

    def _running_thread(self) -> WriteThread:
        """The thread, started if the system gives one; its queue takes items in any case."""
        with self._changed:
            if self._thread is None or (self._thread.started and not self._thread.alive):
                if self._thread is not None:
                    self._gaps.add(self._thread.given_up, after=self._thread.last_step)
                gaps, self._gaps = self._gaps, Gaps()
                log = EventLog(self.directory, self.notices, gaps)
                self._thread = WriteThread(log, self.directory, self.notices, self._changed)
                self._next_start = 0.0
            if not self._thread.started and time.monotonic() >= self._next_start:
                self._start(self._thread)
            return self._thread

    def _start(self, thread: WriteThread) -> None:
        try:
            thread.start()
        except RuntimeError as error:  # no more threads, or the interpreter shuts down
            self._next_start = time.monotonic() + _THREAD_RETRY_SECONDS
            self.notices.add(messages.no_thread(self.directory, error), kind="thread")

    def _takes_no_captures(self, thread: WriteThread) -> bool:
        since = thread.broken_since
        return since is not None and time.monotonic() - since >= _NO_CAPTURES_SECONDS

    def _wait_for_place(self, thread: WriteThread, size: int) -> Place | None:
        taken: list[Place] = []

        def take() -> bool:
            place = self._captures.take(size)
            taken.extend([place] if place is not None else [])
            return place is not None

        thread.queue.put(Checkpoint())  # what waits to be written with more is written now
        self._wait(thread, take, lambda: thread.broken_since is not None)
        return taken[0] if taken else None

    def _wait(
        self,
        thread: WriteThread,
        done: Callable[[], bool],
        stop: Callable[[], bool] = lambda: False,
        since: float | None = None,
    ) -> bool:
        """Waits while the thread makes progress; returns whether it is done."""
        start = time.monotonic() if since is None else since
        stall = self._stall_seconds(thread)
        with self._changed:
            while not done():
                now = time.monotonic()
                deadline = min(max(start, thread.progress) + stall, start + WAIT_SECONDS)
                if stop() or not thread.alive:
                    return done()
                if now >= deadline:
                    self._waited_in_vain = now
                    return False
                self._changed.wait(min(deadline - now, 0.2))
        return True

    def _stall_seconds(self, thread: WriteThread) -> float:
        if self._waited_in_vain > thread.progress:
            return 1.0
        # A remote store shows no progress during an upload.
        return WAIT_SECONDS if is_remote(self.directory) else STALL_SECONDS

    def _refuse(self, what: str, size: int, limit: int) -> None:
        message = messages.too_large(self.directory, what, size, limit)
        self.notices.add(message, kind=f"size of {what}")
