"""Something that is done every so often, on a thread of its own."""

import threading
import weakref
from collections.abc import Callable

_JOIN_SECONDS = 2.0


class Repeated:
    """Calls a method every so often until it is stopped, the method raises or its object is gone.

    Args:
        method: a bound method; its object is not kept alive. It returns in how many seconds it is
            to be called again; None if no more.
        name: of the thread.
    """

    def __init__(self, method: Callable[[], float | None], name: str) -> None:
        self._method = weakref.WeakMethod(method)
        self._stopped = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raises what the method raised, if it did."""
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Ends the calls, and waits, within bounds, for one that runs."""
        self._stopped.set()
        if self._thread is not threading.current_thread():
            self._thread.join(_JOIN_SECONDS)

    def _run(self) -> None:
        seconds = self._call()
        while seconds is not None and not self._stopped.wait(seconds):
            seconds = self._call()

    def _call(self) -> float | None:
        method = self._method()
        if method is None:
            return None
        try:
            return method()
        except Exception as error:  # for the one who checks
            self._failure = error
            return None
