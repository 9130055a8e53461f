"""Contiguity as cuts: what must be in a zone for a block to be in it too.

Zone ``z`` may use the blocks that are open to it, a graph ``G_z``; ``x[b]`` is 1 where block ``b`` is in the zone. For every set
``C`` of blocks that separates ``b`` from the zone's roots in ``G_z``, a zone in one piece has ``x[b] <= sum of x[c] over C``; and
an assignment that satisfies all of these is in one piece (Carvajal et al. 2013; Fischetti et al. 2017). Cuts with a minimal ``C``
are the strong ones: from any separator, those members that touch both the roots' side and the part of ``b``.
"""

from dataclasses import dataclass

import numba as nb
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from optimizer.problem import Bools, Floats, Ints, Problem

UNIT = 10_000
"""Fractional values become whole capacities of this unit for the exact minimum cuts."""

MUCH = UNIT * 10_000
"""A capacity that no minimum cut uses."""

MIN_VIOLATION = 0.02
"""A fractional cut is worth a row from this violation on."""

MIN_SHARE = 0.05
"""Nested cuts are looked for from this share of a block on."""


@dataclass(frozen=True)
class Cut:
    """``x[block, zone] <= sum of x[c, zone] over through``; an empty ``through`` closes the pair."""

    zone: int
    block: int
    through: tuple[int, ...]


