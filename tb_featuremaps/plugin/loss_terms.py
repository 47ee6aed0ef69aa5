"""Answers with the loss terms of a run."""

import dataclasses
import operator
from typing import Any

import numpy as np
import numpy.typing as npt
from tensorboard.data.provider import ScalarDatum

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.plugin.descriptions import ROLES
from tb_featuremaps.plugin.framing import pack
from tb_featuremaps.plugin.items import Items, surviving
from tb_featuremaps.plugin.logged_data import LoggedData
from tb_featuremaps.plugin.problems import DamagedError, NotFoundError
from tb_featuremaps.plugin.since import Growth

_KINDS = {
    pb.LossTerm.TOTAL: "total",
    pb.LossTerm.OUTPUT: "output",
    pb.LossTerm.WEIGHTED: "weighted",
    pb.LossTerm.PENALTY: "penalty",
    pb.LossTerm.REPORTED: "reported",
}

_value = operator.attrgetter("value")


@dataclasses.dataclass
class _Group:
    """Terms that were logged at the same steps.

    Attributes:
        steps, wall_times: of the points, as in `Items`.
        found: points of a term that TensorBoard gave, with those that no longer hold.
        rows: float64 `[points]` by the term's tag.
    """

    steps: npt.NDArray[np.int64]
    wall_times: npt.NDArray[np.float64]
    found: int
    rows: dict[str, npt.NDArray[np.float64]] = dataclasses.field(default_factory=dict)

    @property
    def items(self) -> Items:
        """The identities of the points; a client without one of the terms hasn't got them."""
        return Items("\0".join(self.rows), self.steps, self.wall_times)


def loss_terms(data: LoggedData, run: str, since: str | None) -> bytes:
    """The points of each term that are new to the client.

    Raises:
        NotFoundError: the run has no loss terms.
    """
    messages: list[str] = []
    terms = _known(data, run, messages)
    points = _points(data, run, [term.tag for term in terms], messages)
    groups: dict[tuple[bytes, bytes], _Group] = {}
    described = [
        _described(term) | _placed(groups, term.tag, points[term.tag])
        for term in terms
        if term.tag in points
    ]
    listed = list(groups.values())
    growth = Growth([group.items for group in listed], since)
    header = {
        "run": run,
        "version": growth.version,
        "reset": growth.reset,
        "limit": data.limits.scalars or None,
        "messages": messages,
        "terms": described,
        "groups": [
            {
                "kept": growth.number_kept(index),
                "all_kept": data.limits.keeps_scalars(group.found),
            }
            for index, group in enumerate(listed)
        ],
    }
    return pack(header, _arrays(listed, growth))


def _known(data: LoggedData, run: str, messages: list[str]) -> list[pb.LossTerm]:
    """The terms that the log names, of the kinds that are known here."""
    series = data.series_of_run(run).of(run, "losses")
    if not series:
        raise NotFoundError(f"no loss terms in run {run!r}.")
    known = []
    for term in (term for losses in series for term in losses.data.losses.terms):
        if term.kind in _KINDS:
            known.append(term)
        else:
            messages.append(
                f"{run}: the loss term {term.tag} is of a kind that this viewer doesn't know "
                f"({term.kind}). Update tb_featuremaps."
            )
    return known


def _points(
    data: LoggedData, run: str, tags: list[str], messages: list[str]
) -> dict[str, list[ScalarDatum]]:
    if not tags:
        return {}
    try:
        return data.scalars(run, tags)
    except DamagedError:
        pass
    # Term by term, so that a damaged one costs only itself.
    found: dict[str, list[ScalarDatum]] = {}
    for tag in tags:
        try:
            found |= data.scalars(run, [tag])
        except DamagedError as error:
            messages.append(f"{run}: the loss term {tag}: {error}")
    return found


def _described(term: pb.LossTerm) -> dict[str, Any]:
    return {
        "tag": term.tag,
        "kind": _KINDS[term.kind],
        "output": term.output or None,
        "role": ROLES.get(term.role),
    }


def _placed(
    groups: dict[tuple[bytes, bytes], _Group], tag: str, points: list[ScalarDatum]
) -> dict[str, int]:
    """Puts a term's points into the group of their steps, and says where."""
    present, items = surviving(tag, points)
    key = (items.steps.tobytes(), items.wall_times.tobytes())
    group = groups.setdefault(key, _Group(items.steps, items.wall_times, len(points)))
    group.rows[tag] = np.fromiter(map(_value, present), np.float64, len(present))
    return {"group": list(groups).index(key), "row": list(group.rows).index(tag)}


def _arrays(groups: list[_Group], growth: Growth) -> dict[str, npt.NDArray[Any]]:
    return {
        f"{index}/{name}": values
        for index, group in enumerate(groups)
        for name, values in [
            *growth.arrays(index).items(),
            ("values", np.stack(list(group.rows.values()))[:, growth.new(index)]),
        ]
    }
