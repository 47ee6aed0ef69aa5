"""Answers which runs there are, with their layers, heads and probes."""

import collections
import dataclasses
import hashlib
import json
import threading
import time
from typing import Any

from tb_featuremaps.plugin.descriptions import (
    gradient_tags,
    head_of,
    in_order,
    layer_of,
    probes_of,
)
from tb_featuremaps.plugin.gaps import gaps_of
from tb_featuremaps.plugin.items import seconds
from tb_featuremaps.plugin.logged_data import LoggedData
from tb_featuremaps.plugin.series import Series, SeriesList

_MAX_MESSAGES = 100
# Answers that are remembered; each open page asks with its own latest.
_REMEMBERED = 64


class Listings:
    """Answers which runs there are, and remembers what it has answered.

    Several runs are written at once, each by a clock of its own: what is new can't be told by wall
    times as within a run. A version that is no longer remembered is answered with everything.
    """

    def __init__(self) -> None:
        self._given: collections.OrderedDict[str, dict[str, str]] = collections.OrderedDict()
        self._latest: tuple[str, dict[str, _Run]] = ("", {})
        self._lock = threading.Lock()

    def answer(self, data: LoggedData, since: str | None) -> bytes:
        """The runs with data of ours that are new to the client or have changed, as JSON."""
        found, messages = self._found(data)
        versions = {run.name: run.version for run in found}
        version, held = self._remembered(data.experiment, versions, since)
        kept = {name: of for name, of in versions.items() if held and held.get(name) == of}
        seen = [run.last_wall_time for run in found if run.last_wall_time is not None]
        answer = {
            "version": version,
            "reset": held is None,
            "kept": None if held is None or len(kept) == len(held) else kept,
            "newest_wall_time": max(seen, default=None),
            "server_time": time.time(),
            "messages": _bounded(messages),
        }
        changed = [run.json for run in found if run.name not in kept]
        # The runs are JSON already, since their version is made of it.
        return json.dumps(answer)[:-1].encode() + b', "runs": [' + b", ".join(changed) + b"]}"

    def _found(self, data: LoggedData) -> tuple[list["_Run"], list[str]]:
        """All runs, and messages about what can't be read."""
        experiment, before = self._latest
        found, messages = _found(data, before if experiment == data.experiment else {})
        self._latest = (data.experiment, {run.name: run for run in found})
        return found, messages

    def _remembered(
        self, experiment: str, versions: dict[str, str], since: str | None
    ) -> tuple[str, dict[str, str] | None]:
        """The version of these runs, and what a client with an earlier one holds."""
        content = json.dumps([experiment, versions]).encode()
        version = hashlib.blake2b(content, digest_size=12).hexdigest()
        with self._lock:
            held = self._given.get(since) if since else None
            self._given[version] = versions
            self._given.move_to_end(version)
            while len(self._given) > _REMEMBERED:
                self._given.popitem(last=False)
        return version, held


@dataclasses.dataclass(frozen=True)
class _Sources:
    """All that the answer about a run is made of.

    Attributes:
        series: of the run.
        start_time: seconds since 1970, where one is known.
        gaps: what its log lacks.
        validation_run: where its validation is logged, if it is.
    """

    series: list[Series]
    start_time: float | None
    gaps: list[dict[str, int]]
    validation_run: str | None


@dataclasses.dataclass(frozen=True)
class _Run:
    """A run as it is answered.

    Attributes:
        sources: what it is made of: most runs of a directory have ended, and are asked for again.
        json: with its version inside.
        version: a digest of all that is said of the run.
        last_wall_time: of its newest item.
    """

    name: str
    sources: _Sources
    json: bytes
    version: str
    last_wall_time: float | None


def _found(data: LoggedData, before: dict[str, _Run]) -> tuple[list[_Run], list[str]]:
    """All runs, and messages about what can't be read; those of before where nothing is new."""
    listed = data.series()
    messages = list(listed.messages)
    times = data.start_times()
    names = sorted(listed.runs)
    found = []
    for name in names:
        gaps, problems = gaps_of(data, listed, name)
        messages += problems
        validation = validation_run(name)
        sources = _Sources(
            listed.of_run(name),
            seconds(times.get(name)),
            gaps,
            validation if validation in listed.runs else None,
        )
        run = before.get(name)
        if run is None or run.sources != sources:
            run = _described(name, sources, listed)
        found.append(run)
    return found, messages


def _described(name: str, sources: _Sources, listed: SeriesList) -> _Run:
    times = [
        series.last_wall_time for series in sources.series if series.last_wall_time is not None
    ]
    last_wall_time = max(times, default=None)
    said = _run(listed, name) | {
        "validation_run": sources.validation_run,
        "start_time": sources.start_time,
        "gaps": sources.gaps,
        "last_wall_time": last_wall_time,
    }
    content = json.dumps(said)
    version = hashlib.blake2b(content.encode(), digest_size=8).hexdigest()
    whole = f'{content[:-1]}, "version": "{version}"}}'
    return _Run(name, sources, whole.encode(), version, last_wall_time)


def _run(listed: SeriesList, name: str) -> dict[str, Any]:
    stats = {series.tag for series in listed.of(name, "stats")}
    layers = sorted(listed.of(name, "layer"), key=lambda series: series.data.layer.order)
    probes = listed.of(name, "probes")
    tags = gradient_tags(listed, name)
    return {
        "name": name,
        "layers": [layer_of(layer, stats, tags) for layer in layers],
        "heads": [head_of(head) for head in in_order(listed, name)],
        "probes": probes_of(probes[0]) if probes else None,
        "has_losses": bool(listed.of(name, "losses")),
        "has_gradients": bool(listed.of(name, "gradients")),
    }


def validation_run(run: str) -> str | None:
    """The run that `keras.callbacks.TensorBoard` would log validation to, beside `…/train`."""
    head, separator, last = run.rpartition("/")
    return f"{head}{separator}validation" if last == "train" else None


def _bounded(messages: list[str]) -> list[str]:
    more = len(messages) - _MAX_MESSAGES
    return [*messages[:_MAX_MESSAGES], f"… and {more} more."] if more > 0 else messages
