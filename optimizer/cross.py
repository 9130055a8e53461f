"""Every plan under every run's conditions: its children, years, schools, rooms and prices."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from optimizer import pipeline
from optimizer.metrics.crowding import class_sizes
from optimizer.metrics.shape import astray
from optimizer.metrics.variants import by_variant
from optimizer.problem import Ints, Problem
from optimizer.run import Run


@dataclass(frozen=True)
class Tried:
    """A plan under the conditions of a run, perhaps another one's.

    Attributes
    ----------
    headline
        As `Score.headline`; a zone counts as in pieces only where the plan's own run has that zone.
    by_school
        As `Score.by_school`.
    by_variant
        See `optimizer.metrics.variants.by_variant`.
    sizes
        See `optimizer.metrics.crowding.class_sizes`.
    """

    headline: dict[str, float]
    by_school: pd.DataFrame
    by_variant: pd.DataFrame
    sizes: pd.DataFrame


@dataclass(frozen=True)
class Crossed:
    """Plans by conditions.

    Attributes
    ----------
    plans
        A name for each run, unique.
    conditions
        For each different question the runs that ask it, as indexes; runs that differ only in their plan ask the same one.
    own
        For each run the index of its conditions.
    tried
        By plan and conditions; pairs that do not fit are missing: a plan can be tried where the blocks and grades are its own and
        every school it needs is zoned.
    """

    plans: tuple[str, ...]
    conditions: tuple[tuple[int, ...], ...]
    own: tuple[int, ...]
    tried: dict[tuple[int, int], Tried]


def cross(runs: Sequence[Run], stage: Callable[[str], None] = lambda _: None) -> Crossed:
    """Try every plan under every run's conditions.

    Parameters
    ----------
    runs
        Finished runs.
    stage
        Told the name of each plan as its turn comes.
    """
    plans = plan_names(runs)
    own, conditions = _questions(runs)
    tried: dict[tuple[int, int], Tried] = {}
    for plan, run in enumerate(runs):
        stage(plans[plan])
        for number, asking in enumerate(conditions):
            zone = (
                run.plan.zone
                if own[plan] == number
                else _transferred(run.case.problem, runs[asking[0]].case.problem, run.plan.zone)
            )
            if zone is not None:
                judged = run if own[plan] == number else pipeline.scored(runs[asking[0]].case, zone)
                tried[plan, number] = _tried(judged, run.case.problem.zones)
    return Crossed(tuple(plans), tuple(conditions), tuple(own), tried)


def plan_names(runs: Sequence[Run]) -> list[str]:
    """Return a name for each run: its scenario's, numbered where two runs bear the same."""
    seen: Counter[str] = Counter()
    found = []
    for run in runs:
        name = run.case.scenario.name
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def comparable(runs: Sequence[Run]) -> list[bool]:
    """Return which runs zone the blocks and grades of the first: only those can be laid over one another."""
    first = runs[0].case.problem
    return [(run.case.problem.blocks, run.case.problem.grades) == (first.blocks, first.grades) for run in runs]


def same_question(one: Problem, other: Problem) -> bool:
    """Return whether plans were scored on the same children, years, schools, rooms and prices."""
    named = ("blocks", "zones", "sites", "years", "grades", "variants")
    arrays = ("weight", "students", "stay", "rooms", "seats", "size_limit", "distance", "walk_limit", "current", "least_classes")
    return (
        all(getattr(one, name) == getattr(other, name) for name in named)
        and all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)
        and all(np.array_equal(getattr(one.prices, item.name), getattr(other.prices, item.name)) for item in fields(one.prices))
    )


def _questions(runs: Sequence[Run]) -> tuple[list[int], list[tuple[int, ...]]]:
    own: list[int] = []
    found: list[list[int]] = []
    for run_number, run in enumerate(runs):
        asked = (n for n, asking in enumerate(found) if same_question(runs[asking[0]].case.problem, run.case.problem))
        number = next(asked, len(found))
        if number == len(found):
            found.append([])
        found[number].append(run_number)
        own.append(number)
    return own, [tuple(asking) for asking in found]


def _tried(run: Run, planned: Sequence[str]) -> Tried:
    problem, figures = run.case.problem, run.score
    # A school that the plan closes has no zone, which is not a zone in pieces.
    broken = [zone for zone in np.flatnonzero(astray(problem, run.plan)) if problem.zones[zone] in planned]
    headline = {**figures.headline, "zones_in_pieces": float(len(broken))}
    variants = by_variant(problem, run.plan, figures.by_school)
    return Tried(headline, figures.by_school, variants, class_sizes(problem, figures.by_grade))


def _transferred(here: Problem, there: Problem, zone: Ints) -> Ints | None:
    """Return a plan's zones by the other problem's indexes; None where it has other blocks or grades, or lacks a school."""
    if (here.blocks, here.grades) != (there.blocks, there.grades):
        return None
    index = pd.Index(there.zones).get_indexer(pd.Index(here.zones))
    moved = np.asarray(index[zone], dtype=np.int64)
    return None if (moved < 0).any() else moved
