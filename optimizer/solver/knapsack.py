# ruff: noqa: C901 - compiled loops
"""One school's best choice of whole units: a 0-1 knapsack with a price on what goes over.

Core dynamic programming (Pisinger 1997): the linear relaxation (Dantzig 1957) and a greedy choice fix all items whose flip would
cost more than lies between the two; a table over weights settles the few in between. Where weights are large and the table with
them, depth-first branch and bound does (Horowitz and Sahni 1974). All in integers. Where that meets too many nodes, the bound of
the relaxation stands for the optimum: still a bound, only a weaker one.
"""

import numba as nb
import numpy as np

from optimizer.problem import Bools, Ints

MOST_CELLS = 1_000_000
"""Largest table, in bytes; also about the steps it takes."""

MOST_NODES = 4000
"""Nodes of the branch and bound."""


@nb.njit(cache=True, nogil=True)
def knapsack(profit: Ints, weight: Ints, capacity: int, over_price: int, taken: Bools) -> int:
    """Most profit of any choice of items less the price of what goes over, or a number above it.

    Parameters
    ----------
    profit, weight
        ``[n]`` positive profits and weights, in falling order of profit per weight.
    capacity
        May be negative: what is over already is paid for elsewhere.
    over_price
        Price of a unit of weight above the capacity.
    taken
        ``[n]`` receives the best choice, or a good one.
    """
    n = len(profit)
    total, at = np.int64(0), 0
    while at < n and profit[at] > over_price * weight[at]:  # pays even where it goes over
        total += profit[at] - over_price * max(0, weight[at] - max(capacity, 0))
        capacity -= weight[at]
        taken[at] = True
        at += 1
    if capacity <= 0:
        return int(total)
    first = at
    while at < n and weight[at] <= capacity:
        capacity -= weight[at]
        total += profit[at]
        taken[at] = True
        at += 1
    if at == n:
        return int(total)
    bound = total + profit[at] * capacity // weight[at] + 1
    greedy, rest, start = total, capacity, at
    for i in range(at, n):
        if weight[i] <= rest:
            rest -= weight[i]
            greedy += profit[i]
    return int(_core(profit, weight, capacity, over_price, taken, first, start, int(total), int(bound), int(greedy)))


@nb.njit(cache=True, nogil=True)
def _core(
    profit: Ints,
    weight: Ints,
    capacity: int,
    over_price: int,
    taken: Bools,
    first: int,
    broken: int,
    total: int,
    bound: int,
    greedy: int,
) -> int:
    """Settle the items whose flip may still pay; ``total`` and ``capacity`` are those of the items before ``broken`` taken."""
    n = len(profit)
    core = np.empty(n, dtype=np.int64)
    size, heaviest = 0, 0
    for i in range(first, n):
        if abs(profit[i] * weight[broken] - profit[broken] * weight[i]) <= (bound - greedy + 1) * weight[broken]:
            core[size] = i
            size += 1
            heaviest = max(heaviest, weight[i])
            if taken[i]:
                capacity += weight[i]
                total -= profit[i]
    room = capacity + heaviest
    if size * (room + 1) > MOST_CELLS:
        chosen_items = core[:size]
        picked = np.zeros(size, dtype=np.bool_)
        found = _branch(profit[chosen_items], weight[chosen_items], capacity, over_price, picked)
        for j in range(size):
            taken[core[j]] = picked[j]
        return total + found
    best = np.zeros(room + 1, dtype=np.int64)
    used = np.zeros((size, room + 1), dtype=np.bool_)
    for j in range(size):
        p, w = profit[core[j]], weight[core[j]]
        for at in range(room, w - 1, -1):
            if best[at - w] + p > best[at]:
                best[at] = best[at - w] + p
                used[j, at] = True
    value, chosen = np.int64(-1), 0
    for at in range(room + 1):
        net = best[at] - over_price * max(0, at - capacity)
        if net > value:
            value, chosen = net, at
    for j in range(size - 1, -1, -1):
        taken[core[j]] = used[j, chosen]
        if used[j, chosen]:
            chosen -= weight[core[j]]
    return int(total + value)


@nb.njit(cache=True, nogil=True)
def _branch(profit: Ints, weight: Ints, capacity: int, over_price: int, taken: Bools) -> int:
    """Settle the core by depth-first search, taking before leaving."""
    n = len(profit)
    profits, weights = np.zeros(n + 1, dtype=np.int64), np.zeros(n + 1, dtype=np.int64)
    for i in range(n):
        profits[i + 1], weights[i + 1] = profits[i] + profit[i], weights[i] + weight[i]
    gain = np.zeros(n, dtype=np.int64)  # of the items taken on the way; 0 if left out
    left = np.empty(n + 1, dtype=np.int64)
    left[0] = capacity
    best, value, at = np.int64(-1), np.int64(0), 0
    for _ in range(MOST_NODES):
        if value + _dantzig(profit, profits, weight, weights, at, left[at]) > best:
            if at < n:
                net = profit[at] - over_price * max(0, weight[at] - max(left[at], 0))
                gain[at] = max(net, 0)
                left[at + 1] = left[at] - weight[at] if net > 0 else left[at]
                value += gain[at]
                at += 1
                continue
            best = value
            taken[:] = gain > 0
        at -= 1
        while at >= 0 and gain[at] == 0:
            at -= 1
        if at < 0:
            return int(best)
        value -= gain[at]
        gain[at] = 0
        left[at + 1] = left[at]
        at += 1
    return int(max(int(best), _dantzig(profit, profits, weight, weights, 0, capacity)))


@nb.njit(cache=True, nogil=True)
def _dantzig(profit: Ints, profits: Ints, weight: Ints, weights: Ints, at: int, capacity: int) -> int:
    """Bound on the profit of items ``at`` and later: whole ones while they fit, and a part of the next (rounded up)."""
    capacity = max(capacity, 0)
    low, high = at, len(profit)
    while low < high:
        middle = (low + high + 1) // 2
        if weights[middle] - weights[at] <= capacity:
            low = middle
        else:
            high = middle - 1
    total = profits[low] - profits[at]
    if low < len(profit):
        total += profit[low] * (capacity - (weights[low] - weights[at])) // weight[low] + 1
    return int(total)
