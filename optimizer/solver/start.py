"""A plan from the linear relaxation, for counties whose loads must fit classes cell by cell.

With hundreds of cells a site, prices alone place blocks badly: many zones tie within a metre, and which one a block takes
decides whether a class of 45 holds. The linear program over each unit's cheapest zones says it: a basic solution splits few
units, because it has few rows that bind. It is solved by HiGHS's interior point method; its largest shares are the plan, its
duals are prices. Parts without a root are then sent, one unit at a time, to the bordering zone where the whole price rises
least.
"""

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from optimizer.problem import Bools, Ints
from optimizer.solver.anneal import State, move, site_change, start_state
from optimizer.solver.contiguity import stray
from optimizer.solver.linear import QuietHighs
from optimizer.solver.model import FREE, NEVER, Graph, Model, Sites
from optimizer.solver.prices import SCALE

Floats = NDArray[np.float64]

CANDIDATES = 10
"""Zones of a unit in the program: its cheapest ones by walk."""

MOST_ENTRIES = 4_000_000
"""A larger program is not tried."""

_OPTIONS: tuple[tuple[str, bool | int | str], ...] = (
    ("output_flag", False),
    ("log_to_console", False),
    ("threads", 1),
    ("solver", "ipm"),
    ("run_crossover", "off"),  # shares and prices need no vertex
)


@dataclass(frozen=True)
class Relaxed:
    """The linear program's optimum.

    Attributes
    ----------
    zone
        ``[U]`` the zone with the largest share of each unit; it may be in pieces.
    cell, group
        Prices as in `optimizer.solver.prices.Prices`, in ``1 / SCALE`` metres.
    entries
        Nonzero entries of the program times iterations: its work.
    """

    zone: Ints
    cell: Ints
    group: Ints
    entries: int


def relaxed(model: Model) -> Relaxed | None:
    """Solve the linear program; None if it is too large or HiGHS found no optimum."""
    pairs = _pairs(model)
    row = model.sites.row[pairs[0]]
    if int(np.count_nonzero(row)) > MOST_ENTRIES:
        return None
    program = _Program(model, *pairs)
    solver = program.solved()
    if solver is None:
        return None
    share = np.zeros(model.cost.shape)
    share[pairs] = np.array(solver.getSolution().col_value)[: len(pairs[0])]
    dual = np.array(solver.getSolution().row_dual)
    cell, group = program.prices(dual)
    iterations = max(1, solver.getInfo().ipm_iteration_count)
    return Relaxed(share.argmax(axis=1).astype(np.int64), cell, group, iterations * program.matrix.nnz)


def _pairs(model: Model) -> tuple[Ints, Ints]:
    """Return unit and zone of each pair of the program."""
    order = np.argsort(model.cost, axis=1, kind="stable")[:, :CANDIDATES]
    unit, rank = np.nonzero(np.take_along_axis(model.cost, order, axis=1) < NEVER)
    return unit, order[unit, rank]


