"""Grade progression ratios: each school's, shrunk towards the whole's (empirical Bayes).

A grade progression ratio is the children of a grade over those of the grade below a year earlier (the cohort-survival method;
for one, US National Center for Education Statistics, *Projections of Education Statistics*, appendix A). In natural logs, with
`c` the whole's ratio of a year (sum over sum, of the pairs that are there) and `d = log(ratio) - c`, limited to `odd_ratio`
either way, a school's is

    exp(C + sum(w d) / (sum(w) + k)),    w = ratio_memory ** age * n / (n + few),

where `n` are the children below, `C` is the mean of `c` with weights `whole_memory ** age`, `age` the years since the last pair
of years. `k` is the weight of the whole: `noise_share * within / between`, the variance of `d` within schools over the one
between schools, by the analysis of variance with unequal groups (B. Efron and C. Morris, *Data analysis using Stein's estimator
and its generalizations*, JASA 70, 1975; S. R. Searle, G. Casella, C. E. McCulloch, *Variance Components*, 1992). Where schools
do not differ, `k` is large, and each gets the whole's ratio.
"""

from dataclasses import dataclass

import numpy as np

from optimizer.history.settings import Settings
from optimizer.history.table import Reals


@dataclass(frozen=True)
class Ratios:
    """Ratios into each grade from the one below.

    Attributes
    ----------
    school
        ``[S, G]`` natural logs; the first grade's are 0. A school without any pair has the whole's.
    whole
        ``[G]`` natural logs; 0 for a grade without any pair.
    shrinkage
        ``[G]`` weight `k` of the whole, in years of a large school.
    """

    school: Reals
    whole: Reals
    shrinkage: Reals


@dataclass(frozen=True)
class Pairs:
    """Children of a grade beside those of the grade below a year earlier, where both were counted.

    Attributes
    ----------
    before, after
        ``[S, T - 1]``; NaN where one of the two is missing or 0.
    """

    before: Reals
    after: Reals

    @property
    def by_year(self) -> Reals:
        """``[T - 1]`` the whole's ratio of each year in logs; NaN without a pair."""
        before, after = np.nansum(self.before, axis=0), np.nansum(self.after, axis=0)
        there = before > 0
        return np.where(there, np.log(np.where(there, after, 1.0) / np.where(there, before, 1.0)), np.nan)


def pairs(students: Reals, grade: int) -> Pairs:
    """Return the pairs of ``[S, T, G]`` children into a grade, an index above 0."""
    before, after = students[:, :-1, grade - 1], students[:, 1:, grade]
    both = (before > 0) & (after > 0)
    return Pairs(np.where(both, before, np.nan), np.where(both, after, np.nan))


def trust(children: Reals, few: float) -> Reals:
    """Return `n / (n + few)`, and 0 where there are none or NaN."""
    some = np.where(children > 0, children, 0.0)
    return np.divide(some, some + few, out=np.zeros_like(some), where=some > 0)


def mean_of_years(values: Reals, memory: float) -> float:
    """Return the mean of ``[T]`` values with weights ``memory ** age``; those that are NaN are left out, without any it is 0."""
    weight = memory ** np.arange(len(values) - 1, -1, -1.0) * np.isfinite(values)
    return float((weight * np.nan_to_num(values)).sum() / weight.sum()) if weight.sum() > 0 else 0.0


def learn(students: Reals, settings: Settings) -> Ratios:
    """Return the shrunken ratios of a history, ``[S, T, G]`` children with NaN where nobody was counted."""
    n_schools, _, n_grades = students.shape
    school, whole, shrinkage = np.zeros((n_schools, n_grades)), np.zeros(n_grades), np.zeros(n_grades)
    for grade in range(1, n_grades):
        own = pairs(students, grade)
        by_year = own.by_year
        whole[grade] = mean_of_years(by_year, settings.whole_memory)
        off = np.clip(np.log(own.after) - np.log(own.before) - by_year, -settings.odd_ratio, settings.odd_ratio)
        shrinkage[grade] = weight_of_whole(off, settings)
        age = np.arange(off.shape[1] - 1, -1, -1.0)
        counts = np.isfinite(off)
        weight = settings.ratio_memory**age * trust(own.before, settings.few)
        mean = (weight * np.where(counts, off, 0.0)).sum(axis=1) / (weight.sum(axis=1) + shrinkage[grade])
        school[:, grade] = whole[grade] + mean
    return Ratios(school, whole, shrinkage)


def weight_of_whole(off: Reals, settings: Settings) -> float:
    """Return `k`: how many years of a large school the whole counts.

    Parameters
    ----------
    off
        ``[S, T]`` deviations from the whole; NaN where there is none.
    settings
        The share of the classical shrinkage, and its bounds.
    """
    counts = np.isfinite(off)
    years = counts.sum(axis=1)
    there = years > 0
    total, groups = int(years.sum()), int(there.sum())
    if total <= groups or groups < 2:
        return settings.first_shrinkage
    values = np.where(counts, off, 0.0)
    means = values.sum(axis=1) / np.maximum(years, 1)
    within = float((np.where(counts, values - means[:, None], 0.0) ** 2).sum()) / (total - groups)
    between_squares = float((years * (means - values.sum() / total) ** 2).sum()) / (groups - 1)
    usual_years = (total - float((years**2).sum()) / total) / (groups - 1)
    between = (between_squares - within) / usual_years
    if between <= 0:
        return settings.most_shrinkage
    return float(np.clip(settings.noise_share * within / between, settings.least_shrinkage, settings.most_shrinkage))
