"""Proof by branch and bound, where the bound of whole units is made for the problem.

Each node of the tree has fewer open pairs than its parent and raises the parent's rewards and prices of separators further
(Lagrangian branch and bound: Geoffrion 1974; with cuts that grow on the way, Lucena 2005). A node branches on a pair that the
relaxation takes now and then: in the zone, or out of it. Which pair is best is tried out in short ascents (strong branching:
Applegate et al. 1995) until the pair is known well enough from other nodes (reliability branching: Achterberg, Koch and Martin
2005). In every node pairs that no better plan uses are closed, and those that no open pairs tie to a root. The nodes with the
lowest bounds grow first, a few at a time; results merge in a fixed order, so the tree is the same however many threads grow it.
"""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from optimizer.problem import Bools, Floats, Ints
from optimizer.solver.capacity import plan_price
from optimizer.solver.closing import still_open
from optimizer.solver.contiguity import stray
from optimizer.solver.model import NEVER, Model, forbid_unreached
from optimizer.solver.prices import SCALE
from optimizer.solver.terms import never
from optimizer.solver.whole import Pace, Whole, raise_whole

Map = Callable[[Callable[["Node"], "Growth"], list["Node"]], Iterable["Growth"]]


SHORT = Pace(iterations=20, factor=0.3, patience=10, decay=0.7, least=0.01)
LONG = SHORT._replace(iterations=60)


@dataclass(frozen=True)
class Care:
    """What is spent on a node.

    Attributes
    ----------
    look, settle
        How the bound rises when a branch is tried out, and when it is taken.
    tried, sure
        Branches tried out in a node at most, and how often one must have been before its gain is taken as known.
    at_once
        Nodes grown between two merges.
    most_open
        Nodes kept at most.
    more_cuts
        Separators that a node may add.
    """

    look: Pace = SHORT
    settle: Pace = LONG
    tried: int = 32
    sure: int = 4
    at_once: int = 4
    most_open: int = 10_000
    more_cuts: int = 500


@dataclass(frozen=True)
class Node:
    """Open pairs ``[U, Z]`` and the bound on the plans that use these alone."""

    allowed: Bools
    whole: Whole

    @property
    def shares(self) -> Floats:
        """``[U, Z]`` how often each zone took each unit of late."""
        shares = np.zeros(self.allowed.shape)
        shares.T[self.allowed.T] = self.whole.share
        return shares


class Gain(NamedTuple):
    """Side 0 (in) or 1 (out) of a branch raised the bound by so much for each unit's share that it moved."""

    side: int
    unit: int
    zone: int
    rise: float


@dataclass(frozen=True)
class Growth:
    """What came of a node: its children, the pairs priced on the way, what was learned of branches."""

    children: list[Node]
    pairs: list[int]
    gains: list[Gain]


