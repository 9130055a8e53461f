"""The linear program in HiGHS, growing: pairs become columns, separators rows, and the simplex goes on from where it was.

A separator that the last optimum breaks is a row with a negative slack: the old basis stays dual feasible, and a hundred pivots
mend it (Lemke 1954), where a new start takes thousands. A pair with a negative reduced cost is a column at 0, mended by the
primal simplex. Nothing but prices and shares leaves here, so floating point decides no bound.
"""

from collections.abc import Collection
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from optimizer.problem import Bools, Floats, Ints
from optimizer.solver.continuous import Continuous, rounded
from optimizer.solver.linear import SIMPLEX, add_rows, pivots, quiet
from optimizer.solver.model import Model

Fence = tuple[int, int, tuple[int, ...]]
"""A separator: the zone, a unit, and the units of which the zone holds one if it holds that unit."""

FORGOTTEN = 0.5
"""Slack separators are forgotten when they are this share of all."""


@dataclass(frozen=True)
class Solved:
    """An optimum of the program.

    Attributes
    ----------
    share
        ``[U, Z]`` share of each unit in each zone.
    cell, group
        Prices as in `optimizer.solver.prices.Prices`, in ``1 / SCALE`` metres.
    fence
        Price of each separator, in ``1 / SCALE`` student-metres.
    work
        Rows times pivots, and the entries once.
    """

    share: Floats
    cell: Ints
    group: Ints
    fence: Ints
    work: float


class Growing:
    """The program with the pairs and separators so far.

    Rows: the sites', one for each unit (its shares are 1 in all), separators. Columns: the sites', pairs.

    Parameters
    ----------
    model, continuous
        What is solved, and the sites' part of it.
    pairs
        ``[U, Z]`` the first pairs; each unit needs one.

    Attributes
    ----------
    fences
        The separators that are kept, each once, in the order of their rows.
    """

    def __init__(self, model: Model, continuous: Continuous, pairs: Bools) -> None:
        self.fences: dict[Fence, None] = {}
        self._model, self._continuous = model, continuous
        self._column = np.full(pairs.shape, -1)
        self._unit = _unit_of_cost(model)
        own, n_units = continuous.matrix, len(pairs)
        self._solver = quiet(SIMPLEX, continuous.cost / self._unit, np.zeros(own.shape[1]), np.full(own.shape[1], np.inf))
        add_rows(self._solver, own, continuous.lower, continuous.upper)
        add_rows(self._solver, sparse.csr_array((n_units, own.shape[1])), np.ones(n_units), np.ones(n_units))
        self.widen(pairs)

    @property
    def open(self) -> Bools:
        """``[U, Z]`` the pairs so far."""
        return self._column >= 0

    def widen(self, pairs: Bools) -> None:
        """Add pairs; those that are there stay."""
        unit, zone = np.nonzero(pairs & ~self.open)
        if not len(unit):
            return
        new = np.full(pairs.shape, -1)
        new[unit, zone] = np.arange(len(unit))
        once = sparse.csr_array((np.ones(len(unit)), (unit, np.arange(len(unit)))), shape=(len(pairs), len(unit)))
        parts = [self._continuous.brought(unit, zone), once, _fence_rows(self.fences, new, len(unit))]
        matrix = sparse.csc_array(sparse.vstack(parts))
        index = (matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32), matrix.data.astype(float))
        cost, free = self._model.cost[unit, zone] / self._unit, np.full(len(unit), np.inf)
        self._column[unit, zone] = self._solver.getNumCol() + np.arange(len(unit))
        self._solver.addCols(len(unit), cost, np.zeros(len(unit)), free, matrix.nnz, *index)

    def fence(self, fences: Collection[Fence]) -> None:
        """Add separators that are not there yet."""
        rows = _fence_rows(fences, self._column, self._solver.getNumCol())
        add_rows(self._solver, rows, np.zeros(len(fences)), np.full(len(fences), np.inf))
        self.fences.update(dict.fromkeys(fences))

    def forget(self) -> None:
        """Drop separators that the last optimum keeps with room to spare; the basis stays.

        Most are slack some rounds after they were found, and each is a row that the simplex carries along; one that is broken
        again is found anew.
        """
        basis, first = self._solver.getBasis(), self._solver.getNumRow() - len(self.fences)
        rows = list(basis.row_status)  # each look at the attribute copies it
        slack = np.array([status == highspy.HighsBasisStatus.kBasic for status in rows[first:]], dtype=bool)
        if not basis.valid or slack.sum() <= FORGOTTEN * len(slack):
            return
        gone = np.flatnonzero(slack) + first
        self._solver.deleteRows(len(gone), gone.astype(np.int32))
        kept = np.delete(np.arange(first + len(slack)), gone)
        rest = highspy.HighsBasis()
        rest.col_status, rest.row_status, rest.valid = basis.col_status, [rows[row] for row in kept], True
        self._solver.setBasis(rest)
        self.fences = {fence: None for fence, idle in zip(self.fences, slack, strict=True) if not idle}

    def solve(self) -> Solved | None:
        """Solve; None without an optimum. Where the old basis misleads HiGHS, it starts anew once."""
        solver, n_units = self._solver, len(self._column)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            solver.clearSolver()
            solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = solver.getSolution()
        value, dual = np.array(solution.col_value), np.array(solution.row_dual) * self._unit
        share = np.where(self.open, value[self._column], 0.0)
        n_rows = self._continuous.matrix.shape[0]
        cell, group = self._continuous.prices(dual[:n_rows])
        return Solved(share, cell, group, rounded(dual[n_rows + n_units :]), pivots(solver))


def _unit_of_cost(model: Model) -> float:
    """Return what costs are measured in for HiGHS, whose tolerances are absolute: a thousandth of a unit's least cost."""
    return max(1.0, float(np.median(model.cost.min(axis=1))) / 1_000)


def _fence_rows(fences: Collection[Fence], column: Ints, n_columns: int) -> sparse.csr_array:
    """``sum of through - x >= 0``, one row a separator; pairs without a column are 0."""
    held = [(row, column[unit, zone], -1.0) for row, (zone, unit, _) in enumerate(fences)]
    held += [(row, column[unit, zone], 1.0) for row, (zone, _, through) in enumerate(fences) for unit in through]
    row, at, value = (np.array(part) for part in zip(*held, strict=True)) if held else (np.zeros(0, dtype=np.int64),) * 3
    there = at >= 0
    return sparse.csr_array((value[there], (row[there], at[there])), shape=(len(fences), n_columns))
