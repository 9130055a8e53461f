"""The yearly course of the school-age residents of each block: cohort-component projection by single year of age.

A child belongs to the *entry cohort* ``e``, the autumn in which it enters grade 1: it has reached the entry age (6) by the
cut-off (31 August) of year ``e``. Grade ``g`` in autumn ``t`` is taught to cohort ``e = t - g + 1``, whose age on the cut-off is
``a = g + 5``. Ages 0 to 17 are followed.

1. *Reference*. Residents aged ``a`` on the reference date. With ``m`` whole months (the date's month less the cut-off's, days
   ignored) since the last cut-off, of year ``Y``: ``(12 - m) / 12`` of them were ``a`` on that cut-off, ``m / 12`` were
   ``a - 1``. Women of the table ``women`` alike.
2. *Each year* ``t`` from ``Y + 1`` on, in this order:

   - survival: of the children aged ``a - 1`` on the cut-off before, ``1 - (1 - survival[a]) * variant.mortality`` (never below 0)
     live to be ``a``; those who were 17 leave;
   - migration: children of age 1 or more are multiplied by ``1 + rate[area, a] + variant.migration``, never below 0. The rate is
     that of the table ``migration`` (a row of a community wins over one of a setting, that over one of the county; in the same
     area, one of a status over one of all, then one with ages over one without), else of ``projection.migration``, else 0. A
     block's rate is the mean over the statuses of its children on the reference date (registered and housed where no status is
     known);
   - births: ``4/12 births[t - 1] + 8/12 births[t]`` times ``variant.births``, of whom ``survival[0]`` (as above) live to the
     cut-off. ``births`` of a calendar year are those of the table, by area; a year that an area lacks counts as its nearest
     one (the earlier of two). Where there are ``women`` and ``fertility``, they bear the children of the years after the table's
     last one (of all years, without a table): ``births[t]`` of an area is the sum over ages of ``fertility[age, t]`` times its
     women of that age on the cut-off of ``t``. The births of an area are split over its blocks like their children of ages 1
     to 5 at this point of the year (if it has none: like all its children, else evenly). Without both tables the cohort is the
     county's children of age 0 at the reference, times the factor, all alive on the cut-off;
   - demolition: ``demolish`` (a share) of a block's children of every age leave; then ``-dwellings * YIELD[type]`` children, in
     proportion to the ages that are left, as far as there are so many;
   - housing: an estate of year ``y`` brings ``dwellings * YIELD[type] * arrival[t - y] * PROFILE[a] * variant.housing``
     children of age ``a``;
   - control totals: children are scaled by age, alike in all blocks, so that the county meets the official totals of the year
     (`optimizer.population.controls`). A variant that has totals of its own for some year meets these, and no others. Totals
     without a variant are the medium course's: every other variant and draw is scaled by the factors of the medium course.

   *Women* of age 18 or more are one year older each year and move like children (rates of their age; the mean over the blocks of
   their area); deaths are left out. Those who become 18, and girls of 15 to 17, are ``GIRLS`` of the area's children. Births are
   counted before the year's demolition, housing and totals. Women given by block leave with their block's children when it is
   demolished; new dwellings bring none: their births are those of the area, spread by its children.
3. *Enrolment*: where rates are given (learned from ``history``, say), residents are multiplied by them.
4. *Whole children*: `optimizer.population.rounding`.

A layer with ``students`` and no ages is one year and one pooled grade. Defaults and their sources are in
`optimizer.population.defaults`, variants in `optimizer.population.variants`, random draws in `optimizer.population.draws`. The
method is that of Preston, Heuveline and Guillot, "Demography" (2001), chapter 6.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.inputs.county import County
from optimizer.policy import Rules
from optimizer.population import draws
from optimizer.population.controls import Control, controls_of, fit
from optimizer.population.course import FLOWS, Fitting, Ledger, course
from optimizer.population.draws import Paths
from optimizer.population.reach import Reach, reach
from optimizer.population.rounding import Exact, Reals, whole_children
from optimizer.population.setup import Setup, setup
from optimizer.problem import Ints
from optimizer.scenario.model import Horizon, Projection

POOLED = "all"
"""Name of the one grade of a county without ages."""

_CHUNK = 1_000_000
"""Numbers that the state of the variants worked on together may have."""


@dataclass(frozen=True)
class Balance:
    """How the number of children of 0 to 17 comes about.

    Attributes
    ----------
    first_year
        Year of the first cut-off.
    stock
        ``[Y + 1, V]`` children on each cut-off.
    flows
        For each of `optimizer.population.course.FLOWS`, ``[Y, V]`` in the years after the first: ``stock[y + 1] = stock[y] +
        births - deaths + migration + housing - demolition - aged_out + controls``.
    """

    first_year: int
    stock: Reals
    flows: dict[str, Reals]


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
    balance
        Births, deaths and moves behind it; None where there are no ages.
    """

    blocks: tuple[str, ...]
    years: tuple[int, ...]
    grades: tuple[str, ...]
    variants: tuple[str, ...]
    weight: Ints
    students: Ints
    reach: tuple[Reach, ...]
    balance: Balance | None = None