class _Program:
    """Columns: pairs, loads ``[S, N]``, classes ``[S, J]``, excess of each step, seats and size. Rows: see ``_rows``."""

    def __init__(self, model: Model, unit: Ints, zone: Ints) -> None:
        self.model, sites = model, model.sites
        n_sites, n_cells = sites.stay.shape
        n_runs, n_groups, n_steps = sites.least.shape[1], sites.seats.shape[1], len(sites.step_size)
        sizes = (
            len(unit),
            n_sites * n_cells,
            n_sites * n_runs,
            n_sites * n_cells * n_steps,
            n_sites * n_groups,
            n_sites * n_groups,
        )
        pair, load, classes, excess, seats, size = (
            np.arange(stop - count, stop) for count, stop in zip(sizes, np.cumsum(sizes), strict=True)
        )
        self.load = load.reshape(n_sites, n_cells)
        self.classes = classes.reshape(n_sites, n_runs)
        self.excess = excess.reshape(n_sites, n_cells, n_steps)
        self.seats, self.size = seats.reshape(n_sites, n_groups), size.reshape(n_sites, n_groups)
        self.cost = np.zeros(sum(sizes))
        self.cost[pair] = model.cost[unit, zone]
        self.cost[self.excess] = (sites.weight[:, None] * sites.step_price)[None]
        self.cost[self.seats] = sites.seat_price * sites.group_weight
        self.cost[self.size] = sites.size_price * sites.group_weight
        self.upper = np.full(len(self.cost), np.inf)
        self.upper[pair] = 1
        self._row: list[Ints] = []
        self._column: list[Ints] = []
        self._value: list[Floats] = []
        self._lower: list[Floats] = []
        self._higher: list[Floats] = []
        self._n_rows = 0
        self._rows(unit, zone)
        at = (np.concatenate(self._row), np.concatenate(self._column))
        self.matrix = sparse.csr_array((np.concatenate(self._value), at), shape=(self._n_rows, len(self.cost)))
        self.matrix.sum_duplicates()

    def _rows(self, unit: Ints, zone: Ints) -> None:
        """Each unit once; loads are what units bring; classes hold loads; rooms hold classes; seats and size hold loads."""
        sites = self.model.sites
        one = np.ones(self.model.n_units)
        self._add(unit, np.arange(len(unit)), np.ones(len(unit)), one, one)
        stay = sites.stay.ravel().astype(float)
        pair, cell = np.nonzero(sites.row[unit])
        brings = sites.zone_site[zone[pair], cell] * sites.stay.shape[1] + cell
        columns = np.concatenate([self.load.ravel(), pair])
        values = np.concatenate([np.ones(self.load.size), -sites.row[unit[pair], cell]])
        self.first_load = self._n_rows
        self._add(np.concatenate([np.arange(self.load.size), brings]), columns, values, stay, stay)
        self._class_rows()
        self._room_rows()
        self.first_group = self._n_rows
        self._group_rows(self.seats, np.where(sites.has_rooms[:, None], FREE, sites.seats))
        self._group_rows(self.size, np.repeat(sites.limit[:, None], sites.seats.shape[1], axis=1))

    def _class_rows(self) -> None:
        sites = self.model.sites
        run = np.searchsorted(sites.run_offset, np.arange(sites.stay.shape[1]), side="right") - 1
        site, cell, step = (a.ravel() for a in np.nonzero(np.broadcast_to(sites.has_rooms[:, None, None], self.excess.shape)))
        size = sites.step_size[step]
        free = sites.run_first[site, run[cell]] >= 0
        rows = np.arange(len(site))
        at = np.concatenate([rows, rows, rows[free]])
        columns = [self.load[site, cell], self.excess[site, cell, step], self.classes[site, run[cell]][free]]
        values = np.concatenate([np.ones(len(site)), -np.ones(len(site)), -size[free]])
        limit = (size * sites.least[site, run[cell]]).astype(float)
        self._add(at, np.concatenate(columns), values, np.full(len(site), -np.inf), limit)

    def _room_rows(self) -> None:
        """Bound the classes of each site, year and variant by the rooms that are left."""
        sites = self.model.sites
        n_sites, n_variants, n_years = sites.rooms.shape
        variant = np.searchsorted(sites.variant_offset, np.arange(sites.least.shape[1]), side="right") - 1
        for year in range(n_years):
            there = (sites.run_first <= year) & (sites.run_last >= year) & sites.has_rooms[:, None]
            site, run = np.nonzero(there)
            rooms = np.where(sites.has_rooms[:, None], sites.rooms[:, :, year], FREE).astype(float).ravel()
            none = np.full(n_sites * n_variants, -np.inf)
            self._add(site * n_variants + variant[run], self.classes[site, run], np.ones(len(site)), none, rooms)

    def _group_rows(self, over: Ints, limit: Ints) -> None:
        sites = self.model.sites
        n_sites, n_cells = self.load.shape
        site, cell = (a.ravel() for a in np.indices((n_sites, n_cells)))
        rows = np.concatenate([site * over.shape[1] + sites.group[cell], np.arange(over.size)])
        columns = np.concatenate([self.load.ravel(), over.ravel()])
        values = np.concatenate([np.ones(self.load.size), -np.ones(over.size)])
        top = np.where(limit >= FREE, np.inf, limit).astype(float).ravel()
        self._add(rows, columns, values, np.full(over.size, -np.inf), top)

    def _add(self, row: Ints, column: Ints, value: Floats | Ints, lower: Floats, upper: Floats) -> None:
        self._row.append(np.asarray(row) + self._n_rows)
        self._column.append(np.asarray(column))
        self._value.append(np.asarray(value, dtype=np.float64))
        self._lower.append(lower)
        self._higher.append(upper)
        self._n_rows += len(lower)

    def solved(self) -> highspy.Highs | None:
        """Solve; None without an optimum."""
        solver = QuietHighs()  # type: ignore[no-untyped-call]
        for option, value in _OPTIONS:
            solver.setOptionValue(option, value)
        n, matrix = len(self.cost), self.matrix
        solver.addVars(n, np.zeros(n), self.upper)
        solver.changeColsCost(n, np.arange(n, dtype=np.int32), self.cost)
        index = (matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32), matrix.data)
        solver.addRows(matrix.shape[0], np.concatenate(self._lower), np.concatenate(self._higher), matrix.nnz, *index)
        solver.run()
        return solver if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal else None

    def prices(self, dual: Floats) -> tuple[Ints, Ints]:
        """Prices per student from the duals: of the loads, less what seats and size ask."""
        sites = self.model.sites
        whole = dual[self.first_load :][: self.load.size].reshape(self.load.shape)
        groups = -dual[self.first_group :][: 2 * self.seats.size].reshape(2, *self.seats.shape).sum(axis=0)
        cell = whole - groups[:, sites.group]
        return _rounded(cell), _rounded(groups)


