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

LEFT, JOINED = 0, 1
"""Sides of a move."""

DEAR = 4
"""Cells beyond which a site takes longer to price than a zone to search."""


class State(NamedTuple):
    """A plan in the making, and scratch memory."""

    zone: Ints  # [U]
    size: Ints  # [Z] blocks that are not exempt
    load: Ints  # [S, N]
    price: Ints  # [S]
    fresh: Ints  # [S] prices after the move that was looked at last, of its sites
    before: Ints  # [S] prices before the move made last, of its sites
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
    memory = scratch(graph)
    return State(zone.copy(), sizes(graph, zone, n_zones), load, price, price.copy(), price.copy(), trial, classes, memory)


@nb.njit(cache=True, nogil=True)
def plan_price(cost: Ints, state: State) -> int:
    """Price of the state's plan."""
    total = state.price.sum()
    for unit in range(len(state.zone)):
        total += cost[unit, state.zone[unit]]
    return int(total)


@nb.njit(cache=True, nogil=True)
def _try(sites: Sites, state: State, site: int, unit: int, target: int) -> None:
    """Write down a site's students if a unit moved."""
    home, n_cells = state.zone[unit], state.load.shape[1]
    if sites.zone_sites.shape[1] == 1:
        sign = 1 if sites.zone_sites[target, 0] == site else -1
        for i in range(n_cells):
            state.trial[i] = state.load[site, i] + sign * sites.row[unit, i]
        return
    for i in range(n_cells):
        gain = (sites.zone_site[target, i] == site) - (sites.zone_site[home, i] == site)
        state.trial[i] = state.load[site, i] + gain * sites.row[unit, i]


@nb.njit(cache=True, nogil=True)
def side_change(sites: Sites, state: State, factor: Floats, unit: int, target: int, side: int) -> tuple[int, float]:
    """Change of the prices of the sites that a unit would leave, or would newly join: in full, and with each site's factor.

    A site is never cheaper with more students, so joining is no gain, and a site without a price keeps none when it is left.
    """
    home = state.zone[unit]
    total, felt = 0, 0.0
    for site in sites.zone_sites[target if side == JOINED else home]:
        if site < 0 or (side == JOINED and (sites.zone_sites[home] == site).any()):
            continue
        if sites.zone_sites.shape[1] == 1 and side == LEFT and state.price[site] == 0:
            state.fresh[site] = 0
            continue
        _try(sites, state, site, unit, target)
        state.fresh[site] = site_price(sites, site, state.trial, state.classes)
        change = state.fresh[site] - state.price[site]
        total += change
        felt += factor[site] * change
    return total, felt


@nb.njit(cache=True, nogil=True)
def _resettle(graph: Graph, sites: Sites, state: State, unit: int, target: int) -> None:
    """Give a unit another zone; the sites' prices are left."""
    home = state.zone[unit]
    add_unit(sites, state.load, unit, home, -1)
    add_unit(sites, state.load, unit, target, 1)
    for i in range(graph.member_offset[unit], graph.member_offset[unit + 1]):
        if not graph.exempt[graph.member[i]]:
            state.size[home] -= 1
            state.size[target] += 1
    state.zone[unit] = target


@nb.njit(cache=True, nogil=True)
def _copy(sites: Sites, one: int, two: int, source: Ints, target: Ints) -> None:
    """Copy the prices of the sites of two zones."""
    for zone in (one, two):
        for site in sites.zone_sites[zone]:
            if site >= 0:
                target[site] = source[site]


@nb.njit(cache=True, nogil=True)
def move(graph: Graph, sites: Sites, state: State, unit: int, target: int) -> None:
    """Make the move whose sides `side_change` looked at last."""
    home = state.zone[unit]
    _copy(sites, home, target, state.price, state.before)
    _copy(sites, home, target, state.fresh, state.price)
    _resettle(graph, sites, state, unit, target)


@nb.njit(cache=True, nogil=True)
def take_back(graph: Graph, sites: Sites, state: State, unit: int, home: int) -> None:
    """Take the last move back."""
    _copy(sites, state.zone[unit], home, state.before, state.price)
    _resettle(graph, sites, state, unit, home)


@nb.njit(cache=True, nogil=True)
def stays_whole(graph: Graph, state: State, unit: int, target: int) -> bool:
    """Whether all zones stay in one piece if a unit moved."""
    if not may_enter(graph, state.zone, unit, target, state.memory):
        return False
    return bool(may_leave(graph, state.zone, state.size, unit, state.memory))


@nb.njit(cache=True, nogil=True)
def _is_dear(sites: Sites) -> bool:
    """Whether pricing a move takes longer than looking whether zones stay whole, which is then done first."""
    return bool(sites.row.shape[1] > DEAR)


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
    home, dear = state.zone[unit], _is_dear(sites)
    for _ in range(3):
        other = _walk(graph, state.zone, unit, home, 1 + np.random.randint(12))
        if other == unit or graph.bound[other]:
            continue
        target = _pick_target(graph, cost, state.zone, other)
        if target < 0:
            continue
        if dear and not stays_whole(graph, state, other, target):
            continue
        linear = cost[other, target] - cost[other, home]
        left, felt_left = side_change(sites, state, factor, other, target, LEFT)
        room_left = room - (linear + lean[other, target] - lean[other, home])
        if felt_left > room_left:
            continue
        joined, felt_joined = side_change(sites, state, factor, other, target, JOINED)
        if felt_left + felt_joined > room_left:
            continue
        if dear or stays_whole(graph, state, other, target):
            move(graph, sites, state, other, target)
            return True, linear, left + joined
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
    dear = _is_dear(sites)
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
        if dear and not stays_whole(graph, state, unit, target):
            continue
        home = state.zone[unit]
        room = -heat[0] * np.log(np.random.random())
        linear = cost[unit, target] - cost[unit, home]
        left, felt_left = side_change(sites, state, factor, unit, target, LEFT)
        joined, felt_joined = side_change(sites, state, factor, unit, target, JOINED)
        site, rise = left + joined, linear + lean[unit, target] - lean[unit, home] + (felt_left + felt_joined)
        if rise > room and (site <= 0 or np.random.random() < 0.5):
            continue
        if not dear and not stays_whole(graph, state, unit, target):
            continue
        if now < best - (best >> COARSE) and (rise > room or linear + site > 0):
            best = now
            best_zone[:] = state.zone
        move(graph, sites, state, unit, target)
        if rise > room:
            done, linear_2, site_2 = _eject(graph, sites, cost, lean, state, unit, factor, room - rise)
            if not done:
                take_back(graph, sites, state, unit, home)
                continue
            linear += linear_2
            site += site_2
        now += linear + site
    if now < best:
        best = now
        best_zone[:] = state.zone
    zone[:] = state.zone
    price[0], price[1] = best, now