class Contiguity:
    """Finds cuts for the zones of a problem.

    Parameters
    ----------
    problem
        What is zoned.
    allowed
        ``[B, Z]`` the open pairs. Every cut is valid for plans that use open pairs only.

    Attributes
    ----------
    allowed
        ``[B, Z]`` the open pairs that a zone in one piece can use.
    """

    def __init__(self, problem: Problem, allowed: Bools) -> None:
        n = len(problem.blocks)
        ends = np.concatenate([problem.edges, problem.edges[:, ::-1]])
        ends = ends[np.lexsort((ends[:, 1], ends[:, 0]))]
        self._offset = np.concatenate([[0], np.cumsum(np.bincount(ends[:, 0], minlength=n))]).astype(np.int64)
        self._neighbour = np.ascontiguousarray(ends[:, 1])
        self._edges = problem.edges
        self._bound = ~problem.exempt
        self._roots = [np.array(held, dtype=np.int64) for held in problem.roots]
        self.allowed = self._reached(problem, allowed)
        self._open = [self.allowed[:, z] & self._bound for z in range(len(self._roots))]

    def _reached(self, problem: Problem, allowed: Bools) -> Bools:
        """Close pairs that no zone in one piece can use, until nothing changes: groups share what is left."""
        allowed = allowed.copy()
        for zone, roots in enumerate(self._roots):
            others = np.arange(allowed.shape[1]) != zone
            allowed[np.ix_(roots, others)] = False
        groups, member = np.unique(problem.together, return_inverse=True)
        while True:
            before = allowed.copy()
            shared = np.ones((len(groups), allowed.shape[1]), dtype=bool)
            np.logical_and.at(shared, member, allowed)
            allowed = shared[member]
            for zone, roots in enumerate(self._roots):
                open_to = allowed[:, zone] & self._bound
                allowed[open_to & ~self._flood(roots, open_to), zone] = False
            if (before == allowed).all():
                return allowed

    def pieces(self, zone: Ints) -> list[tuple[int, Bools]]:
        """Return ``(zone, [B] blocks)`` for each part of a zone that holds none of its roots."""
        found = []
        for z, roots in enumerate(self._roots):
            held = (zone == z) & self._bound
            left = held & ~self._flood(roots, held)
            while left.any():
                part = self._flood(np.flatnonzero(left)[:1], left)
                left &= ~part
                found.append((z, part))
        return found

    def cuts(self, zone: Ints) -> list[Cut]:
        """Return cuts that an assignment in pieces breaks: each piece's separator near the piece and the one near the roots."""
        found: dict[Cut, None] = {}
        for z, part in self.pieces(zone):
            core = self._flood(self._roots[z], (zone == z) & self._bound)
            for through in (self._near(z, part, self._roots[z]), self._near(z, core, np.flatnonzero(part))):
                for block in np.flatnonzero(part).tolist():
                    found[Cut(z, block, through)] = None
        return list(found)

    def first_cuts(self, hops: int) -> list[Cut]:
        """Return, for each open pair, the minimal separators around the block's 0, 1, ... ``hops - 1`` next rings of blocks.

        The first says: a block needs a neighbour in its zone, on the roots' side.
        """
        found = []
        for z, roots in enumerate(self._roots):
            owner, block, through = _rings(self._offset, self._neighbour, self._open[z], roots, hops)
            ends = np.searchsorted(owner, np.arange(len(block) + 1))
            members = through.tolist()
            found += [Cut(z, b, tuple(members[ends[i] : ends[i + 1]])) for i, b in enumerate(block.tolist())]
        return found

    def broken_first_cuts(self, share: Floats) -> list[Cut]:
        """Return the cuts next to a block that a fractional solution ``[B, Z]`` breaks, as far as all its neighbours tell."""
        found = []
        one, two = self._edges[:, 0], self._edges[:, 1]
        for z, roots in enumerate(self._roots):
            value = np.where(self._open[z], share[:, z], 0)
            around = np.bincount(one, value[two], len(value)) + np.bincount(two, value[one], len(value))
            ask = self._open[z] & (value - around > MIN_VIOLATION)
            ask[roots] = False
            every = np.arange(len(value))
            found += [Cut(z, b, self._near(z, every == b, roots)) for b in np.flatnonzero(ask).tolist()]
        return found

    def fractional(self, share: Floats, nested: int = 1) -> list[Cut]:
        """Return cuts that a fractional solution ``[B, Z]`` breaks, by exact minimum cuts.

        ``nested`` is how many are looked for between a block and its roots: after each, its members are made wide, and the next
        lies in front of it or behind it (Koch and Martin 1998).
        """
        return [cut for z in range(len(self._roots)) for cut in self._fractional_in(z, share[:, z], nested)]

    def _fractional_in(self, zone: int, value: Floats, nested: int) -> list[Cut]:
        """Minimum vertex cuts between the roots and each block of the zone that they do not reach at its full value."""
        open_to, roots = self._open[zone], self._roots[zone]
        roots = roots[open_to[roots]]
        core = self._flood(roots, open_to & (value > 1 - 1e-6))
        some = value > (MIN_VIOLATION if nested == 1 else MIN_SHARE)
        asked = np.flatnonzero(open_to & ~core & some)
        if not len(asked) or not len(roots):
            return []
        first = self._flow_graph(open_to, roots, value)
        found, done = [], np.zeros(len(value), dtype=np.int64)
        for block in asked[np.argsort(-value[asked], kind="stable")].tolist():
            if done[block] >= min(nested, 2):
                continue
            width = value.copy()
            for depth in range(nested):
                graph = first if depth == 0 else self._flow_graph(open_to, roots, width)
                part = self._flood(np.array([block]), open_to & ~self._fence(zone, graph.near(block), roots))
                through = list(self._near(zone, part, roots))
                if value[block] - value[through].sum() <= MIN_VIOLATION:
                    break
                found.append(Cut(zone, block, tuple(through)))
                width[through] = 1.0
                done[through] += 1
                done[part & some] += nested > 1
        return found

    def _flow_graph(self, open_to: Bools, roots: Ints, value: Floats) -> "_Flow":
        """Return the network of the open blocks that have a value; the others let nothing through."""
        within = np.round(np.clip(value, 0, 1) * UNIT).astype(np.int32)
        held = open_to & (within > 0)
        return _Flow(held, within[held], self._edges[held[self._edges].all(axis=1)], roots[held[roots]])

    def _fence(self, zone: int, near: Bools, roots: Ints) -> Bools:
        """Return ``[B]`` the open blocks next to the roots' side of a cut; a root that is not on it is one."""
        open_to = self._open[zone]
        touched = _touched(self._offset, self._neighbour, near)
        touched[roots] = True
        return np.asarray(touched & open_to & ~near)

    def _near(self, zone: int, part: Bools, goal: Ints) -> tuple[int, ...]:
        """Return the minimal separator next to ``part``, a set that is connected or holds the roots, towards ``goal``."""
        return tuple(_near(self._offset, self._neighbour, self._open[zone], part, goal).tolist())

    def _flood(self, start: Ints, within: Bools) -> Bools:
        """Return ``[B]`` all of ``within`` that is connected to ``start`` inside it."""
        return _flood(self._offset, self._neighbour, within, start)


