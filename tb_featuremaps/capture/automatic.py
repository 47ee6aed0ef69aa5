"""The layers that "auto" means: what each block of a network hands on to the next."""

import dataclasses
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import keras

from tb_featuremaps.capture.block_boundaries import ENOUGH, boundaries
from tb_featuremaps.capture.keras_graph import GraphNode, graph_of, sublayers
from tb_featuremaps.capture.layer_roles import (
    Role,
    activates,
    has_spatial_layers,
    role_in_graph,
    role_of,
)
from tb_featuremaps.capture.model_layers import NamedLayer, named_layers
from tb_featuremaps.capture.outputs import main_output_index
from tb_featuremaps.capture.spatial_scale import Scales


@dataclasses.dataclass(frozen=True)
class _Candidate:
    """A layer to look at.

    Attributes:
        named: the layer.
        rank: of its output, None if that isn't known.
        scale: of its output; layers next to each other with the same scale are a stage.
        pooled: whether its maps are of one pixel by global pooling.
        is_output: whether it is the model's output, which is logged as such.
        composite: whether it has layers inside that could be looked at instead.
    """

    named: NamedLayer
    rank: int | None = None
    scale: tuple[int | None, ...] | None = None
    pooled: bool = False
    is_output: bool = False
    composite: bool = False


def automatic_layers(model: keras.Model, limit: int) -> tuple[list[NamedLayer], int]:
    """Returns the layers that "auto" means, in the model's order, and how many it thinned.

    In a functional model they are the outputs of its blocks (see `block_boundaries`), after
    normalisation and activation where a convolution has them, and nothing of an auxiliary head.
    Of a model whose graph Keras doesn't know, the layers inside, outer ones first. Where there are
    enough maps, units are left out. More than `limit` are thinned over the depth.
    """
    found = _looked_at(list(_candidates(model, "")))
    if not found:
        found = [_Candidate(named) for named in named_layers(model)]
    return [candidate.named for candidate in _thinned(found, limit)], len(found)


def _looked_at(found: list[_Candidate]) -> list[_Candidate]:
    """Opens composite layers while there are few candidates; prefers maps to units."""
    while len(kept := _maps_first(found)) < ENOUGH and any(
        candidate.composite for candidate in found
    ):
        found = list(itertools.chain.from_iterable(map(_opened, found)))
    return kept


def _opened(candidate: _Candidate) -> list[_Candidate]:
    if not candidate.composite:
        return [candidate]
    inside = list(_of_children(candidate.named.layer, f"{candidate.named.name}/"))
    return inside or [dataclasses.replace(candidate, composite=False)]


def _maps_first(found: list[_Candidate]) -> list[_Candidate]:
    if not any(map(_is_spatial, found)):
        return found
    maps = [
        candidate
        for candidate in found
        if (_is_spatial(candidate) or (candidate.rank or 0) >= 3) and not candidate.pooled
    ]
    if len(maps) >= ENOUGH:
        return maps
    return [
        candidate
        for candidate in found
        if candidate in maps or (candidate.rank == 2 and not candidate.is_output)
    ]


def _is_spatial(candidate: _Candidate) -> bool:
    if candidate.rank is None:
        return has_spatial_layers(candidate.named.layer)
    return candidate.rank >= 4


def _candidates(model: keras.layers.Layer, prefix: str) -> Iterator[_Candidate]:
    output = main_output_index(model) if isinstance(model, keras.Model) else 0
    nodes = graph_of(model, output)
    if nodes is None:
        yield from _of_children(model, prefix)
        return
    scales = Scales(nodes)
    at_boundaries = (nodes[index] for index in boundaries(nodes, scales))
    for chain in _chains(at_boundaries):
        if isinstance(chain[0].operation, keras.Model):
            yield from _candidates(chain[0].operation, f"{prefix}{chain[0].operation.name}/")
            if len(chain) == 1:
                continue
        candidate = _of_node(chain[-1], prefix, scales)
        yield dataclasses.replace(candidate, is_output=chain[-1] is nodes[-1])


def _chains(nodes: Iterable[GraphNode]) -> Iterator[list[GraphNode]]:
    """Each node that computes, with the normalisation and activation that directly follow it."""
    chain: list[GraphNode] = []
    end: Any = None
    for node in nodes:
        role = role_in_graph(node)
        follows = bool(chain) and any(tensor is end for tensor in node.inputs)
        if role in (Role.COMPUTES, Role.MERGES, Role.COMPOSITE):
            if chain:
                yield chain
            chain, end = [node], node.outputs[0]
        elif not follows or _is_activated(chain[-1]):
            end = None
        elif role is not Role.PASSES:
            chain.append(node)
            end = node.outputs[0]
        else:
            end = node.outputs[0] if isinstance(node.operation, keras.layers.Dropout) else None
    if chain:
        yield chain


def _is_activated(node: GraphNode) -> bool:
    return role_in_graph(node) is Role.ACTIVATES or activates(node.operation)


def _of_node(node: GraphNode, prefix: str, scales: Scales) -> _Candidate:
    output = node.outputs[0]
    return _Candidate(
        NamedLayer(f"{prefix}{node.operation.name}", node.operation),
        rank=len(output.shape),
        scale=scales.size(output),
        pooled=scales.is_pooled(output),
        composite=role_in_graph(node) is Role.COMPOSITE,
    )


def _of_children(parent: keras.Operation, prefix: str) -> Iterator[_Candidate]:
    """The layers inside one whose graph isn't known, a convolution by what is made after it."""
    waiting: keras.layers.Layer | None = None
    for layer in sublayers(parent):
        role = role_of(layer)
        if role in (Role.NORMALISES, Role.ACTIVATES) and waiting and not activates(waiting):
            waiting = layer
            continue
        if waiting:
            yield _Candidate(NamedLayer(f"{prefix}{waiting.name}", waiting))
            waiting = None
        if role is Role.COMPOSITE and graph_of(layer) is not None:
            yield from _candidates(layer, f"{prefix}{layer.name}/")
        elif role is Role.COMPOSITE:
            yield _Candidate(NamedLayer(f"{prefix}{layer.name}", layer), composite=True)
        elif role is Role.COMPUTES:
            waiting = layer
    if waiting:
        yield _Candidate(NamedLayer(f"{prefix}{waiting.name}", waiting))


def _thinned(found: Sequence[_Candidate], limit: int) -> list[_Candidate]:
    """Keeps the first and the last of each stage, and every second, third… from the end."""
    if len(found) <= limit:
        return list(found)
    kept = {0, len(found) - 1}
    kept |= {i for i in range(len(found) - 1) if found[i].scale != found[i + 1].scale}
    if len(kept) > limit:
        ordered = sorted(kept)
        kept = {ordered[round(i * (len(ordered) - 1) / (limit - 1))] for i in range(limit)}
    for stride in range(2, math.ceil(len(found) / 2) + 2):
        more = kept | set(range(len(found) - 1, -1, -stride))
        if len(more) <= limit:
            kept = more
            break
    return [found[index] for index in sorted(kept)]
