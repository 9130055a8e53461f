"""Entrants: children in a school's first grade, level and growth.

In natural logs, with entrants `E`: the level is the mean of the school's past `log E` with weights `level_memory ** age`
(exponential smoothing). The whole's growth `g` is the mean, with weights `growth_memory ** age`, of `log(sum E' / sum E)` over
schools with the same first grade that had entrants in both years; a first grade that fewer than `FEW_SCHOOLS` schools share
goes with all schools. The school's own growth beyond it, `log(E' / E) - g` limited to `odd_growth` either way, has the mean `m`
with weights `own_growth_memory ** age`, whose sum is `W`; the ends of a noisy course say more the further apart they are, so
that of it `m W^2 / (W^2 + own_growth_years)` is believed. After `h` years the entrants are `exp(level + growth * sum(damping **
j, j = 1..h))` (a damped trend: E. S. Gardner and E. McKenzie, *Forecasting trends in time series*, Management Science 31,
1985).
"""

from dataclasses import dataclass

import numpy as np

from optimizer.history.ratios import mean_of_years
from optimizer.history.settings import Settings
from optimizer.history.table import Ints, Reals

FEW_SCHOOLS = 5
"""Own: fewer schools have no trend of their own."""


@dataclass(frozen=True)
class Entrants:
    """What is expected of each school's first grade.

    Attributes
    ----------
    level
        ``[S]`` natural log; NaN where nobody entered in the last year.
    growth
        ``[S]`` natural log a year, before damping.
    """

    level: Reals
    growth: Reals

    def after(self, years: int, damping: float) -> Reals:
        """Return ``[S, years]`` natural logs of the entrants of the years to come."""
        steps = np.cumsum(damping ** np.arange(1, years + 1))
        return np.asarray(self.level[:, None] + self.growth[:, None] * steps)


def learn(students: Reals, first: Ints, settings: Settings) -> Entrants:
    """Return level and growth of each school's entrants.

    Parameters
    ----------
    students
        ``[S, T, G]`` children; NaN where nobody was counted.
    first
        ``[S]`` index of each school's first grade.
    settings
        Memories and limits.
    """
    entering = np.take_along_axis(students, np.maximum(first, 0)[:, None, None], axis=2)[:, :, 0]
    entering = np.where(entering > 0, entering, np.nan)
    logs = np.log(entering)
    age = np.arange(logs.shape[1] - 1, -1, -1.0)
    weight = settings.level_memory**age * np.isfinite(logs)
    total = weight.sum(axis=1)
    level = np.where(total > 0, (weight * np.nan_to_num(logs)).sum(axis=1) / np.where(total > 0, total, 1.0), np.nan)
    whole = _whole_growth(entering, first, settings)
    off = np.clip(np.diff(logs, axis=1) - whole[:, None], -settings.odd_growth, settings.odd_growth)
    weight = settings.own_growth_memory ** age[1:] * np.isfinite(off)
    years = weight.sum(axis=1)
    mean = (weight * np.nan_to_num(off)).sum(axis=1) / np.where(years > 0, years, 1.0)
    own = mean * years**2 / (years**2 + settings.own_growth_years)
    return Entrants(np.where(np.isfinite(logs[:, -1]), level, np.nan), whole + own)


def _whole_growth(entering: Reals, first: Ints, settings: Settings) -> Reals:
    """Return ``[S]`` the growth of all entrants to the grade that the school begins with."""
    found = np.full(len(first), mean_of_years(_growth(entering), settings.growth_memory))
    for grade in np.unique(first):
        same = first == grade
        if same.sum() >= FEW_SCHOOLS:
            found[same] = mean_of_years(_growth(entering[same]), settings.growth_memory)
    return found


def _growth(entering: Reals) -> Reals:
    """Return ``[T - 1]`` logs of the growth of ``[S, T]`` entrants, over schools that had some in both years."""
    both = np.isfinite(entering[:, 1:]) & np.isfinite(entering[:, :-1])
    before = np.where(both, entering[:, :-1], 0.0).sum(axis=0)
    after = np.where(both, entering[:, 1:], 0.0).sum(axis=0)
    there = before > 0
    return np.where(there, np.log(np.where(there, after, 1.0) / np.where(there, before, 1.0)), np.nan)