class _Flow:
    """Capacities for a flow from the roots. Each block is an arc from its in-node to its out-node, with its value as capacity.

    Neighbours are joined without limit. Nodes: ``2 i`` in and ``2 i + 1`` out of the ``i``-th block held, then the source.
    """

    def __init__(self, held: Bools, within: NDArray[np.int32], edges: Ints, roots: Ints) -> None:
        self._held, self._place = held, np.cumsum(held) - 1
        n, inner, root = len(within), self._place[edges], self._place[roots]
        every = np.arange(n)
        tail = np.concatenate([2 * every, 2 * inner[:, 0] + 1, 2 * inner[:, 1] + 1, np.full(len(root), 2 * n)])
        head = np.concatenate([2 * every + 1, 2 * inner[:, 1], 2 * inner[:, 0], 2 * root])
        capacity = np.concatenate([within, np.full(2 * len(inner) + len(root), MUCH)]).astype(np.int32)
        self._graph = csr_array(coo_array((capacity, (tail, head)), shape=(2 * n + 1, 2 * n + 1)))

    def near(self, block: int) -> Bools:
        """Return ``[B]`` the blocks on the roots' side of a minimum cut between the roots and a block."""
        graph = self._graph
        source = graph.shape[0] - 1
        residual = csr_array(graph - maximum_flow(graph, source, 2 * int(self._place[block])).flow)
        residual.data = (residual.data > 0).astype(np.int32)
        residual.eliminate_zeros()
        reached = np.zeros(graph.shape[0], dtype=bool)
        reached[breadth_first_order(residual, source, return_predecessors=False)] = True
        near = np.zeros(len(self._held), dtype=bool)
        near[self._held] = reached[1:-1:2]
        return near


@nb.njit(cache=True)
def _flood(offset: Ints, neighbour: Ints, within: Bools, start: Ints) -> Bools:
    seen = np.zeros(len(within), dtype=np.bool_)
    stack = np.empty(len(within), dtype=np.int64)
    top = 0
    for block in start:
        if within[block] and not seen[block]:
            seen[block] = True
            stack[top] = block
            top += 1
    while top > 0:
        top -= 1
        block = stack[top]
        for k in range(offset[block], offset[block + 1]):
            other = neighbour[k]
            if within[other] and not seen[other]:
                seen[other] = True
                stack[top] = other
                top += 1
    return seen


@nb.njit(cache=True)
def _touched(offset: Ints, neighbour: Ints, part: Bools) -> Bools:
    """Return the neighbours of a part; of its members those that have one in it."""
    touched = np.zeros(len(part), dtype=np.bool_)
    for block in np.flatnonzero(part):
        for k in range(offset[block], offset[block + 1]):
            touched[neighbour[k]] = True
    return touched


@nb.njit(cache=True)
def _near(offset: Ints, neighbour: Ints, open_to: Bools, part: Bools, goal: Ints) -> Ints:
    """Return the open neighbours of ``part`` that ``goal`` reaches without crossing another one, or that are in ``goal``."""
    fence = np.zeros(len(part), dtype=np.bool_)
    for block in np.flatnonzero(part):
        for k in range(offset[block], offset[block + 1]):
            fence[neighbour[k]] = open_to[neighbour[k]] and not part[neighbour[k]]
    outside = _flood(offset, neighbour, open_to & ~fence & ~part, goal)
    wanted = np.zeros(len(part), dtype=np.bool_)
    for block in goal:
        wanted[block] = fence[block]
    for block in np.flatnonzero(fence):
        for k in range(offset[block], offset[block + 1]):
            wanted[block] |= outside[neighbour[k]]
    return np.flatnonzero(wanted)


@nb.njit(cache=True)
def _rings(offset: Ints, neighbour: Ints, open_to: Bools, roots: Ints, hops: int) -> tuple[Ints, Ints, Ints]:
    """Return the separators of all blocks of a zone: the cut of each member, the block of each cut, the members."""
    owners, blocks, members = [np.int64(0) for _ in range(0)], [np.int64(0) for _ in range(0)], [np.int64(0) for _ in range(0)]
    for block in np.flatnonzero(open_to):
        ball = np.zeros(len(open_to), dtype=np.bool_)
        ball[block] = True
        for _ in range(hops):
            if ball[roots].any():
                break
            for member in _near(offset, neighbour, open_to, ball, roots):
                owners.append(np.int64(len(blocks)))
                members.append(member)
            blocks.append(np.int64(block))
            for inside in np.flatnonzero(ball):
                for k in range(offset[inside], offset[inside + 1]):
                    ball[neighbour[k]] |= open_to[neighbour[k]]
    return np.array(owners), np.array(blocks), np.array(members)
