"""The service area problem of Y. Kong's instances: every unit to one facility, loads within capacities, areas in one piece.

``python -m benchmarks.sap DIR --seconds N [--only NAME...] [--out DIR] [--threads N]`` solves each ``<family>_<case>.txt`` in DIR
and prints a JSON line: instance, objective (sum of demand times kilometres), bound, gap, seconds, feasible; and how far it is
above ``best_known.csv`` if that is there. With ``--out`` each plan is written as ``<instance>.csv`` (``unit,facility``) and its
line to ``<instance>.json``; what is there for as many seconds and threads and the same seed is not solved again.
"""

import argparse
import csv
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from benchmarks.pooled import Pooled, pooled_problem
from optimizer.problem import NO_RULE, NO_WAY_M, Ints, Problem
from optimizer.solver import Stop, solve

OVER_PRICE = 20
"""Price of a student above a capacity, in greatest distances: no detour costs as much."""


@dataclass(frozen=True)
class Instance:
    """One instance: its problem in whole parts of a metre, rounded down so that bounds hold, and what it states itself.

    Attributes
    ----------
    unit, facility
        The ids of blocks and zones.
    parts
        Parts of a metre in the problem's distances.
    """

    name: str
    unit: Ints
    facility: Ints
    study: Pooled
    exact_m: np.ndarray
    parts: int

    @property
    def problem(self) -> Problem:
        """The problem."""
        return pooled_problem(self.study, int(OVER_PRICE * self.study.distance.max()))

    def objective(self, zone: Ints) -> float:
        """Sum of demand times kilometres, as the instances' authors count."""
        return float(self.study.students @ self.exact_m[np.arange(len(zone)), zone]) / 1000

    def bound(self, value: int) -> float:
        """Return a bound on the problem in the unit of the objective."""
        return value / self.parts / 1000

    def feasible(self, zone: Ints) -> bool:
        """Whether loads are within capacities and every area is in one piece with its facility in it; asks networkx."""
        study = self.study
        graph = nx.Graph([(int(a), int(b)) for a, b in study.edges])
        graph.add_nodes_from(range(len(zone)))
        rooted = (zone[study.root] == np.arange(len(study.root))).all()
        whole = all(nx.is_connected(graph.subgraph(np.flatnonzero(zone == z).tolist())) for z in set(zone.tolist()))
        load = np.bincount(zone, study.students, len(study.root))
        return bool(whole and rooted and (load <= study.seats).all())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    best = best_known(asked.folder)
    names = sorted(path.stem for path in asked.folder.glob("*_[0-9]*.txt"))
    for name in [name for name in names if not asked.only or name in asked.only]:
        line = done_before(asked.out, name, asked.seconds, asked.seed, asked.threads)
        if line is None:
            line = run(read_instance(asked.folder, name), asked.seconds, asked.seed, asked.threads, asked.out)
        if name in best:
            line["above_best"] = round(line["objective"] / best[name] - 1, 6)
            line["bound_of_best"] = round(line["bound"] / best[name], 6)
        print(json.dumps(line), flush=True)


def run(instance: Instance, seconds: float, seed: int, threads: int, out: Path | None) -> dict[str, Any]:
    """Solve one instance, keep its plan and its line in ``out``."""
    start = time.perf_counter()
    result = solve(instance.problem, Stop(gap=0, work=None, seconds=seconds, threads=threads), seed)
    zone = result.plan.zone
    objective, bound = instance.objective(zone), instance.bound(result.certificate.bound)
    line: dict[str, Any] = {
        "instance": instance.name,
        "objective": round(objective, 4),
        "bound": round(bound, 4),
        "gap": round((objective - bound) / objective, 6),
        "seconds": round(time.perf_counter() - start, 2),
        "feasible": instance.feasible(zone),
        "stopped": result.stopped,
        "asked_seconds": seconds,
        "seed": seed,
        "threads": threads,
    }
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        plan = pd.DataFrame({"unit": instance.unit, "facility": instance.facility[zone]})
        plan.to_csv(out / f"{instance.name}.csv", index=False)
        (out / f"{instance.name}.json").write_text(json.dumps(line) + "\n", encoding="utf-8")
    return line


def done_before(out: Path | None, name: str, seconds: float, seed: int, threads: int) -> dict[str, Any] | None:
    """Return the line of an earlier run of as many seconds and threads with the same seed."""
    if out is None or not (out / f"{name}.json").is_file():
        return None
    line: dict[str, Any] = json.loads((out / f"{name}.json").read_text(encoding="utf-8"))
    return line if (line["asked_seconds"], line["seed"], line.get("threads")) == (seconds, seed, threads) else None


def best_known(folder: Path) -> dict[str, float]:
    """Return the least published objective of each instance."""
    if not (folder / "best_known.csv").is_file():
        return {}
    with (folder / "best_known.csv").open(encoding="utf-8") as file:
        return {
            row["instance"]: min(float(row["cplex_objective"]), float(row["best_metaheuristic"])) for row in csv.DictReader(file)
        }


def read_instance(folder: Path, name: str) -> Instance:
    """Read ``<name>.txt``: id, demand, x, y in metres, two columns unused, capacity; a unit with a capacity is a facility."""
    units = pd.read_csv(
        folder / f"{name}.txt", sep=r"\s+", header=0, names=["id", "demand", "x", "y", "kind", "cost", "capacity"]
    )
    units = units.sort_values("id", ignore_index=True)
    pairs = pd.read_csv(folder / f"{name.partition('_')[0]}_connectivity.txt").iloc[:, 1:3].to_numpy()
    place = {int(unit): i for i, unit in enumerate(units["id"])}
    ends = {tuple(sorted((place[int(a)], place[int(b)]))) for a, b in pairs if a != b}
    root = np.flatnonzero(units["capacity"] > 0)
    at = units[["x", "y"]].to_numpy()
    exact_m = np.hypot(*(at[:, None] - at[None, root]).transpose(2, 0, 1))
    parts = 10 ** int(np.log10((NO_WAY_M - 1) / exact_m.max()))
    study = Pooled(
        students=units["demand"].to_numpy(dtype=np.int64),
        distance=np.floor(exact_m * parts).astype(np.int64),
        edges=np.array(sorted(ends), dtype=np.int64),
        root=root,
        seats=units["capacity"].to_numpy(dtype=np.int64)[root],
        current=np.full(len(units), NO_RULE, dtype=np.int64),
    )
    return Instance(name, units["id"].to_numpy(), units["id"].to_numpy()[root], study, exact_m, parts)


if __name__ == "__main__":
    main()
