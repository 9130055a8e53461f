# ruff: noqa: C901, PLR0912, PLR0915 - compiled loops
"""Lower bound by whole units: relax "every unit goes to one zone", keep each school's knapsack; cut what is not connected.

Lagrangian decomposition: a unit pays ``reward`` to the one zone that takes it, every zone takes the units that pay it best within
its seats. This is as strong as the linear program over all seat-feasible zones, and stronger than the prices on loads where units
are large (Geoffrion 1974; Holmberg, Roennqvist and Yuan 1999 for single-sourced capacitated location). Zones chosen in pieces
break separators, "a unit needs one of the units that part it from the school", which are taken into the price as they are met
(relax-and-cut: Lucena 2005). Rewards and prices of cuts rise by a deflected subgradient with Polyak's step; every value is
computed in integers of ``1 / SCALE`` metres, so any of them is a bound. Made for one pooled load a site.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from optimizer.problem import Bools, Ints
from optimizer.solver.contiguity import scratch
from optimizer.solver.knapsack import knapsack
from optimizer.solver.model import HUGE, NEVER, Graph, Model, Sites
from optimizer.solver.prices import SCALE, Prices, reduced_costs

Floats = NDArray[np.float64]


class Cuts(NamedTuple):
    """Separators: ``unit[k]`` in ``zone[k]`` needs one of ``wall[offset[k]:offset[k + 1]]`` there, at ``price[k]``."""

    known: Ints  # [1] how many
    zone: Ints
    unit: Ints
    offset: Ints
    wall: Ints
    price: Floats
    slope: Floats


@dataclass(frozen=True)
class Whole:
    """The bound, and what it takes for each pair.

    Attributes
    ----------
    bound
        Proved lower bound, in student-metres.
    reward, burden
        ``[U]`` and ``[U, Z]`` rewards and prices of cuts that prove it, in ``1 / SCALE`` metres.
    iterations
        Relaxations solved.
    """

    bound: int
    reward: Ints
    burden: Ints
    iterations: int


def applies(model: Model) -> bool:
    """Whether the bound is made for this problem: one pooled load a site, seats, and a zone a site."""
    sites = model.sites
    single = sites.row.shape[1] == 1 and sites.zone_sites.shape[1] == 1
    return bool(single and not sites.has_rooms.any() and len(np.unique(sites.zone_sites)) == model.n_zones)


def raise_whole(
    model: Model, prices: Prices, upper: int, iterations: int, start: Whole | None = None, most_cuts: int = 4000
) -> Whole:
    """Raise the bound from the prices on loads, or from where an earlier call ended its rewards.

    Parameters
    ----------
    model, prices
        The problem and its prices on loads.
    upper
        Price of a known plan.
    iterations
        Relaxations to solve.
    start
        An earlier answer.
    most_cuts
        Separators kept at most.
    """
    reward = reduced_costs(model, prices).min(axis=1).astype(np.float64)
    if start is not None:
        reward = start.reward.astype(np.float64)
    cuts = _no_cuts(most_cuts)
    base = (
        model.cost * SCALE if start is None else np.where(model.cost == NEVER, NEVER * SCALE, model.cost * SCALE + start.burden)
    )
    base[model.cost == NEVER] = NEVER
    best_reward, best_burden = reward.copy(), np.zeros_like(model.cost)
    value = _ascend(model.graph, model.sites, base, cuts, reward, best_reward, best_burden, float(upper) * SCALE, iterations)
    burden = best_burden if start is None else best_burden + start.burden
    return Whole(-(-int(value) // SCALE), np.rint(best_reward).astype(np.int64), burden, iterations)


def _no_cuts(most: int) -> Cuts:
    whole = [np.zeros(n, dtype=np.int64) for n in (1, most, most, most + 1, 12 * most)]
    return Cuts(whole[0], whole[1], whole[2], whole[3], whole[4], np.zeros(most), np.zeros(most))


@nb.njit(cache=True, nogil=True)
def loose_units(graph: Graph, sites: Sites, cost: Ints, reward: Ints, zone: int, member: Bools) -> tuple[Ints, int, int]:
    """Mark the units that a zone takes whatever else it takes.

    Returns
    -------
    The units that would pay but need seats, in falling order of pay a student; the students of the marked units and those who
    stay; and what the marked units cost less their rewards.
    """
    n_units = len(reward)
    load, value = sites.stay[sites.zone_site[zone, 0], 0], np.int64(0)
    loose, density = np.empty(n_units, np.int64), np.empty(n_units)
    n = 0
    for unit in range(n_units):
        member[unit] = False
        if cost[unit, zone] >= NEVER:
            continue
        paid = reward[unit] - cost[unit, zone]
        if graph.bound[unit] or (sites.row[unit, 0] == 0 and paid > 0):
            member[unit] = True
            load += sites.row[unit, 0]
            value -= paid
        elif paid > 0:
            loose[n], density[n] = unit, -paid / sites.row[unit, 0]
            n += 1
    return loose[:n][np.argsort(density[:n], kind="mergesort")], int(load), int(value)


@nb.njit(cache=True, nogil=True)
def over_price(sites: Sites) -> int:
    """Price of a student above the seats, in ``1 / SCALE`` metres."""
    return int(sites.seat_price * sites.group_weight[0] * SCALE)


@nb.njit(cache=True, nogil=True)
def choose(graph: Graph, sites: Sites, cost: Ints, reward: Ints, zone: int, member: Bools) -> int:
    """Let one zone take the units that pay best; returns its price less the rewards (a bound on it) and marks its units."""
    order, load, value = loose_units(graph, sites, cost, reward, zone, member)
    profit, weight = np.empty(len(order), np.int64), np.empty(len(order), np.int64)
    for k in range(len(order)):
        profit[k], weight[k] = reward[order[k]] - cost[order[k], zone], sites.row[order[k], 0]
    price, capacity = over_price(sites), sites.seats[sites.zone_site[zone, 0], 0] - load
    taken = np.zeros(len(order), dtype=np.bool_)
    value += price * max(0, -capacity) - knapsack(profit, weight, capacity, price, taken)
    for k in range(len(order)):
        if taken[k]:
            member[order[k]] = True
    return int(value)


@nb.njit(cache=True, nogil=True)
def _separate(graph: Graph, cost: Ints, zone: int, member: Bools, cuts: Cuts, stamp: Ints, stack: Ints) -> None:
    """Add a separator for each part of the zone's units that hangs on no root, for its first unit."""
    n = len(graph.unit_of)
    stamp[:] = 0  # 1: reached from the roots, 2: another part, 3: the part's border, 4: reached outside it
    top = 0
    for i in range(graph.root_offset[zone], graph.root_offset[zone + 1]):
        stamp[graph.root[i]] = 1
        stack[top] = graph.root[i]
        top += 1
    _flood(graph, member, stamp, stack, top, 1)
    for start in range(n):
        unit = graph.unit_of[start]
        if stamp[start] != 0 or not member[unit] or graph.exempt[start] or cost[unit, zone] >= NEVER:
            continue
        stamp[start], stack[0] = 2, start
        size = _flood(graph, member, stamp, stack, 1, 2)
        if graph.member_offset[unit + 1] - graph.member_offset[unit] > 1:
            continue
        _add_cut(graph, cost, zone, start, stack[:size].copy(), cuts)


