"""Roads and barriers."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from shapely import MultiLineString, Point

from tests.inputs_town import CRS, Town, line, notes, square, told

WAYS = [
    # highway, bridge, foot, access, walked
    ("residential", "", "", "", True),
    ("footway", "yes", "", "", True),
    ("motorway", "", "", "", False),
    ("motorway", "", "yes", "", True),
    ("trunk", "", "", "", True),
    ("trunk", "", "no", "", False),
    ("steps", "", "", "", True),
    ("service", "no", "", "private", False),
    ("service", "no", "yes", "private", True),
    ("footway", "", "private", "", False),
    ("service", "", "", "no", False),
    ("service", "", "designated", "no", True),
    ("construction", "", "", "", False),
]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town.built(tmp_path)


def test_only_ways_that_people_walk_are_kept(town: Town) -> None:
    columns = {name: [way[i] for way in WAYS] for i, name in enumerate(("highway", "bridge", "foot", "access"))}
    town.layer("roads", columns, [line((0, i), (300, i)) for i in range(len(WAYS))])
    county = town.read(travel={"mode": "roads"})
    assert county.roads is not None
    walked = [way for way in WAYS if way[4]]
    assert len(county.roads) == len(walked)
    assert county.roads["bridge"].tolist() == [way[1] == "yes" for way in walked]
    assert notes(county)["ways_not_walkable"][0] == len(WAYS) - len(walked)


def test_roads_need_no_columns_and_come_as_single_lines(town: Town) -> None:
    shapes = gpd.GeoSeries([MultiLineString([line((0, 0), (9, 0)), line((0, 5), (9, 5))]), None], crs=CRS)
    town.layer("roads", {"name": ["a", "b"]}, list(shapes.to_crs(4326)), crs="EPSG:4326")
    county = town.read(travel={"mode": "roads"}, county={"roads": town.table("roads.gpkg", crs="EPSG:4326")})
    assert county.roads is not None
    assert county.roads.geom_type.tolist() == ["LineString"] * 2
    assert county.roads.crs == CRS
    assert notes(county)["empty_lines_left_out"][0] == 1


def test_roads_are_not_read_for_straight_lines(town: Town) -> None:
    town.layer("roads", {"name": ["a"]}, [line((0, 0), (9, 0))])
    assert town.read().roads is None


def test_roads_far_from_the_blocks_are_not_read(town: Town) -> None:
    town.layer("roads", {"name": ["near", "far"]}, [line((0, 0), (9, 0)), line((0, 90_000), (9, 90_000))])
    roads = town.read(travel={"mode": "roads"}).roads
    assert roads is not None
    assert len(roads) == 1


def test_barriers_may_be_lines_or_areas(town: Town) -> None:
    town.layer("barriers", {"name": ["Wu", ""], "kind": ["river", "lake"]}, [line((0, 0), (9, 0)), square(0, 0)])
    barriers = town.read().barriers
    assert barriers is not None
    assert barriers[["name", "kind"]].to_numpy().tolist() == [["Wu", "river"], ["", "lake"]]


@pytest.mark.parametrize(
    ("table", "shape", "crs", "what"),
    [
        ("roads", Point(450_000, 2_700_000), CRS, "feature 1: the shape is a Point. Use LineString or MultiLineString"),
        ("barriers", Point(450_000, 2_700_000), CRS, "feature 1: the shape is a Point"),
        ("roads", line((0, 90_000), (9, 90_000)), CRS, "the layer lies 90 km from the blocks"),
        ("barriers", shapely.LineString([(-76, 39), (-76, 40)]), "EPSG:4326", "km from the blocks"),
        ("roads", line((0, 0), (9, 0)), None, "no coordinate system"),
    ],
)
def test_wrong_layers_are_told(town: Town, table: str, shape: shapely.Geometry, crs: str | None, what: str) -> None:
    if crs is None:
        town.layer(table, {"name": ["a"]}, [shape], suffix="shp").with_suffix(".prj").unlink()
    else:
        town.layer(table, {"name": ["a"]}, [shape], crs)
    faults = town.faults(travel={"mode": "roads"})
    assert len(faults) == 1
    assert what in told(faults)


def test_roads_of_openstreetmap_are_read_near_the_blocks(town: Town, shared_data: Path) -> None:
    path = shared_data / "osm" / "helsinki.osm.pbf"
    whole = gpd.read_file(path, layer="lines").to_crs("EPSG:32635")
    x, y = whole.total_bounds[:2] + 700
    blocks = [shapely.box(x + 200 * (i % 3), y + 200 * (i // 3), x + 200 * (i % 3 + 1), y + 200 * (i // 3 + 1)) for i in range(9)]
    town.blocks(blocks, crs="EPSG:32635")
    town.csv("schools", "school_id,x,y,classrooms", f"S1,{x + 9},{y + 9},6")
    county = town.read(
        county={"schools": town.table("schools.csv", crs="EPSG:32635"), "roads": {"file": str(path)}}, travel={"mode": "roads"}
    )
    assert county.roads is not None
    assert 2_000 < len(county.roads) < len(whole)
    assert 0 < county.roads["bridge"].sum() < 300
