"""Why no plan can exist: the wishes that cannot hold together, and what would have to give way, in the planner's terms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.build.wishes import bounds, kept_together
from optimizer.policy import WALK_M_PER_MIN
from optimizer.problem import NO_WAY_M, Ints, Problem
from optimizer.run import Case
from optimizer.scenario.model import Wishes
from optimizer.solver.conflicts import Wish, explain, feasible

BUDGET = 20.0
"""Deterministic time of the exact solver for each question."""


@dataclass(frozen=True)
class Blamed:
    """A hard wish of the scenario.

    Attributes
    ----------
    kind
        ``lock``, ``forbid``, ``keep_together``, ``max_distance`` or ``max_minutes``.
    blocks
        Ids it names.
    school
        Id of the school it names, or empty.
    most
        The limit it sets, in its own unit; 0 without one.
    enough
        For a limit that has to give way: the least that would do, beside what else gives way. 0 otherwise.
    """

    kind: str
    blocks: tuple[str, ...] = ()
    school: str = ""
    most: int = 0
    enough: int = 0


@dataclass(frozen=True)
class Reasons:
    """Why no plan exists.

    Attributes
    ----------
    conflict
        Wishes that cannot hold together; without any one of them the others can. Empty where the map itself admits no plan.
    give_up
        The fewest wishes whose loss lets all others hold.
    """

    conflict: tuple[Blamed, ...]
    give_up: tuple[Blamed, ...]


def reasons(case: Case) -> Reasons | None:
    """Explain why a case has no plan.

    Returns
    -------
    The reasons, or None where a plan exists after all.

    Raises
    ------
    optimizer.solver.conflicts.UndecidedError
        If it could not be decided within the budget.
    """
    bare, furthest = _bare(case.problem)
    named = list(_named(case, furthest))
    found = explain(bare, [wish for _, wish in named], BUDGET)
    if found is None:
        return None
    blamed = {id(wish): told for told, wish in named}
    kept = [wish for _, wish in named if wish not in found.give_up]
    lost = [_with_enough(blamed[id(wish)], bare, kept, furthest) for wish in found.give_up]
    return Reasons(tuple(blamed[id(wish)] for wish in found.wishes), tuple(lost))


def _bare(problem: Problem) -> tuple[Problem, Ints]:
    """Return the problem without hard wishes, and ``[B, Z]`` metres to the furthest school of each zone."""
    furthest = problem.distance[:, problem.site_of].max(axis=2)
    return replace(problem, allowed=furthest < NO_WAY_M, together=np.arange(len(problem.blocks))), furthest


def _named(case: Case, furthest: Ints) -> Iterator[tuple[Blamed, Wish]]:
    """Yield each hard wish alone, as it is named and as it binds; locks first, limits last."""
    wishes, zones = case.scenario.wishes, case.problem.zones
    single: list[tuple[Blamed, Wishes]] = [
        *((Blamed("lock", tuple(w.blocks), w.school), Wishes(lock=[w])) for w in wishes.lock if w.weight_m is None),
        *((Blamed("forbid", tuple(w.blocks), w.school), Wishes(forbid=[w])) for w in wishes.forbid if w.weight_m is None),
        *(
            (Blamed("keep_together", blocks), Wishes(keep_together=[list(blocks)]))
            for blocks in kept_together(wishes, case.county)
        ),
    ]
    if wishes.max_distance_m is not None:
        single.append((Blamed("max_distance", most=wishes.max_distance_m), Wishes(max_distance_m=wishes.max_distance_m)))
    if wishes.max_minutes is not None:
        single.append((Blamed("max_minutes", most=wishes.max_minutes), Wishes(max_minutes=wishes.max_minutes)))
    for told, alone in single:
        bound = bounds(alone, case.county, zones, furthest)
        together = (np.flatnonzero(np.isin(case.problem.blocks, told.blocks)),) if told.kind == "keep_together" else ()
        yield told, Wish(told.kind, None if together else bound.allowed, together)


def _with_enough(told: Blamed, bare: Problem, kept: Sequence[Wish], furthest: Ints) -> Blamed:
    """Add the least limit that holds beside the wishes that are kept, found by halving."""
    if not told.most:
        return told
    metre = 1.0 if told.kind == "max_distance" else WALK_M_PER_MIN
    steps = np.unique(furthest[(furthest > told.most * metre) & (furthest < NO_WAY_M)])
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        if feasible(bare, [*kept, Wish(told.kind, furthest <= steps[middle])], BUDGET):
            high = middle
        else:
            low = middle + 1
    return replace(told, enough=int(-(-int(steps[low]) // metre)))
