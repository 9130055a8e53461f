# ruff: noqa: C901, PLR0912 - compiled loops
"""Lower bound by whole units: relax "every unit goes to one zone", keep each school's knapsack; cut what is not connected.

Lagrangian decomposition: a unit pays ``reward`` to the one zone that takes it, every zone takes the units that pay it best within
its seats. This is as strong as the linear program over all seat-feasible zones, and stronger than the prices on loads where units
are large (Geoffrion 1974; Holmberg, Roennqvist and Yuan 1999 for single-sourced capacitated location). Zones chosen in pieces
break separators, "a unit needs one of the units that part it from the school", which are taken into the price as they are met
(relax-and-cut: Lucena 2005). Rewards and prices of cuts rise by a deflected subgradient with Polyak's step; every value is
computed in integers of ``1 / SCALE`` metres, so any of them is a bound. Made for one pooled load a site.
"""

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numba as nb
import numpy as np
from numpy.typing import NDArray

from optimizer.problem import Bools, Floats, Ints
from optimizer.solver.contiguity import scratch
from optimizer.solver.knapsack import knapsack
from optimizer.solver.model import HUGE, NEVER, Graph, Model, Sites
from optimizer.solver.prices import SCALE, Prices, reduced_costs

Scalar = TypeVar("Scalar", bound=np.generic)

WALL = 12
"""Members that a separator may have, on average."""


class Cuts(NamedTuple):
    """Separators: ``unit[k]`` in ``zone[k]`` needs one of ``wall[offset[k]:offset[k + 1]]`` there, at ``price[k]``."""

    known: Ints  # [1] how many
    zone: Ints
    unit: Ints
    offset: Ints
    wall: Ints
    key: Ints  # the same for equal walls
    price: Floats


class Pairs(NamedTuple):
    """Open pairs, zone by zone: a zone may take ``unit[offset[z]:offset[z + 1]]``; a unit of one zone is ``bound`` to it."""

    offset: Ints
    unit: Ints
    bound: Bools


class Pace(NamedTuple):
    """How the prices rise: Polyak's factor at first, relaxations without a gain before it falls to so much, its least."""

    iterations: int
    factor: float
    patience: int
    decay: float
    least: float


