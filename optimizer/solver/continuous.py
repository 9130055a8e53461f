"""The linear program of a model: fractions of units in zones and of classes at sites, loads between them.

Cells of a cohort that hold the same students from every unit are one row of more weight: a cohort without migration is the same
in each of its years.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from optimizer.problem import Bools, Floats, Ints
from optimizer.solver.model import FREE, Model, Sites
from optimizer.solver.prices import SCALE


@dataclass(frozen=True)
class Part:
    """The rows of some sites in whole numbers: ``lower <= matrix x <= upper``, ``0 <= x <= most``; pairs are the last columns.

    Attributes
    ----------
    cost, most
        Of the columns before the pairs, in student-metres.
    """

    cost: Ints
    most: Ints
    matrix: sparse.csr_array
    lower: Floats
    upper: Floats


class Continuous:
    """Writes the program: the part of the sites once, pairs as they are asked for.

    Columns of the sites: loads ``[S, C]`` of cells that are alike, classes ``[S, J]``, excess of each step, seats and size.

    Attributes
    ----------
    cost
        Of the sites' columns, in student-metres; all are at least 0.
    matrix, lower, upper
        The sites' rows in these columns, without pairs.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._first, self._kind = _alike(model.sites)
        sites, n_sites, n_cells = model.sites, len(model.sites.stay), len(self._first)
        n_runs, n_groups, n_steps = sites.least.shape[1], sites.seats.shape[1], len(sites.step_size)
        shapes = [(n_sites, n_cells), (n_sites, n_runs), (n_sites, n_cells, n_steps), (n_sites, n_groups), (n_sites, n_groups)]
        ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
        self._load, self._classes, self._excess, self._seats, self._size = (
            np.arange(end - np.prod(shape), end).reshape(shape) for shape, end in zip(shapes, ends, strict=True)
        )
        weight = np.bincount(self._kind, sites.weight)
        self.cost = np.zeros(int(ends[-1]))
        self.cost[self._excess] = (weight[:, None] * sites.step_price)[None]
        self.cost[self._seats] = sites.seat_price * sites.group_weight
        self.cost[self._size] = sites.size_price * sites.group_weight
        self._share_of_kind = sites.weight / weight[self._kind]
        rows = _Rows()
        self._write(rows)
        self.matrix = rows.matrix(len(self.cost))
        self.lower, self.upper = rows.limits()
        columns = (self._load, self._classes, self._excess, self._seats, self._size)
        self._site_of_column = np.concatenate([np.repeat(np.arange(n_sites), block[0].size) for block in columns])
        entries = self.matrix.tocoo()
        self._site_of_row = np.full(rows.count, -1)
        self._site_of_row[entries.row] = self._site_of_column[entries.col]

    def _write(self, rows: "_Rows") -> None:
        """Write that loads are those who stay and whom units bring, and what holds them: classes and rooms, seats, size."""
        sites = self._model.sites
        stay = sites.stay[:, self._first].ravel().astype(float)
        rows.add(np.arange(self._load.size), self._load.ravel(), np.ones(self._load.size), stay, stay)
        self._write_classes(rows)
        self._write_rooms(rows)
        self._first_group = rows.count
        self._write_groups(rows, self._seats, np.where(sites.has_rooms[:, None], FREE, sites.seats))
        self._write_groups(rows, self._size, np.repeat(sites.limit[:, None], sites.seats.shape[1], axis=1))

    def _write_classes(self, rows: "_Rows") -> None:
        sites = self._model.sites
        run = np.searchsorted(sites.run_offset, self._first, side="right") - 1
        site, cell, step = np.nonzero(np.broadcast_to(sites.has_rooms[:, None, None], self._excess.shape))
        size, at = sites.step_size[step], np.arange(len(site))
        free = sites.run_first[site, run[cell]] >= 0
        columns = [self._load[site, cell], self._excess[site, cell, step], self._classes[site, run[cell]][free]]
        values = np.concatenate([np.ones(len(site)), -np.ones(len(site)), -size[free]])
        limit = (size * sites.least[site, run[cell]]).astype(float)
        rows.add(np.concatenate([at, at, at[free]]), np.concatenate(columns), values, np.full(len(site), -np.inf), limit)

    def _write_rooms(self, rows: "_Rows") -> None:
        """Bound the classes of each site, year and variant by the rooms that are left."""
        sites = self._model.sites
        n_sites, n_variants, n_years = sites.rooms.shape
        variant = np.searchsorted(sites.variant_offset, np.arange(sites.least.shape[1]), side="right") - 1
        for year in range(n_years):
            there = (sites.run_first <= year) & (sites.run_last >= year) & sites.has_rooms[:, None]
            site, run = np.nonzero(there)
            rooms = np.where(sites.has_rooms[:, None], sites.rooms[:, :, year], FREE).astype(float).ravel()
            none = np.full(n_sites * n_variants, -np.inf)
            rows.add(site * n_variants + variant[run], self._classes[site, run], np.ones(len(site)), none, rooms)

    def _write_groups(self, rows: "_Rows", over: Ints, limit: Ints) -> None:
        sites = self._model.sites
        site, cell = (a.ravel() for a in np.indices((len(over), len(self._kind))))
        at = np.concatenate([site * over.shape[1] + sites.group[cell], np.arange(over.size)])
        columns = np.concatenate([self._load[site, self._kind[cell]], over.ravel()])
        values = np.concatenate([np.ones(len(site)), -np.ones(over.size)])
        top = np.where(limit >= FREE, np.inf, limit).astype(float).ravel()
        rows.add(at, columns, values, np.full(over.size, -np.inf), top)

    def entries(self, open_pairs: Bools) -> int:
        """Count the nonzero entries with these pairs."""
        some = np.count_nonzero(self._model.sites.row[:, self._first], axis=1)
        return int(self.matrix.nnz + ((1 + some) * open_pairs.sum(axis=1)).sum())

    def brought(self, unit: Ints, zone: Ints) -> sparse.csr_array:
        """Return what each pair takes from the sites' rows: its students, from the loads."""
        sites = self._model.sites
        pair, cell = np.nonzero(sites.row[:, self._first][unit])
        at = sites.zone_site[zone[pair], self._first[cell]] * len(self._first) + cell
        values = -sites.row[unit[pair], self._first[cell]].astype(float)
        return sparse.csr_array((values, (at, pair)), shape=(self.matrix.shape[0], len(unit)))

    def prices(self, dual: Floats) -> tuple[Ints, Ints]:
        """Return prices per student from the duals of the sites' rows, as in `optimizer.solver.prices.Prices`.

        They are the duals of the loads, less what seats and size ask, shared among cells that are alike.
        """
        sites = self._model.sites
        groups = -dual[self._first_group :].reshape(2, *self._seats.shape).sum(axis=0)
        whole = dual[: self._load.size].reshape(self._load.shape)
        asked = np.zeros(self._load.shape)
        np.add.at(asked.T, self._kind, groups[:, sites.group].T)
        cell = (whole - asked)[:, self._kind] * self._share_of_kind
        return np.where(sites.has_rooms[:, None], rounded(cell), 0), rounded(groups)

    def alone(self, held: Ints, unit: Ints, zone: Ints) -> Part:
        """Return the rows of some sites alone, with pairs of zones that use no other site; all numbers are whole."""
        rows, own = np.flatnonzero(np.isin(self._site_of_row, held)), np.flatnonzero(np.isin(self._site_of_column, held))
        matrix = sparse.csr_array(sparse.hstack([self.matrix[rows][:, own], self.brought(unit, zone)[rows]]))
        return Part(self.cost[own].astype(np.int64), self._most(unit, zone)[own], matrix, self.lower[rows], self.upper[rows])

    def _most(self, unit: Ints, zone: Ints) -> Ints:
        """Return what the sites' columns are at most: all students of these pairs, all rooms."""
        sites = self._model.sites
        load = sites.stay[:, self._first]
        np.add.at(load, (sites.zone_site[zone][:, self._first], np.arange(len(self._first))), sites.row[unit][:, self._first])
        most = np.full(len(self.cost), int((load[:, self._kind]).sum()))
        most[self._load] = load
        most[self._classes] = np.where(sites.has_rooms[:, None], sites.rooms.max(axis=(1, 2))[:, None], 0)
        return most


