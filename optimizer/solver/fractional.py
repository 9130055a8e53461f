"""The linear relaxation of a county with classes, tightened by separators: fractions of units and of classes.

With hundreds of cells a site, a search for prices by subgradients is slow, and a linear program is not: HiGHS's interior point
method solves it over each unit's cheapest zones. Its solution is full of zones in pieces, because blocks of the wanted mix of
ages are gathered from everywhere; separators (`separators.py`) that it breaks are added, and pairs that its prices make
profitable (column generation), round after round. What is believed are only its prices: those of students, and those of
separators, which become a charge on each pair (`prices.exact_bound`).
"""

import numpy as np

from optimizer.problem import Bools, Ints
from optimizer.solver.continuous import Continuous, Fence, Solved
from optimizer.solver.model import NEVER, Model
from optimizer.solver.prices import SCALE, Floats, Prices, exact_bound, reduced_costs
from optimizer.solver.separators import Contiguity, Cut

CANDIDATES = 10
"""Zones of a unit in the first program: its cheapest ones by walk."""

MOST_ENTRIES = 4_000_000
"""A larger program is not tried."""

NESTED = 5
"""Separators, one behind the other, that are looked for between a block and its school."""

FEW = 100
"""Minimum cuts are computed when fewer blocks than this lack a neighbour in their zone."""

FORGOTTEN = 3
"""A separator without a price for so many rounds is dropped."""

LOOKED_BACK, LEAST_GAIN = 3, 0.0005
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
    entries
        Work so far: nonzero entries times iterations.
    continuous
        Writes and solves the program.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.entries = 0.0
        self.prices: Prices | None = None
        self.share: Floats = np.zeros(model.cost.shape)
        self.continuous = Continuous(model)
        self._open = _cheapest(model)
        self._fences: dict[Fence, int] = {}
        self._bounds: list[int] = []
        self._contiguity = Contiguity(model.problem, (model.cost < NEVER)[model.graph.unit_of])

    def flat(self) -> bool:
        """Whether the last rounds gained too little to go on."""
        if len(self._bounds) <= LOOKED_BACK:
            return False
        return self._bounds[-1] - self._bounds[-1 - LOOKED_BACK] < LEAST_GAIN * abs(self._bounds[-1])

    def solve(self) -> bool:
        """Solve the program as it is, and take its prices; false if it is too large or HiGHS failed."""
        if self.continuous.entries(self._open) > MOST_ENTRIES:
            return False
        fences = list(self._fences)
        solved = self.continuous.solve(self._open, fences)
        if solved is None:
            return False
        self.entries += solved.entries
        self.share = solved.share
        for fence, price in zip(fences, solved.fence, strict=True):
            self._fences[fence] = 0 if price > 0 else self._fences[fence] + 1
            if self._fences[fence] >= FORGOTTEN:
                del self._fences[fence]
        self._learn(solved, _charge(self.model, fences, solved.fence))
        return True

    def _learn(self, solved: Solved, charge: Ints) -> None:
        """Keep the prices if they prove more, and open the pairs that they make cheaper than those that are open."""
        bound = exact_bound(self.model, solved.cell, solved.group, charge)
        found = Prices(solved.cell, solved.group, max(0, bound), 0, charge)
        if self.prices is None or found.bound > self.prices.bound:
            self.prices = found
        self._bounds.append(self.prices.bound)
        reduced = reduced_costs(self.model, found)
        known = np.where(self._open, reduced, reduced.max()).min(axis=1, keepdims=True)
        slack = SCALE * abs(bound) // (1_000 * self.model.n_units)
        self._open |= (self.model.cost < NEVER) & (reduced < known - slack)

    def extend(self) -> None:
        """Add the separators that the last solution breaks."""
        share = self.share[self.model.graph.unit_of]
        cuts = self._contiguity.broken_first_cuts(share)
        if len(cuts) < FEW:
            cuts += self._contiguity.fractional(share, NESTED)
        for cut in cuts:
            fence = _fence(self.model, cut)
            if fence is not None:
                self._fences.setdefault(fence, 0)


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


def _charge(model: Model, fences: list[Fence], price: Ints) -> Ints:
    """Return ``[U, Z]`` what the priced separators add to each pair: the unit pays, those that let it through are paid."""
    charge = np.zeros(model.cost.shape, dtype=np.int64)
    for (zone, unit, through), asked in zip(fences, price.tolist(), strict=True):
        charge[unit, zone] += asked
        charge[list(through), zone] -= asked
    return charge
