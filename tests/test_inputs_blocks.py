"""Blocks: ids, repairs, coordinate systems."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon
from shapely.affinity import translate

from optimizer.faults import Faults
from optimizer.inputs import read
from tests.inputs_town import CRS, IDS, SOUTH, WEST, Town, notes, square, squares, told


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town.built(tmp_path)


def test_blocks_are_sorted_by_id(town: Town) -> None:
    town.blocks(block_id=IDS[::-1])
    county = town.read()
    assert county.blocks.index.tolist() == IDS
    assert county.blocks.geometry["B8"].equals(square(0, 0))
    assert county.blocks[["name", "community", "setting"]].loc["B0"].tolist() == ["B8", "C", "city"]
    assert county.crs == CRS


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp"])
def test_each_format_gives_the_same_blocks(town: Town, suffix: str) -> None:
    (town.folder / "blocks.gpkg").unlink()
    town.blocks(suffix=suffix)
    county = town.read()
    assert county.crs == CRS
    assert county.blocks.index.tolist() == IDS
    assert county.blocks.geom_equals(gpd.GeoSeries(squares(), index=county.blocks.index, crs=CRS)).all()


def test_what_is_not_given_is_assumed_and_noted(town: Town) -> None:
    town.layer("blocks", {"block_id": IDS}, squares())
    county = town.read()
    assert county.blocks.loc["B3", ["name", "community", "setting"]].tolist() == ["B3", "", "town"]
    assert {"name_from_id", "community_unknown", "setting_default"} <= notes(county).keys()


BOWTIE = Polygon([(WEST, SOUTH), (WEST + 100, SOUTH + 100), (WEST + 100, SOUTH), (WEST, SOUTH + 90)])
SPIKE = Polygon(
    [(WEST, SOUTH), (WEST + 100, SOUTH), (WEST + 100, SOUTH + 100), (WEST, SOUTH + 100), (WEST, SOUTH - 500), (WEST, SOUTH)]
)
TWO_PARTS = shapely.union(square(0, 0), square(0, -2))
WITH_LINE = shapely.GeometryCollection([square(0, 0), LineString([(WEST, SOUTH), (WEST, SOUTH - 50)])])


@pytest.mark.parametrize(
    ("shape", "key"),
    [
        (BOWTIE, "invalid_polygons_repaired"),
        (SPIKE, "invalid_polygons_repaired"),
        (TWO_PARTS, "multi_part_blocks"),
        (WITH_LINE, None),  # the line is dropped
    ],
)
def test_shapes_are_mended_and_noted(town: Town, shape: shapely.Geometry, key: str | None) -> None:
    town.blocks([shape, *squares()[1:]])
    county = town.read()
    mended = county.blocks.geometry["B0"]
    assert mended.is_valid
    assert mended.geom_type in {"Polygon", "MultiPolygon"}
    assert mended.area > 0
    if key:
        assert "B0" in notes(county)[key][1]


def test_same_shapes_and_overlaps_are_noted(town: Town) -> None:
    town.blocks([squares()[1], *squares()[1:8], translate(squares()[8], -5)])
    found = notes(town.read())
    assert found["duplicate_shapes"] == (1, ("B1",))
    assert found["overlapping_blocks"] == (1, ("B7-B8",))


def test_a_block_without_shape_and_children_is_left_out(town: Town) -> None:
    town.blocks([None, Polygon(), *squares()[2:]])
    town.csv("residents", "block_id,age,count", "B0,6,0", *(f"{block},6,10" for block in IDS[2:]))
    town.csv("current_zones", "block_id,school_id", *(f"{block},S1" for block in IDS))
    town.csv("plan", "block_id,school_id", *(f"{block},S1" for block in IDS))
    county = town.read(plan=str(town.folder / "plan.csv"))
    assert county.blocks.index.tolist() == IDS[2:]
    assert notes(county)["blocks_without_shape"] == (2, ("B0", "B1"))
    assert county.residents is not None
    assert county.residents["block_id"].tolist() == IDS[2:]
    assert county.current_zones is not None
    assert county.current_zones.index.tolist() == IDS[2:]
    assert county.plan is not None
    assert county.plan["block_id"].tolist() == IDS[2:]


def test_children_in_a_block_without_shape_are_a_fault(town: Town) -> None:
    town.blocks([None, *squares()[1:]])
    assert "children live in block B0, which has no shape" in told(town.faults())
    town.blocks([None, *squares()[1:]], students=[3] * 9)
    (town.folder / "residents.csv").unlink()
    assert "block B0 has no shape, but has children" in told(town.faults())


def test_students_replace_residents(town: Town) -> None:
    town.blocks(students=list(range(9)))
    assert notes(town.read())["students_column_unused"][0] == 1
    (town.folder / "residents.csv").unlink()
    county = town.read()
    assert county.residents is None
    assert county.blocks["students"].tolist() == list(range(9))


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"block_id": [*IDS[:8], "B0"]}, "feature 9: block_id B0 is in feature 1 already"),
        ({"block_id": [*IDS[:8], ""]}, "feature 9: there is no block_id"),
        ({"students": [1] * 8 + [-1]}, "feature 9: students is -1, less than 0"),
        ({"students": ["1"] * 8 + ["many"]}, "feature 9: students is 'many', not a whole number"),
        ({"students": [1.0] * 8 + [1.5]}, "feature 9: students is '1.5', not a whole number"),
    ],
)
def test_bad_attributes_are_faults(town: Town, columns: dict[str, Any], what: str) -> None:
    town.blocks(**columns)
    assert what in told(town.faults())


def test_an_unknown_setting_is_a_fault(town: Town) -> None:
    town.layer("blocks", {"block_id": IDS, "setting": ["city"] * 8 + ["twon"]}, squares())
    assert "feature 9: setting is 'twon' (did you mean town?). Write one of city, town, rural" in told(town.faults())


@pytest.mark.parametrize(
    ("last", "what"),
    [
        (Point(WEST, SOUTH), "block B8 is a Point, not an area"),
        (LineString([(WEST, SOUTH), (WEST, SOUTH + 9)]), "block B8 is a LineString, not an area"),
        (translate(square(0, 0), 0, 900_000), "block B8 lies 900 km from the middle of the others"),
        (Polygon([(WEST, SOUTH), (WEST + 9, SOUTH), (WEST, SOUTH)]), "the polygon of block B8 has no area"),
    ],
)
def test_shapes_that_are_no_blocks_are_faults(town: Town, last: shapely.Geometry, what: str) -> None:
    town.blocks([*squares()[:8], last])
    assert what in told(town.faults())


def test_a_layer_without_crs_says_how_to_state_it(town: Town) -> None:
    (town.folder / "blocks.gpkg").unlink()
    path = town.blocks(suffix="shp")
    path.with_suffix(".prj").unlink()
    fault = next(fault for fault in town.faults() if "no coordinate system" in fault.what)
    assert fault.file == str(path)
    assert "crs: EPSG:4497" in fault.todo
    assert town.read(county={"blocks": town.table("blocks.shp", crs=CRS)}).crs == CRS


@pytest.mark.parametrize(
    ("crs", "plane"),
    [
        ("EPSG:4326", "EPSG:32647"),  # UTM zone of 101.5 E
        ("EPSG:4490", "EPSG:4543"),  # CGCS2000: the 3-degree zone of 102 E
        ("EPSG:3857", "EPSG:32647"),  # Web Mercator is in metres, but stretched by a tenth
        ("EPSG:4543", "EPSG:4543"),
        ("EPSG:4522", "EPSG:4522"),  # a zone with prefix
        ("EPSG:2263", "EPSG:32648"),  # feet: cannot lie there
    ],
)
def test_one_plane_crs_in_metres_is_chosen(town: Town, crs: str, plane: str) -> None:
    shapes = gpd.GeoSeries(squares(), crs=CRS).to_crs(crs)
    town.blocks(list(shapes), crs=crs)
    if crs == "EPSG:2263":
        assert "outside the area of NAD83 / New York Long Island" in told(town.faults())
        return
    county = town.read()
    assert county.crs == plane
    assert county.blocks.area.between(9_980, 10_020).all()


@pytest.mark.parametrize(
    ("stated", "what"),
    [
        ("EPSG:4497", "outside the area of|cannot lie in"),
        ("EPSG:4326", "cannot lie in WGS 84"),
        ("GK zone 19", "the coordinate system GK zone 19 is not known"),
    ],
)
def test_a_wrong_crs_is_a_fault(town: Town, stated: str, what: str) -> None:
    assert any(part in told(town.faults(county={"blocks": town.table("blocks.gpkg", crs=stated)})) for part in what.split("|"))


def test_a_stated_crs_wins_and_is_noted(town: Town) -> None:
    town.blocks(crs="EPSG:32648")
    county = town.read(county={"blocks": town.table("blocks.gpkg", crs=CRS)})
    assert county.crs == CRS
    assert notes(county)["crs_overridden"][1] == ("WGS 84 / UTM zone 48N -> CGCS2000 / 3-degree Gauss-Kruger CM 102E",)


def test_a_column_that_wishes_keep_together_is_carried(town: Town) -> None:
    town.blocks(estate=list("AAABBBCCC"))
    assert town.read(wishes={"keep_together": "estate"}).blocks["estate"].tolist() == list("AAABBBCCC")
    assert "there is no column estat," in told(town.faults(wishes={"keep_together": "estat"}))


def test_a_table_without_shapes_is_a_fault(town: Town) -> None:
    (town.folder / "blocks.gpkg").unlink()
    town.csv("blocks", "block_id", *IDS)
    assert "the table holds no shapes" in told(town.faults())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=4, max_size=9, unique=True))
def test_any_ring_becomes_a_valid_area_or_a_fault(town: Town, ring: list[tuple[int, int]]) -> None:
    town.blocks([Polygon([(WEST + x, SOUTH + y) for x, y in ring]), *squares()[1:]])
    faults = Faults()
    county = read(town.scenario(), faults)
    if county is None:
        assert [fault.what for fault in faults] == ["the polygon of block B0 has no area"]
    else:
        assert county.blocks.is_valid.all()
        assert (county.blocks.area > 0).all()
