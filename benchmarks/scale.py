"""Generated counties of any size: how gap, seconds by stage and memory grow.

``python -m benchmarks.scale --blocks N --schools M --seconds S [--seed K]`` prints one JSON line. The county is a plane of blocks
at random places, closer together in a few towns, that touch as their Delaunay triangulation says; schools stand in random blocks
weighted by students, with 6 % more seats than students in all, unevenly spread. One year, one pooled grade, straight line.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay, cKDTree

from benchmarks.pooled import Pooled, pooled_problem
from optimizer.problem import NO_RULE, Ints, Plan, Problem
from optimizer.solver import Progress, Stop, solve

SPARE_SEATS = 1.06
OVERSIZED_M = 20_000


@dataclass(frozen=True)
class Land:
    """Blocks and schools on a plane.

    Attributes
    ----------
    students
        ``[B]`` students in each block.
    distance
        ``[B, Z]`` metres to each school.
    edges
        ``[E, 2]`` blocks that touch.
    root
        ``[Z]`` the block each school stands in.
    share
        ``[Z]`` part of the county's places at each school: they follow the students near it, and chance, so that some schools are
        crowded and others half empty.
    """

    students: Ints
    distance: Ints
    edges: Ints
    root: Ints
    share: NDArray[np.float64]


def land(blocks: int, schools: int, rng: np.random.Generator) -> Land:
    """Generate blocks and schools."""
    towns = rng.uniform(0, 1, (max(3, schools // 12), 2))
    rural = rng.uniform(0, 1, (blocks // 3, 2))
    near = towns[rng.integers(len(towns), size=blocks - len(rural))] + rng.normal(0, 0.06, (blocks - len(rural), 2))
    place = np.concatenate([rural, near]) * 300 * np.sqrt(blocks)
    corners = Delaunay(place).simplices
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    edges = np.unique(np.sort(pairs, axis=1), axis=0).astype(np.int64)
    students = np.maximum(1, rng.lognormal(3.2, 0.7, blocks)).astype(np.int64)
    root = np.sort(rng.choice(blocks, schools, replace=False, p=students / students.sum()))
    _, nearest = cKDTree(place[root]).query(place)
    demand = np.bincount(nearest, weights=students, minlength=schools)
    shape = (0.5 * demand + 0.5 * demand.mean()) * rng.uniform(0.8, 1.25, schools)
    distance = np.rint(np.hypot(*(place[:, None, :] - place[root][None]).transpose(2, 0, 1))).astype(np.int64)
    return Land(students, distance, edges, root, shape / shape.sum())


def county(blocks: int, schools: int, seed: int) -> Problem:
    """Generate a county."""
    made = land(blocks, schools, np.random.default_rng(seed))
    students, root = made.students, made.root
    seats = np.maximum(students[root], made.share * SPARE_SEATS * students.sum()).astype(np.int64)
    return pooled_problem(Pooled(students, made.distance, made.edges, root, seats, np.full(blocks, NO_RULE)), OVERSIZED_M)


def measure(
    make: Callable[[], Problem], size: dict[str, float], count: Callable[[Problem, Plan], int], stop: Stop, seed: int
) -> dict[str, object]:
    """Solve a generated county and tell how it went; ``count`` says how many students are above the limits."""
    begun = time.monotonic()
    problem = make()
    made = time.monotonic()
    stages: dict[str, float] = {}
    last = made

    def listen(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        stages[progress.stage] = stages.get(progress.stage, 0.0) + now - last
        last = now

    result = solve(problem, stop, seed, listen)
    proof = result.certificate
    return {
        **size,
        "seed": seed,
        "objective": proof.objective,
        "bound": proof.bound,
        "gap": round(proof.gap, 6),
        "over": count(problem, result.plan),
        "stopped": result.stopped,
        "seconds": round(time.monotonic() - made, 2),
        "generate_seconds": round(made - begun, 2),
        "stages": {name: round(spent, 2) for name, spent in stages.items()},
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def above(problem: Problem, plan: Plan) -> int:
    """Count the students above the seats."""
    load = np.bincount(plan.zone, problem.students[:, 0, 0, 0], len(problem.zones))
    return int(np.maximum(load - problem.seats[:, 0], 0).sum())


def main() -> None:
    """Read the command line and print the line."""
    parser = argparse.ArgumentParser(prog="benchmarks.scale", description=__doc__)
    parser.add_argument("--blocks", type=int, required=True)
    parser.add_argument("--schools", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    size = {"blocks": given.blocks, "schools": given.schools}
    make = partial(county, given.blocks, given.schools, given.seed)
    stop = Stop(gap=0.001, work=1.0, seconds=given.seconds)
    print(json.dumps(measure(make, size, above, stop, given.seed)))


if __name__ == "__main__":
    main()