def reference_year(date: dt.date, rules: Rules) -> int:
    """Return the year of the last cut-off up to the reference date (its month counts, not its day)."""
    return date.year if date.month >= rules.cut_off_month else date.year - 1


def project(county: County, rules: Rules, horizon: Horizon, projection: Projection, enrolled: Reals | None = None) -> Population:
    """Project the residents over the horizon in every variant or draw.

    Parameters
    ----------
    county
        The validated inputs; the residents' date is not after the base year, and every variant named exists.
    rules
        Grades, entry age and cut-off.
    horizon, projection
        The scenario's choices.
    enrolled
        Share of the residents of the age of each grade who are enrolled, broadcast to ``[B, T, G]``: grade progression ratios
        since the entry grade multiplied up, for example. Everybody where nothing is given.

    Raises
    ------
    BadInputError
        If official totals contradict each other or the residents.
    """
    blocks = tuple(str(block) for block in county.blocks.index)
    if county.residents is None:
        pooled = county.blocks["students"].to_numpy(dtype=np.int64)[:, None, None, None]
        return Population(blocks, (horizon.base_year,), (POOLED,), ("medium",), np.ones(1, dtype=np.int64), pooled, ())
    years = tuple(range(horizon.base_year, horizon.base_year + horizon.years))
    start = setup(county, rules, projection)
    chosen = draws.paths(projection, years[-1] - start.year)
    work = _Work(county, rules, years, start, enrolled)
    ledgers, parts = [], []
    for part, fitting, exact in _parts(chosen, controls_of(county, rules), work, projection):
        ledger = Ledger()
        parts.append(work.whole(part, fitting, exact, ledger))
        ledgers.append(ledger)
    return Population(
        blocks=blocks,
        years=years,
        grades=tuple(str(grade) for grade in rules.grades),
        variants=chosen.names,
        weight=chosen.weight,
        students=_by_block(parts),
        reach=reach(county, rules, years, projection, start, chosen),
        balance=_balance(start.year, ledgers),
    )


@dataclass(frozen=True)
class _Work:
    """What every group of variants needs."""

    county: County
    rules: Rules
    years: tuple[int, ...]
    start: Setup
    enrolled: Reals | None

    def whole(self, paths: Paths, fitting: Fitting, exact: Sequence[Exact], ledger: Ledger) -> Ints:
        """Return ``[V, T, G, B]`` whole children, in the smallest integers that hold them."""
        n_blocks = len(self.county.blocks)
        real = np.empty((len(paths.names), len(self.years), len(self.rules.grades), n_blocks))
        ages = slice(self.rules.entry_age + self.rules.grades[0] - 1, self.rules.entry_age + self.rules.grades[-1])
        for year, children in course(self.start, paths, fitting, self.years[-1], ledger):
            if year >= self.years[0]:
                real[:, year - self.years[0]] = children[:, ages]
        if self.enrolled is not None:
            shape = (n_blocks, len(self.years), len(self.rules.grades))
            real *= np.moveaxis(np.broadcast_to(self.enrolled, shape), 0, -1)
        communities = self.county.blocks["community"].to_list()
        settled = exact if self.enrolled is None else ()
        return np.stack([whole_children(each, communities, settled).astype(np.int32) for each in real])


