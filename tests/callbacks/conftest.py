"""A test that leaves a thread of a callback behind fails itself, and not a later test."""

import threading
import time
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Gives a thread that is just ending five seconds."""
    yield
    deadline = time.monotonic() + 5
    while (names := _threads()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not names, f"left behind: {names}"


def _threads() -> list[str]:
    names = (thread.name for thread in threading.enumerate())
    return sorted(name for name in names if "tb_featuremaps" in name)
