"""The yearly course of the school-age residents of each block.

A child belongs to the *entry cohort* ``e``, the autumn in which it enters grade 1: it has reached the entry age (6) by the
cut-off (31 August) of year ``e``. Grade ``g`` in autumn ``t`` is taught to cohort ``e = t - g + 1``. A cohort's course:

1. *Reference*. Residents aged ``a`` on the reference date. With ``m`` whole months (the date's month less the cut-off's, days
   ignored) since the last cut-off, of year ``Y``: ``(12 - m) / 12`` of them belong to cohort ``Y + 6 - a``, ``m / 12`` to
   ``Y + 7 - a``.
2. *Each year* ``t`` from ``Y + 1`` on, in this order, for the cohorts whose age ``a = t + 6 - e`` is 0 to 17:

   - migration: children of age 1 or more are multiplied by ``1 + rate[setting] + variant.migration``, never below 0;
   - births: the cohort of age 0 is ``(4/12 births[t - 1] + 8/12 births[t]) * variant.births``, split over the blocks like
     their children of ages 1 to 5 of that year (if the county has none: like all its children, else evenly). A year that
     ``births`` does not have counts as the nearest one it has (the earlier of two). Without ``births`` the cohort is the
     county's children of age 0 at the reference, times the factor;
   - housing: an estate of year ``y`` brings ``dwellings * YIELD[type] * ARRIVAL[t - y] * PROFILE[a] * variant.housing``
     children of age ``a``.
3. *Whole children*: for each year, grade and variant the county's total is rounded half up, blocks are rounded down, and the
   missing children go one each to the blocks with the largest remainders (compared to nine decimals; then lower id first).

A layer with ``students`` and no ages is one year and one pooled grade.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.inputs.county import County
from optimizer.policy import Rules
from optimizer.population.variants import variant
from optimizer.problem import Ints
from optimizer.scenario.model import Horizon, Projection, Variant

YIELD: dict[str, float] = {"commercial": 0.45, "resettlement": 0.60, "rental": 0.35}
"""Children of ages 0-17 in a new dwelling once it is lived in, by type (own)."""

ARRIVAL: tuple[float, ...] = (0.5, 0.3, 0.2)
"""Share of an estate's households who arrive in the autumn of completion and the two after it (own)."""

PROFILE: tuple[float, ...] = (1.25 / 18,) * 12 + (0.5 / 18,) * 6
"""Shares of ages 0 to 17 among children who move into new dwellings: young families (own)."""

AGES = 18
"""Single years of age that are followed: 0 to 17."""

POOLED = "all"
"""Name of the one grade of a county without ages."""

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Reach:
    """From which year a driver of the projection can reach a grade.

    Attributes
    ----------
    driver
        ``births``, ``migration`` or ``housing``.
    grade
        The grade's name.
    year
        First year, or None if the horizon ends before or the county has no such driver.
    """

    driver: str
    grade: str
    year: int | None


@dataclass(frozen=True)
class Population:
    """Projected residents of school age.

    Attributes
    ----------
    blocks, years, grades, variants
        Ids behind the axes ``B, T, G, V``.
    weight
        ``[V]`` integer weights of the variants.
    students
        ``[B, T, G, V]`` residents of the age of each grade, whole children.
    reach
        For each driver and grade the first year it can be felt; empty where there are no ages.
    """

    blocks: tuple[str, ...]
    years: tuple[int, ...]
    grades: tuple[str, ...]
    variants: tuple[str, ...]
    weight: Ints
    students: Ints
    reach: tuple[Reach, ...]


def reference_year(date: dt.date, rules: Rules) -> int:
    """Return the year of the last cut-off up to the reference date (its month counts, not its day)."""
    return date.year if date.month >= rules.cut_off_month else date.year - 1


def project(county: County, rules: Rules, horizon: Horizon, projection: Projection) -> Population:
    """Project the residents over the horizon in every variant.

    Parameters
    ----------
    county
        The validated inputs; the residents' date is not after the base year, and every variant named exists.
    rules
        Grades, entry age and cut-off.
    horizon, projection
        The scenario's choices.
    """
    blocks = tuple(str(block) for block in county.blocks.index)
    chosen = [(name, _known(projection, name)) for name in projection.variants]
    if county.residents is None:
        pooled = county.blocks["students"].to_numpy(dtype=np.int64)[:, None, None, None]
        return Population(blocks, (horizon.base_year,), (POOLED,), ("medium",), np.ones(1, dtype=np.int64), pooled, ())
    years = tuple(range(horizon.base_year, horizon.base_year + horizon.years))
    courses = [_course(county, rules, years, projection, each) for _, each in chosen]
    return Population(
        blocks=blocks,
        years=years,
        grades=tuple(str(grade) for grade in rules.grades),
        variants=tuple(name for name, _ in chosen),
        weight=np.array([each.weight for _, each in chosen], dtype=np.int64),
        students=np.stack([whole_children(course) for course in courses], axis=-1),
        reach=_reach(county, rules, years, projection),
    )


