"""One exact contiguity, the same in every layer: each connected part of a zone's blocks holds one of the zone's roots.

Blocks that are exempt lie on a component of the adjacency without a root and are never asked about. Whether a block may leave is
first judged from its neighbours alone: if those in its zone hang together without it, so does the zone.
"""

from typing import NamedTuple

import numba as nb
import numpy as np

from optimizer.problem import Bools, Ints
from optimizer.solver.model import Graph


class Scratch(NamedTuple):
    """Memory for searches: a stamp for each block, the current stamp (one number in an array), a stack."""

    stamp: Ints
    clock: Ints
    stack: Ints


@nb.njit(cache=True, nogil=True)
def scratch(graph: Graph) -> Scratch:
    """Make memory for one thread."""
    n = len(graph.unit_of)
    return Scratch(np.zeros(n, dtype=np.int64), np.zeros(1, dtype=np.int64), np.empty(n + 1, dtype=np.int64))


@nb.njit(cache=True, nogil=True)
def may_enter(graph: Graph, zone: Ints, unit: int, target: int, memory: Scratch) -> bool:
    """Whether all blocks of a unit would be tied to zone ``target``, directly or through each other."""
    begin, end = graph.member_offset[unit], graph.member_offset[unit + 1]
    memory.clock[0] += 1
    mark = memory.clock[0]
    todo, changed = 0, True
    for i in range(begin, end):
        if graph.exempt[graph.member[i]]:
            memory.stamp[graph.member[i]] = mark
        else:
            todo += 1
    while todo > 0 and changed:
        changed = False
        for i in range(begin, end):
            block = graph.member[i]
            if memory.stamp[block] == mark:
                continue
            for k in range(graph.offset[block], graph.offset[block + 1]):
                other = graph.neighbor[k]
                tied = zone[graph.unit_of[other]] == target
                if tied or (graph.unit_of[other] == unit and memory.stamp[other] == mark):
                    memory.stamp[block] = mark
                    todo -= 1
                    changed = True
                    break
    return todo == 0


@nb.njit(cache=True, nogil=True)
def may_leave(graph: Graph, zone: Ints, size: Ints, unit: int, memory: Scratch) -> bool:
    """Whether a zone stays whole without one of its units; ``size`` counts the blocks of each zone that are not exempt."""
    if graph.bound[unit]:
        return False
    begin, end = graph.member_offset[unit], graph.member_offset[unit + 1]
    if end - begin == 1:
        block = graph.member[begin]
        if graph.exempt[block] or _neighbors_hang_together(graph, zone, block, zone[unit], memory):
            return True
    left = size[zone[unit]]
    for i in range(begin, end):
        left -= not graph.exempt[graph.member[i]]
    return bool(rooted(graph, zone, zone[unit], unit, memory) == left)


@nb.njit(cache=True, nogil=True)
def _neighbors_hang_together(graph: Graph, zone: Ints, block: int, home: int, memory: Scratch) -> bool:
    """Whether the block's neighbours in its zone are one part among themselves (a block is no root: it may leave)."""
    memory.clock[0] += 1
    mark = memory.clock[0]
    count, start = 0, -1
    for k in range(graph.offset[block], graph.offset[block + 1]):
        other = graph.neighbor[k]
        if zone[graph.unit_of[other]] == home:
            memory.stamp[other] = mark
            count += 1
            start = other
    if count <= 1:
        return True
    memory.stamp[start] = 0
    memory.stack[0] = start
    top, seen = 1, 1
    while top > 0:
        top -= 1
        one = memory.stack[top]
        for k in range(graph.offset[one], graph.offset[one + 1]):
            other = graph.neighbor[k]
            if memory.stamp[other] == mark:
                memory.stamp[other] = 0
                memory.stack[top] = other
                top += 1
                seen += 1
    return seen == count


@nb.njit(cache=True, nogil=True)
def rooted(graph: Graph, zone: Ints, home: int, without: int, memory: Scratch) -> int:
    """Count, and stamp, the blocks of zone ``home`` that its roots reach, leaving one unit out (or -1)."""
    memory.clock[0] += 1
    mark = memory.clock[0]
    top, seen = 0, 0
    for i in range(graph.root_offset[home], graph.root_offset[home + 1]):
        block = graph.root[i]
        if memory.stamp[block] != mark and zone[graph.unit_of[block]] == home:
            memory.stamp[block] = mark
            memory.stack[top] = block
            top += 1
    while top > 0:
        top -= 1
        block = memory.stack[top]
        seen += 1
        for k in range(graph.offset[block], graph.offset[block + 1]):
            other = graph.neighbor[k]
            unit = graph.unit_of[other]
            if memory.stamp[other] != mark and unit != without and zone[unit] == home:
                memory.stamp[other] = mark
                memory.stack[top] = other
                top += 1
    return seen


@nb.njit(cache=True, nogil=True)
def sizes(graph: Graph, zone: Ints, n_zones: int) -> Ints:
    """Count the blocks of each zone that are not exempt."""
    size = np.zeros(n_zones, dtype=np.int64)
    for block in range(len(graph.unit_of)):
        if not graph.exempt[block] and zone[graph.unit_of[block]] >= 0:
            size[zone[graph.unit_of[block]]] += 1
    return size


@nb.njit(cache=True, nogil=True)
def stray(graph: Graph, zone: Ints, n_zones: int) -> Bools:
    """Mark the blocks that hang on no root of their zone (none in a valid plan)."""
    memory = scratch(graph)
    lost = np.zeros(len(graph.unit_of), dtype=np.bool_)
    for home in range(n_zones):
        rooted(graph, zone, home, -1, memory)
    for block in range(len(lost)):
        lost[block] = not graph.exempt[block] and memory.stamp[block] == 0
    return lost
