"""Lower bound by prices on the students at each site (Lagrangian relaxation of the loads; Geoffrion 1974).

Let ``n`` be the students a site reckons with and ``load`` those a plan sends there. Relaxing ``load = n`` at prices per student
leaves two easy parts: every unit goes to its least priced zone, and every site chooses ``n``, and classes, at its own profit.
The choice of classes is the flow of ``classes.py`` on other tables, and seats are a function of one number, so the relaxation
is solved exactly. Contiguity is left out. The bound is that of the linear program with whole classes made convex.

The prices come from the volume algorithm (Barahona and Anbil 2000) in floating point; the bound that is stated is computed anew
from the prices rounded to whole ``1 / SCALE`` metres, in integers.
"""

from dataclasses import dataclass

import numba as nb
import numpy as np

from optimizer.problem import Floats, Ints
from optimizer.solver.classes import allot
from optimizer.solver.model import FREE, HUGE, NEVER, Model, Sites

SCALE = 64
"""Prices are whole fractions of a metre, this fine."""


@dataclass(frozen=True)
class Prices:
    """Prices per student and what they prove.

    Attributes
    ----------
    cell, group
        ``[S, N]`` and ``[S, M]`` price of a student in a cell's classes, and of one in a group's seats, in ``1 / SCALE`` metres.
    bound
        Proved lower bound on the price of every plan.
    iterations
        Relaxations solved.
    charge
        ``[U, Z]`` what priced separators add to each pair, in ``1 / SCALE`` student-metres; None without separators.
    """

    cell: Ints
    group: Ints
    bound: int
    iterations: int
    charge: Ints | None = None


@dataclass(frozen=True)
class Ascent:
    """How the prices are looked for.

    Attributes
    ----------
    iterations
        Relaxations to solve at most.
    patience
        Steps without a better bound before the step is shortened.
    close
        Stop when the bound's gain over ``10 * patience`` iterations is below this share of it.
    """

    iterations: int = 600
    patience: int = 8
    close: float = 2e-6


@nb.njit(cache=True, nogil=True)
def relax_sites(
    sites: Sites, low: Ints, high: Ints, near: Ints, cell: Ints, group: Ints, scale: int, want_cell: Ints, want_group: Ints
) -> int:
    """Let every site choose its students and classes at given prices, and return the total profit (not positive).

    ``want_cell`` and ``want_group`` receive the students chosen; ``low`` and ``high`` ``[S, N]`` bound them. Among choices of
    equal profit the one next to ``near`` is taken, so that a price of zero asks for no change.
    """
    total = 0
    n_sites, n_groups = sites.seats.shape
    for site in range(n_sites):
        low_sum, high_sum = np.zeros(n_groups, dtype=np.int64), np.zeros(n_groups, dtype=np.int64)
        near_sum = np.zeros(n_groups, dtype=np.int64)
        for i in range(low.shape[1]):
            near_sum[sites.group[i]] += near[site, i]
            low_sum[sites.group[i]] += low[site, i]
            high_sum[sites.group[i]] += high[site, i]
        for g in range(n_groups):
            best = HUGE
            for at in (near_sum[g], sites.seats[site, g], sites.limit[site], low_sum[g], high_sum[g]):
                n = min(max(at, low_sum[g]), high_sum[g])
                above = sites.seat_price * max(0, n - sites.seats[site, g]) + sites.size_price * max(0, n - sites.limit[site])
                value = scale * above * sites.group_weight[g] - group[site, g] * n
                if value < best:
                    best, want_group[site, g] = value, n
            total += best
        if sites.has_rooms[site]:
            for variant in range(len(sites.variant_offset) - 1):
                total += _relax_classes(sites, site, variant, low, high, near, cell, scale, want_cell)
        else:
            want_cell[site] = low[site]
    return total


