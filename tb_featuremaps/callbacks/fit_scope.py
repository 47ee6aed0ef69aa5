"""Notices that a `fit` has ended, however it ends.

Keras tells its callbacks nothing when an exception or Ctrl-C ends a `fit`. Three things tell:
an exception out of a callback or a step function passes through us; the `CallbackList` belongs to
the frame of `fit` and goes with it; and a thread looks whether that frame is still running, since
a traceback that somebody keeps (a debugger, a notebook) keeps the frame's objects alive.

Where a loop of one's own calls the callbacks, no frame tells when it ends: a function that begins
it may return long before. There the list of callbacks and `on_train_end` tell.
"""

import contextlib
import functools
import sys
import threading
import types
import weakref
from collections.abc import Callable
from typing import Any

import keras

_POLL_SECONDS = 0.25
# How many walks up a stack have to miss a frame that is said to have ended.
_LOOKS = 3
# The functions that are running as long as what they have begun.
_WHOLE_FITS = ("fit", "evaluate")

_lock = threading.RLock()
_running: list["FitScope"] = []
_watcher: threading.Thread | None = None
_none_left = threading.Event()


class FitScope:
    """One `fit` that runs, and who wants to know that it has been left; made by `current_fit`."""

    def __init__(
        self, container: keras.callbacks.CallbackList | None, driver: types.FrameType | None
    ) -> None:
        self._left: list[Callable[[], None]] = []
        self._thread = threading.get_ident()
        # Neither is kept alive: the frame of `fit` holds the training data.
        self._container = weakref.ref(container) if container is not None else None
        self._frame = (id(driver), driver.f_code) if driver is not None else None
        self._guarded: dict[str, Any] = {}
        if container is not None:
            weakref.finalize(container, self.leave).atexit = False
            self._guard(container)

    def is_of(self, container: keras.callbacks.CallbackList | None) -> bool:
        """Whether this is the scope of the `fit` that calls these callbacks."""
        return self._container is not None and self._container() is container

    def when_left(self, left: Callable[[], None]) -> None:
        """Has `left` called once if the `fit` is left without `on_train_end`."""
        with _lock:
            self._left.append(left)

    def end(self, left: Callable[[], None]) -> None:
        """The `fit` ends regularly for the one who asked for `left`."""
        with _lock:
            if left in self._left:
                self._left.remove(left)
            if not self._left:
                self._close()
        _retire_watcher()

    def leave(self) -> None:
        """The `fit` is left: everybody who waits is told."""
        with _lock:
            waiting, self._left = self._left, []
            self._close()
        for left in waiting:
            left()
        _retire_watcher()

    @property
    def is_watched(self) -> bool:
        """Whether the frame of `fit` is known."""
        return self._frame is not None

    def is_running(self) -> bool:
        """Whether the frame of `fit` is still on the stack of its thread.

        The thread may run between two frames of our walk; a generator that yields meanwhile leads
        nowhere, as if the stack ended there. So what isn't found is looked for again.
        """
        return any(self._is_on_stack() for _ in range(_LOOKS))

    def _is_on_stack(self) -> bool:
        frame = sys._current_frames().get(self._thread)
        while frame is not None:
            if (id(frame), frame.f_code) == self._frame:
                return True
            frame = frame.f_back
        return False

    def _close(self) -> None:
        container = self._container() if self._container is not None else None
        for name, guarded in self._guarded.items():
            if container is not None and vars(container).get(name) is guarded:
                del vars(container)[name]
        self._guarded = {}
        if self in _running:
            _running.remove(self)

    def _guard(self, container: keras.callbacks.CallbackList) -> None:
        reference = weakref.ref(container)
        for name in dir(type(container)):
            function = getattr(type(container), name)
            if name.startswith("on_") and callable(function) and name not in vars(container):
                self._guarded[name] = vars(container)[name] = self._guarding(function, reference)

    def _guarding(self, function: Callable[..., Any], reference: Any) -> Callable[..., Any]:
        @functools.wraps(function)
        def guarding(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(reference(), *args, **kwargs)
            except BaseException:
                self.leave()
                raise

        return guarding


def current_fit(left: Callable[[], None]) -> FitScope:
    """Returns the scope of the `fit` whose callback calls this; `left` as for `when_left`."""
    leave_ended_fits()
    container, driver = _find_fit()
    with _lock:
        scope = next((scope for scope in _running if scope.is_of(container)), None)
        if scope is None:
            scope = FitScope(container, driver)
            _running.append(scope)
    scope.when_left(left)
    if scope.is_watched:
        _watch()
    return scope


def leave_ended_fits() -> None:
    """Leaves every scope whose `fit` is no longer running."""
    with _lock:
        ended = [scope for scope in _running if scope.is_watched and not scope.is_running()]
    for scope in ended:
        scope.leave()


def _find_fit() -> tuple[keras.callbacks.CallbackList | None, types.FrameType | None]:
    """The list of callbacks that calls us, and the frame of `fit`, if there is one."""
    frame: types.FrameType | None = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_name in ("on_train_begin", "on_test_begin"):
            caller = frame.f_locals.get("self")
            if isinstance(caller, keras.callbacks.CallbackList):
                driver = frame.f_back
                # Where the list is guarded already, the guard stands between.
                while driver is not None and driver.f_code.co_name == "guarding":
                    driver = driver.f_back
                return caller, driver if _is_whole_fit(driver) else None
        frame = frame.f_back
    return None, None


def _is_whole_fit(frame: types.FrameType | None) -> bool:
    return frame is not None and frame.f_code.co_name in _WHOLE_FITS


def _watch() -> None:
    global _watcher
    with _lock:
        if _watcher is not None:
            return
        _none_left.clear()
        _watcher = threading.Thread(target=_watch_all, name="tb_featuremaps_fits", daemon=True)
        try:
            _watcher.start()
        except RuntimeError:  # no thread can be started: the next fit looks after this one
            _watcher = None


def _watch_all() -> None:
    """Looks after every `fit` until none is left."""
    while not _none_left.wait(_POLL_SECONDS):
        with contextlib.suppress(Exception):
            leave_ended_fits()


def _retire_watcher() -> None:
    """Ends the thread with the last `fit`, so that none is left over."""
    global _watcher
    with _lock:
        if _watcher is None or any(scope.is_watched for scope in _running):
            return
        watcher, _watcher = _watcher, None
        _none_left.set()
    if watcher is not threading.current_thread():
        watcher.join(_POLL_SECONDS)
