"""Whose school the zoning decides, and who stays where he or she is.

``all_grades``: the zoning decides for every resident; nobody stays; no class exists before.

``new_entrants``: let ``Y`` be the base year. A cohort in grade ``g`` in year ``t`` that enters the level in ``Y`` or later
follows the plan: the zoning decides for all its residents. A cohort that was in grade ``g' = g - (t - Y)``, above the first
one, in the base year had ``n0 = n[b, Y, g']`` residents in block ``b`` then and has ``n = n[b, t, g]`` now:

- the zoning decides for the ``max(0, n - n0)`` children who moved in;
- ``F0[s, g'] * sum_b min(n, n0) / sum_b n0`` of the others stay at school ``s``, rounded half up; the sums go over the blocks
  whose zone of today has grade ``g'`` at ``s`` (over all blocks where there are no ``current_zones``; ratio 1 where the lower
  sum is 0). ``F0`` is ``enrolment`` of grade ``g' - 1`` in the school year before, counted at the school that has grade ``g'``
  for it (a teaching point's last grade goes on to its parent school); without ``enrolment`` it is ``sum_b n0``;
- in blocks without a zone of today, or whose school a wish closes, nobody stays: the zoning decides for all ``n``.

Where there are neither ``current_zones`` nor ``enrolment`` the zoning decides for everybody. Those who stay at a school that
lacks their next grade go on to its parent school. A cohort that was there
before keeps the classes of its grade that ``enrolment`` says its own school had, and may be given more when the plan begins,
where there are rooms; the builder gives a school at least as many rooms as the classes it has need.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.build.schools import Zoned
from optimizer.inputs.county import County
from optimizer.policy import Rules
from optimizer.population import Population
from optimizer.problem import NO_RULE, Ints


@dataclass(frozen=True)
class Shares:
    """Students split by who decides, and the classes that exist.

    Attributes
    ----------
    decided
        ``[B, T, G, V]``.
    stay
        ``[S, T, G, V]``.
    cohort
        ``[T, G]``.
    least_classes
        ``[S, K, V]``.
    """

    decided: Ints
    stay: Ints
    cohort: Ints
    least_classes: Ints


def cohorts(n_years: int, n_grades: int, reform: bool) -> Ints:
    """Return ``[T, G]`` the cohort in each grade and year: numbered from the oldest, or each its own where reformed."""
    if reform or n_grades == 1:
        return np.arange(n_years * n_grades, dtype=np.int64).reshape(n_years, n_grades)
    year, grade = np.indices((n_years, n_grades), dtype=np.int64)
    return np.asarray(year - grade + n_grades - 1)


def everybody(population: Population, n_sites: int, cohort: Ints) -> Shares:
    """Return the shares where the zoning decides for every resident."""
    n_years, n_grades, n_variants = population.students.shape[1:]
    stay = np.zeros((n_sites, n_years, n_grades, n_variants), dtype=np.int64)
    least = np.zeros((n_sites, int(cohort.max()) + 1, n_variants), dtype=np.int64)
    return Shares(population.students, stay, cohort, least)


def new_entrants(county: County, population: Population, rules: Rules, schools: Zoned, current: Ints) -> Shares:
    """Return the shares where only entering cohorts follow the new zones.

    Parameters
    ----------
    current
        ``[B]`` index of today's zone, or ``NO_RULE`` (also where a wish closes today's school).
    """
    n_years, n_grades, _ = population.students.shape[1:]
    shares = everybody(population, len(schools.ids), cohorts(n_years, n_grades, rules.reform_classes))
    if county.enrolment is None and county.current_zones is None:
        return shares
    decided, stay, least = shares.decided.copy(), shares.stay.copy(), shares.least_classes.copy()
    for base_grade in range(1, n_grades):
        enrolled = _enrolled(county, rules, schools, base_grade)
        seat = _seat(county, schools, current, base_grade)
        before = population.students[:, 0, base_grade]
        for year in range(min(n_years, n_grades - base_grade)):
            grade = base_grade + year
            kept = np.minimum(population.students[:, year, grade], before) * (seat != NO_RULE)[:, None]
            decided[:, year, grade] -= kept
            staying = _staying(kept, before, seat, enrolled, len(schools.ids))
            np.add.at(stay[:, year, grade], schools.site_of[:, grade], staying)
        if not rules.reform_classes:
            _keep_classes(least[:, shares.cohort[0, base_grade]], county, rules, schools, base_grade)
    return Shares(decided, stay, shares.cohort, least)


_EVERYWHERE = -2
"""Seat of a block where today's zones are not known but enrolment is: it counts for every school's ratio."""


def _seat(county: County, schools: Zoned, current: Ints, base_grade: int) -> Ints:
    """Site ``[B]`` where a block's children of the grade sit today; ``NO_RULE`` where none is known."""
    if county.current_zones is None:
        return np.full(len(current), _EVERYWHERE, dtype=np.int64)
    return np.asarray(np.where(current == NO_RULE, NO_RULE, schools.site_of[current, base_grade]))


def _enrolled(county: County, rules: Rules, schools: Zoned, base_grade: int) -> Ints | None:
    """Students ``[S]`` enrolled before, at the site that has the grade they reach in the base year."""
    if county.enrolment is None:
        return None
    rows = county.enrolment[county.enrolment["grade"] == rules.grades[base_grade] - 1]
    school = np.asarray(pd.Index(schools.ids).get_indexer(pd.Index(rows["school_id"])))
    students = rows["students"].to_numpy(dtype=np.int64)
    enrolled = np.zeros(len(schools.ids), dtype=np.int64)
    np.add.at(enrolled, schools.site_of[school[school >= 0], base_grade], students[school >= 0])
    return enrolled


def _staying(kept: Ints, before: Ints, seat: Ints, enrolled: Ints | None, n_sites: int) -> Ints:
    """Students ``[S, V]`` who stay at each site."""
    still, total = np.zeros((2, n_sites, before.shape[1]), dtype=np.int64)
    if (seat == _EVERYWHERE).all():
        still += kept.sum(axis=0)
        total += before.sum(axis=0)
    else:
        known = seat != NO_RULE
        np.add.at(still, seat[known], kept[known])
        np.add.at(total, seat[known], before[known])
    first = total if enrolled is None else np.broadcast_to(enrolled[:, None], total.shape)
    ratio = np.where(total > 0, still / np.maximum(total, 1), 1.0)
    return np.asarray(np.floor(np.round(first * ratio, 9) + 0.5), dtype=np.int64)


def _keep_classes(least: Ints, county: County, rules: Rules, schools: Zoned, base_grade: int) -> None:
    """Write the classes that exist into ``[S, V]``."""
    if county.enrolment is None:
        return
    rows = county.enrolment[(county.enrolment["grade"] == rules.grades[base_grade] - 1) & (county.enrolment["classes"] > 0)]
    for school, classes in zip(rows["school_id"], rows["classes"], strict=True):
        if school in schools.ids:
            site = schools.ids.index(school)
            if schools.site_of[site, base_grade] == site:
                least[site] = classes