@nb.njit(cache=True, nogil=True)
def _choose(sites: Sites, i: int, low: int, high: int, near: int, classes: int, price: int, scale: int) -> tuple[int, int]:
    """Most profitable number of students in a cell with so many classes: at a bound or where a step begins."""
    best, chosen = HUGE, low
    n_steps = len(sites.step_size)
    for k in range(n_steps + 3):
        at = near if k == 0 else low
        if 0 < k <= n_steps:
            at = sites.step_size[k - 1] * classes
        at = high if k == n_steps + 2 else min(max(at, low), high)
        above = 0
        for step in range(n_steps):
            above += sites.step_price[step] * max(0, at - sites.step_size[step] * classes)
        value = scale * sites.weight[i] * above - price * at
        if value < best:
            best, chosen = value, at
    return best, chosen


@nb.njit(cache=True, nogil=True)
def _relax_classes(
    sites: Sites, site: int, variant: int, low: Ints, high: Ints, near: Ints, cell: Ints, scale: int, want: Ints
) -> int:
    begin, end = sites.variant_offset[variant], sites.variant_offset[variant + 1]
    rooms = sites.rooms[site, variant].copy()
    most = max(0, rooms.max())
    table = np.zeros((end - begin, most + 1), dtype=np.int64)
    run_of = np.empty(end - begin, dtype=np.int64)
    top = np.zeros(end - begin, dtype=np.int64)
    n, total = 0, 0
    for run in range(begin, end):
        if sites.run_first[site, run] < 0:
            continue
        there = sites.least[site, run]
        peak = 0
        for i in range(sites.run_offset[run], sites.run_offset[run + 1]):
            peak = max(peak, high[site, i])
        run_of[n] = run
        top[n] = min(most, max(0, -(-peak // sites.step_size[0]) - there))
        for c in range(top[n] + 1):
            for i in range(sites.run_offset[run], sites.run_offset[run + 1]):
                value = _choose(sites, i, low[site, i], high[site, i], near[site, i], there + c, cell[site, i], scale)[0]
                table[n, c] += value + max(0, near[site, i] - sites.step_size[0] * (there + c))  # the last only breaks ties
        n += 1
    chosen, shared = run_of[:n], np.empty(n, dtype=np.int64)
    allot(table[:n], top[:n], sites.run_first[site][chosen], sites.run_last[site][chosen], rooms, shared)
    for j in range(n):
        formed = sites.least[site, chosen[j]] + shared[j]
        for i in range(sites.run_offset[chosen[j]], sites.run_offset[chosen[j] + 1]):
            value, want[site, i] = _choose(sites, i, low[site, i], high[site, i], near[site, i], formed, cell[site, i], scale)
            total += value
    return total


@nb.njit(cache=True, nogil=True)
def relax_units(cost: Ints, sites: Sites, zone_price: Ints, scale: int, zone: Ints) -> int:
    """Send every unit to its least priced zone (the lowest index of equals), at exact prices ``[Z, N]``; return the total."""
    total = 0
    n_units, n_zones = cost.shape
    single = zone_price.shape[1] == 1
    for unit in range(n_units):
        best = HUGE
        for z in range(n_zones):
            if cost[unit, z] == NEVER:
                continue
            value = scale * cost[unit, z]
            if single:
                value += sites.row[unit, 0] * zone_price[z, 0]
            else:
                for i in range(zone_price.shape[1]):
                    value += sites.row[unit, i] * zone_price[z, i]
            if value < best:
                best, zone[unit] = value, z
        total += best
    return total


@nb.njit(cache=True, nogil=True)
def unit_loads(sites: Sites, zone: Ints) -> Ints:
    """Students ``[S, N]`` that a plan of the units sends to each site, without those who stay."""
    load = np.zeros_like(sites.stay)
    for unit in range(len(zone)):
        for i in range(load.shape[1]):
            load[sites.zone_site[zone[unit], i], i] += sites.row[unit, i]
    return load


@nb.njit(cache=True, nogil=True)
def spans(cost: Ints, sites: Sites) -> tuple[Ints, Ints]:
    """Fewest and most students ``[S, N]`` that any plan brings to each site: those who must, and those who may, go there."""
    low, high = sites.stay.copy(), sites.stay.copy()
    n_sites, n_cells = low.shape
    may, must = np.zeros(n_sites, dtype=np.int64), 0
    for unit in range(len(cost)):
        for i in range(n_cells):
            if i == 0 or sites.zone_sites.shape[1] > 1:
                may[:] = 0
                must = 0
                for z in range(cost.shape[1]):
                    if cost[unit, z] < NEVER:
                        may[sites.zone_site[z, i]] += 1
                        must += 1
            for site in range(n_sites):
                high[site, i] += sites.row[unit, i] * (may[site] > 0)
                low[site, i] += sites.row[unit, i] * (may[site] == must)
    return low, high


def zone_prices(sites: Sites, cell: Ints, group: Ints) -> Ints:
    """Price ``[Z, N]`` of a student of each zone and cell."""
    both = cell + group[:, sites.group]
    return np.ascontiguousarray(both[sites.zone_site, np.arange(both.shape[1])])


def charged(cost: Ints, charge: Ints | None) -> Ints:
    """Cost of the pairs ``[U, Z]`` in ``1 / SCALE`` student-metres with what separators add; ``NEVER`` stays."""
    whole = cost * SCALE if charge is None else cost * SCALE + charge
    return np.where(cost == NEVER, NEVER, whole)


def exact_bound(model: Model, cell: Ints, group: Ints, charge: Ints | None = None) -> int:
    """Bound that prices in ``1 / SCALE`` metres prove, in integers, rounded up to a whole student-metre.

    A separator ``x[u] <= sum of x over through`` at a price not below 0 charges ``u`` and credits those it goes through; no whole
    zone gains by that, so the charges ``[U, Z]`` of any separators at any such prices leave the bound a bound.
    """
    sites = model.sites
    cell = np.where(sites.has_rooms[:, None], cell, 0)  # no class, no price: nothing would pay it back
    low, high = spans(model.cost, sites)
    want_cell, want_group = np.empty_like(sites.stay), np.empty_like(sites.seats)
    total = int(relax_sites(sites, low, high, np.zeros_like(sites.stay), cell, group, SCALE, want_cell, want_group))
    cost = charged(model.cost, charge)
    total += int(relax_units(cost, sites, zone_prices(sites, cell, group), 1, np.zeros(model.n_units, np.int64)))
    total += int((cell * sites.stay).sum()) + int((group[:, sites.group] * sites.stay).sum())
    return -(-total // SCALE)


class Relaxation:
    """The relaxation at floating-point prices, for the ascent."""

    def __init__(self, model: Model, charge: Ints | None) -> None:
        self.model = model
        self.sites = model.sites
        self.charged = charged(model.cost, charge)
        self.low, self.high = spans(model.cost, model.sites)
        self.row = model.sites.row.astype(np.float64)
        self.cost = np.where(model.cost == NEVER, np.inf, self.charged / SCALE) if self.row.shape[1] > 1 else None
        self.zone = np.zeros(model.n_units, dtype=np.int64)
        self.binds = self.sites.limit[:, None] < FREE
        self.binds = self.binds | (self.sites.seats < FREE)

    def solve(self, cell: Floats, group: Floats) -> tuple[float, Floats, Floats]:
        """Return the bound and the excess of loads over the students the sites want, by cell and by group."""
        sites = self.sites
        whole_cell, whole_group = np.rint(cell * SCALE).astype(np.int64), np.rint(group * SCALE).astype(np.int64)
        price = zone_prices(sites, whole_cell, whole_group)
        if self.cost is None:
            units = int(relax_units(self.charged, sites, price, 1, self.zone)) / SCALE
        else:
            total = self.cost + self.row @ (price.T / SCALE)
            self.zone = total.argmin(axis=1)
            units = float(total[np.arange(len(total)), self.zone].sum())
        load = unit_loads(sites, self.zone) + sites.stay
        want_cell, want_group = np.empty_like(sites.stay), np.empty_like(sites.seats)
        value = int(relax_sites(sites, self.low, self.high, load, whole_cell, whole_group, SCALE, want_cell, want_group))
        value += int((whole_cell * sites.stay).sum()) + int((whole_group[:, sites.group] * sites.stay).sum())
        by_group = np.zeros(sites.seats.shape)
        np.add.at(by_group.T, sites.group, load.T)
        over_cell = np.where(sites.has_rooms[:, None], load - want_cell, 0).astype(np.float64)
        return value / SCALE + units, over_cell, np.where(self.binds, by_group - want_group, 0.0)


def ascend(model: Model, ascent: Ascent, upper: float | None = None, start: Prices | None = None) -> Prices:
    """Raise the bound by the volume algorithm.

    Parameters
    ----------
    model
        The problem.
    ascent
        Its parameters.
    upper
        Price of a known plan: the target of the steps.
    start
        Prices to start from; those of separators stay as they are.
    """
    charge = None if start is None else start.charge
    relaxation = Relaxation(model, charge)
    sites = model.sites
    cell = np.zeros(sites.stay.shape) if start is None else start.cell / SCALE
    group = np.zeros(sites.seats.shape) if start is None else start.group / SCALE
    best, over_cell, over_group = relaxation.solve(cell, group)
    target, factor, idle, alpha = best + 0.05 * abs(best) + 1, 1.0, 0, 0.1
    history = [best]
    iteration = 0
    for iteration in range(1, ascent.iterations + 1):  # noqa: B007 - counted also when it ends early
        norm = float((over_cell**2).sum() + (over_group**2).sum())
        if norm < 1e-9:
            break
        if best > target - 0.02 * abs(target):
            target = best + 0.04 * abs(best)
        aim = target if upper is None else min(target, upper)
        step = factor * max(aim - best, 1e-6 * abs(best)) / norm
        try_cell, try_group = np.maximum(0, cell + step * over_cell), np.maximum(0, group + step * over_group)
        value, new_cell, new_group = relaxation.solve(try_cell, try_group)
        alpha = _blend(over_cell, over_group, new_cell, new_group, alpha)
        agree = float((over_cell * new_cell).sum() + (over_group * new_group).sum())
        over_cell, over_group = over_cell + alpha * (new_cell - over_cell), over_group + alpha * (new_group - over_group)
        if value > best:
            best, cell, group, idle = value, try_cell, try_group, 0
            factor = min(2.0, factor * 1.1) if agree > 0 else factor
        else:
            idle += 1
            if idle >= ascent.patience:
                factor, idle = max(factor * 0.66, 1e-4), 0
        history.append(best)
        if factor <= 1e-3 and best - history[-10 * ascent.patience :][0] < ascent.close * abs(best):
            break
    whole_cell, whole_group = np.rint(cell * SCALE).astype(np.int64), np.rint(group * SCALE).astype(np.int64)
    return Prices(whole_cell, whole_group, exact_bound(model, whole_cell, whole_group, charge), iteration, charge)


def _blend(old_cell: Floats, old_group: Floats, new_cell: Floats, new_group: Floats, alpha: float) -> float:
    """Weight of the newest solution that makes the mean excess shortest, within a tenth of the last and 0.2."""
    step_cell, step_group = new_cell - old_cell, new_group - old_group
    size = float((step_cell**2).sum() + (step_group**2).sum())
    best = -float((step_cell * old_cell).sum() + (step_group * old_group).sum()) / size if size > 0 else alpha
    return float(np.clip(best, 0.02, 0.3))


def reduced_costs(model: Model, prices: Prices) -> Ints:
    """Price ``[U, Z]`` of a unit in a zone with the prices of its students, in ``1 / SCALE`` metres; ``NEVER`` stays."""
    price = zone_prices(model.sites, prices.cell, prices.group)
    total = charged(model.cost, prices.charge) + model.sites.row @ price.T
    total[model.cost == NEVER] = NEVER * SCALE
    return total
