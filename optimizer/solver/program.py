"""The zoning problem as a linear integer program without contiguity: what CP-SAT, HiGHS and the exact duals all read.

Columns: one 0-1 column for each group of blocks that go together and each zone open to it (a group with one zone left is a
constant), the classes of each cohort, and one column for each kind of excess. ``x`` below is a block's column. For every site
``s``, year ``t``, grade ``g`` and variant ``v``, ``load = stay + sum of students x`` and

- rooms: ``load - step_size[p] * classes <= step[p]``; the classes that a site holds in a year are at most its rooms;
- seats: ``load over the grades - seats <= over``; size limit: the same with its own excess.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from optimizer.problem import NO_RULE, Bools, Ints, Plan, Problem

NONE = -1
"""Stands for "no column"."""

FREE = np.int64(2**62)
"""Stands for an absent bound of a row."""


@dataclass(frozen=True)
class Limit:
    """A side limit: ``sum of cost[b, zone[b]] + over * students above the seats <= most``.

    Attributes
    ----------
    cost
        ``[B, Z]`` what each pair counts, such as 1 for a student who moves.
    over
        What a student above the seats of a site counts, in every year and variant alike.
    most
        The limit.
    """

    cost: Ints
    over: int
    most: int


@dataclass(frozen=True)
class Program:
    """``min cost x + constant`` over integer ``x`` with ``lower <= x <= upper`` and ``row_lower <= matrix x <= row_upper``.

    Attributes
    ----------
    pair
        ``[B, Z]`` column of the pair, or ``NONE`` where it is closed or the block has no choice.
    only
        ``[B]`` the zone of a block without a choice, or ``NONE``.
    classes
        ``[S, K, V]`` column of the cohort's classes, or ``NONE`` where they do not matter.
    choices
        For each group with a choice, its columns: exactly one is 1.
    feasible
        False where a group has no zone left, or a constant breaks a rule.
    """

    cost: Ints
    lower: Ints
    upper: Ints
    matrix: sparse.csr_array
    row_lower: Ints
    row_upper: Ints
    constant: int
    pair: Ints
    only: Ints
    classes: Ints
    choices: tuple[Ints, ...]
    feasible: bool

    def zone_of(self, values: Ints) -> Ints:
        """Return the zone of each block under the columns' ``values``."""
        zone = self.only.copy()
        block, choice = np.nonzero(self.pair != NONE)
        chosen = values[self.pair[block, choice]] == 1
        zone[block[chosen]] = choice[chosen]
        return zone

    def plan_of(self, problem: Problem, values: Ints) -> Plan:
        """Return the plan under the columns' ``values``; classes that do not matter are those that exist, or none."""
        classes = problem.least_classes.copy()
        planned = self.classes != NONE
        classes[planned] = values[self.classes[planned]]
        return Plan(zone=self.zone_of(values), classes=classes)

    def values_of(self, plan: Plan) -> Ints:
        """Return the columns' values under a plan with open pairs only; each excess is as small as the rows let it be."""
        values = self.lower.copy()
        blocks = np.arange(len(self.only))
        chosen = self.pair[blocks, plan.zone]
        values[chosen[chosen != NONE]] = 1
        planned = self.classes != NONE
        values[self.classes[planned]] = np.minimum(plan.classes[planned], self.upper[self.classes[planned]])
        first = 1 + max(int(self.pair.max(initial=NONE)), int(self.classes.max(initial=NONE)))
        load = self.matrix[:, :first] @ values[:first] - self.row_upper
        excess = self.matrix[:, first:].tocoo()
        soft = excess.data == NONE
        np.maximum.at(values, first + excess.col[soft], load[excess.row[soft]])
        return values


def load_of(problem: Problem, zone: Ints) -> Ints:
    """Return ``[S, T, G, V]`` students at each site when block ``b`` is in ``zone[b]`` (``NONE``: nowhere)."""
    load = problem.stay.copy()
    placed = np.nonzero(zone != NONE)[0]
    for g in range(len(problem.grades)):
        np.add.at(load[:, :, g, :], problem.site_of[zone[placed], g], problem.students[placed, :, g, :])
    return load


def counted(problem: Problem) -> Bools:
    """Return ``[S, T, G, V]`` whether a grade is at the site, so that its classes need rooms: taught there, or some stay."""
    taught = np.zeros((len(problem.sites), len(problem.grades)), dtype=bool)
    for g in range(len(problem.grades)):
        taught[problem.site_of[:, g], g] = True
    return taught[:, None, :, None] | (problem.stay > 0)