def _rounded(price: Floats) -> Ints:
    return np.asarray(np.rint(np.maximum(price, 0) * SCALE), dtype=np.int64)


def mend(model: Model, zone: Ints) -> Ints | None:
    """Tie the parts without a root to bordering zones, each time the unit whose move raises the whole price least.

    Returns
    -------
    ``[U]`` a plan in one piece, or None where a unit borders no zone that may hold it.
    """
    graph, sites = model.graph, model.sites
    state = start_state(graph, sites, zone, model.n_zones)
    for _ in range(4 * model.n_units):
        astray = stray(graph, state.zone, model.n_zones)
        if not astray.any():
            return state.zone
        best = _cheapest(model, graph, sites, state, astray)
        if best is None:
            return None
        move(graph, sites, state, *best)
    return None


def _cheapest(model: Model, graph: Graph, sites: Sites, state: State, astray: Bools) -> tuple[int, int] | None:
    """Return the unit with a stray block, and the zone, whose move raises the price least; None if none borders a rooted part."""
    plain = np.ones(len(state.price))
    found: tuple[int, int, int] | None = None
    for unit in np.unique(graph.unit_of[astray]):
        here = state.zone[unit]
        members = graph.member[graph.member_offset[unit] : graph.member_offset[unit + 1]]
        around = np.concatenate([graph.neighbor[graph.offset[b] : graph.offset[b + 1]] for b in members])
        for target in np.unique(state.zone[graph.unit_of[around[~astray[around]]]]):
            if target != here and model.cost[unit, target] < NEVER:
                change, _ = site_change(sites, state, plain, unit, target)
                rise = int(model.cost[unit, target] - model.cost[unit, here]) + int(change)
                if found is None or (rise, unit, target) < found:
                    found = (rise, int(unit), int(target))
    return None if found is None else found[1:]