def whole_children(course: Reals) -> Ints:
    """Round the course to whole children, keeping the county's total of each year and grade.

    Parameters
    ----------
    course
        ``[B, T, G]`` children, blocks in the order of their ids.
    """
    course = np.round(course, 9)
    floor = np.floor(course).astype(np.int64)
    missing = np.floor(course.sum(axis=0).round(6) + 0.5).astype(np.int64) - floor.sum(axis=0)
    order = np.argsort(-np.round(course - floor, 9), axis=0, kind="stable")
    rank = np.argsort(order, axis=0, kind="stable")
    return np.asarray(floor + (rank < missing[None]))


def _known(projection: Projection, name: str) -> Variant:
    found = variant(projection, name)
    if found is None:
        raise KeyError(name)
    return found


def _course(county: County, rules: Rules, years: tuple[int, ...], projection: Projection, chosen: Variant) -> Reals:
    """Children ``[B, T, G]`` of the cohorts in the level's grades."""
    start = reference_year(county.residents_date, rules)
    by_age = _by_age(county, rules)
    factor = _migration(county, projection, chosen)
    youngest = float(by_age[:, 0].sum())
    result = np.zeros((len(by_age), len(years), len(rules.grades)))
    for year in range(start, years[-1] + 1):
        if year > start:
            by_age = np.concatenate([np.zeros((len(by_age), 1)), by_age[:, :-1] * factor[:, None]], axis=1)
            by_age[:, 0] = _newborn(county, rules, year, youngest) * chosen.births * _where_young(by_age)
            by_age += _new_dwellings(county, year) * chosen.housing
        if year >= years[0]:
            result[:, year - years[0]] = by_age[:, [rules.entry_age + grade - 1 for grade in rules.grades]]
    return result


def _by_age(county: County, rules: Rules) -> Reals:
    """Residents ``[B, AGES]`` by age on the last cut-off; those younger than a year since then are born later."""
    assert county.residents is not None
    rows = county.blocks.index.get_indexer(pd.Index(county.residents["block_id"]))
    age = county.residents["age"].to_numpy(dtype=np.int64)
    months = (county.residents_date.month - rules.cut_off_month) % 12
    table = np.zeros((len(county.blocks), AGES + 1))
    np.add.at(table, (rows, age), county.residents["count"].to_numpy(dtype=np.float64))
    older = np.concatenate([table[:, 1:], np.zeros((len(table), 1))], axis=1)
    return np.asarray(table * (12 - months) / 12 + older * months / 12)[:, :AGES]


def _migration(county: County, projection: Projection, chosen: Variant) -> Reals:
    rate = county.blocks["setting"].map(lambda setting: projection.migration.get(setting, 0.0)).to_numpy(dtype=np.float64)
    return np.asarray(np.maximum(1 + rate + chosen.migration, 0.0))


def _newborn(county: County, rules: Rules, year: int, youngest: float) -> float:
    """Children born in the twelve months up to the cut-off of a year."""
    if county.births is None:
        return youngest
    given = county.births.set_index("year")["births"]
    before, this = (float(given.iloc[np.abs(given.index - calendar).argmin()]) for calendar in (year - 1, year))
    share = rules.cut_off_month / 12
    return before * (1 - share) + this * share


def _where_young(by_age: Reals) -> Reals:
    """Share ``[B]`` of each block in the county's newborn."""
    for weight in (by_age[:, 1:6].sum(axis=1), by_age.sum(axis=1)):
        if weight.sum() > 0:
            return np.asarray(weight / weight.sum())
    return np.full(len(by_age), 1 / len(by_age))


def _new_dwellings(county: County, year: int) -> Reals:
    """Children ``[B, AGES]`` who move into new dwellings by the autumn of a year."""
    arrived = np.zeros((len(county.blocks), AGES))
    if county.housing is None:
        return arrived
    for block, opened, dwellings, kind in county.housing[["block_id", "year", "dwellings", "type"]].to_numpy():
        if 0 <= year - opened < len(ARRIVAL):
            children = dwellings * YIELD[kind] * ARRIVAL[year - opened]
            arrived[county.blocks.index.get_loc(block)] += children * np.array(PROFILE)
    return arrived


def _reach(county: County, rules: Rules, years: tuple[int, ...], projection: Projection) -> tuple[Reach, ...]:
    start = reference_year(county.residents_date, rules)
    moving = any(projection.migration.values()) or any(_known(projection, name).migration for name in projection.variants)
    first_move = start + 1 if moving else None
    estates = (
        [] if county.housing is None else [int(year) for year in county.housing["year"] if int(year) + len(ARRIVAL) - 1 > start]
    )
    first_home = max(start + 1, min(estates)) if estates else None
    reach = []
    for grade in rules.grades:
        born = start + rules.entry_age + grade
        for driver, year in (("births", born), ("migration", first_move), ("housing", first_home)):
            inside = year is not None and year <= years[-1]
            reach.append(Reach(driver, str(grade), max(year, years[0]) if year is not None and inside else None))
    return tuple(reach)
