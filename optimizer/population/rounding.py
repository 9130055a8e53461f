"""Whole children: a controlled rounding of the course, exact in integers.

Everything is counted in billionths of a child, rounded half to even, and added as integers.

1. *County*: the sum of a year and grade, rounded (half up) to millionths and then (half up) to whole children. Where an official
   total of several grades is a whole number, those grades are rounded down and the missing children go one each to the grades
   with the largest remainders (then the lower grade), sets inside other sets first.
2. *Communities*, then *blocks within each community*, share out the whole number above them. A community's sum is counted in
   millionths. Of each member, only the whole numbers next to its sum are possible. It starts from the one nearer to the whole
   number its cohort had in the year before, a grade lower (the lower one in the first year and in the lowest grade). While there
   are too few, members that can rise do, those with the largest remainders first; while there are too many, those that can fall
   do, in the reverse order. Of equal remainders the lower id comes first.

So every block and community is within one child of its course, the whole numbers of blocks, communities and county add up, and
a cohort's number in a block changes only where its course passes a whole number or a sum above it asks for it.
"""

from collections.abc import Sequence

import numba as nb
import numpy as np
from numpy.typing import NDArray

from optimizer.problem import Ints

Reals = NDArray[np.float64]

BLOCK_UNIT, SUM_UNIT = 1_000_000_000, 1_000_000
"""Parts of a child that blocks, and sums, are counted in."""

Exact = tuple[int, int, int]
"""Index of a year, and of the first and last grade of a set whose total is a whole number."""


def whole_children(course: Reals, communities: Sequence[str], exact: Sequence[Exact] = ()) -> Ints:
    """Round a course to whole children.

    Parameters
    ----------
    course
        ``[T, G, B]`` children in consecutive years and grades; the blocks in the order of their ids.
    communities
        ``[B]`` community of each block.
    exact
        Sets of grades whose sum over the county is a whole number already and stays. Two sets of a year are apart, or one holds
        the other.

    Returns
    -------
    ``[T, G, B]``.
    """
    names, group = np.unique(np.asarray(communities, dtype=str), return_inverse=True)
    order = np.argsort(group, kind="stable")
    first = np.searchsorted(group[order], np.arange(len(names) + 1))
    units = np.rint(course[:, :, order] * BLOCK_UNIT).astype(np.int64)
    result = np.empty_like(units)
    result[:, :, order] = _shared_out(units, first, county_totals(units.sum(axis=2), exact))
    return result


def county_totals(units: Ints, exact: Sequence[Exact]) -> Ints:
    """Return ``[T, G]`` whole children of the county from ``[T, G]`` billionths."""
    parts = _sum_units(units)
    total = (parts + SUM_UNIT // 2) // SUM_UNIT
    settled = np.zeros(parts.shape, dtype=bool)
    for year, first, last in sorted(exact, key=lambda each: (each[0], each[2] - each[1], each[1])):
        inside = slice(first, last + 1)
        free = first + np.flatnonzero(~settled[year, inside])
        wanted = (parts[year, inside].sum() + SUM_UNIT // 2) // SUM_UNIT - total[year, inside][settled[year, inside]].sum()
        total[year, free] = parts[year, free] // SUM_UNIT
        raised = np.argsort(-(parts[year, free] % SUM_UNIT), kind="stable")[: wanted - total[year, free].sum()]
        total[year, free[raised]] += 1
        settled[year, inside] = True
    return np.asarray(total)


def _sum_units(units: Ints) -> Ints:
    step = BLOCK_UNIT // SUM_UNIT
    return np.asarray((units + step // 2) // step)


@nb.njit(cache=True, nogil=True)
def _shared_out(units: Ints, first: Ints, totals: Ints) -> Ints:
    n_years, n_grades, _ = units.shape
    n_groups = len(first) - 1
    found = np.empty_like(units)
    sums, before, shares = np.empty((3, n_groups), dtype=np.int64)
    step = BLOCK_UNIT // SUM_UNIT
    for year in range(n_years):
        for grade in range(n_grades):
            known = year > 0 and grade > 0
            start = found[year - 1, grade - 1] if known else units[year, grade] // BLOCK_UNIT
            for group in range(n_groups):
                a, b = first[group], first[group + 1]
                sums[group] = (units[year, grade, a:b].sum() + step // 2) // step
                before[group] = start[a:b].sum() if known else sums[group] // SUM_UNIT
            _share(sums, SUM_UNIT, before, totals[year, grade], shares)
            for group in range(n_groups):
                a, b = first[group], first[group + 1]
                _share(units[year, grade, a:b], BLOCK_UNIT, start[a:b], shares[group], found[year, grade, a:b])
    return found


@nb.njit(cache=True, nogil=True)
def _share(units: Ints, one: int, before: Ints, total: int, found: Ints) -> None:
    """Write whole numbers next to ``units / one`` that add up to ``total`` and stay near ``before`` into ``found``."""
    lower = units // one
    rest = units - lower * one
    missing = np.int64(total)
    for i in range(len(units)):
        found[i] = min(max(before[i], lower[i]), lower[i] + (1 if rest[i] > 0 else 0))
        missing -= found[i]
    if missing == 0:
        return
    order = np.argsort(-rest, kind="mergesort")
    for k in range(len(order)):
        up, down = order[k], order[len(order) - 1 - k]
        if missing > 0 and rest[up] > 0 and found[up] == lower[up]:
            found[up] += 1
            missing -= 1
        elif missing < 0 and found[down] > lower[down]:
            found[down] -= 1
            missing += 1
