"""The thread that makes and writes events, and tries again when writing fails."""

import threading
import time

from tb_featuremaps.format.remote import is_remote
from tb_featuremaps.summary import messages
from tb_featuremaps.summary.encoded_event import EncodedEvents
from tb_featuremaps.summary.event_log import EventLog
from tb_featuremaps.summary.job_queue import (
    End,
    EventJob,
    Item,
    JobQueue,
    Lost,
    SessionStart,
)
from tb_featuremaps.summary.notices import Notices
from tb_featuremaps.summary.room import Place

# What has been encoded is written when nothing else waits, or this much does, or for so long.
_GROUP_BYTES = 4 << 20
_GROUP_SECONDS = 0.1
# A remote store takes the whole file again at each write, so there it is written this seldom, or
# ever more seldom as that takes longer, or when this much waits.
REMOTE_SECONDS = 30.0
_REMOTE_SECONDS_A_SECOND = 20.0
_REMOTE_BYTES = 64 << 20
FIRST_RETRY_SECONDS = 0.5
LAST_RETRY_SECONDS = 30.0
# How long a failure must last before the end of training gives up.
LAST_CHANCE_SECONDS = 1.0


class WriteThread:
    """Works a queue off into an event log.

    Args:
        log: belongs to this thread once it has started.
        directory: named in warnings.
        notices: takes the warnings.
        changed: guards what other threads read here; notified when that changes.

    Attributes:
        queue: what is to be done.
        progress: the monotonic time at which something last went through.
        attempts: how many attempts to write have begun.
        failed_attempt: the number of the last one that failed; 0 if none has.
        broken_since: the monotonic time since which writing has been failing; None if it works.
        given_up: how many events were given up when the thread ended or was abandoned.
        last_step: the step of the last event before these.
    """

    def __init__(
        self, log: EventLog, directory: str, notices: Notices, changed: threading.Condition
    ) -> None:
        self.queue = JobQueue(changed)
        self.progress = time.monotonic()
        self.attempts = self.failed_attempt = 0
        self.broken_since: float | None = None
        self.given_up = 0
        self.last_step: int | None = None
        self._log = log
        self._directory = directory
        self._notices = notices
        self._changed = changed
        self._places: list[Place] = []
        self._making = 0
        self._group_began = 0.0
        self._remote_seconds = REMOTE_SECONDS if is_remote(directory) else 0.0
        self._hurried = self._ending = self._abandoned = False
        self._attempts_before_end = 0
        self._breakages = 0
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Starts the thread, once.

        Raises:
            RuntimeError: the system gives no thread.
        """
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="tb_featuremaps", daemon=True)
            thread.start()
            self._thread = thread

    @property
    def started(self) -> bool:
        """Whether the thread has been started."""
        return self._thread is not None

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def hurry(self) -> None:
        """Tries to write at once rather than after the delay."""
        with self._changed:
            self._hurried = True
            self._changed.notify_all()

    def end(self) -> None:
        """Lets the thread end when everything is written, or when writing goes on failing."""
        with self._changed:
            if not self._ending:
                self._ending = True
                self._attempts_before_end = self.attempts
                self._hurried = True
                self.queue.put(End())

    def abandon(self) -> None:
        """Gives up everything that is not written.

        A thread that is stuck ends when it gets loose.
        """
        with self._changed:
            if not self._abandoned:
                self._abandoned = True
                self._give_up()
                self.queue.put(End())

    def let_go(self) -> None:
        """In a forked child: leaves the file to the parent."""
        self._log.let_go()

    def _run(self) -> None:
        try:
            while not self._abandoned:
                if self._is_due():
                    self._write()
                    continue
                item = self.queue.take(self._seconds_left())
                if item is not None and not self._work(item):
                    break
        except Exception as error:  # a fault of ours costs what waits, but not silently
            self.abandon()
            self._notices.add(messages.gave_up(self._directory, self.given_up, error))
        finally:
            self._log.close()
            with self._changed:
                self._changed.notify_all()

    def _is_due(self) -> bool:
        """Whether what has been encoded is to be written before more is."""
        waiting = self._log.waiting_bytes
        if not waiting:
            return False
        age = time.monotonic() - self._group_began
        if self._remote_seconds:
            return age >= self._remote_seconds or waiting >= _REMOTE_BYTES
        return age >= _GROUP_SECONDS or waiting >= _GROUP_BYTES or not self.queue

    def _seconds_left(self) -> float | None:
        """How long what has been encoded may wait for more; None if there is none."""
        if not self._log.waiting_bytes:
            return None
        return max(0.0, self._group_began + self._remote_seconds - time.monotonic())

    def _work(self, item: Item) -> bool:
        """Does an item; False when the thread is to end."""
        if not self._log.waiting_bytes:
            self._group_began = time.monotonic()
        if isinstance(item, EventJob):
            self._encode(item)
        elif isinstance(item, Lost):
            self._log.lose(item.count)
        elif isinstance(item, SessionStart):
            self._log.check_place(at_once=True)
            self._log.begin_session(item.step)
        else:
            self._write()
            if self._log.is_unchecked:
                self._log.check_place(at_once=True)
            if isinstance(item, End):
                self._log.mark_gaps()
                self._write()
                return False
            with self._changed:
                item.reached = not self._abandoned
                self._changed.notify_all()
        return True

    def _encode(self, job: EventJob) -> None:
        if not self._log.waiting_bytes:
            self._log.check_place()
        self._making = job.events
        try:
            made = job.make()
            for event in made if isinstance(made, list) else [made]:
                self._log.add(event)
                self._making -= len(event.steps) if isinstance(event, EncodedEvents) else 1
            self._places.append(job.place)
        except BaseException as error:  # nobody else would see it, and only this job's are lost
            job.place.free()
            self._log.lose(self._making)
            self._notices.add(
                messages.cannot_encode(self._directory, job.what, error),
                kind=f"job {messages.describe(error)}",
            )
        self._making = 0
        self._made_progress()

    def _write(self) -> None:
        delay = FIRST_RETRY_SECONDS
        while not self._abandoned:
            began = time.monotonic()
            with self._changed:
                self.attempts += 1
            try:
                self._log.write(self._made_progress)
            except Exception as error:  # file systems raise errors of many kinds
                if not self._goes_on_after(error):
                    return
                self._pause(delay)
                delay = min(2 * delay, LAST_RETRY_SECONDS)
            else:
                self._succeeded()
                if self._remote_seconds:
                    taken = time.monotonic() - began
                    self._remote_seconds = max(REMOTE_SECONDS, _REMOTE_SECONDS_A_SECOND * taken)
                return

    def _goes_on_after(self, error: Exception) -> bool:
        """Takes note of a failure; False if nothing is left but to give up."""
        with self._changed:
            now = time.monotonic()
            self.failed_attempt = self.attempts
            if self.broken_since is None:
                self.broken_since = now
                self._breakages += 1
                self._notices.add(messages.cannot_write(self._directory, error, self._breakages))
            self._changed.notify_all()
            # What was under way at the end may have failed for a cause that is gone by now.
            is_last_chance = self._ending and self.attempts > self._attempts_before_end
            if not is_last_chance or now - self.broken_since < LAST_CHANCE_SECONDS:
                return True
            self._abandoned = True
            self._give_up()
        # Where nothing was ever written, the warning that it can't be has said all.
        if self.given_up and self._log.wrote_any:
            self._notices.add(messages.gave_up(self._directory, self.given_up, error))
        return False

    def _succeeded(self) -> None:
        with self._changed:
            self.broken_since = None
            places, self._places = self._places, []
        for place in places:
            place.free()

    def _pause(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._hurried or self._abandoned, seconds)
            self._hurried = False

    def _made_progress(self) -> None:
        with self._changed:
            self.progress = time.monotonic()

    def _give_up(self) -> None:
        self.last_step = self._log.latest_step
        self.given_up = self._log.waiting_events + self._making + self.queue.clear()
        places, self._places = self._places, []
        for place in places:
            place.free()
