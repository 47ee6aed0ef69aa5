"""Warnings that arise on the writing thread and are given on a thread of the user's."""

import threading
import warnings
from collections import deque


class Notices:
    """Keeps warnings until a call from the training can give them.

    A warning given on a background thread would be lost, or end the thread where warnings are
    errors.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._waiting: deque[str] = deque()
        self._kinds: set[str] = set()

    def add(self, message: str, kind: str | None = None) -> None:
        """Adds a warning; one of a `kind` is given only once."""
        with self._lock:
            if kind is not None and kind in self._kinds:
                return
            if kind is not None:
                self._kinds.add(kind)
            self._waiting.append(message)

    def give(self, stacklevel: int) -> None:
        """Warns of what has been added since the last time."""
        while (message := self._next()) is not None:
            warnings.warn(message, RuntimeWarning, stacklevel=stacklevel + 1)

    def _next(self) -> str | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None
