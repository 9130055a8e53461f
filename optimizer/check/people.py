"""The school-age residents of each block, worked out a second time from the statement in `optimizer.population.projection`.

A child belongs to the autumn ``e`` in which it enters grade 1: it is six by the cut-off of that year. This module follows, block
by block and year by year, a list of children by age on the cut-off, from 0 to 17, and a list of women by area.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from optimizer.check.paths import Path

AGES = 18
OLDEST_MOTHER = 60

CHILDREN_PER_DWELLING = {"commercial": 0.45, "resettlement": 0.60, "rental": 0.35}
"""Children of 0-17 in a new dwelling, by type (stated in `optimizer.population.defaults`)."""

ARRIVAL_WEIGHTS = [2.5] * 12 + [1.0] * 6
"""Children of 0-11 come to new dwellings 2.5 times as often as those of 12-17."""

GIRLS = 0.473
"""Share of girls among children."""

Ages = dict[str, list[float]]
"""Children by block, a list by age."""

Course = dict[tuple[int, int], dict[str, float]]
"""Children by year and grade, then block."""

Scale = Callable[[int, list[float]], list[float] | None]
"""Given a year and the county's children by age, factors by age that make them meet official totals, or None."""


@dataclass(frozen=True)
class Estate:
    """Dwellings that are built (or, below 0, pulled down) in a year, and the share of the block's households who leave."""

    block: str
    year: int
    dwellings: int
    kind: str
    demolish: float = 0.0


@dataclass(frozen=True)
class Start:
    """Where the projection starts, and what drives it.

    Attributes
    ----------
    counts
        Children by block and age on the reference date.
    date
        The reference date; only its month counts.
    births, births_area
        Births by area and calendar year (empty without a table), and the area of each block.
    estates
        New housing and demolition.
    rate
        Net yearly migration of each block, a list by age reached.
    survival
        Share who live to reach each age.
    cut_off_month, entry_age
        A child enters grade 1 in the autumn if it is of the entry age by the end of this month.
    women, women_area, fertility
        Women by area and age, the area of each block, births a woman by year (0: every year) and age; empty without tables.
    children_per_dwelling, arrivals, weights
        By type; shares of households by years after completion; weights of ages among arriving children.
    """

    counts: Mapping[tuple[str, int], int]
    date: dt.date
    births: Mapping[str, Mapping[int, int]]
    births_area: Mapping[str, str]
    estates: Sequence[Estate]
    rate: Mapping[str, list[float]]
    survival: Sequence[float]
    cut_off_month: int
    entry_age: int
    women: Mapping[tuple[str, int], int] = field(default_factory=dict)
    women_area: Mapping[str, str] = field(default_factory=dict)
    fertility: Mapping[int, Mapping[int, float]] = field(default_factory=dict)
    children_per_dwelling: Mapping[str, float] = field(default_factory=lambda: CHILDREN_PER_DWELLING)
    arrivals: Sequence[float] = (0.5, 0.3, 0.2)
    weights: Sequence[float] = tuple(ARRIVAL_WEIGHTS)

    @property
    def year(self) -> int:
        """Year of the last cut-off before the reference date."""
        return self.date.year - (1 if self.date.month < self.cut_off_month else 0)

    @property
    def months(self) -> int:
        """Months since the last cut-off."""
        return (self.date.month - self.cut_off_month) % 12


def course(start: Start, years: Sequence[int], grades: Sequence[int], path: Path, scale: Scale | None = None) -> Course:
    """Return the children by year and grade, then block, of one variant or draw."""
    found: Course = {}
    for year, ages in followed(start, years[-1], path, scale):
        if year in years:
            for grade in grades:
                found[year, grade] = {block: list_[start.entry_age + grade - 1] for block, list_ in ages.items()}
    return found


def followed(start: Start, last: int, path: Path, scale: Scale | None = None) -> Iterator[tuple[int, Ages]]:
    """Yield each year and the children by block and age on its cut-off."""
    ages = {block: [0.0] * AGES for block in sorted(start.rate)}
    for (block, age), count in start.counts.items():
        for of_age, n in _at_the_cut_off(start, age, count):
            if of_age < AGES:
                ages[block][of_age] += n
    women = _Women(start, ages)
    youngest = sum(list_[0] for list_ in ages.values())
    live = [max(0.0, 1 - (1 - share) * path.mortality) for share in start.survival]
    for year in range(start.year, last + 1):
        if year > start.year:
            women.grow(ages, path.migration[year])
            ages = {block: _older(list_, live, start.rate[block], path.migration[year]) for block, list_ in ages.items()}
            born = _born(start, women, year, ages)
            for block in ages:
                if start.births or start.fertility:
                    ages[block][0] = born[block] * path.births[year] * live[0]
                else:
                    ages[block][0] = youngest * path.births[year] * born[block]
            _pull_down(start, ages, women, year)
            _move_in(start, ages, year, path.housing[year])
        factors = scale(year, [sum(list_[age] for list_ in ages.values()) for age in range(AGES)]) if scale else None
        if factors is not None:
            ages = {block: [n * by for n, by in zip(list_, factors, strict=True)] for block, list_ in ages.items()}
        yield year, ages


