"""Contiguity as cuts: what must be in a zone for a block to be in it too.

Zone ``z`` may use the blocks that are open to it, a graph ``G_z``; ``x[b]`` is 1 where block ``b`` is in the zone. For every set ``C``
of blocks that separates ``b`` from the zone's roots in ``G_z``, a zone in one piece satisfies ``x[b] <= sum of x[c] over C``; and an
assignment that satisfies all of these is in one piece (Carvajal et al. 2013; Fischetti et al. 2017). Cuts with a minimal ``C`` are
the strong ones: from any separator, those members that touch both the part that the roots reach and the part of ``b``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from optimizer.problem import Bools, Ints, Problem

UNIT = 10_000
"""Fractional values become whole capacities of this unit for the exact minimum cuts."""

MIN_VIOLATION = 0.02
"""A fractional cut is worth a row from this violation on."""


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
    """

    def __init__(self, problem: Problem, allowed: Bools) -> None:
        self._n = len(problem.blocks)
        self._bound = ~problem.exempt
        self._neighbours: list[list[int]] = [[] for _ in range(self._n)]
        for i, j in problem.edges:
            self._neighbours[i].append(int(j))
            self._neighbours[j].append(int(i))
        self._edges = problem.edges
        self._roots = problem.roots
        self._together = problem.together
        self.allowed = self._reached(allowed)

    def _reached(self, allowed: Bools) -> Bools:
        """Close pairs that no zone in one piece can use, until nothing changes: groups share what is left."""
        allowed = allowed.copy()
        for zone, roots in enumerate(self._roots):
            if roots:
                others = np.arange(allowed.shape[1]) != zone
                allowed[np.ix_(roots, others)] = False
        groups, member = np.unique(self._together, return_inverse=True)
        while True:
            before = allowed.copy()
            shared = np.ones((len(groups), allowed.shape[1]), dtype=bool)
            np.logical_and.at(shared, member, allowed)
            allowed = shared[member]
            for zone in range(allowed.shape[1]):
                open_to = set(np.nonzero(allowed[:, zone] & self._bound)[0].tolist())
                cut_off = open_to - self._grow([r for r in self._roots[zone] if r in open_to], open_to)
                allowed[list(cut_off), zone] = False
            if (before == allowed).all():
                return allowed

    def broken(self, zone: Ints, zones: Iterable[int] | None = None) -> list[tuple[int, set[int]]]:
        """Return ``(zone, blocks)`` for each part of a zone that holds none of its roots."""
        found = []
        for z in range(len(self._roots)) if zones is None else zones:
            held = set(np.nonzero((zone == z) & self._bound)[0].tolist())
            left = held - self._grow([r for r in self._roots[z] if r in held], held)
            while left:
                part = self._grow([min(left)], left)
                left -= part
                found.append((z, part))
        return found

    def cuts(self, zone: Ints) -> list[Cut]:
        """Return cuts that an assignment in pieces breaks: each piece's separator near the piece and the one near the roots."""
        found: dict[Cut, None] = {}
        for z, part in self.broken(zone):
            held = set(np.nonzero((zone == z) & self._bound)[0].tolist())
            core = self._grow([r for r in self._roots[z] if r in held], held)
            for through in (self.near_part(z, part), self.near_root(z, part, core)):
                for block in sorted(part):
                    found[Cut(z, block, through)] = None
        return list(found)

    def first_cuts(self, hops: int) -> list[Cut]:
        """Return, for each open pair, the separators at each distance from 1 to ``hops`` from the block."""
        found: dict[Cut, None] = {}
        for z, roots in enumerate(self._roots):
            for block in np.nonzero(self.allowed[:, z] & self._bound)[0].tolist():
                ball = {block}
                for _ in range(hops):
                    if ball & set(roots):
                        break
                    found[Cut(z, block, self.near_part(z, ball))] = None
                    ball = ball | {j for i in ball for j in self._neighbours[i] if self.allowed[j, z]}
        return list(found)

    def near_part(self, zone: int, part: set[int]) -> tuple[int, ...]:
        """Return the minimal separator next to ``part``, a connected set without a root."""
        open_to = self._open(zone)
        fence = {j for i in part for j in self._neighbours[i] if j in open_to} - part
        outside = self._grow([r for r in self._roots[zone] if r not in fence], open_to - fence - part)
        roots = set(self._roots[zone])
        return tuple(sorted(c for c in fence if c in roots or not outside.isdisjoint(self._neighbours[c])))

    def near_root(self, zone: int, part: set[int], core: set[int]) -> tuple[int, ...]:
        """Return the minimal separator next to ``core``, the connected set that holds the roots."""
        open_to = self._open(zone)
        fence = {j for i in core for j in self._neighbours[i] if j in open_to} - core
        inside = self._grow([min(part)], open_to - fence - core)
        return tuple(sorted(c for c in fence if not inside.isdisjoint(self._neighbours[c])))

    def fractional(self, values: np.ndarray) -> list[Cut]:
        """Return cuts that a fractional solution breaks, by exact minimum cuts.

        Parameters
        ----------
        values
            ``[B, Z]`` between 0 and 1.
        """
        return [cut for z in range(len(self._roots)) for cut in self._fractional_in(z, values[:, z])]

    def _fractional_in(self, zone: int, value: np.ndarray) -> list[Cut]:
        """Minimum vertex cuts between the roots and each block of the zone that they do not reach at its full value.

        Each block is an arc from its in-node to its out-node with its value as capacity; neighbours are joined without limit.
        """
        open_to = sorted(self._open(zone))
        roots = [r for r in self._roots[zone] if self.allowed[r, zone]]
        if not open_to or not roots:
            return []
        graph = self._flow_graph(open_to, roots, value)
        index = {b: i for i, b in enumerate(open_to)}
        core = self._grow(roots, {b for b in open_to if value[b] > 1 - 1e-6} | set(roots))
        found: dict[Cut, None] = {}
        done: set[int] = set()
        for block in sorted((b for b in open_to if value[b] > MIN_VIOLATION and b not in core), key=lambda b: (-value[b], b)):
            if block in done:
                continue
            through = self._minimum_cut(zone, graph, open_to, index[block], block)
            if value[block] - value[list(through)].sum() > MIN_VIOLATION:
                found[Cut(zone, block, through)] = None
                done |= set(through)
        return list(found)

    def _flow_graph(self, open_to: list[int], roots: list[int], value: np.ndarray) -> csr_array:
        """Nodes: ``2 i`` in and ``2 i + 1`` out of the ``i``-th open block, then the source."""
        n = len(open_to)
        place = np.full(self._n, -1, dtype=np.int64)
        place[open_to] = np.arange(n)
        inner = self._edges[(place[self._edges] >= 0).all(axis=1)]
        a, b = place[inner[:, 0]], place[inner[:, 1]]
        every = np.arange(n)
        tail = np.concatenate([2 * every, 2 * a + 1, 2 * b + 1, np.full(len(roots), 2 * n)])
        head = np.concatenate([2 * every + 1, 2 * b, 2 * a, 2 * place[roots]])
        much = np.int64(UNIT * 1000)
        within = np.round(np.clip(value[open_to], 0, 1) * UNIT).astype(np.int64)
        capacity = np.concatenate([within, np.full(2 * len(a) + len(roots), much)])
        return csr_array(coo_array((capacity.astype(np.int32), (tail, head)), shape=(2 * n + 1, 2 * n + 1)))

    def _minimum_cut(self, zone: int, graph: csr_array, open_to: list[int], target: int, block: int) -> tuple[int, ...]:
        """Return the minimal separator within a minimum cut between the roots and a block."""
        source = graph.shape[0] - 1
        flow = maximum_flow(graph, source, 2 * target)
        residual = csr_array(graph - flow.flow)
        residual.data = (residual.data > 0).astype(np.int32)
        residual.eliminate_zeros()
        reached = np.zeros(graph.shape[0], dtype=bool)
        reached[breadth_first_order(residual, source, return_predecessors=False)] = True
        fence = {b for i, b in enumerate(open_to) if reached[2 * i] and not reached[2 * i + 1]}
        part = self._grow([block], self._open(zone) - fence)
        return self.near_part(zone, part)

    def _open(self, zone: int) -> set[int]:
        return set(np.nonzero(self.allowed[:, zone] & self._bound)[0].tolist())

    def _grow(self, start: Iterable[int], within: set[int]) -> set[int]:
        """Return all of ``within`` that is connected to ``start`` inside it."""
        seen = {b for b in start if b in within}
        stack = list(seen)
        while stack:
            for j in self._neighbours[stack.pop()]:
                if j in within and j not in seen:
                    seen.add(j)
                    stack.append(j)
        return seen
