"""Answers with gradients by term, and with what heads owe to channels."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.names import CHANNEL_GRADIENT_COLUMNS, GRADIENT_COLUMNS
from tb_featuremaps.plugin.array_answer import answer_array
from tb_featuremaps.plugin.descriptions import ROLES
from tb_featuremaps.plugin.framing import pack
from tb_featuremaps.plugin.logged_data import LoggedData
from tb_featuremaps.plugin.problems import DamagedError, NotFoundError
from tb_featuremaps.plugin.series import Series
from tb_featuremaps.plugin.since import Growth
from tb_featuremaps.plugin.tensors import Arrays, read_arrays

_PLACES = {pb.GradientSeries.ACTIVATIONS: "activations", pb.GradientSeries.KERNELS: "kernels"}
_KINDS = {
    pb.GradientTerm.OUTPUT: "output",
    pb.GradientTerm.PENALTY: "penalty",
    pb.GradientTerm.TOTAL: "total",
}


@dataclasses.dataclass(frozen=True)
class _Logged:
    """A series of gradients or of updates.

    Attributes:
        place: "activations", "kernels" or "updates".
        layers, terms: what the axes of an array stand for; updates have no terms.
    """

    series: Series
    place: str
    layers: list[str]
    terms: list[dict[str, Any]]
    arrays: Arrays


def gradients(data: LoggedData, run: str, since: str | None) -> bytes:
    """The gradients of a run, at activations and kernels, that are new to the client.

    Raises:
        NotFoundError: none were logged in the run.
    """
    listed = data.series_of_run(run)
    messages: list[str] = list(listed.messages)
    found = []
    for series in [*listed.of(run, "gradients"), *listed.of(run, "updates")]:
        try:
            found.append(_logged(data, series))
        except (DamagedError, NotFoundError) as error:
            messages.append(str(error))
            continue
        messages += found[-1].arrays.messages
    if not found and not messages:
        raise NotFoundError(f"no gradients in run {run!r}.")
    growth = Growth([logged.arrays.items for logged in found], since)
    header = {
        "run": run,
        "version": growth.version,
        "reset": growth.reset,
        "limit": data.limits.captures or None,
        "messages": messages,
        "series": [
            {
                "place": logged.place,
                "tag": logged.series.tag,
                "layers": logged.layers,
                "terms": logged.terms,
                "all_kept": logged.arrays.all_kept,
                "kept": growth.number_kept(index),
            }
            for index, logged in enumerate(found)
        ],
    }
    arrays = {
        f"{index}/{name}": values
        for index, logged in enumerate(found)
        for name, values in (
            growth.arrays(index) | {"values": logged.arrays.stacked(growth.new(index))}
        ).items()
    }
    return pack(header, arrays)


def channel_gradients(data: LoggedData, run: str, tag: str, since: str | None) -> bytes:
    """The gradients at a layer's channels that are new to the client.

    Raises:
        NotFoundError: the tag is not of such gradients.
        DamagedError: they are not `[terms, channels, columns]`.
    """
    series = data.only(run, tag, "channel_gradients").data.channel_gradients
    _check_columns(series.columns, CHANNEL_GRADIENT_COLUMNS)
    said = {"layer": series.layer, "terms": _terms(series.terms)}
    shape = (len(series.terms), None, len(series.columns))
    return answer_array(data, run, tag, since, shape, said | {"columns": list(series.columns)})


def attributions(data: LoggedData, run: str, tag: str, since: str | None) -> bytes:
    """What the heads owe to a layer's channels, as far as it is new to the client.

    Raises:
        NotFoundError: the tag is not of attributions.
        DamagedError: they are not `[heads, probes, channels]`.
    """
    series = data.only(run, tag, "attributions").data.attributions
    heads = [
        {
            "name": head.head,
            "role": ROLES.get(head.role),
            "of_logits": head.of_logits,
            "classes": list(head.classes),
        }
        for head in series.heads
    ]
    said = {"layer": series.layer, "heads": heads}
    return answer_array(data, run, tag, since, (len(heads), None, None), said)


def _logged(data: LoggedData, series: Series) -> _Logged:
    if series.kind == "updates":
        layers = list(series.data.updates.layers)
        arrays = read_arrays(data, series.run, series.tag, (len(layers),))
        return _Logged(series, "updates", layers, [], arrays)
    described = series.data.gradients
    _check_columns(described.columns, GRADIENT_COLUMNS)
    place = _PLACES.get(described.place)
    if place is None:
        raise DamagedError(
            f"{series.tag!r} of run {series.run!r} is of gradients at a place that this version "
            "doesn't know. Update tb_featuremaps."
        )
    shape = (len(described.layers), len(described.terms), len(described.columns))
    arrays = read_arrays(data, series.run, series.tag, shape)
    return _Logged(series, place, list(described.layers), _terms(described.terms), arrays)


def _terms(terms: Sequence[pb.GradientTerm]) -> list[dict[str, Any]]:
    return [
        {"name": term.name, "kind": _KINDS.get(term.kind), "role": ROLES.get(term.role)}
        for term in terms
    ]


def _check_columns(found: Sequence[str], expected: Sequence[str]) -> None:
    if list(found) != list(expected):
        raise DamagedError(
            f"expected gradients with the columns {list(expected)}. Received: {list(found)}. "
            "Update tb_featuremaps."
        )
