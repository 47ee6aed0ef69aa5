"""The asynchronous writer of event files: one file and one thread a directory."""

import atexit
import logging
import os
import queue
import socket
import threading
import time
import warnings
from collections.abc import Callable

from tensorboard.compat import tf
from tensorboard.compat.proto import event_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

Job = Callable[[], event_pb2.Event]

# Captures that may wait; each holds its arrays in memory until it is written.
MAX_WAITING_CAPTURES = 4
# Small events (loss terms) that may wait.
MAX_WAITING_EVENTS = 10_000

_log = logging.getLogger(__name__)
_open_writers: dict[str, "EventWriter"] = {}
_registry_lock = threading.Lock()


def open_writer(directory: str) -> "EventWriter":
    """Returns the writer of a directory, shared by all who have it open; `close` it when done.

    A directory has one event file, since TensorBoard's Python ingester follows only the newest.
    """
    key = directory if "://" in directory else os.path.abspath(directory)
    with _registry_lock:
        writer = _open_writers.get(key)
        if writer is None:
            writer = _open_writers[key] = EventWriter(key)
        writer.users += 1
        return writer


@atexit.register
def _close_all() -> None:
    for writer in list(_open_writers.values()):
        writer.finish()


class EventWriter:
    """Encodes and writes events on a background thread; never raises into training.

    Every event is flushed to the operating system at once, so that it outlives the process. A
    directory that can't be written, or an error while writing, gives one warning; what is
    submitted afterwards is dropped.

    Attributes:
        users: how many have opened this writer and not closed it.
    """

    def __init__(self, directory: str) -> None:
        self.users = 0
        self._directory = directory
        self._captures = threading.BoundedSemaphore(MAX_WAITING_CAPTURES)
        self._jobs: queue.Queue[tuple[Job, bool] | None] = queue.Queue()
        self._error: Exception | None = None
        self._warned: set[str] = set()
        self._thread: threading.Thread | None = None
        try:
            self._records = self._open_file()
        except Exception as error:  # file systems raise errors of many kinds
            self._error = error
            self._warn_of_error()
            return
        self._thread = threading.Thread(target=self._work, name="tb_featuremaps", daemon=True)
        self._thread.start()

    def start_session(self, step: int) -> None:
        """Shim."""

    def submit(self, job: Job) -> None:
        """Queues a small event; `job` makes it on the background thread."""
        if self._jobs.qsize() >= MAX_WAITING_EVENTS:
            self._warn_of_lag()
            return
        self._put(job, is_capture=False)

    def reserve_capture(self, size: int, wait: bool = False) -> "Reservation | None":
        return Reservation(self) if self._reserve(wait) else None

    def _reserve(self, wait: bool = False) -> bool:
        """Reserves a place for a capture, to be submitted or released; False if there is none.

        Args:
            wait: wait for a place rather than give up.
        """
        if self._error is not None:
            self._warn_of_error()
            return False
        if not self._captures.acquire(blocking=wait):
            self._warn_of_lag()
            return False
        return True

    def submit_capture(self, job: Job) -> None:
        """Queues a capture in the reserved place; `job` makes it on the background thread."""
        self._put(job, is_capture=True)

    def release_capture(self) -> None:
        """Gives the reserved place back."""
        self._captures.release()

    def flush(self) -> None:
        """Waits until everything submitted has been written."""
        if self._thread is not None and self._thread.is_alive():
            self._jobs.join()
        if self._error is not None:
            self._warn_of_error()

    def close(self) -> None:
        """Writes what is queued; the last user closes the file."""
        self.flush()
        with _registry_lock:
            self.users -= 1
            if self.users > 0:
                return
            _open_writers.pop(self._directory, None)
        self.finish()

    def finish(self) -> None:
        """Ends the thread and closes the file, whoever still uses it."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None

    def _put(self, job: Job, is_capture: bool) -> None:
        if self._error is not None or self._thread is None:
            self._warn_of_error()
            if is_capture:
                self._captures.release()
            return
        self._jobs.put((job, is_capture))

    def _open_file(self) -> RecordWriter:
        tf.io.gfile.makedirs(self._directory)
        name = f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}"
        unique = f"{os.getpid()}.{time.monotonic_ns()}.featuremaps"
        path = os.path.join(self._directory, f"{name}.{unique}")
        records = RecordWriter(tf.io.gfile.GFile(path, "wb"))
        header = event_pb2.Event(wall_time=time.time(), file_version="brain.Event:2")
        records.write(header.SerializeToString())
        records.flush()
        return records

    def _work(self) -> None:
        while (item := self._jobs.get()) is not None:
            job, is_capture = item
            try:
                if self._error is None:
                    self._records.write(job().SerializeToString())
                    self._records.flush()
            except Exception as error:  # an event lost must not end the training
                self._error = error
            finally:
                if is_capture:
                    self._captures.release()
                self._jobs.task_done()
        self._jobs.task_done()
        self._close_file()

    def _close_file(self) -> None:
        try:
            self._records.close()
        except Exception as error:
            _log.debug("closing the event file failed: %s", error)

    def _warn_of_error(self) -> None:
        self._warn_once(
            f"tb_featuremaps can't write to {self._directory}: {self._error}. Training goes on "
            "without logging there; check that the directory is writable and the disk not full."
        )

    def _warn_of_lag(self) -> None:
        self._warn_once(
            f"Writing to {self._directory} is slower than training; tb_featuremaps captures "
            "less often until the disk has caught up. Set `every` higher or capture fewer layers."
        )

    def _warn_once(self, message: str) -> None:
        kind = message[:32]
        if kind not in self._warned:
            self._warned.add(kind)
            warnings.warn(message, RuntimeWarning, stacklevel=4)


class Reservation:
    """Shim."""

    def __init__(self, writer: EventWriter) -> None:
        self._writer: EventWriter | None = writer

    def __enter__(self) -> "Reservation":
        return self

    def __exit__(self, *args: object) -> None:
        self.release()

    def submit(self, job: Job) -> None:
        if self._writer is not None:
            self._writer.submit_capture(job)
        self._writer = None

    def release(self) -> None:
        if self._writer is not None:
            self._writer.release_capture()
        self._writer = None