class _Rows:
    """Rows in the making."""

    def __init__(self) -> None:
        self.count = 0
        self._row: list[Ints] = []
        self._column: list[Ints] = []
        self._value: list[Floats] = []
        self.lower: list[Floats] = []
        self.upper: list[Floats] = []

    def add(self, row: Ints, column: Ints, value: Floats, lower: Floats, upper: Floats) -> None:
        """Add rows, numbered from 0, with their entries and limits."""
        self._row.append(np.asarray(row) + self.count)
        self._column.append(column)
        self._value.append(value)
        self.lower.append(lower)
        self.upper.append(upper)
        self.count += len(lower)

    def matrix(self, n_columns: int) -> sparse.csr_array:
        """Return the rows; entries at the same place are added."""
        at = (np.concatenate(self._row), np.concatenate(self._column))
        return sparse.csr_array((np.concatenate(self._value), at), shape=(self.count, n_columns))

    def limits(self) -> tuple[Floats, Floats]:
        """Return least and most of each row."""
        return np.concatenate(self.lower), np.concatenate(self.upper)


def _alike(sites: Sites) -> tuple[Ints, Ints]:
    """Return the first cell of each kind, and the kind ``[N]`` of each cell: same cohort, same students, same sites."""
    run = np.searchsorted(sites.run_offset, np.arange(sites.row.shape[1]), side="right") - 1
    told = np.concatenate([run[None], sites.row, sites.stay, sites.zone_site])
    _, first, kind = np.unique(told, axis=1, return_index=True, return_inverse=True)
    return first.astype(np.int64), kind.astype(np.int64).ravel()


def rounded(price: Floats) -> Ints:
    """Return prices in whole ``1 / SCALE``, none below 0."""
    return np.asarray(np.rint(np.maximum(price, 0) * SCALE), dtype=np.int64)
