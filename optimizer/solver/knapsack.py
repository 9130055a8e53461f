"""One school's best choice of whole units: a 0-1 knapsack with a price on what goes over.

Expanding-core dynamic programming (Pisinger 1997, "A minimal algorithm for the 0-1 knapsack problem"): from the greedy choice of
the linear relaxation (Dantzig 1957) on, items are added after it and taken back before it in turn; of the choices met so far only
those are kept that no other one beats in both weight and profit, and that the relaxation over the items still untouched lets hope
for more than the best. Few items are ever touched. Profits and weights are whole, hopes are rounded up: the result is exact.
Where too many choices are met the bound of the relaxation stands for the optimum: still a bound, only a weaker one.
"""

from typing import NamedTuple

import numba as nb
import numpy as np

from optimizer.problem import Bools, Ints

MOST_STATES = 30_000
"""Choices met at most."""


class States(NamedTuple):
    """Choices in rising order of weight and profit, both counted from the greedy choice; ``made`` tells where each comes from."""

    weight: Ints
    profit: Ints
    made: Ints


class Trail(NamedTuple):
    """How choices were made: by touching ``item`` after the choice ``before``."""

    item: Ints
    before: Ints


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
    return int(total + _expand(profit, weight, capacity, over_price, taken, first, at))


@nb.njit(cache=True, nogil=True)
def _ceil(value: float) -> int:
    """Return a whole number that is certainly not below a value computed in floating point."""
    return int(value * (1 + 1e-12)) + 1


@nb.njit(cache=True, nogil=True)
def _hope(weight: int, profit: int, capacity: int, after: float, before: float) -> int:
    """Bound on the profit of all choices that grow from one: room filled, or overweight taken back, at the best density left."""
    if weight <= capacity:
        return profit + (_ceil((capacity - weight) * after) if after > 0 else 0)
    return profit - int((weight - capacity) * before * (1 - 1e-12))


@nb.njit(cache=True, nogil=True)
def _merge(old: States, d_weight: int, d_profit: int, item: int, trail: Trail, known: int, new: States) -> tuple[int, int]:
    """Merge choices with those that touch one more item too, leaving out the beaten; returns how many, and the trail's length."""
    a, b, n, n_old = 0, 0, 0, len(old.weight)
    last = -(np.int64(1) << 62)
    while a < n_old or b < n_old:
        if b == n_old:
            moved = False
        elif a == n_old:
            moved = True
        else:
            one, two = old.weight[a], old.weight[b] + d_weight
            moved = two < one or (two == one and old.profit[b] + d_profit > old.profit[a])
        if moved:
            if old.profit[b] + d_profit > last:
                last = old.profit[b] + d_profit
                new.weight[n], new.profit[n], new.made[n] = old.weight[b] + d_weight, last, known
                trail.item[known], trail.before[known] = item, old.made[b]
                known += 1
                n += 1
            b += 1
        else:
            if old.profit[a] > last:
                last = old.profit[a]
                new.weight[n], new.profit[n], new.made[n] = old.weight[a], last, old.made[a]
                n += 1
            a += 1
    return n, known


@nb.njit(cache=True, nogil=True)
def _states(n: int) -> States:
    return States(np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64))


@nb.njit(cache=True, nogil=True)
def _expand(profit: Ints, weight: Ints, capacity: int, over_price: int, taken: Bools, first: int, broken: int) -> int:
    """Most profit beyond the greedy choice of the items before ``broken``, which leaves ``capacity``; flips ``taken``."""
    n = len(profit)
    trail = Trail(np.empty(256, np.int64), np.empty(256, np.int64))
    known, best, best_made = 0, 0, -1
    now = _states(1)
    now.weight[0], now.profit[0], now.made[0] = 0, 0, -1
    low, high = broken - 1, broken
    while len(now.weight) > 0 and (low >= first or high < n):
        item = high
        if high < n and (low < first or high - broken <= broken - 1 - low):
            d_weight, d_profit = weight[high], profit[high]
            high += 1
        else:
            item = low
            d_weight, d_profit = -weight[low], -profit[low]
            low -= 1
        size = len(now.weight)
        if known + size > MOST_STATES:
            _flip(trail, best_made, taken)
            return _ceil(capacity * (profit[broken] / weight[broken]))
        while known + size > len(trail.item):
            trail = Trail(
                np.concatenate((trail.item, np.empty_like(trail.item))),
                np.concatenate((trail.before, np.empty_like(trail.before))),
            )
        merged = _states(2 * size)
        n_merged, known = _merge(now, d_weight, d_profit, item, trail, known, merged)
        for k in range(n_merged):
            net = merged.profit[k] - over_price * max(0, merged.weight[k] - capacity)
            if net > best:
                best, best_made = net, merged.made[k]
        after = profit[high] / weight[high] if high < n else 0.0
        before = profit[low] / weight[low] if low >= first else float(over_price)
        left = 0
        for k in range(n_merged):
            if _hope(merged.weight[k], merged.profit[k], capacity, after, before) > best:
                merged.weight[left], merged.profit[left], merged.made[left] = merged.weight[k], merged.profit[k], merged.made[k]
                left += 1
        now = States(merged.weight[:left], merged.profit[:left], merged.made[:left])
    _flip(trail, best_made, taken)
    return int(best)


@nb.njit(cache=True, nogil=True)
def _flip(trail: Trail, made: int, taken: Bools) -> None:
    """Carry a choice out."""
    while made >= 0:
        taken[trail.item[made]] = not taken[trail.item[made]]
        made = trail.before[made]
