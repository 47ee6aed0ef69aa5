"""The events of a run directory, in one event file or, after an error, in several."""

import dataclasses
import time
from collections.abc import Sequence

from tensorboard.compat.proto import event_pb2

from tb_featuremaps.format.records import (
    encode_large_record,
    encode_record,
    encode_records,
)
from tb_featuremaps.format.remote import is_remote
from tb_featuremaps.summary import events, messages
from tb_featuremaps.summary.encoded_event import EncodedEvents
from tb_featuremaps.summary.event_file import (
    EventFile,
    PartialWriteError,
    Progress,
    Record,
    create_event_file,
    event_files,
    locks,
)
from tb_featuremaps.summary.gaps import Gaps
from tb_featuremaps.summary.large_event import LargeEvent
from tb_featuremaps.summary.notices import Notices
from tb_featuremaps.summary.room import Made
from tb_featuremaps.summary.session import Session
from tb_featuremaps.summary.standing import Standing

# How long a deleted file may go unnoticed while there is something to write.
CHECK_SECONDS = 1.0


@dataclasses.dataclass(frozen=True)
class _Waiting:
    """A record, or several at once, and the steps of the user's events that it holds."""

    record: Record
    steps: Sequence[int]
    size: int


@dataclasses.dataclass
class _Written:
    """What an event file holds of the user's events."""

    events: int = 0
    first_step: int | None = None
    last_step: int | None = None

    def add(self, steps: Sequence[int]) -> None:
        self.events += len(steps)
        first, last = min(steps), max(steps)
        self.first_step = first if self.first_step is None else min(self.first_step, first)
        self.last_step = last if self.last_step is None else max(self.last_step, last)


