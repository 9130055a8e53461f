"""Other ways to zone, beside ours: same instance, same seconds, same threads.

``python -m benchmarks.peers INSTANCE... --seconds N [--threads N] [--seeds K...] [--methods NAME...]`` prints one JSON line for
each instance, method and seed. An instance is a scenario (``.yaml``), a file of the service area benchmark (``.txt``) or the
size of a generated county (``10000x100``). Every plan is priced by the same function and asked whether all its zones are in one
piece. The methods:

- ``nearest``: every block to its cheapest zone, whatever the seats;
- ``cpsat-nearer``: plain CP-SAT where a block needs a neighbour nearer the school in its zone, as the published open-source model
  for districts in the US does; its bound is not one of the whole problem, so none is printed;
- ``highs-cuts``: plain HiGHS on the mixed integer program, solved again with separators until the plan is in one piece;
- ``gerrychain``: single flips of the GerryChain library under simulated annealing, from zones grown outward from the schools;
- ``ours``.
"""

import argparse
import heapq
import json
import math
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gerrychain
import highspy
import networkx as nx
import numpy as np
from ortools.sat.python import cp_model

from benchmarks.sap import read_instance
from benchmarks.scale import county
from optimizer.faults import Faults
from optimizer.pipeline import prepare
from optimizer.problem import Ints, Problem
from optimizer.solver import Stop, complete, exact, price, solve
from optimizer.solver.linear import QuietHighs, clause
from optimizer.solver.program import FREE, NONE, Program, build
from optimizer.solver.separators import Contiguity, Cut

Answer = tuple[Ints | None, float | None]
"""A zone for each block, if one was found, and a lower bound, if one was proved."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("instances", nargs="+", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--methods", nargs="+", choices=list(METHODS), default=list(METHODS))
    asked = parser.parse_args()
    for path in asked.instances:
        problem = read(path)
        for method in asked.methods:
            for seed in asked.seeds:
                line = {"instance": path.stem, "method": method, "seed": seed, "seconds_asked": asked.seconds}
                print(json.dumps(line | run(problem, METHODS[method], asked.seconds, asked.threads, seed)), flush=True)


def read(path: Path) -> Problem:
    """Read the problem of a scenario or of a benchmark file, or generate that of a county."""
    if path.suffix == ".txt":
        return read_instance(path.parent, path.stem).problem
    if path.suffix == "":
        blocks, _, schools = path.name.partition("x")
        return county(int(blocks), int(schools), seed=1)
    faults = Faults()
    case = prepare(path, faults)
    faults.raise_if_any()
    if case is None:
        raise ValueError(f"{path} holds no problem")
    return case.problem


def run(problem: Problem, method: Callable[..., Answer], seconds: float, threads: int, seed: int) -> dict[str, Any]:
    """Run a method and judge its plan."""
    start = time.perf_counter()
    zone, bound = method(problem, seconds, threads, seed)
    took = round(time.perf_counter() - start, 2)
    if zone is None:
        return {"objective": None, "bound": bound, "gap": None, "whole": None, "seconds": took}
    objective = price(problem, complete(problem, zone))
    gap = None if bound is None else round(1 - bound / objective, 6)
    whole = not Contiguity(problem, problem.allowed).pieces(zone)
    return {"objective": objective, "bound": bound, "gap": gap, "whole": whole, "seconds": took}


def ours(problem: Problem, seconds: float, threads: int, seed: int) -> Answer:
    """Our solver."""
    result = solve(problem, Stop(gap=0, work=None, seconds=seconds, threads=threads), seed)
    return result.plan.zone, result.certificate.bound


def nearest(problem: Problem, seconds: float, threads: int, seed: int) -> Answer:
    """Every block to its cheapest zone."""
    del seconds, threads, seed
    allowed = Contiguity(problem, problem.allowed).allowed
    return np.where(allowed, problem.linear_cost(), FREE).argmin(axis=1), None


def cpsat_nearer(problem: Problem, seconds: float, threads: int, seed: int) -> Answer:
    """CP-SAT with "some neighbour nearer the school is in the zone too"."""
    program = build(problem, Contiguity(problem, problem.allowed).allowed)
    model, columns = exact.write(program)
    for cut in nearer_cuts(problem):
        row = clause(program, cut)
        if row is not None:
            needs = [] if row[0] == NONE else [~columns[row[0]]]
            model.add_bool_or([*needs, *(columns[c] for c in row[1])])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = threads
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.random_seed = seed
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, None
    return program.zone_of(np.array([solver.value(column) for column in columns])), None


def nearer_cuts(problem: Problem) -> list[Cut]:
    """Return, for each pair, the neighbours that are nearer the zone's school (of its first grade)."""
    around: list[list[int]] = [[] for _ in problem.blocks]
    for i, j in problem.edges.tolist():
        around[i].append(j)
        around[j].append(i)
    cuts: list[Cut] = []
    for z, roots in enumerate(problem.roots):
        metres = problem.distance[:, problem.site_of[z, 0]]
        cuts += [
            Cut(z, b, tuple(j for j in around[b] if metres[j] < metres[b] or j in roots))
            for b in np.flatnonzero(~problem.exempt).tolist()
            if b not in roots
        ]
    return cuts


