"""Says on the standard error how far a long command has got."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tb_featuremaps.command_line import say

_Item = TypeVar("_Item")
# A command that ends sooner says nothing; a log file gets a line as often.
_SECONDS = 2.0
_SECONDS_IN_FILES = 30.0


def with_progress(items: Iterable[_Item], total: int, what: str) -> Iterator[_Item]:
    """Passes items on; says how many of them are done.

    Args:
        items: what is passed on.
        total: how many there are.
        what: names them, such as "layers".
    """
    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    every = _SECONDS if is_terminal else _SECONDS_IN_FILES
    said = time.monotonic()
    for done, item in enumerate(items):
        if time.monotonic() - said >= every:
            said = time.monotonic()
            say(f"{done} of {total} {what}", sys.stderr)
        yield item
