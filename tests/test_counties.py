"""Real counties through the same door as the sample: the command, the checker, and a check written by hand."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import pandas as pd
import pytest
import shapely

from benchmarks.counties import baltimore, gongyi


def zoning(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "optimizer", *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)


def result(folder: Path, name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / "maps" / name / "result.json").read_text(encoding="utf-8"))
    return data


@pytest.fixture(scope="module")
def gongyi_run(shared_data, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("gongyi")
    done = zoning("run", gongyi(shared_data, folder), cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_gongyi_is_proved_within_one_percent_and_the_checker_agrees(gongyi_run):
    found = result(gongyi_run, "gongyi")
    assert found["certificate"]["gap"] <= 0.01
    assert (found["headline"]["over_seats"], found["headline"]["zones_in_pieces"]) == (0, 0)
    assert zoning("verify", "maps/gongyi", cwd=gongyi_run).returncode == 0


def test_gongyi_by_hand_every_zone_is_in_one_piece_and_nobody_is_over_the_seats(gongyi_run, shared_data):
    blocks = gpd.read_file(shared_data / "gongyi/gongyi_blocks.shp")
    schools = pd.read_csv(shared_data / "gongyi/gongyi_schools.csv", dtype={"block_id": str}).set_index("school_id")
    plan = pd.read_csv(gongyi_run / "maps/gongyi/assignment.csv", dtype=str).set_index("block_id")["school_id"]
    blocks["ID"] = blocks["ID"].astype(str)
    assert sorted(plan.index) == sorted(blocks["ID"])

    shapes = shapely.make_valid(blocks.geometry.to_numpy())
    near = shapely.buffer(shapes, 3)
    graph = nx.Graph()
    graph.add_nodes_from(blocks["ID"])
    for i, j in shapely.STRtree(shapes).query(near, predicate="intersects").T:
        if i < j:
            common = max(
                shapely.length(shapely.intersection(shapely.boundary(shapes[i]), near[j])),
                shapely.length(shapely.intersection(shapely.boundary(shapes[j]), near[i])),
            )
            if common >= 10:
                graph.add_edge(blocks["ID"][i], blocks["ID"][j])
    rooted = set(schools["block_id"])
    reachable = {block for part in nx.connected_components(graph) if part & rooted for block in part}
    for school, root in schools["block_id"].items():
        zone = {block for block in plan[plan == school].index if block in reachable}
        assert root in zone
        assert nx.is_connected(graph.subgraph(zone)), school

    students = blocks.set_index("ID")["demand1"].groupby(plan).sum()
    assert (students <= schools["seats"]).all()


@pytest.fixture(scope="module")
def baltimore_run(shared_data, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("baltimore")
    plans = ["optimise", "current", *(f"final_option{i}" for i in range(1, 5))]
    done = zoning("run", *(baltimore(shared_data, folder, plan) for plan in plans), cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_baltimore_is_within_a_percent_of_the_measured_optimum(baltimore_run):
    # Measured with the weights of the study's README: nobody over, 1,062 m on average, 934 children moved, of 5,443.
    found = result(baltimore_run, "ours")
    optimum = 5443 * 1062 + 934 * 300
    assert found["certificate"]["gap"] <= 0.005
    assert found["headline"]["over_seats"] == 0
    assert found["headline"]["objective_m"] == pytest.approx(optimum, rel=0.01)
    assert zoning("verify", "maps/ours", cwd=baltimore_run).returncode == 0


def test_baltimores_own_plans_come_out_at_the_studys_figures(baltimore_run):
    today = result(baltimore_run, "current")["headline"]
    assert (today["over_seats"], today["moved"], round(today["mean_walk_m"])) == (319, 0, 1073)
    for option in range(1, 5):
        figures = result(baltimore_run, f"final_option{option}")["headline"]
        assert (figures["over_seats"], figures["zones_in_pieces"]) == (115, 0)
        assert 1111 <= round(figures["mean_walk_m"]) <= 1127
        assert 582 <= figures["moved"] <= 688
        assert zoning("verify", f"maps/final_option{option}", cwd=baltimore_run).returncode == 0
