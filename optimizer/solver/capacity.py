"""What the students at a site cost beyond their walk: seats, school size and classes, with the best classes for the loads."""

import numba as nb
import numpy as np

from optimizer.problem import Ints
from optimizer.solver.classes import allot
from optimizer.solver.model import FREE, Model, Sites


@nb.njit(cache=True, nogil=True)
def site_price(sites: Sites, site: int, load: Ints, classes: Ints) -> int:
    """Price of a site with these students.

    Parameters
    ----------
    sites, site
        The rules, and which site.
    load
        ``[N]`` students in each cell.
    classes
        ``[J]`` receives the best classes; left alone where the site has no rooms.

    Returns
    -------
    Student-metres, exact and least over all classes.
    """
    total = _group_price(sites, site, load)
    if not sites.has_rooms[site]:
        return total
    for variant in range(len(sites.variant_offset) - 1):
        total += _class_price(sites, site, variant, load, classes)
    return total


@nb.njit(cache=True, nogil=True)
def _group_price(sites: Sites, site: int, load: Ints) -> int:
    """Price of the students above the seats and the size limit, over all groups."""
    limit = sites.limit[site]
    if len(load) == 1:
        price = sites.seat_price * max(0, load[0] - sites.seats[site, 0]) + sites.size_price * max(0, load[0] - limit)
        return int(price * sites.group_weight[0])
    if limit == FREE and sites.has_rooms[site]:
        return 0
    sums = np.zeros(len(sites.group_weight), dtype=np.int64)
    for cell in range(len(load)):
        sums[sites.group[cell]] += load[cell]
    total = 0
    for g in range(len(sums)):
        above = sites.seat_price * max(0, sums[g] - sites.seats[site, g]) + sites.size_price * max(0, sums[g] - limit)
        total += above * sites.group_weight[g]
    return total


@nb.njit(cache=True, nogil=True)
def _wish(sites: Sites, site: int, run: int, load: Ints) -> int:
    """Classes that leave no student above any step, beyond those there are."""
    peak = 0
    for cell in range(sites.run_offset[run], sites.run_offset[run + 1]):
        peak = max(peak, load[cell])
    return int(max(0, -(-peak // sites.step_size[0]) - sites.least[site, run]))


@nb.njit(cache=True, nogil=True)
def run_price(sites: Sites, run: int, load: Ints, classes: int) -> int:
    """Price of the students of a cohort above each step of its classes."""
    total = 0
    for cell in range(sites.run_offset[run], sites.run_offset[run + 1]):
        for step in range(len(sites.step_size)):
            above = load[cell] - sites.step_size[step] * classes
            if above <= 0:
                break
            total += sites.step_price[step] * above * sites.weight[cell]
    return total


@nb.njit(cache=True, nogil=True)
def _class_price(sites: Sites, site: int, variant: int, load: Ints, classes: Ints) -> int:
    """Least price of one variant's classes, and the classes."""
    begin, end = sites.variant_offset[variant], sites.variant_offset[variant + 1]
    rooms = sites.rooms[site, variant].copy()
    most, fits = 0, True
    for run in range(begin, end):
        classes[run] = sites.least[site, run]
        if sites.run_first[site, run] < 0:
            continue
        wish = _wish(sites, site, run, load)
        classes[run] += wish
        most = max(most, wish)
        for year in range(sites.run_first[site, run], sites.run_last[site, run] + 1):
            rooms[year] -= wish
            fits = fits and rooms[year] >= 0
    if fits:
        return 0
    free = np.empty(end - begin, dtype=np.int64)
    n = 0
    for run in range(begin, end):
        if sites.run_first[site, run] >= 0:
            free[n] = run
            n += 1
    table = np.zeros((n, most + 1), dtype=np.int64)
    top = np.empty(n, dtype=np.int64)
    for j in range(n):
        there = sites.least[site, free[j]]
        top[j] = classes[free[j]] - there
        for c in range(top[j]):
            table[j, c] = run_price(sites, free[j], load, there + c)
    chosen = free[:n]
    shared = np.empty(n, dtype=np.int64)
    first, last = sites.run_first[site][chosen], sites.run_last[site][chosen]
    total = allot(table, top, first, last, sites.rooms[site, variant].copy(), shared)
    for j in range(n):
        classes[free[j]] = sites.least[site, free[j]] + shared[j]
    return total


@nb.njit(cache=True, nogil=True)
def add_unit(sites: Sites, load: Ints, unit: int, zone: int, sign: int) -> None:
    """Add or take a unit's students to or from the loads ``[S, N]`` of a zone's sites."""
    for cell in range(load.shape[1]):
        load[sites.zone_site[zone, cell], cell] += sign * sites.row[unit, cell]


@nb.njit(cache=True, nogil=True)
def loads(sites: Sites, zone: Ints) -> Ints:
    """Students ``[S, N]`` at each site under a plan of the units."""
    load = sites.stay.copy()
    for unit in range(len(zone)):
        add_unit(sites, load, unit, zone[unit], 1)
    return load


@nb.njit(cache=True, nogil=True)
def all_prices(sites: Sites, load: Ints) -> tuple[Ints, Ints]:
    """Price of each site and the best classes ``[S, J]`` of every run."""
    n_runs = len(sites.run_offset) - 1
    price = np.zeros(len(load), dtype=np.int64)
    classes = np.zeros((len(load), n_runs), dtype=np.int64)
    for site in range(len(load)):
        price[site] = site_price(sites, site, load[site], classes[site])
    return price, classes


def total_price(cost: Ints, sites: Sites, zone: Ints) -> int:
    """Price of zones ``[U]``: what their pairs cost ``[U, Z]`` and the price of every site, in student-metres."""
    by_site, _ = all_prices(sites, loads(sites, zone))
    return int(cost[np.arange(len(zone)), zone].sum() + by_site.sum())


def plan_price(model: Model, zone: Ints) -> int:
    """Price of a plan ``[U]`` of a model's units, in student-metres."""
    return total_price(model.cost, model.sites, zone)