@dataclass(frozen=True)
class Whole:
    """The bound, and the prices that prove it.

    Attributes
    ----------
    value
        Proved lower bound on all plans that use open pairs only, in ``1 / SCALE`` student-metres.
    reward
        ``[U]`` rewards, in ``1 / SCALE`` metres.
    cuts
        The separators that have a price.
    share
        How often each zone took each unit of late: one number an open pair, zone by zone, units in order.
    iterations
        Relaxations solved.
    """

    value: int
    reward: Ints
    cuts: Cuts
    share: NDArray[np.float32]
    iterations: int

    @property
    def bound(self) -> int:
        """The bound in whole student-metres."""
        return -(-self.value // SCALE)


def applies(model: Model) -> bool:
    """Whether the bound is made for this problem: one pooled load a site, seats, and a zone a site."""
    sites = model.sites
    single = sites.row.shape[1] == 1 and sites.zone_sites.shape[1] == 1
    return bool(single and not sites.has_rooms.any() and len(np.unique(sites.zone_sites)) == model.n_zones)


def begin(model: Model, prices: Prices) -> Whole:
    """Return the rewards that the prices on loads tell; nothing is proved by them yet."""
    reward = reduced_costs(model, prices).min(axis=1)
    none = np.zeros(0, dtype=np.int64)
    cuts = Cuts(np.zeros(1, dtype=np.int64), none, none, np.zeros(1, dtype=np.int64), none, none, np.zeros(0))
    return Whole(0, reward, cuts, np.zeros(int((model.cost < NEVER).sum()), dtype=np.float32), 0)


def raise_whole(model: Model, start: Whole, upper: int, pace: Pace, allowed: Bools | None = None, more_cuts: int = 4000) -> Whole:
    """Raise the bound from rewards and separators.

    Parameters
    ----------
    model
        The problem.
    start
        Where to begin. Its separators must hold for the open pairs.
    upper
        Price above which it ends, in ``1 / SCALE`` student-metres.
    pace
        How many relaxations, and with what steps.
    allowed
        ``[U, Z]`` the open pairs; all that the model allows if it is None.
    more_cuts
        Separators added at most.
    """
    base, pairs = open_costs(model, allowed)
    reward, cuts = start.reward.astype(np.float64), _with_room(start.cuts, more_cuts)
    best_reward, best_price = start.reward.copy(), cuts.price.copy()
    share = np.zeros(len(pairs.unit), dtype=np.float32)
    value, iterations = _ascend(
        model.graph, model.sites, pairs, base, cuts, reward, best_reward, best_price, share, float(upper), pace
    )
    cuts.price[:] = best_price
    return Whole(int(value), best_reward, _packed(cuts), share, int(iterations))


def open_costs(model: Model, allowed: Bools | None = None) -> tuple[Ints, Pairs]:
    """Return ``[U, Z]`` the costs in ``1 / SCALE`` metres, ``NEVER`` where a pair is not open, and the list of open pairs."""
    if allowed is None:
        allowed = model.cost < NEVER
    offset = np.concatenate([[0], np.cumsum(allowed.sum(axis=0))]).astype(np.int64)
    pairs = Pairs(offset, np.nonzero(allowed.T)[1].astype(np.int64), allowed.sum(axis=1) == 1)
    return np.where(allowed, model.cost * SCALE, NEVER), pairs


def _with_room(cuts: Cuts, more: int) -> Cuts:
    """Copy separators to where ``more`` of them fit."""
    most, walls = len(cuts.zone) + more, len(cuts.wall) + WALL * more
    return _sized(cuts, most, walls)


def _packed(cuts: Cuts) -> Cuts:
    """Copy the separators that have a price."""
    _purge(cuts)
    known = int(cuts.known[0])
    return _sized(cuts, known, int(cuts.offset[known]))


def _sized(cuts: Cuts, most: int, walls: int) -> Cuts:
    """Copy separators into arrays for ``most`` of them with so many members."""
    return Cuts(
        cuts.known.copy(),
        _resized(cuts.zone, most),
        _resized(cuts.unit, most),
        _resized(cuts.offset, most + 1),
        _resized(cuts.wall, walls),
        _resized(cuts.key, most),
        _resized(cuts.price, most),
    )


def _resized(part: NDArray[Scalar], n: int) -> NDArray[Scalar]:
    new = np.zeros(n, dtype=part.dtype)
    new[: min(n, len(part))] = part[:n]
    return new


@nb.njit(cache=True, nogil=True)
def loose_units(sites: Sites, pairs: Pairs, cost: Ints, reward: Ints, zone: int, member: Bools) -> tuple[Ints, int, int]:
    """Mark the units that a zone takes whatever else it takes.

    Returns
    -------
    The units that would pay but need seats, in falling order of pay a student; the students of the marked units and those who
    stay; and what the marked units cost less their rewards.
    """
    begin, end = pairs.offset[zone], pairs.offset[zone + 1]
    load, value = sites.stay[sites.zone_site[zone, 0], 0], np.int64(0)
    loose, density = np.empty(end - begin, np.int64), np.empty(end - begin)
    n = 0
    for k in range(begin, end):
        unit = pairs.unit[k]
        member[unit] = False
        paid = reward[unit] - cost[unit, zone]
        if pairs.bound[unit] or (sites.row[unit, 0] == 0 and paid > 0):
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
def choose(sites: Sites, pairs: Pairs, cost: Ints, reward: Ints, zone: int, member: Bools) -> int:
    """Let one zone take the units that pay best; returns its price less the rewards (a bound on it) and marks its units."""
    order, load, value = loose_units(sites, pairs, cost, reward, zone, member)
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
def _separate(graph: Graph, cost: Ints, pairs: Pairs, zone: int, member: Bools, cuts: Cuts, stamp: Ints, stack: Ints) -> None:
    """Add a separator for each part of the zone's units that hangs on no root, for its first unit."""
    stamp[:] = 0  # 1: reached from the roots, 2: another part, 3: the part's border, 4: reached outside it
    top = 0
    for i in range(graph.root_offset[zone], graph.root_offset[zone + 1]):
        stamp[graph.root[i]] = 1
        stack[top] = graph.root[i]
        top += 1
    _flood(graph, member, stamp, stack, top, 1)
    for j in range(pairs.offset[zone], pairs.offset[zone + 1]):
        unit = pairs.unit[j]
        if not member[unit]:
            continue
        for i in range(graph.member_offset[unit], graph.member_offset[unit + 1]):
            start = graph.member[i]
            if stamp[start] != 0 or graph.exempt[start]:
                continue
            stamp[start], stack[0] = 2, start
            size = _flood(graph, member, stamp, stack, 1, 2)
            if graph.member_offset[unit + 1] - graph.member_offset[unit] == 1:
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
    end, key = cuts.offset[k_cut], np.int64(0)
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
                key += (graph.unit_of[other] + 1) * (graph.unit_of[other] + 7919) * 1_000_003
                end += 1
    unit = graph.unit_of[start]
    for k in range(k_cut):
        if cuts.key[k] == key and cuts.zone[k] == zone and cuts.unit[k] == unit:
            return
    cuts.zone[k_cut], cuts.unit[k_cut], cuts.offset[k_cut + 1], cuts.key[k_cut] = zone, unit, end, key
    cuts.price[k_cut] = 0.0
    cuts.known[0] += 1


@nb.njit(cache=True, nogil=True)
def add_burden(cuts: Cuts, table: Ints) -> None:
    """Add the whole prices of the cuts to the pairs ``[U, Z]`` they touch."""
    for k in range(cuts.known[0]):
        whole = np.int64(np.rint(cuts.price[k]))
        table[cuts.unit[k], cuts.zone[k]] += whole
        for i in range(cuts.offset[k], cuts.offset[k + 1]):
            table[cuts.wall[i], cuts.zone[k]] -= whole


@nb.njit(cache=True, nogil=True)
def _purge(cuts: Cuts) -> None:
    """Forget the cuts that cost nothing."""
    left, end = 0, 0
    for k in range(cuts.known[0]):
        if cuts.price[k] <= 0:
            continue
        begin, length = cuts.offset[k], cuts.offset[k + 1] - cuts.offset[k]
        for i in range(length):
            cuts.wall[end + i] = cuts.wall[begin + i]
        cuts.zone[left], cuts.unit[left], cuts.key[left] = cuts.zone[k], cuts.unit[k], cuts.key[k]
        cuts.price[left] = cuts.price[k]
        end += length
        left += 1
        cuts.offset[left] = end
    cuts.known[0] = left


@nb.njit(cache=True, nogil=True)
def _relax(sites: Sites, pairs: Pairs, base: Ints, cost: Ints, cuts: Cuts, reward: Ints, members: Bools) -> int:
    """Value of the relaxation at whole rewards, a bound in ``1 / SCALE`` student-metres; writes ``cost``, the price of pairs."""
    total = reward.sum()
    for zone in range(cost.shape[1]):
        for k in range(pairs.offset[zone], pairs.offset[zone + 1]):
            cost[pairs.unit[k], zone] = base[pairs.unit[k], zone]
    add_burden(cuts, cost)
    for zone in range(cost.shape[1]):
        total += choose(sites, pairs, cost, reward, zone, members[zone])
    return int(total)


@nb.njit(cache=True, nogil=True)
def _slopes(pairs: Pairs, cuts: Cuts, known: int, members: Bools, slope: Floats, cut_slope: Floats, keep: float) -> float:
    """Turn the slopes of rewards and of cut prices to the newest relaxation; returns their squared length."""
    slope *= keep
    slope += 1.0
    for zone in range(len(pairs.offset) - 1):
        for k in range(pairs.offset[zone], pairs.offset[zone + 1]):
            slope[pairs.unit[k]] -= members[zone, pairs.unit[k]]
    norm = 0.0
    for unit in range(len(slope)):
        if pairs.bound[unit]:
            slope[unit] = 0.0
        norm += slope[unit] ** 2
    for k in range(cuts.known[0]):
        zone = cuts.zone[k]
        miss = 1.0 if members[zone, cuts.unit[k]] else 0.0
        for i in range(cuts.offset[k], cuts.offset[k + 1]):
            miss -= 1.0 if members[zone, cuts.wall[i]] else 0.0
        cut_slope[k] = (keep * cut_slope[k] if k < known else 0.0) + miss
        if cuts.price[k] <= 0 and cut_slope[k] < 0:
            cut_slope[k] = 0.0
        norm += cut_slope[k] ** 2
    return norm


@nb.njit(cache=True, nogil=True)
def _ascend(
    graph: Graph,
    sites: Sites,
    pairs: Pairs,
    base: Ints,
    cuts: Cuts,
    reward: Floats,
    best_reward: Ints,
    best_price: Floats,
    share: NDArray[np.float32],
    upper: float,
    pace: Pace,
) -> tuple[int, int]:
    """Deflected subgradient on rewards and cut prices; writes the best, returns their bound and the relaxations solved."""
    n_units, n_zones = base.shape
    members = np.zeros((n_zones, n_units), dtype=np.bool_)
    slope, cut_slope = np.zeros(n_units), np.zeros(len(cuts.unit))
    cost = base.copy()
    stamp, stack = np.zeros(len(graph.unit_of), np.int64), np.empty(len(graph.unit_of), np.int64)
    best, factor, idle, keep, iteration = -HUGE, pace.factor, 0, 0.0, 0
    while iteration < pace.iterations:
        whole = np.rint(reward).astype(np.int64)
        value = _relax(sites, pairs, base, cost, cuts, whole, members)
        weight = 1.0 if iteration == 0 else 0.05
        iteration += 1
        for zone in range(n_zones):
            for k in range(pairs.offset[zone], pairs.offset[zone + 1]):
                share[k] += weight * ((1.0 if members[zone, pairs.unit[k]] else 0.0) - share[k])
        if value > best:
            idle = 0
            if value > best + abs(best) * 1e-6:
                factor = min(1.5, factor * 1.05)
            best = value
            best_reward[:] = whole
            best_price[:] = cuts.price
            if best >= upper:
                break
        else:
            idle += 1
        known = cuts.known[0]
        if iteration % 2 == 1:
            for zone in range(n_zones):
                _separate(graph, base, pairs, zone, members[zone], cuts, stamp, stack)
        if idle >= pace.patience:
            factor, idle, keep = factor * pace.decay, 0, 0.0
            reward[:] = best_reward
            cuts.price[:] = best_price
            if factor < pace.least:
                break
        norm = _slopes(pairs, cuts, known, members, slope, cut_slope, keep)
        keep = 0.8
        if norm == 0:
            break
        step = factor * max(upper - value, 1e-5 * abs(upper)) / norm
        for unit in range(n_units):
            reward[unit] += step * slope[unit]
        for k in range(cuts.known[0]):
            cuts.price[k] = max(0.0, cuts.price[k] + step * cut_slope[k])
    return best, iteration