def highs_cuts(problem: Problem, seconds: float, threads: int, seed: int) -> Answer:
    """HiGHS, solved again with the separators that its plan breaks; the bound is HiGHS's own."""
    start = time.perf_counter()
    contiguity = Contiguity(problem, problem.allowed)
    program = build(problem, contiguity.allowed)
    cuts = dict.fromkeys(contiguity.first_cuts(1))
    bound = 0.0
    while (left := seconds - (time.perf_counter() - start)) > 0:
        values, proved = mixed_integer(program, list(cuts), left, threads, seed)
        bound = max(bound, proved + program.constant)
        if values is None:
            break
        zone = program.zone_of(values)
        missed = contiguity.cuts(zone)
        if not missed:
            return zone, math.floor(bound)
        cuts.update(dict.fromkeys(missed))
    return None, math.floor(bound)


def mixed_integer(program: Program, cuts: list[Cut], seconds: float, threads: int, seed: int) -> tuple[Ints | None, float]:
    """Solve the program with cuts; return the columns' values, if any, and the bound without constants."""
    solver = QuietHighs()
    for option, value in (("output_flag", False), ("threads", threads), ("time_limit", seconds), ("random_seed", seed)):
        solver.setOptionValue(option, value)
    n = len(program.cost)
    solver.addVars(n, program.lower.astype(float), program.upper.astype(float))
    solver.changeColsCost(n, np.arange(n, dtype=np.int32), program.cost.astype(float))
    kinds = np.full(n, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
    solver.changeColsIntegrality(n, np.arange(n, dtype=np.int32), kinds)
    matrix = program.matrix
    lower = np.where(program.row_lower <= -FREE, -highspy.kHighsInf, program.row_lower.astype(float))
    index = (matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32), matrix.data.astype(float))
    solver.addRows(matrix.shape[0], lower, program.row_upper.astype(float), matrix.nnz, *index)
    for row in dict.fromkeys(clause(program, cut) for cut in cuts):
        if row is not None and row[0] != NONE:
            columns = np.array([row[0], *row[1]], dtype=np.int32)
            solver.addRow(0.0, highspy.kHighsInf, len(columns), columns, np.array([-1.0, *[1.0] * len(row[1])]))
    solver.run()
    found = solver.getInfo()
    has_plan = found.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.rint(solver.getSolution().col_value).astype(np.int64) if has_plan else None
    return values, found.mip_dual_bound if math.isfinite(found.mip_dual_bound) else 0.0


def chain(problem: Problem, seconds: float, threads: int, seed: int) -> Answer:
    """GerryChain: single flips of blocks on a border, annealed over the given seconds; roots and groups stay where they are."""
    del threads
    start = time.perf_counter()
    zone = grown(problem)
    movable = np.flatnonzero(~problem.exempt).tolist()
    graph = nx.Graph()
    graph.add_nodes_from(movable)
    graph.add_edges_from((i, j) for i, j in problem.edges.tolist() if not problem.exempt[i])
    group_size = np.bincount(np.unique(problem.together, return_inverse=True)[1])
    grouped = group_size[np.unique(problem.together, return_inverse=True)[1]] > 1
    fixed = {b: int(zone[b]) for b in movable if grouped[b]} | {r: z for z, held in enumerate(problem.roots) for r in held}

    def zones(part: gerrychain.Partition) -> Ints:
        found = zone.copy()
        for b in movable:
            found[b] = part.assignment[b]
        return found

    def cost(part: gerrychain.Partition) -> float:
        return float(price(problem, complete(problem, zones(part))))

    def kept(part: gerrychain.Partition) -> bool:
        flips = part.flips or {}
        return all(problem.allowed[b, z] and fixed.get(b, z) == z for b, z in flips.items())

    scale = price(problem, complete(problem, zone)) / len(problem.blocks)

    def accept(part: gerrychain.Partition, *, rng: random.Random) -> bool:
        rise = (part["cost"] - part.parent["cost"]) / scale
        cold = 50.0 * (time.perf_counter() - start) / seconds
        return rise <= 0 or rng.random() < math.exp(-rise * cold)

    best = gerrychain.Partition(
        gerrychain.Graph.from_networkx(graph),
        {b: int(zone[b]) for b in movable},
        {"cost": cost, "cut_edges": gerrychain.updaters.cut_edges},
    )
    constraints = [kept, gerrychain.constraints.contiguous]
    for part in gerrychain.MarkovChain(gerrychain.proposals.propose_random_flip, constraints, accept, best, 10**9, rng=seed):
        best = part if part["cost"] < best["cost"] else best
        if time.perf_counter() - start > seconds:
            break
    return zones(best), None


def grown(problem: Problem) -> Ints:
    """Grow all zones outward from their roots at once, cheapest block first; what nobody reaches goes to its cheapest zone."""
    allowed = Contiguity(problem, problem.allowed).allowed
    cost = np.where(allowed, problem.linear_cost(), FREE)
    around: list[list[int]] = [[] for _ in problem.blocks]
    for i, j in problem.edges.tolist():
        around[i].append(j)
        around[j].append(i)
    zone = np.full(len(problem.blocks), NONE, dtype=np.int64)
    front = [(-1, root, z) for z, held in enumerate(problem.roots) for root in held]
    heapq.heapify(front)
    while front:
        _, block, z = heapq.heappop(front)
        if zone[block] == NONE:
            zone[block] = z
            for other in around[block]:
                if zone[other] == NONE and allowed[other, z]:
                    heapq.heappush(front, (int(cost[other, z]), other, z))
    return np.where(zone == NONE, cost.argmin(axis=1), zone)


METHODS: dict[str, Callable[..., Answer]] = {
    "nearest": nearest,
    "cpsat-nearer": cpsat_nearer,
    "highs-cuts": highs_cuts,
    "gerrychain": chain,
    "ours": ours,
}

if __name__ == "__main__":
    main()