class Tree:
    """The open nodes.

    Parameters
    ----------
    model
        A problem that the bound by whole units is made for.
    root
        Its bound.
    price
        Of the plan in hand.
    hurried
        Asked between branches tried out; once true, nodes stay as they are.
    care
        What is spent on a node.
    """

    def __init__(
        self, model: Model, root: Whole, price: int, hurried: Callable[[], bool] = never, care: Care | None = None
    ) -> None:
        self.model, self.price, self.hurried, self.care = model, price, hurried, care or Care()
        self.plan: Ints | None = None
        self._open: list[tuple[int, int, Node]] = []
        self._born = 0
        self._rises = np.zeros((2, model.n_units, model.n_zones))
        self._tries = np.zeros((2, model.n_units, model.n_zones), dtype=np.int64)
        self._add(Node(model.cost < NEVER, root))

    @property
    def bound(self) -> int:
        """Proved lower bound on the price of every plan, at most the price of the plan in hand."""
        return min(self.price, -(-self._open[0][0] // SCALE)) if self._open else self.price

    @property
    def full(self) -> bool:
        """Whether no more nodes can be kept."""
        return len(self._open) >= self.care.most_open

    def improve(self, price: int) -> None:
        """Take note of a better plan that was found elsewhere."""
        if price < self.price:
            self.price, self.plan = price, None

    def grow(self, run: Map) -> int:
        """Grow the nodes with the lowest bounds; return the pairs priced. ``run`` maps a function over nodes, in order."""
        nodes: list[Node] = []
        while self._open and len(nodes) < self.care.at_once:
            value, _, node = heapq.heappop(self._open)
            if value <= self._target:
                nodes.append(node)
        pairs = 0
        for growth in list(run(self._grown, nodes)):  # all are grown before any is merged
            pairs += sum(growth.pairs)
            for side, unit, zone, rise in growth.gains:
                self._rises[side, unit, zone] += rise
                self._tries[side, unit, zone] += 1
            for child in growth.children:
                self._add(child)
        return pairs

    @property
    def _target(self) -> int:
        """Value above which no plan is cheaper than the one in hand."""
        return (self.price - 1) * SCALE

    def _add(self, node: Node) -> None:
        """Keep a node for later, or the plan that is left of it."""
        if (node.allowed.sum(axis=1) == 1).all():
            self._keep(node.allowed.argmax(axis=1))
        elif node.whole.value <= self._target:
            heapq.heappush(self._open, (node.whole.value, self._born, node))
            self._born += 1

    def _keep(self, zone: Ints) -> None:
        price = plan_price(self.model, zone)
        if price < self.price and not stray(self.model.graph, zone, self.model.n_zones).any():
            self.price, self.plan = price, zone

    def _grown(self, node: Node) -> Growth:
        """Branch a node on the pair whose two sides raise the bound most, as far as tried out or known."""
        growth, best, shares = Growth([], [], []), -1.0, node.shares
        chosen: tuple[int, int, list[Node | None] | None] | None = None
        for unit, zone, hope in self._candidates(node, shares):
            if self.hurried():
                growth.children.append(node)
                return growth
            score, sides = hope, None
            if self._tries[:, unit, zone].min() < self.care.sure:
                sides = [self._side(node, unit, zone, side, growth) for side in (0, 1)]
                rises = np.array([self._rise(node, side) for side in sides])
                score = float(_worth(rises))
                share = float(shares[unit, zone])
                growth.gains.extend(Gain(k, unit, zone, rises[k] / max(moved, 0.1)) for k, moved in enumerate((1 - share, share)))
            if score > best:
                best, chosen = score, (unit, zone, sides)
        assert chosen is not None
        unit, zone, sides = chosen
        for side in (0, 1):
            child = sides[side] if sides is not None else self._side(node, unit, zone, side, growth)
            if child is not None:
                self._settle(child, growth)
        return growth

    def _rise(self, node: Node, child: Node | None) -> float:
        """By how much a branch raises the bound; all that is wanted, where it holds no better plan."""
        most = self._target - node.whole.value
        return float(most if child is None else child.whole.value - node.whole.value)

    def _candidates(self, node: Node, shares: Floats) -> list[tuple[int, int, float]]:
        """Pairs to branch on that the relaxation takes now and then, a pair a unit, and what is hoped of them; the best first."""
        students = 1.0 + self.model.sites.row[:, 0]
        known = np.maximum(self._tries, 1)
        typical = self._rises.sum(axis=(1, 2)) / np.maximum(1.0, (self._tries * students[:, None]).sum(axis=(1, 2)))
        open_units = np.flatnonzero(node.allowed.sum(axis=1) > 1)
        share = shares[open_units]
        hope = np.empty((2, *share.shape))
        for side, moved in enumerate((1 - share, share)):
            guess = np.where(
                self._tries[side, open_units] > 0,
                self._rises[side, open_units] / known[side, open_units],
                np.maximum(typical[side], 1.0) * students[open_units, None],
            )
            hope[side] = guess * moved
        score = np.where((share > 0.02) & (share < 0.98), _worth(hope), 0.0)
        zone, best = score.argmax(axis=1), score.max(axis=1)
        if not (best > 0).any():  # the relaxation is of one mind: take any open pair
            return [(int(open_units[0]), int(np.flatnonzero(node.allowed[open_units[0]])[0]), 0.0)]
        first = np.argsort(-best, kind="stable")[: self.care.tried]
        return [(int(open_units[k]), int(zone[k]), float(best[k])) for k in first if best[k] > 0]

    def _side(self, node: Node, unit: int, zone: int, side: int, growth: Growth) -> Node | None:
        """Try out one side of a branch; None where it holds no better plan."""
        allowed = node.allowed.copy()
        if side == 0:
            allowed[unit] = False
        allowed[unit, zone] = side == 0
        forbid_unreached(self.model.graph, allowed)
        return self._raised(allowed, node.whole, self.care.look, growth)

    def _raised(self, allowed: Bools, whole: Whole, pace: Pace, growth: Growth) -> Node | None:
        """Raise the bound on fewer pairs; None where they hold no better plan."""
        if not allowed.any(axis=1).all():
            return None
        raised = raise_whole(self.model, whole, self._target + 1, pace, allowed, self.care.more_cuts)
        growth.pairs.append(raised.iterations * int(allowed.sum()))
        value = max(raised.value, whole.value)
        return None if value > self._target else Node(allowed, replace(raised, value=value))

    def _settle(self, node: Node, growth: Growth) -> None:
        """Raise a child's bound and close its pairs; keep it, or the plan that is left."""
        raised = self._raised(node.allowed, node.whole, self.care.settle, growth)
        if raised is None:
            return
        allowed = still_open(self.model, raised.whole, self.price, node.allowed)
        forbid_unreached(self.model.graph, allowed)
        if not allowed.any(axis=1).all():
            return
        share = raised.whole.share[allowed.T[node.allowed.T]]
        growth.children.append(Node(allowed, replace(raised.whole, share=share)))


def _worth(rises: Floats) -> Floats:
    """Return what the two sides of a branch ``[2, ...]`` are worth together."""
    return np.asarray(np.maximum(rises, 1.0).prod(axis=0))
