# ruff: noqa: C901, PLR0912, NPY002 - one compiled loop; numba knows numpy's own seeded generator only
"""Local search: simulated annealing over shifts and ejection chains that keep every zone whole.

A step moves one unit to a zone that borders it. Where the move overfills a school, a unit of the receiving zone may be sent on to
a third (or back: a swap) with it. Capacity may be overrun on the way: the price of sites is scaled by a factor that rises
while the plan pays for sites and falls while it does not (Kirkpatrick et al. 1983; strategic oscillation, Glover
1989). Each pair may also lean towards the bound's prices, so that units drift from schools that everybody wants to those with
room before any is full. What is kept is the best plan at full prices. Work is counted in steps; chance comes from the seed.
"""

from typing import NamedTuple

import numba as nb
import numpy as np

from optimizer.problem import Floats, Ints
from optimizer.solver.capacity import add_unit, loads, site_price
from optimizer.solver.contiguity import Scratch, may_enter, may_leave, scratch, sizes
from optimizer.solver.model import NEVER, Graph, Sites

COARSE = 20
"""A plan is written down before the search leaves it if it is better than the last by more than ``2 ** -COARSE`` of its price."""


PUSH = 1.01
"""The factor on the price of sites rises by this where the plan pays for a site, and falls where it does not."""

SOFTEST = 1e-7
"""Least factor on the price of sites."""


class State(NamedTuple):
    """A plan in the making, and scratch memory."""

    zone: Ints  # [U]
    size: Ints  # [Z] blocks that are not exempt
    load: Ints  # [S, N]
    price: Ints  # [S]
    trial: Ints  # [N]
    classes: Ints  # [J]
    memory: Scratch


@nb.njit(cache=True, nogil=True)
def start_state(graph: Graph, sites: Sites, zone: Ints, n_zones: int) -> State:
    """Make the state of a plan."""
    load = loads(sites, zone)
    classes = np.zeros(len(sites.run_offset) - 1, dtype=np.int64)
    price = np.zeros(len(load), dtype=np.int64)
    for site in range(len(load)):
        price[site] = site_price(sites, site, load[site], classes)
    trial = np.zeros(load.shape[1], dtype=np.int64)
    return State(zone.copy(), sizes(graph, zone, n_zones), load, price, trial, classes, scratch(graph))


@nb.njit(cache=True, nogil=True)
def plan_price(cost: Ints, state: State) -> int:
    """Price of the state's plan."""
    total = state.price.sum()
    for unit in range(len(state.zone)):
        total += cost[unit, state.zone[unit]]
    return int(total)


@nb.njit(cache=True, nogil=True)
def site_change(sites: Sites, state: State, factor: Floats, unit: int, target: int) -> tuple[int, float]:
    """Change of the sites' prices if a unit moved: in full, and with each site's factor."""
    home = state.zone[unit]
    n_cells = state.load.shape[1]
    total, felt = 0, 0.0
    for side in range(2):
        for q in range(sites.zone_sites.shape[1]):
            site = sites.zone_sites[target if side else home, q]
            if site < 0:
                break
            if side and (sites.zone_sites[home] == site).any():
                continue
            for i in range(n_cells):
                gain = (sites.zone_site[target, i] == site) - (sites.zone_site[home, i] == site)
                state.trial[i] = state.load[site, i] + gain * sites.row[unit, i]
            change = site_price(sites, site, state.trial, state.classes) - state.price[site]
            total += change
            felt += factor[site] * change
    return total, felt


@nb.njit(cache=True, nogil=True)
def move(graph: Graph, sites: Sites, state: State, unit: int, target: int) -> None:
    """Move a unit."""
    home = state.zone[unit]
    add_unit(sites, state.load, unit, home, -1)
    add_unit(sites, state.load, unit, target, 1)
    for i in range(graph.member_offset[unit], graph.member_offset[unit + 1]):
        if not graph.exempt[graph.member[i]]:
            state.size[home] -= 1
            state.size[target] += 1
    state.zone[unit] = target
    for side in (home, target):
        for q in range(sites.zone_sites.shape[1]):
            site = sites.zone_sites[side, q]
            if site >= 0:
                state.price[site] = site_price(sites, site, state.load[site], state.classes)


@nb.njit(cache=True, nogil=True)
def _pick_target(graph: Graph, cost: Ints, zone: Ints, unit: int) -> int:
    """Draw a zone that borders a unit, or any allowed one if it is exempt; -1 if the draw gives none."""
    n = graph.member_offset[unit + 1] - graph.member_offset[unit]
    block = graph.member[graph.member_offset[unit] + (np.random.randint(n) if n > 1 else 0)]
    degree = graph.offset[block + 1] - graph.offset[block]
    if graph.exempt[block]:
        target = np.random.randint(cost.shape[1])
    elif degree > 0:
        target = zone[graph.unit_of[graph.neighbor[graph.offset[block] + np.random.randint(degree)]]]
    else:
        return -1
    return target if target != zone[unit] and cost[unit, target] < NEVER else -1


