"""Where the blocks of a functional model begin and end.

A block shows in how many tensors are alive between two operations: one in a plain chain, several
between the branches of an inception module or along a shortcut. The operations with the fewest are
the boundaries. Where what lies between two boundaries is more than a block, the same is asked of
its inside: of the scales of a U-Net under its outermost shortcut, of the cells of NASNet that see
the last but one cell, of the towers of several inputs.
"""

import itertools
import math
from collections.abc import Sequence

import keras

from tb_featuremaps.capture.keras_graph import GraphNode
from tb_featuremaps.capture.layer_roles import Role, role_in_graph
from tb_featuremaps.capture.spatial_scale import Scales

# Less than these are looked for in large blocks too, that is in those of so many layers.
ENOUGH = 6
_LARGE = 12


def boundaries(nodes: Sequence[GraphNode], scales: Scales) -> list[int]:
    """Indices of the nodes at the boundaries of blocks, in order.

    Args:
        nodes: what the output depends on, inputs first.
        scales: how large the maps of each tensor are.
    """
    alive = _alive_after(nodes)
    found = _fewest(alive, range(len(nodes)))
    waiting = _gaps(found, len(nodes))
    closed: list[range] = []
    while waiting:
        gap = waiting.pop()
        if _has_more_than_a_block(nodes, gap, scales):
            inside = _fewest(alive, gap)
            found = sorted({*found, *inside})
            waiting += [part for part in _gaps([gap.start - 1, *inside], gap.stop) if part != gap]
        else:
            closed.append(gap)
    return _open_large(nodes, alive, found, closed)


def _open_large(
    nodes: Sequence[GraphNode], alive: list[int], found: list[int], gaps: list[range]
) -> list[int]:
    """Opens the largest gap, and again, while there are few boundaries."""
    sizes = [(sum(map(_computes, (nodes[i] for i in gap))), gap) for gap in gaps]
    sizes = [(size, gap) for size, gap in sizes if size >= _LARGE]
    while sizes and sum(map(_computes, (nodes[index] for index in found))) < ENOUGH:
        largest = max(sizes, key=lambda pair: pair[0])
        sizes.remove(largest)
        inside = _fewest(alive, largest[1])
        found = sorted({*found, *inside})
        for gap in _gaps([largest[1].start - 1, *inside], largest[1].stop):
            size = sum(map(_computes, (nodes[index] for index in gap)))
            if size >= _LARGE and gap != largest[1]:
                sizes.append((size, gap))
    return found


def _alive_after(nodes: Sequence[GraphNode]) -> list[int]:
    """How many tensors are needed after each node that exist by then."""
    last_use: dict[int, int] = {}
    for index, node in enumerate(nodes):
        last_use |= {id(tensor): index for tensor in node.inputs}
    end = len(nodes)
    last_use[id(nodes[-1].outputs[0])] = end
    change = [0] * (end + 1)
    for index, node in enumerate(nodes):
        for tensor in {id(tensor): tensor for tensor in node.outputs}:
            if last_use.get(tensor, index) > index:
                change[index] += 1
                change[last_use[tensor]] -= 1
    alive, count = [], 0
    for step in change[:end]:
        count += step
        alive.append(count)
    return alive


def _fewest(alive: list[int], gap: range) -> list[int]:
    least = min((alive[index] for index in gap), default=0)
    return [index for index in gap if alive[index] == least]


def _gaps(found: Sequence[int], end: int) -> list[range]:
    edges = [*found, end]
    return [range(a + 1, b) for a, b in itertools.pairwise(edges) if b > a + 1]


def _has_more_than_a_block(nodes: Sequence[GraphNode], gap: range, scales: Scales) -> bool:
    """Whether the gap holds an input of its own, or maps of half the size of those at its ends."""
    if any(isinstance(nodes[index].operation, keras.layers.InputLayer) for index in gap):
        return True
    if gap.start == 0 or gap.stop >= len(nodes):
        return False
    ends = [scales.area(nodes[index].outputs[0]) for index in (gap.start - 1, gap.stop)]
    inside = [scales.area(nodes[i].outputs[0]) for i in gap if _computes(nodes[i])]
    known = [area for area in inside if not math.isnan(area)]
    return bool(known) and 2 * min(known) < min(ends)


def _computes(node: GraphNode) -> bool:
    return role_in_graph(node) in (Role.COMPUTES, Role.MERGES, Role.COMPOSITE)
