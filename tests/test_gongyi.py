"""A real county solved through the command line, and its plan checked by hand with nothing but networkx and pandas."""

import json
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pandas as pd
import pyogrio
import pytest

from benchmarks.counties import gongyi


@pytest.fixture(scope="module")
def run(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the finished run."""
    work = tmp_path_factory.mktemp("gongyi")
    gongyi(shared_data, work)
    zoning("run", "gongyi.yaml", cwd=work)
    return work / "maps" / "gongyi"


def zoning(*words: str, cwd: Path) -> str:
    done = subprocess.run([sys.executable, "-m", "optimizer", *words], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def plan(run: Path) -> "pd.Series[str]":
    return pd.read_csv(run / "assignment.csv", dtype=str).set_index("block_id")["school_id"]


@pytest.fixture(scope="module")
def schools(shared_data: Path) -> pd.DataFrame:
    return pd.read_csv(shared_data / "gongyi" / "gongyi_schools.csv", dtype=str).set_index("school_id")


def test_every_block_has_one_school(plan: "pd.Series[str]", schools: pd.DataFrame):
    assert plan.index.is_unique
    assert sorted(plan.index, key=int) == [str(number) for number in range(1_276)]
    assert set(plan) == set(schools.index)


def test_every_zone_is_in_one_piece_and_holds_its_school(shared_data: Path, plan: "pd.Series[str]", schools: pd.DataFrame):
    """The pairs of neighbours are those that Kong published with the county, not ours."""
    pairs = pd.read_csv(shared_data / "sap" / "gy2s_connectivity.txt", dtype=str)
    neighbours = nx.Graph(list(zip(pairs["IN_FID"], pairs["NEAR_FID"], strict=True)))
    for school, blocks in plan.groupby(plan).groups.items():
        zone = neighbours.subgraph(blocks)
        assert len(zone) == len(blocks)
        assert nx.is_connected(zone), f"the zone of {school} is in pieces"
        assert schools.at[school, "block_id"] in zone


def test_nobody_is_over_the_seats(shared_data: Path, plan: "pd.Series[str]", schools: pd.DataFrame):
    table = pyogrio.read_dataframe(shared_data / "gongyi" / "gongyi_blocks.shp", read_geometry=False)
    children = pd.Series(table["demand1"].astype(int).to_numpy(), index=table["ID"].astype(int).astype(str)).reindex(plan.index)
    assert children.sum() == 40_995
    load = children.groupby(plan).sum()
    assert (load <= schools["seats"].astype(int)).all()


def test_the_gap_is_proved_small_and_the_checker_agrees(run: Path):
    stated = json.loads((run / "result.json").read_text(encoding="utf-8"))
    assert 0 <= stated["certificate"]["gap"] <= 0.01
    assert stated["headline"]["over_seats"] == 0
    assert stated["headline"]["zones_in_pieces"] == 0
    zoning("verify", str(run), cwd=run)