def _parts(
    chosen: Paths, controls: Sequence[Control], work: _Work, projection: Projection
) -> list[tuple[Paths, Fitting, list[Exact]]]:
    """Split the variants into groups that are worked on together, with the totals that each meets."""
    by_variant: dict[str, list[Control]] = {}
    for control in controls:
        by_variant.setdefault(control.variant, []).append(control)
    official = by_variant.pop("medium", []) or by_variant.pop("", [])
    factors = _medium_factors(official, work, projection)
    size = max(1, _CHUNK // work.start.children.size)
    parts: list[tuple[Paths, Fitting, list[Exact]]] = []
    run: list[int] = []
    for index, name in enumerate(chosen.names):
        own = official if name == "medium" else by_variant.get(name, [])
        if own and run:
            parts.append((chosen.part(slice(run[0], run[-1] + 1)), _scaled(factors), []))
            run = []
        if own:
            parts.append((chosen.part(slice(index, index + 1)), _fitted(own), _exact(own, work)))
            continue
        run.append(index)
        if len(run) == size or index == len(chosen.names) - 1:
            parts.append((chosen.part(slice(run[0], run[-1] + 1)), _scaled(factors), []))
            run = []
    return parts


def _medium_factors(official: Sequence[Control], work: _Work, projection: Projection) -> dict[int, Reals]:
    """Return by year the factors ``[A]`` with which the medium course meets its totals."""
    found: dict[int, Reals] = {}
    if official:
        fitting = _fitted(official, found)
        middle = draws.medium(projection, work.years[-1] - work.start.year)
        for _ in course(work.start, middle, fitting, work.years[-1], Ledger()):
            pass
    return found


def _fitted(controls: Sequence[Control], found: dict[int, Reals] | None = None) -> Fitting:
    """Return the fitting of one variant to its totals; ``found`` receives the factors by year."""
    by_year: dict[int, list[Control]] = {}
    for control in controls:
        by_year.setdefault(control.year, []).append(control)

    def fitting(year: int, totals: Reals) -> Reals | None:
        if year not in by_year:
            return None
        factor = fit(totals[0], by_year[year])
        if found is not None:
            found[year] = factor
        return factor[None]

    return fitting


def _scaled(factors: dict[int, Reals]) -> Fitting:
    def fitting(year: int, _: Reals) -> Reals | None:
        return factors[year][None] if year in factors else None

    return fitting


def _exact(controls: Sequence[Control], work: _Work) -> list[Exact]:
    """Return the totals that lie within the grades and years as sets of their indexes."""
    youngest, n_grades = work.rules.entry_age + work.rules.grades[0] - 1, len(work.rules.grades)
    found = []
    for control in controls:
        year, first, last = control.year - work.years[0], control.first - youngest, control.last - youngest
        if 0 <= year < len(work.years) and first >= 0 and last < n_grades:
            found.append((year, first, last))
    return found


def _by_block(parts: Sequence[Ints]) -> Ints:
    """Put ``[V, T, G, B]`` of the groups together as ``[B, T, G, V]``, contiguous."""
    n_variants = sum(len(part) for part in parts)
    _, n_years, n_grades, n_blocks = parts[0].shape
    found = np.empty((n_blocks, n_years, n_grades, n_variants), dtype=np.int64)
    start = 0
    for part in parts:
        found[..., start : start + len(part)] = np.moveaxis(part, (0, 3), (3, 0))
        start += len(part)
    return found


def _balance(first_year: int, ledgers: Sequence[Ledger]) -> Balance:
    stock = np.concatenate([np.array(ledger.stock) for ledger in ledgers], axis=1)
    n_years = len(stock) - 1
    flows = {
        name: np.concatenate([np.array(ledger.flows[name]).reshape(n_years, len(ledger.stock[0])) for ledger in ledgers], axis=1)
        for name in FLOWS
    }
    return Balance(first_year, stock, flows)