def build(problem: Problem, allowed: Bools, limits: Sequence[Limit] = ()) -> Program:
    """Write the program of a problem.

    Parameters
    ----------
    problem
        What is zoned.
    allowed
        ``[B, Z]`` the open pairs, at most those of the problem.
    limits
        Side limits.
    """
    return _Builder(problem, allowed).program(limits)


class _Builder:
    """Collects columns and rows."""

    def __init__(self, problem: Problem, allowed: Bools) -> None:
        self.problem = problem
        self.cost: list[int] = []
        self.lower: list[int] = []
        self.upper: list[int] = []
        self.rows: list[tuple[Ints, Ints, int, int]] = []
        self.feasible = True
        self.constant = 0
        self._choose(allowed)
        self._count()

    def column(self, cost: int, lower: int, upper: int) -> int:
        self.cost.append(cost)
        self.lower.append(lower)
        self.upper.append(upper)
        return len(self.cost) - 1

    def row(self, columns: Ints, values: Ints, lower: int, upper: int) -> None:
        self.rows.append((columns, values, lower, upper))

    def at_most(self, columns: Ints, values: Ints, most: int) -> None:
        if len(columns):
            self.row(columns, values, -int(FREE), most)
        elif most < 0:
            self.feasible = False

    def _choose(self, allowed: Bools) -> None:
        """Make a column of each pair of a group that has a choice."""
        problem = self.problem
        groups, member = np.unique(problem.together, return_inverse=True)
        open_to = np.ones((len(groups), len(problem.zones)), dtype=bool)
        np.logical_and.at(open_to, member, allowed)
        price = np.zeros(open_to.shape, dtype=np.int64)
        np.add.at(price, member, problem.linear_cost())
        column = np.full(open_to.shape, NONE, dtype=np.int64)
        only = np.full(len(groups), NONE, dtype=np.int64)
        choices = []
        for group, row in enumerate(open_to):
            zones = np.nonzero(row)[0]
            if len(zones) == 1:
                only[group] = zones[0]
                self.constant += int(price[group, zones[0]])
                continue
            self.feasible &= len(zones) > 0
            column[group, zones] = [self.column(int(price[group, z]), 0, 1) for z in zones]
            if len(zones):
                choices.append(column[group, zones])
                self.row(column[group, zones], np.ones(len(zones), dtype=np.int64), 1, 1)
        self.choices = tuple(choices)
        self.pair, self.only = column[member], only[member]

    def _count(self) -> None:
        """Find which columns bring how many students to each site."""
        problem = self.problem
        self.fixed_load = load_of(problem, self.only)
        shape = (len(problem.sites), len(problem.grades), len(self.cost), len(problem.years), len(problem.variants))
        self.at_site: list[list[tuple[Ints, Ints]]] = []
        for site in range(shape[0]):
            by_grade = []
            for g in range(shape[1]):
                block, zone = np.nonzero((self.pair != NONE) & (problem.site_of[:, g] == site)[None, :])
                columns, index = np.unique(self.pair[block, zone], return_inverse=True)
                students = np.zeros((len(columns), shape[3], shape[4]), dtype=np.int64)
                np.add.at(students, index, problem.students[block, :, g, :])
                by_grade.append((columns, students))
            self.at_site.append(by_grade)

    def program(self, limits: Sequence[Limit]) -> Program:
        self.classes = np.full(self.problem.least_classes.shape, NONE, dtype=np.int64)
        self.over: list[int] = []
        for site in range(len(self.problem.sites)):
            self._form_classes(site)
        for site in range(len(self.problem.sites)):
            self._fill_rooms(site)
            self._fill_seats(site)
        for limit in limits:
            self._limit(limit)
        return self._finish()

    def _form_classes(self, site: int) -> None:
        problem = self.problem
        here = counted(problem)[site]
        for v in range(len(problem.variants)):
            for t in np.nonzero(problem.rooms[site] != NO_RULE)[0]:
                cohorts = problem.cohort[t, here[t, :, v]]
                least = problem.least_classes[site, cohorts, v]
                rooms = int(problem.rooms[site, t])
                columns = []
                for k, there in zip(cohorts, least, strict=True):
                    most = max(rooms - int(least.sum() - there), int(there))
                    if self.classes[site, k, v] == NONE:
                        self.classes[site, k, v] = self.column(0, int(there), most)
                    column = self.classes[site, k, v]
                    self.upper[column] = min(self.upper[column], most)
                    columns.append(column)
                self.at_most(np.array(columns, dtype=np.int64), np.ones(len(columns), dtype=np.int64), rooms)

    def _fill_rooms(self, site: int) -> None:
        """Price the students above each step's class size."""
        problem, prices = self.problem, self.problem.prices
        for t in np.nonzero(problem.rooms[site] != NO_RULE)[0]:
            for g, v in np.ndindex(len(problem.grades), len(problem.variants)):
                columns, students = self.at_site[site][g]
                k = problem.cohort[t, g]
                formed = self.classes[site, k, v]
                existing = int(problem.least_classes[site, k, v]) if formed == NONE else 0
                load = int(self.fixed_load[site, t, g, v])
                for size, price in zip(prices.step_size, prices.step_price, strict=True):
                    above = load - int(size) * existing
                    self._excess(columns, students[:, t, v], above, int(price * problem.weight[v]), formed, int(size))

    def _fill_seats(self, site: int) -> None:
        """Price the students above the seats, where there are no rooms, and above the size limit."""
        problem, prices = self.problem, self.problem.prices
        for t, v in np.ndindex(len(problem.years), len(problem.variants)):
            columns = np.concatenate([part[0] for part in self.at_site[site]])
            students = np.concatenate([part[1][:, t, v] for part in self.at_site[site]])
            columns, index = np.unique(columns, return_inverse=True)
            total = np.zeros(len(columns), dtype=np.int64)
            np.add.at(total, index, students)
            load, weight = int(self.fixed_load[site, t, :, v].sum()), int(problem.weight[v])
            if problem.rooms[site, t] == NO_RULE and problem.seats[site, t] != NO_RULE:
                above = load - int(problem.seats[site, t])
                over = self._excess(columns, total, above, prices.seat_price * weight)
                self.over += [over] if over != NONE else []
            if problem.size_limit[site] != NO_RULE and prices.size_price:
                self._excess(columns, total, load - int(problem.size_limit[site]), prices.size_price * weight)

    def _excess(self, columns: Ints, students: Ints, above: int, price: int, classes: int = NONE, size: int = 0) -> int:
        """Price ``max(0, above + students x - size classes)``; return the excess's column, or ``NONE`` where it is never due."""
        most = above + int(students.sum())
        if most <= 0:
            return NONE
        column = self.column(price, 0, most)
        some = students > 0
        parts = [columns[some], np.array([column])]
        values = [students[some], np.array([-1])]
        if classes != NONE:
            parts.append(np.array([classes]))
            values.append(np.array([-size]))
        self.at_most(np.concatenate(parts), np.concatenate(values), -above)
        return column

    def _limit(self, limit: Limit) -> None:
        chosen = self.only != NONE
        left = limit.most - int(limit.cost[chosen, self.only[chosen]].sum())
        columns, index = np.unique(self.pair[self.pair != NONE], return_inverse=True)
        values = np.zeros(len(columns), dtype=np.int64)
        np.add.at(values, index, limit.cost[self.pair != NONE])
        over = np.array(self.over if limit.over else [], dtype=np.int64)
        self.at_most(np.concatenate([columns, over]), np.concatenate([values, np.full(len(over), limit.over)]), left)

    def _finish(self) -> Program:
        starts = np.cumsum([0, *(len(columns) for columns, *_ in self.rows)])
        empty = np.zeros(0, dtype=np.int64)
        index = np.concatenate([empty, *(columns for columns, *_ in self.rows)])
        data = np.concatenate([empty, *(values for _, values, *_ in self.rows)])
        return Program(
            cost=np.array(self.cost, dtype=np.int64),
            lower=np.array(self.lower, dtype=np.int64),
            upper=np.array(self.upper, dtype=np.int64),
            matrix=sparse.csr_array((data, index, starts), shape=(len(self.rows), len(self.cost))),
            row_lower=np.array([lower for _, _, lower, _ in self.rows], dtype=np.int64),
            row_upper=np.array([upper for _, _, _, upper in self.rows], dtype=np.int64),
            constant=self.constant,
            pair=self.pair,
            only=self.only,
            classes=self.classes,
            choices=self.choices,
            feasible=self.feasible,
        )
