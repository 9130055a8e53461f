"""Set partitioning over the zones seen on the way: the best plan that can be put together from them.

A search meets thousands of zones, each with its exact price (walks, seats, classes), and no plan holds the best of all. Which of
them cover every unit once, for the least price, is a set partitioning problem (Garfinkel and Nemhauser 1970; as the last step of
a local search: Rochat and Taillard 1995). Its linear relaxation is nearly integral, and units that no zone seen tells
apart are one row. The simplex gives the reduced costs, and CP-SAT the best choice among the zones with the least. Where several
zones share a site their price has no parts: then "zone" stands for the cluster of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import highspy
import numpy as np
from ortools.sat.python import cp_model
from scipy import sparse

from optimizer.problem import Bools, Floats, Ints
from optimizer.solver.capacity import all_prices, loads
from optimizer.solver.linear import SIMPLEX, add_rows, pivots, quiet
from optimizer.solver.model import Model, clusters
from optimizer.solver.settle import Settled, settle

MOST_ZONES, MOST_UNITS = 8_000, 4_000_000
"""Zones kept, and how many units they may hold in all."""

NEAR = 1.05
"""How near to the best a plan must be: 1.03 to 1.10 found the same plans."""

CHOICES = 1_000
"""Zones that CP-SAT chooses among. Twice as many gave the same plans."""


class _Part(NamedTuple):
    """A zone, or cluster of zones, as it was seen: its units and the zone of each, in bytes so that equal ones are found."""

    cluster: int
    unit: bytes
    zone: bytes

    @property
    def units(self) -> Ints:
        """The units."""
        return np.frombuffer(self.unit, dtype=np.int64)

    @property
    def zones(self) -> Ints:
        """The zone of each."""
        return np.frombuffer(self.zone, dtype=np.int64)


@dataclass
class _Seen:
    """The price of a part, and the least price of a plan that has it."""

    price: int
    plan: int


@dataclass(frozen=True)
class Chosen:
    """The plan put together, ``[U]``, or None; pivots times rows of the linear program, and CP-SAT's deterministic time."""

    plan: Ints | None
    pivots: float
    work: float


