"""Answers which runs there are, with their layers, heads and probes."""

import dataclasses
import hashlib
import json
import time
from typing import Any

import numpy as np

from tb_featuremaps.plugin.descriptions import head_of, in_order, layer_of, probes_of
from tb_featuremaps.plugin.gaps import gaps_of
from tb_featuremaps.plugin.items import Items, seconds
from tb_featuremaps.plugin.logged_data import LoggedData
from tb_featuremaps.plugin.series import Series, SeriesList
from tb_featuremaps.plugin.since import Growth

_MAX_MESSAGES = 100


def runs(data: LoggedData, since: str | None) -> bytes:
    """The runs with data of ours that are new to the client or have changed, as JSON."""
    listed = data.series()
    times = data.start_times()
    names = sorted({series.run for series in listed.series})
    found = []
    for name in names:
        gaps, problems = gaps_of(data, listed, name)
        listed.messages.extend(problems)
        said = _run(listed, name, names) | {"start_time": seconds(times.get(name)), "gaps": gaps}
        found.append(_described(name, said, listed.of_run(name)))
    growth = Growth([run.identity for run in found], since)
    kept = {run.name: run.version for place, run in enumerate(found) if not len(growth.new(place))}
    seen = [run.last_wall_time for run in found if run.last_wall_time is not None]
    answer = {
        "version": growth.version,
        "reset": growth.reset,
        "kept": None if growth.reset or growth.keeps_all else kept,
        "newest_wall_time": max(seen, default=None),
        "server_time": time.time(),
        "messages": _bounded(listed.messages),
    }
    changed = [run.json for place, run in enumerate(found) if len(growth.new(place))]
    # The runs are JSON already, since their version is made of it.
    return json.dumps(answer)[:-1].encode() + b', "runs": [' + b", ".join(changed) + b"]}"


@dataclasses.dataclass(frozen=True)
class _Run:
    """A run as it is answered.

    Attributes:
        json: with its version inside.
        version: a digest of all that is said of the run.
        last_wall_time: of its newest item.
    """

    name: str
    json: bytes
    version: str
    last_wall_time: float | None

    @property
    def identity(self) -> Items:
        """The run as a series of a single item."""
        times = np.array([self.last_wall_time], np.float64)  # None becomes NaN
        return Items(f"{self.name}\0{self.version}", np.zeros(1, np.int64), times)


def _described(name: str, said: dict[str, Any], series: list[Series]) -> _Run:
    times = [one.last_wall_time for one in series if one.last_wall_time is not None]
    last_wall_time = max(times, default=None)
    content = json.dumps(said | {"last_wall_time": last_wall_time})
    version = hashlib.blake2b(content.encode(), digest_size=8).hexdigest()
    whole = f'{content[:-1]}, "version": "{version}"}}'
    return _Run(name, whole.encode(), version, last_wall_time)


def _run(listed: SeriesList, name: str, names: list[str]) -> dict[str, Any]:
    stats = {series.tag for series in listed.of(name, "stats")}
    layers = sorted(listed.of(name, "layer"), key=lambda series: series.data.layer.order)
    probes = listed.of(name, "probes")
    validation = validation_run(name)
    return {
        "name": name,
        "layers": [layer_of(layer, stats) for layer in layers],
        "heads": [head_of(head) for head in in_order(listed, name)],
        "probes": probes_of(probes[0]) if probes else None,
        "has_losses": bool(listed.of(name, "losses")),
        "validation_run": validation if validation in names else None,
    }


def validation_run(run: str) -> str | None:
    """The run that `keras.callbacks.TensorBoard` would log validation to, beside `…/train`."""
    head, separator, last = run.rpartition("/")
    return f"{head}{separator}validation" if last == "train" else None


def _bounded(messages: list[str]) -> list[str]:
    more = len(messages) - _MAX_MESSAGES
    return [*messages[:_MAX_MESSAGES], f"… and {more} more."] if more > 0 else messages