@nb.njit(cache=True, nogil=True)
def _flood(graph: Graph, member: Bools, stamp: Ints, stack: Ints, top: int, mark: int) -> int:
    """Stamp the zone's chosen blocks that hang on the first ``top`` of the queue ``stack``; returns its length."""
    head = 0
    while head < top:
        block = stack[head]
        head += 1
        for k in range(graph.offset[block], graph.offset[block + 1]):
            other = graph.neighbor[k]
            if stamp[other] == 0 and member[graph.unit_of[other]]:
                stamp[other] = mark
                stack[top] = other
                top += 1
    return top


@nb.njit(cache=True, nogil=True)
def _add_cut(graph: Graph, cost: Ints, zone: int, start: int, part: Ints, cuts: Cuts) -> None:
    """Those blocks on the border of a part that allowed blocks outside tie to the roots part the part from them."""
    memory = scratch(graph)
    stamp, stack = memory.stamp, memory.stack
    for i in range(len(part)):
        stamp[part[i]] = 1
    for i in range(len(part)):
        for k in range(graph.offset[part[i]], graph.offset[part[i] + 1]):
            other = graph.neighbor[k]
            if stamp[other] == 0 and cost[graph.unit_of[other], zone] < NEVER:
                stamp[other] = 2
    top = 0
    for i in range(graph.root_offset[zone], graph.root_offset[zone + 1]):
        root = graph.root[i]
        if stamp[root] == 2:
            return  # the part touches a root: a root's unit is always there, there is nothing to cut
        if stamp[root] == 0:
            stamp[root], stack[top] = 3, root
            top += 1
    k_cut = cuts.known[0]
    if k_cut >= len(cuts.unit):
        return
    end = cuts.offset[k_cut]
    while top > 0:
        top -= 1
        block = stack[top]
        for k in range(graph.offset[block], graph.offset[block + 1]):
            other = graph.neighbor[k]
            if stamp[other] == 0 and cost[graph.unit_of[other], zone] < NEVER:
                stamp[other] = 3
                stack[top] = other
                top += 1
            elif stamp[other] == 2:
                stamp[other] = 4
                if end >= len(cuts.wall):
                    return
                cuts.wall[end] = graph.unit_of[other]
                end += 1
    cuts.zone[k_cut], cuts.unit[k_cut], cuts.offset[k_cut + 1] = zone, graph.unit_of[start], end
    cuts.price[k_cut], cuts.slope[k_cut] = 0.0, 1.0
    cuts.known[0] += 1


