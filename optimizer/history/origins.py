"""Rolling origins: what a model would have said in each past year of the years that have come since."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimizer.history.measured import complete
from optimizer.history.progression import fit
from optimizer.history.settings import Settings
from optimizer.history.table import History, Reals


@dataclass(frozen=True)
class Past:
    """The measured schools of one past origin and horizon.

    Attributes
    ----------
    ahead
        Years ahead.
    years
        Years of history at the origin.
    since
        Years from the predicted one to the end of the history.
    size
        Children of each school at the origin.
    error
        ``log(real / expected)`` of each school.
    """

    ahead: int
    years: int
    since: int
    size: Reals
    error: Reals


def past(history: History, settings: Settings) -> Iterator[Past]:
    """Yield what each past year with two years or more of history predicts, fitted on what was known then.

    Measured are the schools with more than 50 children and every grade in both years (`optimizer.history.measured`).
    """
    for origin in range(1, len(history.years) - 1):
        known = history.until(history.years[origin])
        if not known.schools:
            continue
        real = known.aligned(history)
        ahead = len(history.years) - 1 - origin
        expected = fit(known, settings).predict(ahead).sum(axis=2)
        whole, totals = complete(real), np.nansum(real, axis=2)
        for step in range(1, ahead + 1):
            measured = whole[:, origin] & whole[:, origin + step] & (expected[:, step - 1] > 0)
            if measured.any():
                error = np.log(totals[measured, origin + step] / expected[measured, step - 1])
                yield Past(step, origin + 1, ahead - step, totals[measured, origin], error)
