"""What would happen if one block went to another school: measured, not guessed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer import solver
from optimizer.metrics import Score, score, shape, walking
from optimizer.problem import Ints, Plan
from optimizer.run import Run


@dataclass(frozen=True)
class Change:
    """One school a block could go to, and what that would do.

    Attributes
    ----------
    school
        The school's id.
    walk_m
        Mean metres on foot of the block's students to it.
    allowed
        Whether the hard wishes allow it.
    broken_zones
        Zones that would no longer be in one piece, or lose their school's block.
    objective_m
        Change of the objective in student-metres per year; 0 for the plan's own school.
    headline
        Changes of the headline figures.
    crowded
        Classes that would be above the limit and are not now: ``school_id, year, grade, variant, largest_class``.
    """

    school: str
    walk_m: int
    allowed: bool
    broken_zones: tuple[str, ...]
    objective_m: float
    headline: dict[str, float]
    crowded: pd.DataFrame


def nearer_schools(run: Run, block: int, most: int) -> list[int]:
    """Return the nearest zones other than the block's own, by distance, ``most`` at the most."""
    metres = _mean_walk(run, block)
    order = [int(zone) for zone in np.argsort(metres, kind="stable") if zone != run.plan.zone[block]]
    return order[:most]


def explain(run: Run, block: int, most: int = 4) -> list[Change]:
    """Send a block to each of the nearest other schools in turn, and measure.

    Parameters
    ----------
    run
        The run whose plan is questioned.
    block
        Index of the block. Blocks that must stay together with it go along.
    most
        How many schools are tried.

    Returns
    -------
    One change a school, the plan's own school first.
    """
    problem, here = run.case.problem, int(run.plan.zone[block])
    members = problem.together == problem.together[block]
    changes = []
    for zone in (here, *nearer_schools(run, block, most)):
        moved = np.where(members, zone, run.plan.zone)
        plan = run.plan if zone == here else solver.complete(problem, moved)
        changes.append(_measured(run, plan, block, zone))
    return changes


def _measured(run: Run, plan: Plan, block: int, zone: int) -> Change:
    problem = run.case.problem
    after = run.score if plan is run.plan else score(problem, plan, run.case.shapes)
    astray = shape.astray(problem, plan) & ~shape.astray(problem, run.plan)
    return Change(
        school=problem.zones[zone],
        walk_m=int(_mean_walk(run, block)[zone]),
        allowed=bool(problem.allowed[block, zone]),
        broken_zones=tuple(problem.zones[z] for z in np.flatnonzero(astray)),
        objective_m=after.headline["objective_m"] - run.score.headline["objective_m"],
        headline={key: value - run.score.headline[key] for key, value in after.headline.items()},
        crowded=_newly_crowded(run.score, after),
    )


def _mean_walk(run: Run, block: int) -> Ints:
    """Metres ``[Z]`` the block's students would walk to each zone's school, on average over their grades."""
    problem = run.case.problem
    count = walking.student_years(problem)[block]
    weight = count if count.sum() else np.ones_like(count)
    metres = problem.distance[block][problem.site_of]
    return np.asarray(np.rint((metres * weight).sum(axis=1) / weight.sum()), dtype=np.int64)


def _newly_crowded(before: Score, after: Score) -> pd.DataFrame:
    keys = ["school_id", "year", "grade", "variant"]
    columns = [*keys, "largest_class", "classes_over"]
    both = after.by_grade[columns].merge(before.by_grade[[*keys, "classes_over"]], on=keys, how="left", suffixes=("", "_before"))
    newly = both["classes_over"] > both["classes_over_before"].fillna(0)
    return both.loc[newly, [*keys, "largest_class"]].reset_index(drop=True)
