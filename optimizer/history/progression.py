"""The model: cohorts move up by shrunken ratios, entrants follow a damped trend.

In year `T + h` a school's first grade has the expected entrants. A further grade `g` has, in natural logs,

    (1 - b) (log N[g - 1, T + h - 1] + ratio[g]) + b log N[g, T]

children: the cohort that comes up, pulled a little towards the size that the grade had when we last looked, because a grade
that was unusually large or small for its school rarely hands all of that on (rooms, classes and staff are there; repeaters and
late corrections even out). A grade that the school did not have in year `T` is the cohort alone. A grade whose lower grade the
school does not have stays empty.

`b` is learned from the file. At every past year `t`, with the ratios as they were known then, `x = log N[g, t] - p` and `y =
log N[g, t + 1] - p`, where `p` is the cohort that comes up; each less its median over the schools of the grade if these are
five or more (what a year does to all is not a school's matter), and limited to `odd_ratio`. Least squares, weights `n / (n +
few)`, give `y = b x`. The learned `b` and the prior one are averaged by their numbers of cases, and `pull_kept` of it is used.
"""

from dataclasses import dataclass

import numpy as np

from optimizer.history import entrants, ratios
from optimizer.history.entrants import FEW_SCHOOLS, Entrants
from optimizer.history.ratios import Ratios
from optimizer.history.settings import CHOSEN, Settings
from optimizer.history.table import History, Ints, Reals, spans


@dataclass(frozen=True)
class Fitted:
    """What was learned from a history.

    Attributes
    ----------
    history
        What it was learned from.
    first, last
        ``[S]`` indexes of each school's grades.
    ratios
        Progression into each grade.
    entrants
        Level and growth of the first grade.
    pull
        Share of a grade's own last size.
    settings
        The numbers that were chosen.
    """

    history: History
    first: Ints
    last: Ints
    ratios: Ratios
    entrants: Entrants
    pull: float
    settings: Settings

    def predict(self, years: int) -> Reals:
        """Return ``[S, years, G]`` children expected in each of the years after the history; 0 where nobody is expected."""
        students = self.history.students[:, -1]
        held = np.log(np.where(students > 0, students, np.nan))
        entering = self.entrants.after(years, self.settings.damping)
        pull = np.where(np.isfinite(held), self.pull, 0.0)
        n_schools, n_grades = held.shape
        grade = np.arange(n_grades)
        found = np.full((n_schools, years, n_grades), np.nan)
        now = held
        for step in range(years):
            coming = np.full_like(held, np.nan)
            coming[:, 1:] = now[:, :-1] + self.ratios.school[:, 1:]
            now = (1 - pull) * coming + pull * np.nan_to_num(held)
            now = np.where((grade > self.first[:, None]) & (grade <= self.last[:, None]), now, np.nan)
            begins = np.flatnonzero(self.first >= 0)
            now[begins, self.first[begins]] = entering[begins, step]
            found[:, step] = now
        return np.asarray(np.nan_to_num(np.exp(found)))


def fit(history: History, settings: Settings = CHOSEN) -> Fitted:
    """Learn from a history of two years or more.

    Parameters
    ----------
    history
        Past enrolment; at least one pair of years in a row is needed for ratios to be learned, otherwise they are 1.
    settings
        The numbers that are chosen.
    """
    students = history.students
    first, last = spans(students)
    return Fitted(
        history,
        first,
        last,
        ratios.learn(students, settings),
        entrants.learn(students, first, settings),
        learned_pull(students, settings),
        settings,
    )


def learned_pull(students: Reals, settings: Settings) -> float:
    """Return the share `b` of a grade's own last size, from ``[S, T, G]`` children."""
    squares = products = cases = 0.0
    for year in range(1, students.shape[1] - 1):
        known = ratios.learn(students[:, : year + 1], settings).school
        before, held, after = students[:, year, :-1], students[:, year, 1:], students[:, year + 1, 1:]
        there = (before > 0) & (held > 0) & (after > 0)
        if not there.any():
            continue
        coming = np.log(np.where(there, before, np.nan)) + known[:, 1:]
        x = _beside_others(np.log(np.where(there, held, np.nan)) - coming, settings.odd_ratio)
        y = _beside_others(np.log(np.where(there, after, np.nan)) - coming, settings.odd_ratio)
        weight = ratios.trust(np.where(there, before, 0.0), settings.few)
        squares += float((weight * x * x).sum())
        products += float((weight * x * y).sum())
        cases += float(weight.sum())
    if squares == 0:
        return settings.pull_kept * settings.pull
    own = float(np.clip(products / squares, 0.0, 1.0))
    return settings.pull_kept * (cases * own + settings.pull_cases * settings.pull) / (cases + settings.pull_cases)


def _beside_others(values: Reals, limit: float) -> Reals:
    """Return ``[S, G]`` values less the median of their grade, where it has a few schools, limited; 0 where there is none."""
    found = np.zeros_like(values)
    for grade in range(values.shape[1]):
        there = np.isfinite(values[:, grade])
        column = values[there, grade]
        usual = np.median(column) if len(column) >= FEW_SCHOOLS else 0.0
        found[there, grade] = np.clip(column - usual, -limit, limit)
    return found
