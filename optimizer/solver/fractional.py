"""The linear relaxation of a county with classes, tightened by separators: fractions of units and of classes.

With hundreds of cells a site, a search for prices by subgradients is slow, and a linear program over each unit's cheapest zones
is not. Its solution is full of zones in pieces, because blocks of the wanted mix of ages are gathered from everywhere; separators
(`separators.py`) that it breaks are added, and pairs that its prices make profitable (column generation), round after round.

A vertex of the program is a poor guide: the next one breaks other separators. They are looked for at a point inside instead,
between the newest vertex and the mean of those before (in-out separation; Ben-Ameur and Neto 2007), and at the vertex only
where that point breaks none. What is believed are only prices: those of students, and those of separators, which become a
charge on each pair (`prices.exact_bound`).
"""

from collections.abc import Callable, Container, Iterable

import numpy as np

from optimizer.problem import Bools, Floats, Ints
from optimizer.solver.continuous import Continuous
from optimizer.solver.growing import Fence, Growing, Solved
from optimizer.solver.model import NEVER, Model
from optimizer.solver.prices import SCALE, Prices, exact_bound, reduced_costs
from optimizer.solver.separators import Contiguity, Cut

CANDIDATES = 10
"""Zones of a unit in the first program: its cheapest ones by walk."""

MOST_ENTRIES = 4_000_000
"""A larger program is not tried."""

NESTED = 5
"""Separators, one behind the other, that are looked for between a block and its school."""

FEW = 100
"""Minimum cuts are computed when fewer blocks than this lack a neighbour in their zone."""

OUTWARD, LATEST = 0.3, 0.4
"""How far separators are looked for from the mean of the vertices towards the newest, and the newest's weight in that mean."""

SEPARATING = 30.0
"""Work of looking for separators once, for each pair."""

LOOKED_BACK, LEAST_GAIN = 20, 0.0005
"""So many rounds must have raised the bound by this share of it."""


class Rounds:
    """The program so far: its pairs and separators, and what it proved.

    Parameters
    ----------
    model
        What is relaxed.

    Attributes
    ----------
    prices
        The best prices met, with their bound; None before the first round.
    share
        ``[U, Z]`` share of each unit in each zone, in the last round.
    work
        So far: rows times pivots of the program, and what else a round takes, in its terms.
    continuous
        Writes the program.
    complete
        The last solution broke no separator.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.work = 0.0
        self.complete = False
        self.prices: Prices | None = None
        self.share: Floats = np.zeros(model.cost.shape)
        self.continuous = Continuous(model)
        self._growing: Growing | None = None
        self._mean: Floats | None = None
        self._bounds: list[int] = []
        self._contiguity = Contiguity(model.problem, (model.cost < NEVER)[model.graph.unit_of])

    def tighten(self, most: float, hurried: Callable[[], bool]) -> None:
        """Add separators and solve, in rounds, as long as that raises the bound, for ``most`` work or until ``hurried``."""
        end = self.work + most
        while self.work < end and not self.flat() and not hurried():
            self.extend()
            if not self.solve():
                break

    def flat(self) -> bool:
        """Whether the last rounds gained too little to go on."""
        if len(self._bounds) <= LOOKED_BACK:
            return self.complete
        return self.complete or self._bounds[-1] - self._bounds[-1 - LOOKED_BACK] < LEAST_GAIN * abs(self._bounds[-1])

    def solve(self) -> bool:
        """Solve the program as it is, and take its prices; false if it is too large or HiGHS failed."""
        if self._growing is None:
            pairs = _cheapest(self.model)
            if self.continuous.entries(pairs) > MOST_ENTRIES:
                return False
            self._growing = Growing(self.model, self.continuous, pairs)
        solved = self._growing.solve()
        if solved is None:
            return False
        self.work += solved.work
        self.share = solved.share
        self._learn(self._growing, solved)
        return True

    def _learn(self, growing: Growing, solved: Solved) -> None:
        """Keep the prices if they prove more, and add the pairs that they make cheaper than those that are there."""
        charge = charge_of(self.model, growing.fences, solved.fence)
        bound = exact_bound(self.model, solved.cell, solved.group, charge)
        found = Prices(solved.cell, solved.group, max(0, bound), 0, charge)
        if self.prices is None or found.bound > self.prices.bound:
            self.prices = found
        self._bounds.append(self.prices.bound)
        reduced = reduced_costs(self.model, found)
        known = np.where(growing.open, reduced, reduced.max()).min(axis=1, keepdims=True)
        slack = SCALE * abs(bound) // (1_000 * self.model.n_units)
        growing.widen((self.model.cost < NEVER) & (reduced < known - slack))

    def extend(self) -> None:
        """Add separators that lie between the last solution and the mean of those before."""
        assert self._growing is not None
        self._growing.forget()
        share = self.share[self.model.graph.unit_of]
        self._mean = share if self._mean is None else LATEST * share + (1 - LATEST) * self._mean
        self.work += SEPARATING * self.share.size
        known = self._growing.fences
        new = self._broken(OUTWARD * share + (1 - OUTWARD) * self._mean, known) or self._broken(share, known)
        self._growing.fence(new)
        self.complete = not new

    def _broken(self, point: Floats, known: Container[Fence]) -> list[Fence]:
        """Return separators that shares ``[B, Z]`` break and that are not known."""
        cuts = self._contiguity.broken_first_cuts(point)
        if len(cuts) < FEW:
            cuts += self._contiguity.fractional(point, NESTED)
        fences = {_fence(self.model, cut): None for cut in cuts}
        return [fence for fence in fences if fence is not None and fence not in known]


def _cheapest(model: Model) -> Bools:
    """Return ``[U, Z]`` each unit's cheapest pairs by walk."""
    order = np.argsort(model.cost, axis=1, kind="stable")[:, :CANDIDATES]
    chosen = np.zeros(model.cost.shape, dtype=bool)
    np.put_along_axis(chosen, order, values=True, axis=1)
    return chosen & (model.cost < NEVER)


def _fence(model: Model, cut: Cut) -> Fence | None:
    """Return a separator of blocks as one of units; None where a unit would hold itself."""
    unit = int(model.graph.unit_of[cut.block])
    through = sorted({int(model.graph.unit_of[b]) for b in cut.through})
    return None if unit in through else (cut.zone, unit, tuple(through))


def charge_of(model: Model, fences: Iterable[Fence], price: Ints) -> Ints:
    """Return ``[U, Z]`` what the priced separators add to each pair: the unit pays, those that let it through are paid."""
    charge = np.zeros(model.cost.shape, dtype=np.int64)
    for (zone, unit, through), asked in zip(fences, price.tolist(), strict=True):
        charge[unit, zone] += asked
        charge[list(through), zone] -= asked
    return charge
