# ruff: noqa: C901, PLR0912 - one compiled loop
"""The best classes of one site and variant: a flow of classrooms through the years.

A cohort sits at the site in a run of years, so the matrix of the room limits (one row a year) has consecutive ones in each
column and is totally unimodular: it is a network on ``T + 1`` nodes. A classroom flows from year to year, either idle or held by
a class, which is an arc from the cohort's first year to the year after its last (Veinott and Wagner 1962). The price of a
cohort's classes is convex, so a flow is optimal if and only if its residual network has no negative cycle (Klein 1967); the
classes start close to what the cohorts wish, and few cycles are left to cancel. All numbers are integers: the result is exact.
"""

import numba as nb
import numpy as np

from optimizer.problem import Ints

HUGE = 1 << 62
"""Above every price."""

UNREACHED = -1


@nb.njit(cache=True, nogil=True)
def allot(table: Ints, top: Ints, first: Ints, last: Ints, rooms: Ints, classes: Ints) -> int:
    """Share the rooms of a site among its cohorts at least price.

    Parameters
    ----------
    table
        ``[J, C]`` price of cohort ``j`` with ``c`` classes, convex and falling in ``c``.
    top
        ``[J]`` most classes of use to the cohort, below ``C``.
    first, last
        ``[J]`` first and last year in which the cohort sits here.
    rooms
        ``[T]`` rooms left each year; becomes the idle ones.
    classes
        ``[J]`` the answer, written here.

    Returns
    -------
    The least total price.
    """
    if _start(table, top, first, last, rooms, classes) > 1:
        nodes = np.empty((3, len(rooms) + 1), dtype=np.int64)
        while _cancel(table, top, first, last, rooms, classes, nodes):
            pass
    total = 0
    for j in range(len(top)):
        total += table[j, classes[j]]
    return total


@nb.njit(cache=True, nogil=True)
def _start(table: Ints, top: Ints, first: Ints, last: Ints, rooms: Ints, classes: Ints) -> int:
    """Grant every wish, then take classes back where they are missed least until every year fits; return the years that did not.

    Of one year alone the classes missed least are the best to take, for prices are convex.
    """
    short = 0
    for j in range(len(top)):
        classes[j] = top[j]
        rooms[first[j] : last[j] + 1] -= top[j]
    for year in range(len(rooms)):
        short += rooms[year] < 0
        while rooms[year] < 0:
            least, chosen = HUGE, -1
            for j in range(len(top)):
                if classes[j] > 0 and first[j] <= year <= last[j]:
                    loss = table[j, classes[j] - 1] - table[j, classes[j]]
                    if loss < least:
                        least, chosen = loss, j
            classes[chosen] -= 1
            rooms[first[chosen] : last[chosen] + 1] += 1
    return short


@nb.njit(cache=True, nogil=True)
def _cancel(table: Ints, top: Ints, first: Ints, last: Ints, rooms: Ints, classes: Ints, nodes: Ints) -> bool:
    """Find a negative cycle of the residual network (Bellman and Ford) and send one class round it; false if there is none."""
    n_years, n = len(rooms), len(top)
    price, parent, taken = nodes  # of each node: its price, the node an arc comes from,
    price[:], parent[:], taken[:] = 0, UNREACHED, 0  # and the arc: +-(j + 1) one class more or less, 0 idle
    node = UNREACHED
    for _ in range(n_years + 2):
        node = UNREACHED
        for year in range(n_years):
            if price[year] < price[year + 1]:
                price[year + 1], parent[year + 1], taken[year + 1], node = price[year], year, 0, year + 1
            if rooms[year] > 0 and price[year + 1] < price[year]:
                price[year], parent[year], taken[year], node = price[year + 1], year + 1, 0, year
        for j in range(n):
            a, b, c = first[j], last[j] + 1, classes[j]
            if c < top[j] and price[a] + table[j, c + 1] - table[j, c] < price[b]:
                price[b], parent[b], taken[b], node = price[a] + table[j, c + 1] - table[j, c], a, j + 1, b
            if c > 0 and price[b] + table[j, c - 1] - table[j, c] < price[a]:
                price[a], parent[a], taken[a], node = price[b] + table[j, c - 1] - table[j, c], b, -(j + 1), a
        if node == UNREACHED:
            return False
    for _ in range(n_years + 1):
        node = parent[node]
    end = node
    while True:
        arc, source = taken[node], parent[node]
        if arc == 0:
            if source < node:
                rooms[source] += 1
            else:
                rooms[node] -= 1
        else:
            classes[abs(arc) - 1] += 1 if arc > 0 else -1
        node = source
        if node == end:
            return True
