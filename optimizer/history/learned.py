"""What a history teaches the planner's own projection: how children of a school stay from grade to grade, and how many enrol."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.history import ratios
from optimizer.history.settings import CHOSEN, Settings
from optimizer.history.table import History, Reals


@dataclass(frozen=True)
class Learned:
    """Grade progression ratios by school and grade.

    Attributes
    ----------
    ratios
        Index ``school_id, grade``: a row for each grade that the school had, but its first one; ``ratio`` into the grade from the
        one below, shrunken towards the whole (`optimizer.history.ratios`), ``plain`` (sum over sum of the school's own pairs, NaN
        without any) and ``pairs``, the number of those.
    whole
        Index ``grade``: the ratio of all schools into each grade but the first.
    """

    ratios: pd.DataFrame
    whole: pd.Series

    def since_entry(self, schools: Sequence[str], grades: Sequence[str]) -> Reals:
        """Return ``[len(schools), len(grades)]`` children in each grade per child in the first of these grades.

        The ratios into the grades after the first, multiplied up; where a school has none (or is unknown), the whole's, and 1
        where there is none either. With the school of each block this is the ``enrolled`` of `optimizer.population.project`,
        broadcast over the years: ``learned(history).since_entry(school_of_block, rules.grades)[:, None, :]``.
        """
        found = np.ones((len(schools), len(grades)))
        for column, grade in enumerate(grades[1:], start=1):
            own = self.ratios["ratio"].xs(grade, level="grade") if grade in self.whole.index else pd.Series(dtype=float)
            usual = float(self.whole.get(grade, 1.0))
            found[:, column] = found[:, column - 1] * own.reindex(pd.Index(schools)).fillna(usual).to_numpy()
        return found


def learned(history: History, settings: Settings = CHOSEN) -> Learned:
    """Learn grade progression ratios from past enrolment.

    Parameters
    ----------
    history
        The county's history, as `optimizer.history.read` returns it; `History.until` cuts it at a base year.
    settings
        The numbers that are chosen.
    """
    known = ratios.learn(history.students, settings)
    rows: list[tuple[str, str, float, float, int]] = []
    for grade in range(1, len(history.grades)):
        own = ratios.pairs(history.students, grade)
        taught = np.isfinite(history.students[:, :, grade]).any(axis=1) & (history.students[:, :, :grade] > 0).any(axis=(1, 2))
        before, after = np.nansum(own.before, axis=1), np.nansum(own.after, axis=1)
        plain = np.where(before > 0, after / np.where(before > 0, before, 1.0), np.nan)
        count = np.isfinite(own.before).sum(axis=1)
        rows.extend(
            (history.schools[s], history.grades[grade], float(np.exp(known.school[s, grade])), float(plain[s]), int(count[s]))
            for s in np.flatnonzero(taught)
        )
    frame = pd.DataFrame(rows, columns=["school_id", "grade", "ratio", "plain", "pairs"])
    whole = pd.Series(np.exp(known.whole[1:]), index=pd.Index(history.grades[1:], name="grade"), name="ratio")
    return Learned(frame.set_index(["school_id", "grade"]).sort_index(), whole)


def enrolment_rates(history: History, residents: pd.DataFrame) -> pd.Series:
    """Return the share of the residents of each grade's age who are enrolled.

    Parameters
    ----------
    history
        The county's history.
    residents
        ``year, grade, residents``: residents of the age of each grade in past years, whole county.

    Returns
    -------
    Index ``grade``: sum of the children enrolled over sum of the residents, of the last three years that both have; grades
    without any are left out. Above 1 where children come from outside.
    """
    counted = np.asarray(np.isfinite(history.students).any(axis=0), dtype=np.bool_)
    sums = np.nansum(history.students, axis=0)
    enrolled = pd.DataFrame(
        [
            (year, grade, sums[t, g])
            for t, year in enumerate(history.years)
            for g, grade in enumerate(history.grades)
            if counted[t, g]
        ],
        columns=["year", "grade", "students"],
    )
    both = enrolled.merge(residents, on=["year", "grade"]).query("residents > 0").sort_values("year").groupby("grade").tail(3)
    added = both.groupby("grade")[["students", "residents"]].sum()
    return (added["students"] / added["residents"]).rename("rate")
