"""Under which conditions plans are compared: each under its own, or all under one run's children, rooms and prices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from optimizer.cross import Crossed, Tried
from optimizer.pages import names
from optimizer.pages.facts import enumerate_names
from optimizer.pages.texts import Texts
from optimizer.problem import Problem
from optimizer.run import Run

Headline = Mapping[str, float]
"""Figures of a plan by key, as `Score.headline`; those of one variant lack some."""

MEAN = None
"""Stands for the mean over the variants."""

MOST_VARIANTS = 4
"""More variants than this (draws) are not shown one by one: their mean is, and the worst of each figure."""

_WHOLE = ("zones_in_pieces", "polsby_popper", "cut_edges", "moved_blocks")
"""Figures of the zones, the same in every variant."""


@dataclass(frozen=True)
class Course:
    """One way to compare.

    Attributes
    ----------
    name, short
        In a sentence's words, and as the head of a column.
    conditions
        For each plan the index of its conditions in `Crossed`.
    variant
        The variant, `MEAN`, or ``worst``.
    headlines
        For each plan its figures, or None where it does not fit.
    """

    name: str
    short: str
    conditions: tuple[int, ...]
    variant: str | None
    headlines: tuple[Headline | None, ...]

    @property
    def fits_all(self) -> bool:
        """Whether every plan has figures."""
        return all(headline is not None for headline in self.headlines)


WORST = "worst"


def courses(runs: Sequence[Run], crossed: Crossed, texts: Texts) -> list[Course]:
    """Return the ways to compare that fit two plans or more, the one to begin with first.

    The first compares plans, not populations: where the runs ask different questions it is one that fits all, with the most
    variants, and of those the first.
    """
    found = []
    for number in range(len(crossed.conditions)):
        problem = runs[crossed.conditions[number][0]].case.problem
        for variant in _variants(problem):
            made = _course(runs, crossed, number, variant, texts)
            if sum(headline is not None for headline in made.headlines) > 1:
                found.append(made)
    if len(crossed.conditions) > 1:
        own = [crossed.tried[plan, number].headline for plan, number in enumerate(crossed.own)]
        found.append(Course(texts("compare.own"), "", crossed.own, MEAN, tuple(own)))
    begin = max((way for way in found if way.fits_all and way.variant is MEAN), key=lambda way: _breadth(way, runs, crossed))
    return [begin, *(course for course in found if course is not begin)]


def _breadth(way: Course, runs: Sequence[Run], crossed: Crossed) -> int:
    """Return how many variants all plans are judged in together; none where each has its own."""
    asked = set(way.conditions)
    return len(runs[crossed.conditions[asked.pop()][0]].case.problem.variants) if len(asked) == 1 else 0


def conditions_name(crossed: Crossed, number: int, texts: Texts) -> str:
    """Return the names of the runs that ask a question."""
    return enumerate_names(texts, [crossed.plans[run] for run in crossed.conditions[number]], 3)


def variant_name(texts: Texts, variant: str | None) -> str:
    """Return the name of a variant, of the mean, or of the worst of each figure."""
    if variant is MEAN:
        return texts("compare.mean")
    return texts("compare.worst") if variant == WORST else names.variant(texts, variant)


def students_of(tried: Tried, problem: Problem, variant: str | None) -> pd.DataFrame:
    """Return ``students, seats`` by ``school_id, year`` in a variant, the mean over all, or the largest of all."""
    keys, table = ["school_id", "year"], tried.by_school
    if variant is MEAN:
        weight = table["variant"].map(dict(zip(problem.variants, problem.weight / problem.weight.sum(), strict=True)))
        table = table.assign(students=table["students"] * weight)
        return table.groupby(keys).agg({"students": "sum", "seats": "first"})
    if variant == WORST:
        return table.groupby(keys).agg({"students": "max", "seats": "first"})
    return table[table["variant"] == variant].set_index(keys)[["students", "seats"]]


def _variants(problem: Problem) -> list[str | None]:
    if len(problem.variants) == 1:
        return [MEAN]
    return [MEAN, *(problem.variants if len(problem.variants) <= MOST_VARIANTS else (WORST,))]


def _course(runs: Sequence[Run], crossed: Crossed, number: int, variant: str | None, texts: Texts) -> Course:
    headlines = tuple(
        None if (tried := crossed.tried.get((plan, number))) is None else _figures(tried, variant) for plan in range(len(runs))
    )
    said, of = conditions_name(crossed, number, texts), variant_name(texts, variant)
    several = len(runs[crossed.conditions[number][0]].case.problem.variants) > 1
    name, short = texts("compare.under", projection=said), said
    if len(crossed.conditions) == 1:
        name, short = (texts("compare.in_variant", variant=of), of) if several else (texts("compare.alike"), said)
    elif several:
        name, short = (
            texts("compare.under_variant", projection=said, variant=of),
            texts("compare.short", projection=said, variant=of),
        )
    return Course(name, short, (number,) * len(runs), variant, headlines)


def _figures(tried: Tried, variant: str | None) -> Headline:
    if variant is MEAN:
        return tried.headline
    table = tried.by_variant
    chosen = table if variant == WORST else table[table["variant"] == variant]
    figures = {key: float(chosen[key].max()) for key in table.columns if key != "variant"}
    return figures | {key: tried.headline[key] for key in _WHOLE}
