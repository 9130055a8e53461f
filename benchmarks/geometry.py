"""Reading, adjacency and walking on a large county, stage by stage.

``python -m benchmarks.geometry [--blocks N] [--schools N] [--road-nodes N]`` makes a county in a temporary folder (a jittered
grid of blocks, a grid of roads, a river with bridges) and prints one JSON line: seconds by stage and the peak memory in MB.
"""

import argparse
import contextlib
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from optimizer.faults import Faults
from optimizer.inputs import read
from optimizer.network import neighbours, walk
from optimizer.scenario.model import Scenario

CRS = "EPSG:4543"
BLOCK_M = 120.0
ORIGIN = np.array([450_000.0, 2_700_000.0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=10_000)
    parser.add_argument("--schools", type=int, default=100)
    parser.add_argument("--road-nodes", type=int, default=150_000)
    size = parser.parse_args()
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        write_county(Path(folder), size.blocks, size.schools, size.road_nodes)
        scenario = Scenario(name="benchmark", inputs=folder)
        faults = Faults()
        with stage("read", seconds):
            county = read(scenario, faults)
        faults.raise_if_any()
        assert county is not None
    with stage("adjacency", seconds):
        travel, roads = scenario.travel, county.roads
        assert roads is not None
        bridges = roads[roads["bridge"]]
        adjacency = neighbours(county.blocks, county.barriers, travel.tolerance_m, travel.min_border_m, bridges)
    with stage("walk", seconds):
        way = walk(county.blocks, county.schools, roads, county.barriers, travel.join_m)
    line = {
        "benchmark": "geometry",
        "blocks": len(county.blocks),
        "schools": len(county.schools),
        "road_nodes": size.road_nodes,
        "edges": len(adjacency.edges),
        "mean_m": round(float(way.distance.mean())),
        **{f"{name}_s": round(took, 2) for name, took in seconds.items()},
        "total_s": round(sum(seconds.values()), 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(line))


@contextlib.contextmanager
def stage(name: str, seconds: dict[str, float]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - start


def write_county(folder: Path, n_blocks: int, n_schools: int, n_road_nodes: int) -> None:
    rng = np.random.default_rng(1)
    side = round(n_blocks**0.5)
    width = side * BLOCK_M
    blocks = _blocks(rng, side)
    blocks.to_file(folder / "blocks.gpkg")
    at = gpd.GeoSeries(shapely.points(ORIGIN + rng.uniform(0, width, (n_schools, 2))), crs=CRS).to_crs(4326)
    ids = [f"S{i:03}" for i in range(n_schools)]
    pd.DataFrame({"school_id": ids, "lon": at.x, "lat": at.y, "classrooms": 24}).to_csv(folder / "schools.csv", index=False)
    ages = pd.MultiIndex.from_product([blocks["block_id"], range(18)], names=["block_id", "age"]).to_frame(index=False)
    ages.assign(count=rng.integers(0, 9, len(ages))).to_csv(folder / "residents.csv", index=False)
    _roads(rng, round(n_road_nodes**0.5), width).to_file(folder / "roads.gpkg")
    river = ORIGIN + np.array([[0, width / 2 + 1], [width, width / 2 + 1]])
    gaps = shapely.union_all(shapely.buffer(shapely.points(river[0] + np.array([[width / 4, 0], [width / 2, 0]])), 40))
    gpd.GeoDataFrame({"kind": ["river"]}, geometry=[shapely.LineString(river).difference(gaps)], crs=CRS).to_file(
        folder / "barriers.gpkg"
    )


def _blocks(rng: np.random.Generator, side: int) -> gpd.GeoDataFrame:
    """Quadrilaterals with shared corners and ten vertices a side, as digitised blocks have."""
    corner = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1), indexing="ij"), axis=-1) * BLOCK_M
    corner = ORIGIN + corner + rng.uniform(-0.2, 0.2, corner.shape) * BLOCK_M
    rings = np.stack([corner[:-1, :-1], corner[1:, :-1], corner[1:, 1:], corner[:-1, 1:]], axis=2).reshape(-1, 4, 2)
    shapes = shapely.segmentize(shapely.polygons(rings), BLOCK_M / 10)
    ids = [f"B{i:05}" for i in range(len(shapes))]
    return gpd.GeoDataFrame({"block_id": ids, "name": ids, "community": "", "setting": "city"}, geometry=shapes, crs=CRS)


def _roads(rng: np.random.Generator, side: int, width: float) -> gpd.GeoDataFrame:
    """Streets of a grid, one in five stretches missing, each stretch a line with a bend."""
    step = width / (side - 1)
    at = np.stack(np.meshgrid(np.arange(side), np.arange(side), indexing="ij"), axis=-1) * step
    at = ORIGIN + at + rng.uniform(-0.2, 0.2, at.shape) * step
    pairs = np.concatenate(
        [np.stack([at[:-1], at[1:]], axis=2).reshape(-1, 2, 2), np.stack([at[:, :-1], at[:, 1:]], axis=2).reshape(-1, 2, 2)]
    )
    pairs = pairs[rng.random(len(pairs)) > 0.2]
    bend = pairs.mean(axis=1) + rng.uniform(-0.1, 0.1, (len(pairs), 2)) * step
    lines = shapely.linestrings(np.stack([pairs[:, 0], bend, pairs[:, 1]], axis=1))
    bridge = np.where(rng.random(len(lines)) < 0.01, "yes", "no")
    return gpd.GeoDataFrame({"highway": "residential", "bridge": bridge}, geometry=lines, crs=CRS)


if __name__ == "__main__":
    main()
