"""What is new since a client last asked; docs/routes.md says what the client does with it.

The server remembers nothing of its clients: a version says how many items a client holds, how new
the newest is, and their digest. Items that are no newer than that, and have the same number and
digest, are what the client holds.
"""

import dataclasses
import hashlib
import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_featuremaps.plugin.items import Items

_VERSION = struct.Struct("<dI8s")


@dataclasses.dataclass(frozen=True)
class _Held:
    """What a client holds: the newest wall time, the number of items, and their digest."""

    newest: float
    count: int
    digest: bytes


class Growth:
    """Tells what is new in the series of an answer, and what a client may keep.

    Args:
        series: all series of the answer, as they are now.
        since: the version that the client was given, or None.

    Attributes:
        version: what the client sends the next time.
        reset: whether the client has to forget what it holds.
    """

    def __init__(self, series: Sequence[Items], since: str | None) -> None:
        self._series = series
        self.version = _encode(_held(series, _newest(series)))
        held = _decode(since) if since else None
        present = _held(series, held.newest) if held else None
        # More items than it holds: some came with an older wall time, from another clock.
        self.reset = held is None or present is None or present.count > held.count
        self._keeps_all = not self.reset and held == present
        self._newest_held = -math.inf if held is None or self.reset else held.newest

    def new(self, index: int) -> npt.NDArray[np.intp]:
        """Places of the items of one series that the client doesn't hold."""
        return np.flatnonzero(~self._old(index))

    def kept(self, index: int) -> npt.NDArray[np.intp] | None:
        """Places of the items of one series that the client keeps; None if it keeps all."""
        return None if self.reset or self._keeps_all else np.flatnonzero(self._old(index))

    def arrays(self, index: int) -> dict[str, npt.NDArray[Any]]:
        """The identities in a binary answer: of what is new, and of what is kept."""
        items, new, kept = self._series[index], self.new(index), self.kept(index)
        named = {"steps": items.steps[new], "wall_times": items.wall_times[new]}
        if kept is not None:
            named |= {"kept_steps": items.steps[kept], "kept_wall_times": items.wall_times[kept]}
        return {name: values.astype(np.float64) for name, values in named.items()}

    def number_kept(self, index: int) -> int | None:
        """How many items of one series the client keeps; None if it keeps all."""
        kept = self.kept(index)
        return None if kept is None else len(kept)

    def _old(self, index: int) -> npt.NDArray[np.bool_]:
        return self._series[index].wall_times <= self._newest_held


def _newest(series: Sequence[Items]) -> float:
    times = (float(np.fmax.reduce(items.wall_times, initial=-math.inf)) for items in series)
    return max(times, default=-math.inf)


def _held(series: Sequence[Items], newest: float) -> _Held:
    """What a client holds that has every item up to a wall time."""
    count, digest = 0, hashlib.blake2b(digest_size=8)
    for items in series:
        old = items.wall_times <= newest
        number = int(np.count_nonzero(old))
        if number:
            digest.update(f"{number} {len(items.name)} {items.name}".encode(errors="replace"))
            digest.update(items.steps[old].tobytes())
            digest.update(items.wall_times[old].tobytes())
        count += number
    return _Held(newest, count, digest.digest())


def _encode(held: _Held) -> str:
    return _VERSION.pack(held.newest, held.count, held.digest).hex()


def _decode(version: str) -> _Held | None:
    try:
        held = _Held(*_VERSION.unpack(bytes.fromhex(version)))
    except (ValueError, struct.error):
        return None
    return None if math.isnan(held.newest) else held