def _at_the_cut_off(start: Start, age: int, count: float) -> list[tuple[int, float]]:
    """Split people by their age on the cut-off: of an age now, `m` of 12 had their birthday in the `m` months since."""
    split = [(age, count * (12 - start.months) / 12), (age - 1, count * start.months / 12)]
    return [(of_age, n) for of_age, n in split if of_age >= 0]


def _older(before: list[float], live: list[float], rate: list[float], shift: float) -> list[float]:
    return [0.0] + [before[age - 1] * live[age] * max(0.0, 1 + rate[age] + shift) for age in range(1, AGES)]


class _Women:
    """Women of 18 and more by area and age, and what they bore in the last calendar year that was asked for."""

    def __init__(self, start: Start, ages: Ages) -> None:
        self.start = start
        self.areas: dict[str, list[str]] = {}
        for block in sorted(start.women_area):
            self.areas.setdefault(start.women_area[block], []).append(block)
        self.count = {area: [0.0] * (OLDEST_MOTHER + 2) for area in self.areas}
        for (area, age), n in start.women.items():
            for of_age, part in _at_the_cut_off(start, age, n):
                if area in self.count and of_age >= AGES:
                    self.count[area][of_age] += part
        self.bore = self.births(start.year, ages)

    def grow(self, before: Ages, shift: float) -> None:
        """Make all a year older; girls who were 17 join."""
        for area, blocks in self.areas.items():
            old = self.count[area]
            coming = GIRLS * sum(before[block][AGES - 1] for block in blocks)
            new = [0.0] * (OLDEST_MOTHER + 2)
            for age in range(AGES, OLDEST_MOTHER + 1):
                rate = sum(self.start.rate[block][age] for block in blocks) / len(blocks)
                new[age] = (coming if age == AGES else old[age - 1]) * max(0.0, 1 + rate + shift)
            self.count[area] = new

    def births(self, year: int, ages: Ages) -> dict[str, float]:
        """Return by area the births of a calendar year."""
        if not self.start.fertility:
            return {}
        nearest = min(self.start.fertility, key=lambda given: (abs(given - year), given))
        found = dict.fromkeys(self.areas, 0.0)
        for age, rate in self.start.fertility[nearest].items():
            for area, blocks in self.areas.items():
                girls = GIRLS * sum(ages[block][age] for block in blocks) if age < AGES else 0.0
                found[area] += rate * (girls if age < AGES else self.count[area][age])
        return found


def _born(start: Start, women: _Women, year: int, ages: Ages) -> dict[str, float]:
    """Return the births of the twelve months up to the cut-off of a year by block; only their shares where no table says."""
    if not start.births and not start.fertility:
        return _shares(ages, dict.fromkeys(ages, ""))
    found = dict.fromkeys(ages, 0.0)
    bore_before, women.bore = women.bore, women.births(year, ages)
    last_given = max((given for births in start.births.values() for given in births), default=-1)
    part = start.cut_off_month / 12
    for calendar, months, borne in ((year - 1, 1 - part, bore_before), (year, part, women.bore)):
        if start.births and (not start.fertility or calendar <= last_given):
            area_of = start.births_area
            by_area = {area: float(_nearest(given, calendar)) for area, given in start.births.items()}
        else:
            area_of, by_area = start.women_area, borne
        for block, share in _shares(ages, area_of).items():
            found[block] += by_area.get(area_of[block], 0.0) * months * share
    return found


def _nearest(given: Mapping[int, int], year: int) -> int:
    return given[min(given, key=lambda there: (abs(there - year), there))]


def _shares(ages: Ages, area_of: Mapping[str, str]) -> dict[str, float]:
    """Return each block's share of the newborn of its area: by children of 1 to 5, else by all, else alike."""
    members: dict[str, list[str]] = {}
    for block in ages:
        members.setdefault(area_of[block], []).append(block)
    found = {}
    for blocks in members.values():
        weights = {block: sum(ages[block][1:6]) for block in blocks}
        if sum(weights.values()) <= 0:
            weights = {block: sum(ages[block]) for block in blocks}
        if sum(weights.values()) <= 0:
            weights = dict.fromkeys(blocks, 1.0)
        total = sum(weights.values())
        found.update({block: n / total for block, n in weights.items()})
    return found


def _pull_down(start: Start, ages: Ages, women: _Women, year: int) -> None:
    for block in sorted({estate.block for estate in start.estates if estate.year == year}):
        here = [estate for estate in start.estates if estate.year == year and estate.block == block]
        stay = 1.0
        for estate in here:
            stay *= 1 - estate.demolish
        gone = sum(max(0, -estate.dwellings) * start.children_per_dwelling[estate.kind] for estate in here)
        there = sum(ages[block]) * stay
        left = stay * (max(0.0, there - gone) / there) if there > 0 else stay
        ages[block] = [n * left for n in ages[block]]
        if women.areas.get(block) == [block]:
            women.count[block] = [n * left for n in women.count[block]]


def _move_in(start: Start, ages: Ages, year: int, factor: float) -> None:
    for estate in start.estates:
        lived_in = year - estate.year
        if estate.dwellings > 0 and 0 <= lived_in < len(start.arrivals):
            children = estate.dwellings * start.children_per_dwelling[estate.kind] * start.arrivals[lived_in] * factor
            for age in range(AGES):
                ages[estate.block][age] += children * start.weights[age] / sum(start.weights)
