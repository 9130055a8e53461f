"""What any model must beat: last year's value, and plain grade progression."""

import numpy as np

from optimizer.history.ratios import pairs
from optimizer.history.table import History, Reals, spans

YEARS_OF_RATIOS = 3
"""Transitions whose sums make a ratio."""


def last_value(history: History, years: int) -> Reals:
    """Return ``[S, years, G]``: the last year's children, again and again; 0 where nobody was counted."""
    return np.repeat(np.nan_to_num(history.students[:, -1:]), years, axis=1)


def grade_progression(history: History, years: int) -> Reals:
    """Return ``[S, years, G]``: cohorts move up by each school's plain ratios, entrants are as last year's.

    A school's ratio into a grade is the sum of the children of that grade in the last three years over the sum of those of the
    grade below a year earlier, of the pairs where both were counted. A school without such a pair gets the ratio of the sums of
    all schools (1 where no school has one). Grades are those of `optimizer.history.table.spans`, as in the model.
    """
    students = history.students[:, -YEARS_OF_RATIOS - 1 :]
    first, last = spans(history.students)
    n_schools, _, n_grades = students.shape
    ratio = np.ones((n_schools, n_grades))
    for grade in range(1, n_grades):
        own = pairs(students, grade)
        before, after = np.nansum(own.before, axis=1), np.nansum(own.after, axis=1)
        whole = after.sum() / before.sum() if before.sum() > 0 else 1.0
        ratio[:, grade] = np.where(before > 0, after / np.where(before > 0, before, 1.0), whole)
    place = np.arange(n_grades)
    inside = (place > first[:, None]) & (place <= last[:, None])
    now = np.nan_to_num(students[:, -1])
    entrants = np.where(place == first[:, None], now, 0.0)
    found = np.zeros((n_schools, years, n_grades))
    for step in range(years):
        coming = np.zeros_like(now)
        coming[:, 1:] = now[:, :-1] * ratio[:, 1:]
        now = np.where(inside, coming, entrants)
        found[:, step] = now
    return found
