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
def _grant(sites: Sites, site: int, variant: int, load: Ints, classes: Ints, left: Ints) -> bool:
    """Give every cohort of a variant the classes it wishes, take them from the rooms of its years; say whether all years fit."""
    fits = True
    for run in range(sites.variant_offset[variant], sites.variant_offset[variant + 1]):
        classes[run] = sites.least[site, run]
        if sites.run_first[site, run] < 0:
            continue
        wish = _wish(sites, site, run, load)
        classes[run] += wish
        for year in range(sites.run_first[site, run], sites.run_last[site, run] + 1):
            left[year] -= wish
            fits = fits and left[year] >= 0
    return fits


@nb.njit(cache=True, nogil=True)
def _lack(sites: Sites, site: int, run: int, left: Ints) -> int:
    """Most classes that a cohort's wish is short of."""
    lack = 0
    for year in range(sites.run_first[site, run], sites.run_last[site, run] + 1):
        lack = max(lack, -left[year])
    return lack


@nb.njit(cache=True, nogil=True)
def _class_price(sites: Sites, site: int, variant: int, load: Ints, classes: Ints) -> int:
    """Least price of one variant's classes, and the classes.

    With the best classes none can be given back to a cohort, so a cohort that is short of some sits in a year whose rooms are all
    in use, and is short of no more than all wishes of that year are beyond the rooms: most cohorts have what they wish.
    """
    begin, end = sites.variant_offset[variant], sites.variant_offset[variant + 1]
    left = sites.rooms[site, variant].copy()
    if _grant(sites, site, variant, load, classes, left):
        return 0
    memory = np.empty((5, end - begin), dtype=np.int64)  # one allocation: this is the innermost loop of the search
    short, top, first, last, shared = memory
    n = 0
    for run in range(begin, end):
        lack = min(_lack(sites, site, run, left), classes[run] - sites.least[site, run])
        if sites.run_first[site, run] >= 0 and lack > 0:
            short[n], top[n], first[n], last[n] = run, lack, sites.run_first[site, run], sites.run_last[site, run]
            n += 1
    table = np.zeros((n, top[:n].max() + 1), dtype=np.int64)
    for j in range(n):
        classes[short[j]] -= top[j]
        left[first[j] : last[j] + 1] += top[j]
        for c in range(top[j]):
            table[j, c] = run_price(sites, short[j], load, classes[short[j]] + c)
    total = allot(table, top[:n], first[:n], last[:n], left, shared[:n])
    for j in range(n):
        classes[short[j]] += shared[j]
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
