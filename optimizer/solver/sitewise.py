"""Bound by whole classes: every site chooses units and classes alone, exactly.

The linear program lets a site hold 2.4 classes. Here it may not: "each unit has one zone" is relaxed at a reward for each unit
(Lagrangian relaxation; Geoffrion 1974), what is left falls apart into one problem for each site (or sites that share a zone),
and CP-SAT solves it in whole units and whole classes. Separators keep the charges that the linear program gave them. The bound is
the sum of the rewards and of CP-SAT's own integer bounds, so it holds whether or not a site's problem was solved to the end.
The rewards begin with the linear program's prices and follow the subgradient (Polyak 1969).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from ortools.sat.python import cp_model

from optimizer.problem import Bools, Ints
from optimizer.solver.continuous import Continuous, Part
from optimizer.solver.model import NEVER, Cluster, Model, clusters
from optimizer.solver.prices import SCALE, Prices, charged, reduced_costs
from optimizer.solver.settle import settle
from optimizer.solver.terms import Map, never

FIRST_PACE, SLOWER = 0.12, 0.95
"""Share of the way to the known plan's price that a step aims at first, and what it is multiplied by after a step in vain."""

BLEND = 0.5
"""Weight of the newest subgradient in the direction of a step: it changes with every unit that a site would rather have."""


@dataclass(frozen=True)
class _Choice:
    """What some sites chose: proved least price, the units chosen, whether there is no better choice, and the work."""

    bound: int
    unit: Ints
    optimal: bool
    work: float


class Sitewise:
    """The rewards and the best bound so far.

    Parameters
    ----------
    model, continuous, prices
        What is bounded, its linear program, and prices (with separators) to begin with.
    budget
        Deterministic time for each site's problem.
    hurried
        Asked while sites choose; once true, a step is given up.

    Attributes
    ----------
    bound
        Proved lower bound on every plan's price; 0 before the first step.
    work
        Deterministic time used.
    """

    def __init__(
        self, model: Model, continuous: Continuous, prices: Prices, budget: float, hurried: Callable[[], bool] = never
    ) -> None:
        self.bound, self.work = 0, 0.0
        self._model, self._continuous, self._budget, self._hurried = model, continuous, budget, hurried
        self._cost = charged(model.cost, prices.charge) // SCALE
        self._reward = reduced_costs(model, prices).min(axis=1) / SCALE
        reward = self._whole_reward()
        self._clusters = sorted(clusters(model), key=lambda cluster: -len(self._wanted(cluster, reward)[0]))  # the longest first
        self._best, self._way, self._pace = self._reward, np.zeros(model.n_units), FIRST_PACE

    def quick(self) -> bool:
        """Whether the sites with most units to choose from are settled within the budget: only then do steps pay."""
        choice = self._choose(self._clusters[0], self._whole_reward())
        self.work += choice.work
        return choice.optimal

    def step(self, upper: int, run: Map = map) -> None:
        """Let all sites choose at the present rewards, and move the rewards towards the price of a known plan, ``upper``.

        ``run`` solves the sites' problems; the result does not depend on how many at once.
        """
        reward = self._whole_reward()
        choices: list[_Choice] = list(run(partial(self._choose, reward=reward), self._clusters))
        if self._hurried():
            return
        self.work += sum(choice.work for choice in choices)
        total = int(reward.sum()) + sum(choice.bound for choice in choices)
        if total > self.bound:
            self.bound, self._best = total, self._reward
        else:
            self._pace *= SLOWER
        chosen = np.bincount(np.concatenate([choice.unit for choice in choices]), minlength=len(reward))
        self._way = BLEND * (1.0 - chosen) + (1.0 - BLEND) * self._way
        length = self._pace * max(0, upper - total) / max(1.0, float(self._way @ self._way))
        self._reward = self._best + length * self._way

    def _whole_reward(self) -> Ints:
        """Return ``[U]`` the rewards in whole student-metres, as CP-SAT needs them."""
        return np.asarray(np.floor(self._reward), dtype=np.int64)

    def _wanted(self, cluster: Cluster, reward: Ints) -> tuple[Ints, Ints]:
        """Return the pairs (unit, place of the zone) that lower the price, and those that a unit without a choice must use."""
        cost = self._model.cost[:, cluster.zones]
        gains = self._cost[:, cluster.zones] < reward[:, None]
        unit, place = np.nonzero((cost < NEVER) & (gains | self._model.graph.bound[:, None]))
        return unit, place

    def _choose(self, cluster: Cluster, reward: Ints) -> _Choice:
        unit, place = self._wanted(cluster, reward)
        zone = cluster.zones[place]
        part = self._continuous.alone(cluster.sites, unit, zone)
        program, pairs = _write(part, self._cost[unit, zone] - reward[unit], self._model.graph.bound[unit])
        settled = settle(program, pairs, self._budget, self._hurried)
        chosen = unit[:0] if settled.chosen is None else unit[settled.chosen]
        return _Choice(settled.bound, chosen, settled.optimal, settled.work)


def _write(part: Part, gain: Ints, must: Bools) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """Write a part in CP-SAT's terms, with what each pair costs and whether it must be used; return the pairs' columns too."""
    program = cp_model.CpModel()
    pairs = [program.new_int_var(int(low), 1, "") for low in must]
    every = [*(program.new_int_var(0, most, "") for most in part.most.tolist()), *pairs]
    matrix = part.matrix
    for row, (low, high) in enumerate(zip(part.lower.tolist(), part.upper.tolist(), strict=True)):
        held = slice(matrix.indptr[row], matrix.indptr[row + 1])
        values = matrix.data[held].astype(np.int64).tolist()
        total = cp_model.LinearExpr.weighted_sum([every[c] for c in matrix.indices[held]], values)
        if np.isfinite(high):
            program.add(total <= int(high))
        if np.isfinite(low):
            program.add(total >= int(low))
    program.minimize(cp_model.LinearExpr.weighted_sum(every, [*part.cost.tolist(), *gain.tolist()]))
    return program, pairs
