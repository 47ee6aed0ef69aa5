"""The steps of a run, which never run backwards in a series."""

import os
import threading
import weakref
from collections.abc import Iterable

from tb_featuremaps.format.remote import is_remote


class Steps:
    """Knows the last step of each series.

    Args:
        directory: of the run.
    """

    def __init__(self, directory: str) -> None:
        self.directory = directory if is_remote(directory) else os.path.realpath(directory)
        self._last: dict[str, int] = {}
        self._has_begun = False
        with _lock:
            _open.add(self)

    def take(self, step: int, series: Iterable[str]) -> list[str]:
        """Takes note of a step.

        Returns:
            Those of the series that are new here and that another writer of this process, which
            is still open, writes too.

        Raises:
            ValueError: one of the series is beyond it already; then none is taken note of.
        """
        names = list(series)
        later = {name: self._last[name] for name in names if self._last.get(name, 0) > step}
        if later:
            raise ValueError(
                "Expected steps that don't run backwards, since a step takes the place of those "
                f"behind it. Received: step {step} after {later}."
            )
        new = [name for name in names if name not in self._last]
        self._last |= dict.fromkeys(names, step)
        return self._written_elsewhere(new) if new else []

    def is_first(self) -> bool:
        """Whether this is asked for the first time."""
        is_first, self._has_begun = not self._has_begun, True
        return is_first

    def close(self) -> None:
        """Nothing more is written."""
        with _lock:
            _open.discard(self)

    def _written_elsewhere(self, names: list[str]) -> list[str]:
        with _lock:
            others = [
                opened
                for opened in _open
                if opened is not self and opened.directory == self.directory
            ]
        return [name for name in names if any(name in other._last for other in others)]


_lock = threading.Lock()
# Those of writers that are forgotten rather than closed go by themselves.
_open: "weakref.WeakSet[Steps]" = weakref.WeakSet()