class Pool:
    """The zones seen in good plans, each once.

    Parameters
    ----------
    model
        Whose zones.
    near
        Plans dearer than the best seen by more than this factor have no zones worth keeping.
    """

    def __init__(self, model: Model, near: float = NEAR) -> None:
        self._model, self._near = model, near
        self._cluster = np.zeros(model.n_zones, dtype=np.int64)
        self._site_cluster = np.full(len(model.sites.stay), -1)
        parts = [part for part in clusters(model) if len(part.zones)]
        for k, part in enumerate(parts):
            self._cluster[part.zones], self._site_cluster[part.sites] = k, k
        self._n = len(parts)
        self._most = min(MOST_ZONES, MOST_UNITS * self._n // model.n_units)
        self._seen: dict[_Part, _Seen] = {}
        self._best: int | None = None

    def __len__(self) -> int:
        """Return the number of zones seen."""
        return len(self._seen)

    def take(self, zone: Ints, price: int) -> None:
        """Keep the zones of a plan ``[U]`` unless its price is far from the best; of too many, those of the best plans stay."""
        self._best = price if self._best is None else min(self._best, price)
        if price > self._near * self._best:
            return
        for part, own in zip(self._parts(zone), self._prices(zone).tolist(), strict=True):
            seen = self._seen.setdefault(part, _Seen(own, price))
            seen.plan = min(seen.plan, price)
        if len(self._seen) > 2 * self._most:
            self._forget()

    def _parts(self, zone: Ints) -> list[_Part]:
        """Divide a plan by clusters, in their order."""
        cluster = self._cluster[zone]
        order = np.argsort(cluster, kind="stable")
        units = np.split(order, np.searchsorted(cluster[order], np.arange(1, self._n)))
        return [_Part(k, unit.tobytes(), zone[unit].tobytes()) for k, unit in enumerate(units)]

    def _prices(self, zone: Ints) -> Ints:
        """Return the price of each cluster under a plan."""
        model, used = self._model, self._site_cluster >= 0
        by_site, _ = all_prices(model.sites, loads(model.sites, zone))
        price = np.zeros(self._n, dtype=np.int64)
        np.add.at(price, self._cluster[zone], model.cost[np.arange(len(zone)), zone])
        np.add.at(price, self._site_cluster[used], by_site[used])
        return price

    def _forget(self) -> None:
        best = sorted(self._seen.items(), key=lambda item: (item[1].plan, item[0]))
        self._seen = dict(best[: self._most])

    def best(self, known: Ints, budget: float, hurried: Callable[[], bool]) -> Chosen:
        """Put the best plan together.

        Parameters
        ----------
        known
            ``[U]`` a plan whose zones were taken; better ones are looked for.
        budget
            Deterministic time of CP-SAT.
        hurried
            Asked while it chooses; once true, what is found is returned.
        """
        self._forget()
        keys = list(self._seen)
        rows = _rows(keys, len(known), self._n)
        price = np.array([seen.price for seen in self._seen.values()])
        reduced, work = _reduced_costs(rows, price)
        if reduced is None:
            return Chosen(None, work, 0.0)
        mine = set(self._parts(known))
        own = np.array([key in mine for key in keys])
        few = np.union1d(np.argsort(reduced, kind="stable")[:CHOICES], np.flatnonzero(own))
        settled = _choose(rows[:, few], price[few], own[few], budget, hurried)
        if settled.chosen is None:
            return Chosen(None, work, settled.work)
        plan = known.copy()
        for place in few[settled.chosen]:
            plan[keys[place].units] = keys[place].zones
        return Chosen(plan, work, settled.work)


def _rows(parts: list[_Part], n_units: int, n_clusters: int) -> sparse.csr_array:
    """Return which parts hold each unit and stand for each cluster, equal rows once."""
    held = [np.append(part.units, n_units + part.cluster) for part in parts]
    start = np.cumsum([0, *(len(part) for part in held)])
    shape = (n_units + n_clusters, len(parts))
    rows = sparse.csr_array(sparse.csc_array((np.ones(start[-1], dtype=np.int8), np.concatenate(held), start), shape=shape))
    rows.sort_indices()
    first: dict[bytes, int] = {}
    for row in range(shape[0]):
        first.setdefault(rows.indices[rows.indptr[row] : rows.indptr[row + 1]].tobytes(), row)
    return rows[list(first.values())]


def _reduced_costs(rows: sparse.csr_array, price: Ints) -> tuple[Floats | None, float]:
    """Return the reduced cost of each zone in the linear relaxation, or None if HiGHS fails; and rows times pivots."""
    n_rows, n = rows.shape
    solver = quiet(SIMPLEX, price / max(1.0, float(np.median(price))), np.zeros(n), np.full(n, np.inf))
    add_rows(solver, rows, np.ones(n_rows), np.ones(n_rows))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None, pivots(solver)
    return np.array(solver.getSolution().col_dual), pivots(solver)


def _choose(rows: sparse.csr_array, price: Ints, own: Bools, budget: float, hurried: Callable[[], bool]) -> Settled:
    """Choose columns that cover each row once for the least price, beginning with the known plan's."""
    program = cp_model.CpModel()
    chosen = [program.new_bool_var("") for _ in price]
    for row in range(rows.shape[0]):
        program.add_exactly_one(chosen[column] for column in rows.indices[rows.indptr[row] : rows.indptr[row + 1]])
    program.minimize(cp_model.LinearExpr.weighted_sum(chosen, price.tolist()))
    for column, known in zip(chosen, own.tolist(), strict=True):
        program.add_hint(column, known)
    return settle(program, chosen, budget, hurried)
