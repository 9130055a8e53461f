"""The Baltimore County boundary study: its four measured optima, proved.

``python -m benchmarks.study DIR [--seconds N]`` reads ``blocks.geojson``, ``schools.csv`` and ``plans.csv`` and prints one JSON
line for each objective.
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import shapely

from benchmarks.pooled import Pooled, pooled_problem
from optimizer.problem import NO_RULE, Problem
from optimizer.solver.exact import prove
from optimizer.solver.program import Limit

TOLERANCE_M = 3.0
"""Blocks whose borders come this near have a common border: the layer has slivers."""

MIN_BORDER_M = 10.0
"""Least length of a common border."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0, help="CP-SAT's deterministic time for each objective")
    asked = parser.parse_args()
    study = read_study(asked.folder)
    for name, (problem, limits) in objectives(study).items():
        start = time.perf_counter()
        proof = prove(problem, None, 0, asked.seconds, 1, limits=limits)
        line = {"objective_name": name, "objective": proof.objective, "bound": proof.bound, "proved": proof.proved}
        line |= {} if proof.plan is None else measures(study, proof.plan.zone)
        print(json.dumps(line | {"seconds": round(time.perf_counter() - start, 2)}), flush=True)


def objectives(study: Pooled) -> dict[str, tuple[Problem, Sequence[Limit]]]:
    """Return the objectives whose optima were measured: weighted, least moved, least distance, and as the final option 1.

    The final option 1 leaves 115 students above the seats and moves 590: no more of either, and least distance.
    """
    nowhere = study._replace(distance=np.zeros_like(study.distance))
    unlike_today = np.arange(len(study.seats)) != study.current[:, None]
    moved = study.students[:, None] * (unlike_today & (study.current[:, None] != NO_RULE))
    option_1 = [Limit(moved, 0, 590), Limit(np.zeros_like(moved), 1, 115)]
    return {
        "weighted": (pooled_problem(study, 20_000, 300), ()),
        "least moved": (pooled_problem(nowhere, 10_000, 1), ()),
        "least distance": (pooled_problem(study, 1_000_000), ()),
        "as option 1": (pooled_problem(study, 0), option_1),
    }


def measures(study: Pooled, zone: np.ndarray) -> dict[str, float]:
    """Return the students above the seats, the mean distance and the students who move."""
    load = np.bincount(zone, study.students, len(study.seats))
    walked = study.students @ study.distance[np.arange(len(zone)), zone]
    unlike_today = (zone != study.current) & (study.current != NO_RULE)
    return {
        "over": int(np.maximum(0, load - study.seats).sum()),
        "mean_m": round(float(walked / study.students.sum()), 1),
        "moved": int(study.students[unlike_today].sum()),
    }


def read_study(folder: Path) -> Pooled:
    """Read the study against the seats of 2017, distances straight from a point inside each block; one block has no shape."""
    blocks = geopandas.read_file(folder / "blocks.geojson").astype({"block_id": str}).sort_values("block_id", ignore_index=True)
    crs = blocks.estimate_utm_crs()
    shapes = blocks.geometry.to_crs(crs)
    inside = shapes.representative_point()
    schools = pd.read_csv(folder / "schools.csv").sort_values("school_id", ignore_index=True)
    at = geopandas.GeoSeries(geopandas.points_from_xy(schools["lon"], schools["lat"]), crs="EPSG:4326").to_crs(crs)
    plans = pd.read_csv(folder / "plans.csv", dtype={"block_id": str}).set_index("block_id")
    number = {school: z for z, school in enumerate(schools["school_id"])}
    left, right = shapes.sindex.query(shapes, predicate="dwithin", distance=TOLERANCE_M)
    pairs = np.array([(i, j) for i, j in zip(left, right, strict=True) if i < j and _share_a_border(shapes[i], shapes[j])])
    return Pooled(
        students=blocks["students"].to_numpy(dtype=np.int64),
        distance=np.array([inside.distance(point).round().fillna(0) for point in at]).T.astype(np.int64),
        edges=pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].astype(np.int64),
        root=np.array([int(shapes.distance(point).argmin()) for point in at], dtype=np.int64),
        seats=schools["seats_2017"].to_numpy(dtype=np.int64),
        current=plans["current"].map(number).reindex(blocks["block_id"]).fillna(NO_RULE).to_numpy(dtype=np.int64),
    )


def _share_a_border(a: shapely.Geometry, b: shapely.Geometry) -> bool:
    return bool(a.buffer(TOLERANCE_M).intersection(b.boundary).length > MIN_BORDER_M)


if __name__ == "__main__":
    main()
