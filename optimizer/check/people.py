"""The school-age residents of each block, worked out a second time from the statement in `optimizer.population`.

A child belongs to the autumn ``e`` in which it enters grade 1: it is six by the cut-off of that year. This module follows, block
by block and year by year, a list of children by age on the cut-off, from 0 to 17.
"""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.scenario.model import Variant

AGES = 18

CHILDREN_PER_DWELLING = {"commercial": 0.45, "resettlement": 0.60, "rental": 0.35}
"""Children of 0-17 in a new dwelling, by type (stated in `optimizer.population`)."""

ARRIVALS = (0.5, 0.3, 0.2)
"""Share of an estate's households that arrive in its first, second and third autumn."""


def share_of_age(age: int) -> float:
    """Return the share of an age among children who move into new dwellings: 0-11 come 2.5 times as often as 12-17."""
    return (1.25 if age < 12 else 0.5) / 18


@dataclass(frozen=True)
class Estate:
    """New housing: children move into its block in the autumn of completion and the two after it."""

    block: str
    year: int
    dwellings: int
    kind: str


@dataclass(frozen=True)
class Start:
    """Where the projection starts.

    Attributes
    ----------
    counts
        Children by block and age on the reference date.
    date
        The reference date; only its month counts.
    setting
        Setting of every block.
    births
        Births by calendar year, or empty.
    estates
        New housing.
    migration
        Net yearly migration by setting in the medium course.
    cut_off_month, entry_age
        A child enters grade 1 in the autumn if it is of the entry age by the end of this month.
    """

    counts: Mapping[tuple[str, int], int]
    date: dt.date
    setting: Mapping[str, str]
    births: Mapping[int, int]
    estates: Sequence[Estate]
    migration: Mapping[str, float]
    cut_off_month: int
    entry_age: int


def course(start: Start, years: Sequence[int], grades: Sequence[int], variant: Variant) -> dict[tuple[str, int, int], int]:
    """Return whole children by block, year and grade in one variant."""
    year, ages = _at_the_cut_off(start)
    newborn_without_births = sum(list_[0] for list_ in ages.values())
    found: dict[tuple[str, int, int], int] = {}
    while year <= years[-1]:
        if year in years:
            for grade in grades:
                children = {block: list_[start.entry_age + grade - 1] for block, list_ in ages.items()}
                found.update({(block, year, grade): n for block, n in whole(children).items()})
        year += 1
        ages = _a_year_later(start, ages, variant)
        born = _births(start, year) if start.births else newborn_without_births
        for block, share in _shares_of_newborn(ages).items():
            ages[block][0] = born * variant.births * share
        _move_in(start, ages, year, variant.housing)
    return found


def _at_the_cut_off(start: Start) -> tuple[int, dict[str, list[float]]]:
    """Turn ages on the reference date into ages on the cut-off before it.

    With `m` months gone since, `m` of 12 children of an age had their birthday in these months: they were a year younger.
    """
    months = (start.date.month - start.cut_off_month) % 12
    year = start.date.year - (1 if start.date.month < start.cut_off_month else 0)
    ages = {block: [0.0] * AGES for block in sorted(start.setting)}
    for (block, age), count in start.counts.items():
        if age < AGES:
            ages[block][age] += count * (12 - months) / 12
        if 1 <= age <= AGES:
            ages[block][age - 1] += count * months / 12
    return year, ages


def _a_year_later(start: Start, ages: Mapping[str, list[float]], variant: Variant) -> dict[str, list[float]]:
    later = {}
    for block, before in ages.items():
        factor = max(0.0, 1 + start.migration.get(start.setting[block], 0.0) + variant.migration)
        later[block] = [0.0] + [n * factor for n in before[:-1]]
    return later


def _births(start: Start, year: int) -> float:
    """Return the children born in the twelve months before the cut-off of a year; a year without a figure takes the nearest."""

    def of(calendar_year: int) -> int:
        nearest = min(start.births, key=lambda given: (abs(given - calendar_year), given))
        return start.births[nearest]

    part = start.cut_off_month / 12
    return of(year - 1) * (1 - part) + of(year) * part


def _shares_of_newborn(ages: Mapping[str, list[float]]) -> dict[str, float]:
    young = {block: sum(list_[1:6]) for block, list_ in ages.items()}
    if sum(young.values()) == 0:
        young = {block: sum(list_) for block, list_ in ages.items()}
    if sum(young.values()) == 0:
        young = dict.fromkeys(ages, 1.0)
    total = sum(young.values())
    return {block: n / total for block, n in young.items()}


def _move_in(start: Start, ages: dict[str, list[float]], year: int, factor: float) -> None:
    for estate in start.estates:
        lived_in = year - estate.year
        if 0 <= lived_in < len(ARRIVALS):
            children = estate.dwellings * CHILDREN_PER_DWELLING[estate.kind] * ARRIVALS[lived_in] * factor
            for age in range(AGES):
                ages[estate.block][age] += children * share_of_age(age)


def whole(children: Mapping[str, float]) -> dict[str, int]:
    """Round children by block to whole ones and keep their total (rounded half up).

    Every block gets its whole part; the children still missing go one each to the blocks with the largest remainders, to nine
    decimals, the lower block id first.
    """
    exact = {block: round(n, 9) for block, n in children.items()}
    floor = {block: math.floor(n) for block, n in exact.items()}
    missing = math.floor(round(math.fsum(exact.values()), 6) + 0.5) - sum(floor.values())
    lucky = set(sorted(exact, key=lambda block: (-round(exact[block] - floor[block], 9), block))[:missing])
    return {block: n + (block in lucky) for block, n in floor.items()}
