"""Generated counties with whole classes: cohorts that enter year by year, six grades, ten years, three projections.

``python -m benchmarks.classes --blocks N --schools M --seconds S [--spare F] [--seed K]`` prints a JSON line. Blocks, neighbours
and schools are those of `benchmarks.scale`. Only entrants are zoned (``new_entrants``); the cohorts in school at first finish
where they are, each in its classes. Births fall by 2 % a year, in three projections 5 % apart; blocks grow or shrink, and chance
makes every cohort of a block whole. Schools have ``spare`` times the rooms that the first year's children fill, unevenly spread.
"""

import argparse
import json
from dataclasses import replace
from functools import partial

import numpy as np

from benchmarks.pooled import Pooled, pooled_problem
from benchmarks.scale import OVERSIZED_M, land, measure
from optimizer.problem import NO_RULE, Plan, Problem
from optimizer.solver import Stop

YEARS, GRADES = 10, 6
SPREAD = (0.95, 1.0, 1.05)
STEPS = (45, 55, 65)


def county(blocks: int, schools: int, spare: float, seed: int) -> Problem:
    """Generate a county."""
    rng = np.random.default_rng(seed)
    made = land(blocks, schools, rng)
    entry = np.arange(-GRADES + 1, YEARS)  # the year in which each cohort enters
    growth = rng.normal(-0.02, 0.04, blocks)
    expected = made.students[:, None] / GRADES * np.exp(growth[:, None] * entry)
    spread = np.where(entry[:, None] >= 0, np.array(SPREAD), 1.0)
    size = rng.poisson(expected[:, :, None] * spread)  # [B, K, V]
    nearest = made.distance.argmin(axis=1)
    there = np.zeros((schools, len(entry), len(SPREAD)), dtype=np.int64)
    np.add.at(there, nearest, size)
    cohort = np.arange(YEARS)[:, None] - np.arange(GRADES) + GRADES - 1
    old = entry[cohort] < 0
    students = np.where(old[..., None], 0, size[:, cohort])
    stay = np.where(old[..., None], there[:, cohort], 0)
    least = np.where(entry[:, None] < 0, -(-there // STEPS[0]), 0)
    first = there[:, entry <= 0].sum(axis=1)[:, 1]
    rooms = np.maximum(least.sum(axis=1).max(axis=1) + 2, np.rint(made.share * spare * first.sum() / STEPS[0]))
    seats = np.full(schools, NO_RULE, dtype=np.int64)
    current = np.full(blocks, NO_RULE, dtype=np.int64)
    plain = pooled_problem(Pooled(made.students, made.distance, made.edges, made.root, seats, current), seat_price=0)
    return replace(
        plain,
        years=tuple(range(YEARS)),
        grades=tuple(str(g + 1) for g in range(GRADES)),
        variants=("low", "medium", "high"),
        weight=np.ones(len(SPREAD), dtype=np.int64),
        students=students.astype(np.int64),
        stay=stay.astype(np.int64),
        site_of=np.repeat(plain.site_of, GRADES, axis=1),
        cohort=cohort.astype(np.int64),
        least_classes=least.astype(np.int64),
        rooms=np.repeat(rooms.astype(np.int64)[:, None], YEARS, axis=1),
        seats=np.repeat(plain.seats, YEARS, axis=1),
        prices=replace(
            plain.prices,
            step_size=np.array(STEPS, dtype=np.int64),
            step_price=np.array([1, 10, 100], dtype=np.int64) * OVERSIZED_M,
        ),
    )


def above(problem: Problem, plan: Plan) -> int:
    """Count the students above the class limit in all years of the middle projection."""
    load = problem.stay[..., 1].copy()
    np.add.at(load, plan.zone, problem.students[..., 1])
    return int(np.maximum(load - STEPS[0] * plan.classes[:, problem.cohort, 1], 0).sum())


def main() -> None:
    """Read the command line and print the line."""
    parser = argparse.ArgumentParser(prog="benchmarks.classes", description=__doc__)
    parser.add_argument("--blocks", type=int, default=2_000)
    parser.add_argument("--schools", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--spare", type=float, default=1.15)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    size = {"blocks": given.blocks, "schools": given.schools, "spare": given.spare}
    make = partial(county, given.blocks, given.schools, given.spare, given.seed)
    stop = Stop(gap=0.001, work=None, seconds=given.seconds)
    print(json.dumps(measure(make, size, above, stop, given.seed)))


if __name__ == "__main__":
    main()