@nb.njit(cache=True, nogil=True)
def _burden(cuts: Cuts, price: Floats, burden: Ints) -> None:
    """Write the whole prices of the cuts on the pairs they touch."""
    burden[:] = 0
    for k in range(cuts.known[0]):
        whole = np.int64(np.rint(price[k]))
        burden[cuts.unit[k], cuts.zone[k]] += whole
        for i in range(cuts.offset[k], cuts.offset[k + 1]):
            burden[cuts.wall[i], cuts.zone[k]] -= whole


@nb.njit(cache=True, nogil=True)
def _purge(cuts: Cuts, price_best: Floats) -> None:
    """Forget the cuts that neither cost anything now nor did at the best bound."""
    left, end = 0, 0
    for k in range(cuts.known[0]):
        if cuts.price[k] <= 0 and price_best[k] <= 0:
            continue
        begin, length = cuts.offset[k], cuts.offset[k + 1] - cuts.offset[k]
        for i in range(length):
            cuts.wall[end + i] = cuts.wall[begin + i]
        cuts.zone[left], cuts.unit[left] = cuts.zone[k], cuts.unit[k]
        cuts.price[left], cuts.slope[left], price_best[left] = cuts.price[k], cuts.slope[k], price_best[k]
        end += length
        left += 1
        cuts.offset[left] = end
    for k in range(left, cuts.known[0]):
        price_best[k] = 0.0
    cuts.known[0] = left


@nb.njit(cache=True, nogil=True)
def _relax(graph: Graph, sites: Sites, cost: Ints, reward: Ints, members: Bools) -> int:
    """Value of the relaxation at whole rewards: a bound in ``1 / SCALE`` student-metres."""
    total = reward.sum()
    for zone in range(cost.shape[1]):
        total += choose(graph, sites, cost, reward, zone, members[zone])
    return int(total)


@nb.njit(cache=True, nogil=True)
def _ascend(
    graph: Graph,
    sites: Sites,
    base: Ints,
    cuts: Cuts,
    reward: Floats,
    best_reward: Floats,
    best_burden: Ints,
    upper: float,
    iterations: int,
) -> int:
    """Deflected subgradient on rewards and cut prices; writes the best and returns its bound."""
    n_units, n_zones = base.shape
    members = np.zeros((n_zones, n_units), dtype=np.bool_)
    slope, price_best = np.zeros(n_units), np.zeros(len(cuts.unit))
    burden, cost = np.zeros_like(base), base.copy()
    stamp, stack = np.zeros(len(graph.unit_of), np.int64), np.empty(len(graph.unit_of), np.int64)
    best, factor, idle = -(HUGE), 2.0, 0
    for iteration in range(iterations):
        _burden(cuts, cuts.price, burden)
        for unit in range(n_units):
            for zone in range(n_zones):
                cost[unit, zone] = base[unit, zone] + burden[unit, zone] if base[unit, zone] < NEVER else NEVER
        whole = np.rint(reward).astype(np.int64)
        value = _relax(graph, sites, cost, whole, members)
        if value > best:
            idle = 0
            if value > best + abs(best) * 1e-6:
                factor = min(1.5, factor * 1.05)
            best = value
            best_reward[:] = whole
            best_burden[:] = burden
            price_best[:] = cuts.price
        else:
            idle += 1
        known = cuts.known[0]
        if iteration % 2 == 0:
            if known > len(cuts.unit) // 2:
                _purge(cuts, price_best)
                known = cuts.known[0]
            for zone in range(n_zones):
                _separate(graph, base, zone, members[zone], cuts, stamp, stack)
        if idle >= 25:
            factor, idle = factor * 0.85, 0
            reward[:] = best_reward
            cuts.price[:] = price_best
            slope[:] = 0
            cuts.slope[:] = 0
            if factor < 0.0005:
                break
        norm = 0.0
        for unit in range(n_units):
            count = 0
            for zone in range(n_zones):
                count += members[zone, unit]
            slope[unit] = 0.8 * slope[unit] + (1.0 - count)
            if graph.bound[unit]:
                slope[unit] = 0.0
            norm += slope[unit] ** 2
        for k in range(cuts.known[0]):
            zone = cuts.zone[k]
            miss = 1.0 if members[zone, cuts.unit[k]] else 0.0
            for i in range(cuts.offset[k], cuts.offset[k + 1]):
                miss -= 1.0 if members[zone, cuts.wall[i]] else 0.0
            cuts.slope[k] = (0.8 * cuts.slope[k] if k < known else 0.0) + miss
            if cuts.price[k] <= 0 and cuts.slope[k] < 0:
                cuts.slope[k] = 0.0
            norm += cuts.slope[k] ** 2
        if norm == 0:
            break
        step = factor * max(upper - value, 1e-5 * abs(upper)) / norm
        for unit in range(n_units):
            reward[unit] += step * slope[unit]
        for k in range(cuts.known[0]):
            cuts.price[k] = max(0.0, cuts.price[k] + step * cuts.slope[k])
    return best