@nb.njit(cache=True, nogil=True)
def _walk(graph: Graph, zone: Ints, unit: int, home: int, length: int) -> int:
    """Draw the unit at the end of a random walk inside a zone, starting beside a unit that has just joined it."""
    block = graph.member[graph.member_offset[unit]]
    for _ in range(length):
        degree = graph.offset[block + 1] - graph.offset[block]
        if degree == 0:
            break
        other = graph.neighbor[graph.offset[block] + np.random.randint(degree)]
        if zone[graph.unit_of[other]] == home:
            block = other
    return int(graph.unit_of[block])


@nb.njit(cache=True, nogil=True)
def _eject(
    graph: Graph, sites: Sites, cost: Ints, lean: Floats, state: State, unit: int, factor: Floats, room: float
) -> tuple[bool, int, int]:
    """Send a unit of the zone that ``unit`` has just joined on to another, if that costs at most ``room``."""
    home = state.zone[unit]
    for _ in range(3):
        other = _walk(graph, state.zone, unit, home, 1 + np.random.randint(12))
        if other == unit or graph.bound[other]:
            continue
        target = _pick_target(graph, cost, state.zone, other)
        if target < 0:
            continue
        linear = cost[other, target] - cost[other, home]
        site, felt = site_change(sites, state, factor, other, target)
        if linear + lean[other, target] - lean[other, home] + felt > room:
            continue
        enters = may_enter(graph, state.zone, other, target, state.memory)
        if enters and may_leave(graph, state.zone, state.size, other, state.memory):
            move(graph, sites, state, other, target)
            return True, linear, site
    return False, 0, 0


@nb.njit(cache=True, nogil=True)
def anneal(
    graph: Graph,
    sites: Sites,
    cost: Ints,
    lean: Floats,
    zone: Ints,
    best_zone: Ints,
    price: Ints,
    heat: Floats,
    factor: Floats,
    cooling: float,
    steps: int,
    seed: int,
) -> None:
    """Anneal a plan for some steps.

    Parameters
    ----------
    graph, sites, cost
        The model.
    lean
        ``[U, Z]`` what the search feels on top of each pair's cost.
    zone
        ``[U]`` the plan, changed in place.
    best_zone
        ``[U]`` the best plan met at full prices, replaced by a better one.
    price
        ``[2]`` its price and that of the plan, both kept up to date.
    heat
        ``[1]`` temperature in student-metres; goes on from where it is, as does
    factor
        ``[S]`` factor on the price of each site.
    cooling
        What the temperature is multiplied by after every ``U`` steps.
    steps
        Steps to do.
    seed
        Of the random numbers.
    """
    np.random.seed(seed)
    state = start_state(graph, sites, zone, cost.shape[1])
    n_units = len(zone)
    best, now = price[0], plan_price(cost, state)
    if now < best:
        best = now
        best_zone[:] = zone
    ease = PUSH ** (-1.0 / len(factor))
    for step in range(steps):
        if step % n_units == 0:
            heat[0] *= cooling
            for place in range(len(factor)):
                factor[place] = min(1.0, factor[place] * PUSH) if state.price[place] > 0 else max(SOFTEST, factor[place] * ease)
        unit = np.random.randint(n_units)
        if graph.bound[unit]:
            continue
        target = _pick_target(graph, cost, state.zone, unit)
        if target < 0:
            continue
        home = state.zone[unit]
        room = -heat[0] * np.log(np.random.random())
        linear = cost[unit, target] - cost[unit, home]
        site, felt = site_change(sites, state, factor, unit, target)
        rise = linear + lean[unit, target] - lean[unit, home] + felt
        if rise > room and (site <= 0 or np.random.random() < 0.5):
            continue
        if not may_enter(graph, state.zone, unit, target, state.memory):
            continue
        if not may_leave(graph, state.zone, state.size, unit, state.memory):
            continue
        if now < best - (best >> COARSE) and (rise > room or linear + site > 0):
            best = now
            best_zone[:] = state.zone
        move(graph, sites, state, unit, target)
        if rise > room:
            done, linear_2, site_2 = _eject(graph, sites, cost, lean, state, unit, factor, room - rise)
            if not done:
                move(graph, sites, state, unit, home)
                continue
            linear += linear_2
            site += site_2
        now += linear + site
    if now < best:
        best = now
        best_zone[:] = state.zone
    zone[:] = state.zone
    price[0], price[1] = best, now
