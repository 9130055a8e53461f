"""Share of the residents who are in school, grade by grade, learned from past enrolment.

``rate[g]`` is the sum of the children in grade ``g`` over the sum of the residents of its entry cohorts, in the last `RECENT`
years of the table ``history`` up to the year of the reference cut-off whose cohort is still among the residents: up to `OLDEST`
on that cut-off, and somebody is counted in each of the (one or two) ages that it is made of. Years of a grade in which a school
has no number are left out before (`optimizer.inputs.history`). So a cohort that is in grade 3 with 95 % of its residents and
was in grade 1 with 98 % loses 3 % on the way: the ratios ``rate[g] / rate[g - 1]`` are the grade progression that moves of
families do not explain (cohort survival method; its residents already move, are born and die in the projection). Rates are the
county's: where a child studies is not where it lives, and transfers between zones are the matter of `attendance`. Above 1
children come from outside; a grade without any such year has the rate 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.inputs.county import County
from optimizer.policy import Rules
from optimizer.population.rounding import Reals

RECENT = 3
"""Years that a rate is taken from (own)."""

OLDEST = 16
"""Those of 17 on the cut-off are not all among residents of 0 to 17."""


@dataclass(frozen=True)
class Rate:
    """What was learned for one grade.

    Attributes
    ----------
    grade
        The grade.
    years
        Autumns that the rate is taken from; none where it is 1 for want of data.
    students, residents
        Children in school and residents of their cohorts, summed over these years; residents as real numbers.
    """

    grade: int
    years: tuple[int, ...]
    students: int
    residents: float

    @property
    def rate(self) -> float:
        """Share of the residents who are in school."""
        return self.students / self.residents if self.residents > 0 else 1.0


def learned(county: County, rules: Rules) -> list[Rate]:
    """Learn the rate of each grade of the rules; none without a table ``history`` or residents by age."""
    history, residents = county.history, county.residents
    if history is None or residents is None:
        return []
    date = county.residents_date
    months = (date.month - rules.cut_off_month) % 12
    last = date.year if date.month >= rules.cut_off_month else date.year - 1
    counted = residents.groupby("age")["count"].sum()
    on_the_day = np.array([counted.get(age, 0) for age in range(OLDEST + 2)], dtype=np.float64)
    there = (on_the_day[:-1] > 0) & ((on_the_day[1:] > 0) | (months == 0))
    cohort = on_the_day[:-1] * ((12 - months) / 12) + on_the_day[1:] * (months / 12)
    found = []
    for grade in rules.grades:
        rows = history[(history["grade"] == grade) & (history["year"] <= last)].sort_values("year")
        age = last - rows["year"].to_numpy() + rules.entry_age + grade - 1
        kept = rows[(age <= OLDEST) & there[np.minimum(age, OLDEST)]].tail(RECENT)
        ages = last - kept["year"].to_numpy() + rules.entry_age + grade - 1
        found.append(Rate(grade, tuple(int(y) for y in kept["year"]), int(kept["students"].sum()), float(cohort[ages].sum())))
    return found


def enrolled(rates: Sequence[Rate]) -> Reals | None:
    """Return ``[1, 1, G]`` the rates as `optimizer.population.project` takes them; None where nothing was learned."""
    return np.array([[[rate.rate for rate in rates]]]) if rates else None
