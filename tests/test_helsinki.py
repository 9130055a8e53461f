"""Central Helsinki end to end: OpenStreetMap as roads and barriers, blocks from a grid, three invented schools."""

from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from shapely import Point, box

from optimizer.pages import map as map_page
from optimizer.pages import report as report_page
from optimizer.run import Run
from tests.bureau_town import Town, noted

CRS = "EPSG:32635"
CELL_M = 100
LEAST_M2 = 1_500
BRIDGE = Point(386_320, 6_672_856)
"""Pitkäsilta, the only way over the bay."""

SCHOOLS = {"Siltasaari": (386_200, 6_672_960), "Kaisaniemi": (386_050, 6_672_700), "Kamppi": (385_900, 6_671_800)}


def grid(pbf: Path) -> gpd.GeoDataFrame:
    """Return the land along the streets in cells of 100 m; cells that the bay cuts are blocks on either side."""
    lines = pyogrio.read_dataframe(pbf, layer="lines").to_crs(CRS)
    shore = lines[lines["other_tags"].fillna("").str.contains("coastline")].geometry.iloc[0]
    bay = shapely.Polygon(shore.coords).buffer(0)
    streets = lines[lines["highway"].notna()]
    west, south, east, north = streets.total_bounds
    corners = [(x, y) for x in np.arange(west, east, CELL_M) for y in np.arange(south, north, CELL_M)]
    land = gpd.GeoSeries([box(x, y, x + CELL_M, y + CELL_M) for x, y in corners], crs=CRS).difference(bay)
    blocks = land.explode(index_parts=False).reset_index(drop=True)
    lived_in = (blocks.area > LEAST_M2) & blocks.intersects(streets.union_all())
    blocks = blocks[lived_in].reset_index(drop=True)
    ids = [f"H{i:03}" for i in range(len(blocks))]
    return gpd.GeoDataFrame({"block_id": ids, "name": ids, "community": "", "setting": "city"}, geometry=blocks)


@pytest.fixture(scope="module")
def run(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The county from files to the checker's verdict."""
    folder = tmp_path_factory.mktemp("helsinki")
    pbf = shared_data / "osm" / "helsinki.osm.pbf"
    town = Town(
        folder,
        {
            "name": "helsinki",
            "inputs": "inputs",
            "county": {
                "schools": {"file": "inputs/schools.csv", "crs": CRS},
                "roads": {"file": str(pbf)},
                "barriers": {"file": str(pbf)},
            },
            "horizon": {"base_year": 2026, "years": 3},
            "policy": {"walk_limit_min": 15},
        },
    )
    (folder / "inputs").mkdir()
    blocks = grid(pbf)
    blocks.to_file(folder / "inputs" / "blocks.gpkg")
    town.csv("schools", "school_id,x,y,classrooms", *(f"{name},{x},{y},24" for name, (x, y) in SCHOOLS.items()))
    rng = np.random.default_rng(4)
    ages = pd.MultiIndex.from_product([blocks["block_id"], range(13)], names=["block_id", "age"]).to_frame(index=False)
    ages.assign(count=rng.integers(0, 4, len(ages))).to_csv(folder / "inputs" / "residents.csv", index=False)
    return town.judged()[0]


def shores(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Return the blocks north of the bay and those on its southern shore, opposite."""
    centre = run.case.county.blocks.representative_point()
    near = (centre.x > 385_900) & (centre.x < 386_250)
    north = near & (centre.y > 6_672_890)
    south = near & (centre.y < 6_672_850) & (centre.y > 6_672_750)
    return np.flatnonzero(north), np.flatnonzero(south)


def test_the_other_side_of_the_water_is_reached_by_the_bridge(run: Run) -> None:
    north, south = shores(run)
    school = run.case.problem.sites.index("Siltasaari")
    homes = run.case.county.blocks.representative_point().to_numpy()[south]
    gate = Point(SCHOOLS["Siltasaari"])
    straight = shapely.distance(homes, gate)
    walked = run.case.problem.distance[south, school]
    around = shapely.distance(homes, BRIDGE) + BRIDGE.distance(gate)
    assert len(north) > 5
    assert len(south) >= 3
    assert straight.min() < 200
    assert (walked > 2 * straight).all()
    assert (walked > around).all()
    assert (walked < 2 * around).all(), "there is a way, and it is the bridge"


def test_nobody_is_a_neighbour_across_the_bay(run: Run) -> None:
    parts = list(nx.connected_components(nx.Graph(run.case.problem.edges.tolist())))
    north, south = shores(run)
    assert not any(set(north.tolist()) & part and set(south.tolist()) & part for part in parts)


def test_tracks_bar_the_way_and_are_named(run: Run) -> None:
    assert run.case.county.barriers is not None
    kinds = run.case.county.barriers["kind"].value_counts()
    assert kinds["water"] >= 3
    assert kinds["railway"] > 50
    assert noted(run.case)["barriers_of_openstreetmap"][0] == len(kinds)


def test_the_plan_and_its_pages(run: Run) -> None:
    assert run.certificate is not None
    assert run.score.headline["zones_in_pieces"] == 0
    assert set(run.plan.zone) == {0, 1, 2}
    for lang in ("en", "zh"):
        assert "Siltasaari" in map_page.render(run, lang)
        assert "Siltasaari" in report_page.render(run, lang)
