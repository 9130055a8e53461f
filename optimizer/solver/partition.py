"""Set partitioning over the zones seen on the way: the best plan that can be put together from them.

A search meets thousands of zones, each with its exact price (walks, seats, classes), and no plan holds the best of all. Which of
them cover every unit once, for the least price, is a set partitioning problem (Garfinkel and Nemhauser 1970; as the last step of
a local search: Rochat and Taillard 1995). Its linear relaxation is nearly integral, and units that no zone seen tells
apart are one row. The simplex gives the reduced costs, and CP-SAT the best choice among the zones with the least. Where several
zones share a site their price has no parts: then "zone" stands for the cluster of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
from ortools.sat.python import cp_model
from scipy import sparse

from optimizer.problem import Bools, Floats, Ints
from optimizer.solver.capacity import all_prices, loads
from optimizer.solver.exact import Watch
from optimizer.solver.linear import Options, add_rows, quiet
from optimizer.solver.model import Model, clusters

MOST_ZONES, MOST_UNITS = 8_000, 4_000_000
"""Zones kept, and how many units they may hold in all."""

NEAR = 1.05
"""How near to the best a plan must be: 1.03 to 1.10 found the same plans."""

CHOICES = 1_000
"""Zones that CP-SAT chooses among. Twice as many gave the same plans."""

_OPTIONS: Options = (("solver", "simplex"), ("random_seed", 0))


@dataclass
class _Seen:
    """A zone, or cluster of zones: its price, the least price of a plan that has it, its units and their zones."""

    price: int
    plan: int
    unit: Ints
    zone: Ints


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
        self._seen: dict[tuple[int, bytes, bytes], _Seen] = {}
        self._best: int | None = None

    def __len__(self) -> int:
        """Return the number of zones seen."""
        return len(self._seen)

    def take(self, zone: Ints, price: int) -> None:
        """Keep the zones of a plan ``[U]`` unless its price is far from the best; of too many, those of the best plans stay."""
        self._best = price if self._best is None else min(self._best, price)
        if price > self._near * self._best:
            return
        parts = self._prices(zone)
        cluster = self._cluster[zone]
        order = np.argsort(cluster, kind="stable")
        for k, unit in enumerate(np.split(order, np.searchsorted(cluster[order], np.arange(1, self._n)))):
            seen = self._seen.setdefault(_key(k, unit, zone), _Seen(int(parts[k]), price, unit, zone[unit]))
            seen.plan = min(seen.plan, price)
        if len(self._seen) > 2 * self._most:
            self._forget()

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
        keys, seen = list(self._seen), list(self._seen.values())
        rows = _rows(seen, [key[0] for key in keys], len(known), self._n)
        price = np.array([zone.price for zone in seen])
        reduced, pivots = _reduced_costs(rows, price)
        if reduced is None:
            return Chosen(None, pivots, 0.0)
        own = np.array([key == _key(key[0], np.flatnonzero(self._cluster[known] == key[0]), known) for key in keys])
        few = np.union1d(np.argsort(reduced, kind="stable")[:CHOICES], np.flatnonzero(own))
        chosen, work = _choose(rows[:, few], price[few], own[few], budget, hurried)
        if chosen is None:
            return Chosen(None, pivots, work)
        plan = known.copy()
        for place in few[chosen]:
            plan[seen[place].unit] = seen[place].zone
        return Chosen(plan, pivots, work)


def _key(cluster: int, unit: Ints, zone: Ints) -> tuple[int, bytes, bytes]:
    return cluster, unit.astype(np.int32).tobytes(), zone[unit].astype(np.int32).tobytes()


def _rows(seen: list[_Seen], cluster: list[int], n_units: int, n_clusters: int) -> sparse.csr_array:
    """Return which zones hold each unit and stand for each cluster, equal rows once."""
    held = [np.append(zone.unit, n_units + k) for zone, k in zip(seen, cluster, strict=True)]
    start = np.cumsum([0, *(len(part) for part in held)])
    shape = (n_units + n_clusters, len(seen))
    rows = sparse.csr_array(sparse.csc_array((np.ones(start[-1], dtype=np.int8), np.concatenate(held), start), shape=shape))
    rows.sort_indices()
    first: dict[bytes, int] = {}
    for row in range(shape[0]):
        first.setdefault(rows.indices[rows.indptr[row] : rows.indptr[row + 1]].tobytes(), row)
    return rows[list(first.values())]


def _reduced_costs(rows: sparse.csr_array, price: Ints) -> tuple[Floats | None, float]:
    """Return the reduced cost of each zone in the linear relaxation, or None if HiGHS fails; and rows times pivots."""
    n_rows, n = rows.shape
    solver = quiet(_OPTIONS, price / max(1.0, float(np.median(price))), np.zeros(n), np.full(n, np.inf))
    add_rows(solver, rows, np.ones(n_rows), np.ones(n_rows))
    solver.run()
    work = float(solver.getInfo().simplex_iteration_count) * n_rows + rows.nnz
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None, work
    return np.array(solver.getSolution().col_dual), work


def _choose(
    rows: sparse.csr_array, price: Ints, own: Bools, budget: float, hurried: Callable[[], bool]
) -> tuple[Ints | None, float]:
    """Choose columns that cover each row once for the least price, beginning with the known plan's."""
    program = cp_model.CpModel()
    chosen = [program.new_bool_var("") for _ in price]
    for row in range(rows.shape[0]):
        program.add_exactly_one(chosen[column] for column in rows.indices[rows.indptr[row] : rows.indptr[row + 1]])
    program.minimize(cp_model.LinearExpr.weighted_sum(chosen, price.tolist()))
    for column, known in zip(chosen, own.tolist(), strict=True):
        program.add_hint(column, known)
    solver = cp_model.CpSolver()
    settings = solver.parameters
    settings.num_workers, settings.random_seed, settings.max_deterministic_time = 1, 0, budget
    settings.linearization_level, settings.cp_model_probing_level, settings.symmetry_level = 2, 0, 0
    with Watch(solver, hurried):
        status = solver.solve(program)
    work = solver.response_proto.deterministic_time
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, work
    return np.flatnonzero([solver.boolean_value(column) for column in chosen]), work
