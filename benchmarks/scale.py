"""Generated counties of any size: how gap, seconds by stage and memory grow.

``python -m benchmarks.scale --blocks N --schools M --seconds S [--seed K]`` prints one JSON line. The county is a plane of blocks
at random places, closer together in a few towns, that touch as their Delaunay triangulation says; schools stand in random blocks
weighted by students, with 6 % more seats than students in all, unevenly spread. One year, one pooled grade, straight line.
"""

import argparse
import json
import resource
import time

import numpy as np
from scipy.spatial import Delaunay, cKDTree

from benchmarks.pooled import Pooled, pooled_problem
from optimizer.problem import NO_RULE, Problem
from optimizer.solver import Progress, Stop, solve

SPARE_SEATS = 1.06
OVERSIZED_M = 20_000


def county(blocks: int, schools: int, seed: int) -> Problem:
    """Generate a county."""
    rng = np.random.default_rng(seed)
    towns = rng.uniform(0, 1, (max(3, schools // 12), 2))
    rural = rng.uniform(0, 1, (blocks // 3, 2))
    near = towns[rng.integers(len(towns), size=blocks - len(rural))] + rng.normal(0, 0.06, (blocks - len(rural), 2))
    place = np.concatenate([rural, near]) * 300 * np.sqrt(blocks)
    corners = Delaunay(place).simplices
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    edges = np.unique(np.sort(pairs, axis=1), axis=0).astype(np.int64)
    students = np.maximum(1, rng.lognormal(3.2, 0.7, blocks)).astype(np.int64)
    root = np.sort(rng.choice(blocks, schools, replace=False, p=students / students.sum()))
    # seats follow the students near a school, and chance: some schools are crowded, others half empty
    _, nearest = cKDTree(place[root]).query(place)
    demand = np.bincount(nearest, weights=students, minlength=schools)
    shape = (0.5 * demand + 0.5 * demand.mean()) * rng.uniform(0.8, 1.25, schools)
    seats = np.maximum(students[root], shape * SPARE_SEATS * students.sum() / shape.sum()).astype(np.int64)
    distance = np.rint(np.hypot(*(place[:, None, :] - place[root][None]).transpose(2, 0, 1))).astype(np.int64)
    return pooled_problem(Pooled(students, distance, edges, root, seats, np.full(blocks, NO_RULE)), OVERSIZED_M)


def measure(blocks: int, schools: int, seconds: float, seed: int) -> dict[str, object]:
    """Solve a generated county and tell how it went."""
    begun = time.monotonic()
    problem = county(blocks, schools, seed)
    made = time.monotonic()
    stages: dict[str, float] = {}
    last = made

    def listen(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        stages[progress.stage] = stages.get(progress.stage, 0.0) + now - last
        last = now

    result = solve(problem, Stop(gap=0.001, work=1.0, seconds=seconds), seed, listen)
    proof = result.certificate
    over = np.bincount(result.plan.zone, problem.students[:, 0, 0, 0], schools) - problem.seats[:, 0]
    return {
        "blocks": blocks,
        "schools": schools,
        "seed": seed,
        "objective": proof.objective,
        "bound": proof.bound,
        "gap": round(proof.gap, 6),
        "over": int(np.maximum(over, 0).sum()),
        "stopped": result.stopped,
        "seconds": round(time.monotonic() - made, 2),
        "generate_seconds": round(made - begun, 2),
        "stages": {name: round(spent, 2) for name, spent in stages.items()},
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Read the command line and print the line."""
    parser = argparse.ArgumentParser(prog="benchmarks.scale", description=__doc__)
    parser.add_argument("--blocks", type=int, required=True)
    parser.add_argument("--schools", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(json.dumps(measure(given.blocks, given.schools, given.seconds, given.seed)))


if __name__ == "__main__":
    main()