class EventLog:
    """Encodes events in order and writes them; belongs to one thread.

    Args:
        directory: the run directory.
        notices: takes the warnings.
        gaps: events already known to be missing.

    Attributes:
        wrote_any: whether any event has been written.
        is_unchecked: whether events were written since the file was last seen in its place.
    """

    def __init__(self, directory: str, notices: Notices, gaps: Gaps) -> None:
        self._directory = directory
        self._notices = notices
        self._gaps = gaps
        self._file: EventFile | None = None
        self._in_file = _Written()
        self._pending: list[_Waiting] = []
        self._waiting_bytes = 0
        self._session: Session | None = None
        self._standing = Standing()
        self._latest_step: int | None = None
        self.wrote_any = False
        self._checked = time.monotonic()
        self.is_unchecked = False

    @property
    def waiting_bytes(self) -> int:
        """Bytes that have been encoded and not yet written."""
        return self._waiting_bytes

    @property
    def waiting_events(self) -> int:
        """Events that have been encoded and not yet written."""
        return sum(len(waiting.steps) for waiting in self._pending)

    @property
    def latest_step(self) -> int | None:
        """The step of the last event, written or not."""
        return self._latest_step

    def begin_session(self, step: int) -> None:
        """Adds the records of a session that begins at `step`, unless that is what it is at."""
        at_step = self._session is not None and self._session.step == step
        if at_step and (self._latest_step is None or self._latest_step <= step):
            return
        self._session = Session(step, resumed=self._holds_events())
        self._standing.forget()
        for event in self._session.opening():
            self._encode(event)

    def add(self, made: Made) -> None:
        """Encodes an event; `write` writes it."""
        if isinstance(made, EncodedEvents):
            is_first = self._replaces(made.tags)
            first = event_pb2.Event.FromString(made.data[0]) if is_first else None
            self._append(made.steps, first, [encode_records(made.data)])
        elif isinstance(made, LargeEvent):
            head = made.head if self._replaces(made.tags) else None
            self._append([made.step], head, encode_large_record(made.parts()))
        else:
            self._append([made.step], made, [encode_record(made.SerializeToString())])
        self._standing.note(made)

    def _replaces(self, tags: frozenset[str]) -> bool:
        """Whether values of these tags may be the first ones of the session."""
        return self._session is not None and not self._session.knows(tags)

    def _append(self, steps: Sequence[int], first: event_pb2.Event | None, record: Record) -> None:
        """Takes events of these steps; `first` is None where it can't be the first of any tag."""
        if self._mark_gap(steps[0]) and (values := self._standing.values()):
            self._encode(events.event(steps[0], values))
        if self._session is not None and first is not None:
            replacing = self._session.replacing(first)
            if replacing is not None:
                self._encode(replacing)
        self._wait(record, steps)
        self._latest_step = steps[-1]

    def lose(self, count: int) -> None:
        """Counts events that were lost after those added so far."""
        self._gaps.add(count, after=self._latest_step)

    def write(self, progress: Progress) -> None:
        """Writes what waits.

        Raises:
            Exception: what could not be written waits on; the next call begins a new file.
        """
        if not self._pending:
            return
        try:
            file = self._open()
            file.append([waiting.record for waiting in self._pending], progress)
        except PartialWriteError as error:
            self._count(error.written)
            self.close()
            raise
        self._count(len(self._pending))

    def check_place(self, at_once: bool = False) -> None:
        """Notices a file that was deleted or moved; what comes next goes to a new one.

        Args:
            at_once: look now rather than once a second.
        """
        due = at_once or time.monotonic() - self._checked >= CHECK_SECONDS
        if self._file is None or not due:
            return
        self._checked, self.is_unchecked = time.monotonic(), False
        if self._file.is_in_place():
            return
        lost = self._in_file
        self._gaps.add(lost.events, after=lost.first_step, until=lost.last_step)
        self._notices.add(
            messages.file_gone(self._directory, lost.events, lost.first_step, lost.last_step)
        )
        self.close()

    def mark_gaps(self) -> None:
        """Adds a mark of what is missing, if nothing will follow that it could go before.

        None where there is no file any more: a directory that was deleted is not made anew for it.
        """
        if self._file is not None:
            self._mark_gap(self._latest_step or 0, is_end=True)

    def let_go(self) -> None:
        """Closes this process's descriptor of the file and does nothing else."""
        if self._file is not None:
            self._file.let_go()

    def close(self) -> None:
        """Closes the file; the next write begins a new one."""
        file, self._file, self._in_file = self._file, None, _Written()
        if file is None:
            return
        try:
            file.close()
        except Exception:  # what was written has been handed over record by record
            return

    def _open(self) -> EventFile:
        if self._file is None:
            self._file = create_event_file(self._directory)
            self._checked, self.is_unchecked = time.monotonic(), False
            self._warn_of_others()
        return self._file

    def _count(self, written: int) -> None:
        for waiting in self._pending[:written]:
            if waiting.steps:
                self._in_file.add(waiting.steps)
                self.wrote_any = self.is_unchecked = True
            self._waiting_bytes -= waiting.size
        del self._pending[:written]

    def _wait(self, record: Record, steps: Sequence[int]) -> None:
        size = sum(map(len, record))
        self._pending.append(_Waiting(record, steps, size))
        self._waiting_bytes += size

    def _encode(self, event: event_pb2.Event) -> None:
        """Takes an event that is none of the user's."""
        self._wait([encode_record(event.SerializeToString())], [])

    def _mark_gap(self, step: int, is_end: bool = False) -> bool:
        """Adds a mark of what is missing; returns whether anything is."""
        mark = self._gaps.take(step, is_end)
        if mark is not None:
            self._encode(events.event(step, [mark]))
        return mark is not None

    def _holds_events(self) -> bool:
        """Whether the directory holds events of earlier sessions."""
        if self.wrote_any or self._pending:
            return True
        try:
            return bool(event_files(self._directory))
        except Exception:  # there is no such directory, or it can't be read now
            return False

    def _warn_of_others(self) -> None:
        if is_remote(self._directory):
            return
        try:
            others = locks.held_elsewhere(event_files(self._directory))
        except OSError:  # deleted this very moment: the next look at the file's place says so
            return
        if others:
            self._notices.add(messages.another_process(self._directory, others[-1]), kind="others")
