"""Births: given by area and calendar year, or borne by the women of the county."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.inputs.county import County
from optimizer.population.areas import Areas, areas_of, where
from optimizer.population.defaults import AGES, GIRLS, OLDEST_MOTHER
from optimizer.population.rounding import Reals
from optimizer.problem import Ints


@dataclass(frozen=True)
class Given:
    """Births of each area in the calendar years of a table; another year counts as the nearest one, the earlier of two.

    Attributes
    ----------
    areas
        ``K`` areas.
    years, births
        For each area its years and their births.
    """

    areas: Areas
    years: tuple[Ints, ...]
    births: tuple[Reals, ...]

    @property
    def last(self) -> int:
        """Return the last year that the table has."""
        return max(int(years[-1]) for years in self.years if len(years))

    def of(self, year: int) -> Reals:
        """Return ``[K]`` births of a calendar year."""
        pairs = zip(self.years, self.births, strict=True)
        return np.array([births[np.abs(years - year).argmin()] if len(years) else 0.0 for years, births in pairs])


@dataclass(frozen=True)
class Women:
    """Women from age 18 on, and what they bear.

    Attributes
    ----------
    areas
        ``K`` areas.
    count
        ``[OLDEST_MOTHER + 1 - AGES, K]`` women by age on the first cut-off.
    rate
        ``[OLDEST_MOTHER + 1, K]`` net yearly migration by age reached.
    fertility
        Births a woman ``[OLDEST_MOTHER + 1]`` by year; year 0 holds for every year, another year counts as the nearest.
    """

    areas: Areas
    count: Reals
    rate: Reals
    fertility: dict[int, Reals]

    def births(self, year: int, women: Reals, children: Reals) -> Reals:
        """Return ``[V, K]`` births of a calendar year.

        Parameters
        ----------
        women, children
            ``[V, OLDEST_MOTHER + 1 - AGES, K]`` women and ``[V, A, B]`` children on the cut-off of the year.
        """
        rate = self.fertility[min(self.fertility, key=lambda given: (abs(given - year), given))]
        born = np.einsum("a,vak->vk", rate[AGES:], women)
        teens = np.flatnonzero(rate[:AGES])
        if len(teens):
            born += GIRLS * self.areas.total(np.einsum("a,vab->vb", rate[teens], children[:, teens]))
        return np.asarray(born)

    def a_year_later(self, women: Reals, leavers: Reals, migration: Reals) -> Reals:
        """Return the women of the next cut-off.

        Parameters
        ----------
        leavers
            ``[V, B]`` children who were 17.
        migration
            ``[V]`` added to the net rates.
        """
        later = self.rate[None, AGES:] + (1 + migration)[:, None, None]
        np.maximum(later, 0.0, out=later)
        later[:, 0] *= GIRLS * self.areas.total(leavers)
        later[:, 1:] *= women[:, :-1]
        return np.asarray(later)


def given_births(county: County) -> Given | None:
    """Return the births that the county's table gives."""
    table = county.births
    if table is None:
        return None
    areas = areas_of(county.blocks, str(table["kind"].iloc[0]))
    rows = [table[where(table, areas) == k].sort_values("year") for k in range(len(areas.names))]
    years = tuple(each["year"].to_numpy(dtype=np.int64) for each in rows)
    return Given(areas, years, tuple(each["births"].to_numpy(dtype=np.float64) for each in rows))


def women_of(county: County, rate: Reals, months: int) -> Women | None:
    """Return the county's women on the first cut-off.

    Parameters
    ----------
    rate
        ``[OLDEST_MOTHER + 1, B]`` net yearly migration by age; an area's is the mean of its blocks.
    months
        Whole months since the first cut-off on the day that the tables stand for.
    """
    women, fertility = county.drivers.women, county.drivers.fertility
    if women is None or fertility is None:
        return None
    areas = areas_of(county.blocks, str(women["kind"].iloc[0]))
    table = np.zeros((OLDEST_MOTHER + 2, len(areas.names)))
    area = where(women, areas)
    inside = area >= 0
    np.add.at(table, (women["age"].to_numpy()[inside], area[inside]), women["count"].to_numpy(dtype=np.float64)[inside])
    on_cut_off = (table[:-1] * (12 - months) + table[1:] * months) / 12
    size = np.bincount(areas.of, minlength=len(areas.names))
    return Women(areas, on_cut_off[AGES:], areas.total(rate) / size, _fertility(fertility))


def _fertility(table: pd.DataFrame) -> dict[int, Reals]:
    found = {}
    for year, rows in table.groupby("year"):
        rates = np.zeros(OLDEST_MOTHER + 1)
        for first, last, rate in rows[["first", "last", "rate"]].to_numpy():
            rates[int(first) : int(last) + 1] = rate
        found[int(str(year))] = rates
    return found
