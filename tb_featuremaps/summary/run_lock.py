"""Tells whether another process writes into the same run directory.

Each writer holds an exclusive lock of the operating system on its own event file. It goes with the
process, also at `kill -9`, so that there is no stale lock and no extra file. Where the system has
no such locks (Windows, some network file systems) nothing is noticed.
"""

import os
import threading
import time
from collections.abc import Iterable
from types import ModuleType
from typing import IO, Any

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:
    fcntl = None

# Another process that looks whether the file is locked holds it for a moment.
_ATTEMPTS = 5
_PAUSE_SECONDS = 0.01


class RunLocks:
    """The locks of this process."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._own: set[tuple[int, int]] = set()

    def hold(self, file: IO[Any]) -> None:
        """Locks an open file until it is closed; a file system without locks is no error."""
        with self._lock:
            self._own.add(_identity(os.fstat(file.fileno())))
        for _ in range(_ATTEMPTS):
            if _try_lock(file, exclusive=True):
                return
            time.sleep(_PAUSE_SECONDS)

    def forget(self, file: IO[Any]) -> None:
        """To be called before a locked file is closed."""
        with self._lock:
            self._own.discard(_identity(os.fstat(file.fileno())))

    def forget_all(self) -> None:
        """In a forked child: the locks are the parent's."""
        self._lock = threading.RLock()
        self._own = set()

    def held_elsewhere(self, paths: Iterable[str]) -> list[str]:
        """Those files that another process has locked."""
        return [p for p in paths if os.path.isfile(p) and self._is_held_elsewhere(p)]

    def _is_held_elsewhere(self, path: str) -> bool:
        try:
            with open(path, "rb") as file:
                with self._lock:
                    if _identity(os.fstat(file.fileno())) in self._own:
                        return False
                return not _try_lock(file, exclusive=False)
        except OSError:  # gone meanwhile, or not ours to read
            return False


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _try_lock(file: IO[Any], exclusive: bool) -> bool:
    """False if another has locked the file; True as well where there are no locks."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
