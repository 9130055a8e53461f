# ruff: noqa: C901 - compiled loops
"""Pairs that no better plan uses, closed by the bound of whole units.

In the relaxation of `optimizer.solver.whole` every zone takes units by itself. If a unit is forced into a zone, and out of those
that took it, the values of these zones change by amounts that are computed exactly; where the bound with these changes is no
longer below the price of the plan in hand, no better plan uses the pair (fixing of variables by Lagrangian bounds: Beasley 1993).
"""

import numba as nb
import numpy as np

from optimizer.problem import Bools, Ints
from optimizer.solver.knapsack import knapsack
from optimizer.solver.model import NEVER, Graph, Model, Sites
from optimizer.solver.prices import SCALE
from optimizer.solver.whole import Whole, choose


def still_open(model: Model, whole: Whole, price: int) -> Bools:
    """Return ``[U, Z]`` the pairs that a plan cheaper than ``price`` may use.

    Parameters
    ----------
    model
        A problem that the bound by whole units is made for.
    whole
        The bound, with the rewards and prices of cuts that prove it.
    price
        Of the plan in hand.
    """
    cost = np.where(model.cost == NEVER, NEVER, model.cost * SCALE + whole.burden)
    change, total = _changes(model.graph, model.sites, cost, whole.reward)
    return np.asarray((total + change < price * SCALE) & (model.cost < NEVER))


@nb.njit(cache=True, nogil=True)
def _changes(graph: Graph, sites: Sites, cost: Ints, reward: Ints) -> tuple[Ints, int]:
    """Rise of the relaxation ``[U, Z]`` if a unit went to a zone, and its value, in ``1 / SCALE`` metres."""
    n_units, n_zones = cost.shape
    into, out = np.zeros((n_units, n_zones), np.int64), np.zeros(n_units, np.int64)
    drop = np.zeros((n_units, n_zones), np.int64)
    member = np.zeros(n_units, np.bool_)
    total = reward.sum()
    for zone in range(n_zones):
        value = choose(graph, sites, cost, reward, zone, member)
        total += value
        _zone_changes(graph, sites, cost, reward, zone, member, value, into[:, zone], drop[:, zone])
    for unit in range(n_units):
        out[unit] = drop[unit].sum()
    for unit in range(n_units):
        for zone in range(n_zones):
            into[unit, zone] += out[unit] - drop[unit, zone]
    return into, int(total)


@nb.njit(cache=True, nogil=True)
def _zone_changes(
    graph: Graph, sites: Sites, cost: Ints, reward: Ints, zone: int, member: Bools, value: int, into: Ints, drop: Ints
) -> None:
    """Rise of one zone's value if each unit were forced into it, or out of it."""
    n_units, site = len(reward), sites.zone_site[zone, 0]
    over_price = sites.seat_price * sites.group_weight[0] * SCALE
    load, base = sites.stay[site, 0], np.int64(0)
    loose = np.empty(n_units, np.int64)
    density = np.empty(n_units)
    n = 0
    for unit in range(n_units):
        paid = reward[unit] - cost[unit, zone]
        if cost[unit, zone] >= NEVER:
            continue
        if graph.bound[unit] or (sites.row[unit, 0] == 0 and paid > 0):
            load += sites.row[unit, 0]
            base -= paid
        elif paid > 0:
            loose[n], density[n] = unit, -paid / sites.row[unit, 0]
            n += 1
    order = loose[:n][np.argsort(density[:n], kind="mergesort")]
    profit, weight = np.empty(n, np.int64), np.empty(n, np.int64)
    taken = np.zeros(n, np.bool_)
    for unit in range(n_units):
        if cost[unit, zone] >= NEVER or graph.bound[unit]:
            continue
        paid, row = reward[unit] - cost[unit, zone], sites.row[unit, 0]
        if row == 0:
            into[unit], drop[unit] = max(0, -paid), max(0, paid)
            continue
        left = 0
        for k in range(n):
            if order[k] != unit:
                profit[left] = reward[order[k]] - cost[order[k], zone]
                weight[left] = sites.row[order[k], 0]
                left += 1
        inside = member[unit]
        held = load + (0 if inside else row)
        room = sites.seats[site, 0] - held
        forced = base - (0 if inside else paid) + over_price * max(0, -room)
        taken[:left] = False
        forced -= knapsack(profit[:left], weight[:left], room, over_price, taken[:left])
        if inside:
            drop[unit] = max(0, forced - value)
        else:
            into[unit] = max(0, forced - value)
