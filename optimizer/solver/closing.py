"""Pairs that no better plan uses, closed by the bound of whole units.

In the relaxation of `optimizer.solver.whole` every zone takes units by itself. If a unit is forced into a zone, and out of those
that took it, the values of these zones change by at least what the linear relaxation of their knapsacks (Dantzig 1957) tells;
where the bound with these changes is no longer below the price of the plan in hand, no better plan uses the pair (fixing of
variables by Lagrangian bounds: Beasley 1993).
"""

import numba as nb
import numpy as np

from optimizer.problem import Bools, Ints
from optimizer.solver.model import NEVER, Model, Sites
from optimizer.solver.prices import SCALE
from optimizer.solver.whole import Pairs, Whole, add_burden, choose, loose_units, open_costs, over_price


def still_open(model: Model, whole: Whole, price: int, allowed: Bools | None = None) -> Bools:
    """Return ``[U, Z]`` the pairs that a plan cheaper than ``price`` may use.

    Parameters
    ----------
    model
        A problem that the bound by whole units is made for.
    whole
        The bound, with the rewards and prices of cuts that prove it.
    price
        Of the plan in hand.
    allowed
        ``[U, Z]`` the open pairs that the bound was raised for; all that the model allows if it is None.
    """
    cost, pairs = open_costs(model, allowed)
    add_burden(whole.cuts, cost)
    into, drop, total = _changes(model.sites, pairs, cost, whole.reward)
    change = into + drop.sum(axis=1, keepdims=True) - drop
    return np.asarray((total + change <= (price - 1) * SCALE) & (model.cost < NEVER if allowed is None else allowed))


@nb.njit(cache=True, nogil=True)
def _changes(sites: Sites, pairs: Pairs, cost: Ints, reward: Ints) -> tuple[Ints, Ints, int]:
    """Rise of each zone's value ``[U, Z]`` with a unit forced into it, and out of it; and the relaxation's value."""
    into, drop = np.zeros(cost.shape, np.int64), np.zeros(cost.shape, np.int64)
    member = np.zeros(len(cost), np.bool_)
    total = reward.sum()
    for zone in range(cost.shape[1]):
        value = choose(sites, pairs, cost, reward, zone, member)
        total += value
        _zone_changes(sites, pairs, cost, reward, zone, member, value, into[:, zone], drop[:, zone])
    return into, drop, int(total)


@nb.njit(cache=True, nogil=True)
def _zone_changes(
    sites: Sites, pairs: Pairs, cost: Ints, reward: Ints, zone: int, member: Bools, value: int, into: Ints, drop: Ints
) -> None:
    """Rise of one zone's value if each unit were forced into it, or out of it."""
    always, place = np.zeros(len(reward), np.bool_), np.full(len(reward), -1)
    order, load, base = loose_units(sites, pairs, cost, reward, zone, always)
    n, price = len(order), over_price(sites)
    profits, weights = np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64)
    for k in range(n):
        place[order[k]] = k
        profits[k + 1] = profits[k] + reward[order[k]] - cost[order[k], zone]
        weights[k + 1] = weights[k] + sites.row[order[k], 0]
    seats = sites.seats[sites.zone_site[zone, 0], 0] - load
    for k in range(pairs.offset[zone], pairs.offset[zone + 1]):
        unit = pairs.unit[k]
        paid, row, inside = reward[unit] - cost[unit, zone], sites.row[unit, 0], member[unit]
        if pairs.bound[unit]:
            continue
        if row == 0:
            into[unit], drop[unit] = max(0, -paid), max(0, paid)
            continue
        room = seats if inside else seats - row
        forced = base - (0 if inside else paid) + price * max(0, -room) - _most(profits, weights, place[unit], room, price)
        if inside:
            drop[unit] = max(0, forced - value)
        else:
            into[unit] = max(0, forced - value)


@nb.njit(cache=True, nogil=True)
def _prefix(sums: Ints, at: int, without: int) -> int:
    """Sum over the first ``at`` items but one (none, where it is -1)."""
    if 0 <= without < at:
        return int(sums[at] - sums[without + 1] + sums[without])
    return int(sums[at])


@nb.njit(cache=True, nogil=True)
def _most(profits: Ints, weights: Ints, without: int, capacity: int, price: int) -> int:
    """Bound on the profit of the items but one: the best a unit of weight first, whole ones while they fit or pay what is over.

    ``profits`` and ``weights`` ``[n + 1]`` are sums over the first items. What is over before is paid for elsewhere.
    """
    n = len(profits) - 1
    paying, low, high = 0, 0, n
    while low < high:  # items that pay even where they go over
        paying = (low + high) // 2
        if profits[paying + 1] - profits[paying] > price * (weights[paying + 1] - weights[paying]):
            low = paying + 1
        else:
            high = paying
    paying, room = low, max(capacity, 0)
    taken = _prefix(weights, paying, without)
    if taken >= room:
        return int(_prefix(profits, paying, without) - price * (taken - room))
    low, high = paying, n
    while low < high:
        middle = (low + high + 1) // 2
        if _prefix(weights, middle, without) <= room:
            low = middle
        else:
            high = middle - 1
    total, at = _prefix(profits, low, without), low
    if at == without:
        at += 1  # its weight counts nothing, so that the search may stop before it
    if at < n:
        profit, weight = profits[at + 1] - profits[at], weights[at + 1] - weights[at]
        total += profit * (room - _prefix(weights, low, without)) // weight + 1
    return int(total)
