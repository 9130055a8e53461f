"""Which schools are measured, and errors."""

import numpy as np

from optimizer.history.table import Bools, Reals, spans

MORE_THAN = 50
"""Children that a school must have in both years (the planner's rule)."""


def complete(students: Reals) -> Bools:
    """Return ``[S, T]``: the school has every grade, and more than `MORE_THAN` children.

    Every grade is every grade of the table where at least half of the schools with more than `MORE_THAN` children in the last
    year have them all then; in a table of schools of several kinds it is every grade from the lowest to the highest that the
    school ever has.

    Parameters
    ----------
    students
        ``[S, T, G]`` children; NaN where nobody was counted.
    """
    taught = students > 0
    large = np.nansum(students, axis=2) > MORE_THAN
    everything = taught.all(axis=2)
    if 2 * (everything & large)[:, -1].sum() >= large[:, -1].sum():
        return np.asarray(everything & large)
    first, last = spans(students)
    place = np.arange(students.shape[2])
    needed = (place >= first[:, None]) & (place <= last[:, None])
    return np.asarray(large & (taught | ~needed[:, None, :]).all(axis=2))


def percentage_errors(expected: Reals, real: Reals) -> Reals:
    """Return the absolute errors in per cent of what came."""
    return np.asarray(100 * np.abs(expected - real) / real)
