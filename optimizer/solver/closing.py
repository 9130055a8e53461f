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
from optimizer.solver.whole import Whole, choose, loose_units, over_price


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
    into, drop, total = _changes(model.graph, model.sites, cost, whole.reward)
    change = into + drop.sum(axis=1, keepdims=True) - drop
    return np.asarray((total + change < price * SCALE) & (model.cost < NEVER))


@nb.njit(cache=True, nogil=True)
def _changes(graph: Graph, sites: Sites, cost: Ints, reward: Ints) -> tuple[Ints, Ints, int]:
    """Rise of each zone's value ``[U, Z]`` with a unit forced into it, and out of it; and the relaxation's value."""
    into, drop = np.zeros(cost.shape, np.int64), np.zeros(cost.shape, np.int64)
    member = np.zeros(len(cost), np.bool_)
    total = reward.sum()
    for zone in range(cost.shape[1]):
        value = choose(graph, sites, cost, reward, zone, member)
        total += value
        _zone_changes(graph, sites, cost, reward, zone, member, value, into[:, zone], drop[:, zone])
    return into, drop, int(total)


@nb.njit(cache=True, nogil=True)
def _zone_changes(
    graph: Graph, sites: Sites, cost: Ints, reward: Ints, zone: int, member: Bools, value: int, into: Ints, drop: Ints
) -> None:
    """Rise of one zone's value if each unit were forced into it, or out of it."""
    always = np.zeros(len(reward), np.bool_)
    order, load, base = loose_units(graph, sites, cost, reward, zone, always)
    n, price, seats = len(order), over_price(sites), sites.seats[sites.zone_site[zone, 0], 0]
    profit, weight = np.empty(n, np.int64), np.empty(n, np.int64)
    taken = np.zeros(n, np.bool_)
    for unit in range(len(reward)):
        if cost[unit, zone] >= NEVER or graph.bound[unit]:
            continue
        paid, row, inside = reward[unit] - cost[unit, zone], sites.row[unit, 0], member[unit]
        if row == 0:
            into[unit], drop[unit] = max(0, -paid), max(0, paid)
            continue
        left = 0
        for k in range(n):
            if order[k] != unit:
                profit[left], weight[left] = reward[order[k]] - cost[order[k], zone], sites.row[order[k], 0]
                left += 1
        room = seats - load - (0 if inside else row)
        forced = base - (0 if inside else paid) + price * max(0, -room)
        taken[:left] = False
        forced -= knapsack(profit[:left], weight[:left], room, price, taken[:left])
        if inside:
            drop[unit] = max(0, forced - value)
        else:
            into[unit] = max(0, forced - value)
