# ruff: noqa: C901 - compiled loops
"""A first plan: every block to the zone of the price rule, then stray parts regrown from the roots.

With prices of the bound the rule "least distance plus handicap" is near the best and nearly whole: its zones are weighted
Voronoi regions (Aurenhammer 1987). Parts without a root are given up and taken by zones that border them, least regret first, as
Prim's algorithm grows a tree. Blocks that no allowed zone borders are tied to one by a shortest path that the path's blocks join.
"""

import heapq

import numba as nb
import numpy as np

from optimizer.problem import Bools, Ints
from optimizer.solver.contiguity import Scratch, may_enter, scratch, stray
from optimizer.solver.model import HUGE, NEVER, Graph, Model

NOWHERE = -1
ROUNDS = 60


def construct(model: Model, score: Ints) -> Ints | None:
    """Make a plan that keeps every zone whole and goes by the least score ``[U, Z]``; capacity is left to the search.

    Returns
    -------
    ``[U]`` zone of each unit, or ``None`` where the paths ran into each other (a plan may still exist).
    """
    zone = score.argmin(axis=1).astype(np.int64)
    held = model.graph.bound.copy()
    for _ in range(ROUNDS):
        drop_stray(model.graph, zone, model.n_zones)
        left = grow(model.graph, score, model.cost, zone)
        if left == 0:
            return np.asarray(zone)
        if not _tie(model.graph, model.cost, zone, held):
            return None
    return None


@nb.njit(cache=True, nogil=True)
def drop_stray(graph: Graph, zone: Ints, n_zones: int) -> None:
    """Send units with a stray block nowhere, until the rest is whole."""
    again = True
    while again:
        again = False
        lost = stray(graph, zone, n_zones)
        for block in range(len(lost)):
            if lost[block] and zone[graph.unit_of[block]] != NOWHERE:
                zone[graph.unit_of[block]] = NOWHERE
                again = True


@nb.njit(cache=True, nogil=True)
def grow(graph: Graph, score: Ints, cost: Ints, zone: Ints) -> int:
    """Give units that are nowhere to bordering zones, least regret first; return how many none could take."""
    memory = scratch(graph)
    n = len(zone)
    best = np.empty(n, dtype=np.int64)
    heap = [(np.int64(0), np.int64(0), np.int64(0)) for _ in range(0)]
    left = 0
    for unit in range(n):
        if zone[unit] == NOWHERE:
            best[unit] = score[unit].min()
            left += 1
            for i in range(graph.member_offset[unit], graph.member_offset[unit + 1]):
                block = graph.member[i]
                for k in range(graph.offset[block], graph.offset[block + 1]):
                    z = zone[graph.unit_of[graph.neighbor[k]]]
                    if z != NOWHERE and cost[unit, z] < NEVER:
                        heapq.heappush(heap, (score[unit, z] - best[unit], np.int64(unit), z))
    while len(heap) > 0:
        _, taken, z = heapq.heappop(heap)
        unit = int(taken)
        if zone[unit] != NOWHERE or not may_enter(graph, zone, unit, int(z), memory):
            continue
        zone[unit] = z
        left -= 1
        for i in range(graph.member_offset[unit], graph.member_offset[unit + 1]):
            block = graph.member[i]
            for k in range(graph.offset[block], graph.offset[block + 1]):
                other = graph.unit_of[graph.neighbor[k]]
                if zone[other] == NOWHERE and cost[other, z] < NEVER:
                    heapq.heappush(heap, (score[other, z] - best[other], other, z))
    return left


@nb.njit(cache=True, nogil=True)
def _tie(graph: Graph, cost: Ints, zone: Ints, held: Bools) -> bool:
    """Tie the first unit that is nowhere to the zone with the shortest path to all its blocks; false if there is none."""
    memory = scratch(graph)
    parent = np.empty(len(graph.unit_of), dtype=np.int64)
    for unit in range(len(zone)):
        if zone[unit] != NOWHERE:
            continue
        least, chosen = HUGE, NOWHERE
        for z in range(cost.shape[1]):
            if cost[unit, z] < NEVER:
                length = _paths(graph, cost, zone, held, unit, z, parent, memory, False)
                if 0 <= length < least:
                    least, chosen = length, z
        if chosen == NOWHERE:
            return False
        _paths(graph, cost, zone, held, unit, chosen, parent, memory, True)
        zone[unit] = chosen
        held[unit] = True
        return True
    return False


@nb.njit(cache=True, nogil=True)
def _paths(
    graph: Graph, cost: Ints, zone: Ints, held: Bools, unit: int, target: int, parent: Ints, memory: Scratch, take: bool
) -> int:
    """Blocks on shortest paths from a zone's roots to all blocks of a unit (-1: no way); with ``take`` they join the zone."""
    memory.clock[0] += 1
    mark = memory.clock[0]
    head, tail = 0, 0
    for i in range(graph.root_offset[target], graph.root_offset[target + 1]):
        block = graph.root[i]
        memory.stamp[block], parent[block], memory.stack[tail] = mark, -1, block
        tail += 1
    while head < tail:
        block = memory.stack[head]
        head += 1
        for inside in (True, False):
            for k in range(graph.offset[block], graph.offset[block + 1]):
                other = graph.neighbor[k]
                owner = graph.unit_of[other]
                free = owner == unit or zone[owner] == target or (not held[owner] and cost[owner, target] < NEVER)
                if memory.stamp[other] != mark and free and (zone[owner] == target) == inside:
                    memory.stamp[other], parent[other], memory.stack[tail] = mark, block, other
                    tail += 1
    length = 0
    for i in range(graph.member_offset[unit], graph.member_offset[unit + 1]):
        block = graph.member[i]
        if graph.exempt[block]:
            continue
        if memory.stamp[block] != mark:
            return -1
        while block != -1:
            owner = graph.unit_of[block]
            length += zone[owner] != target
            if take and owner != unit:
                zone[owner] = target
                held[owner] = True
            block = parent[block]
    return length
