"""Zones drawn as areas, and zones and plans from elsewhere: read, and understood alike by the checker."""

import shutil
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Point, Polygon

from tests.bureau_town import CRS, IDS, SOUTH, WEST, Town, area, noted, told

SCHOOLS = ("West", "East", "North")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town.built(tmp_path)


def today(town: Town) -> dict[str, str]:
    zones = town.case().county.current_zones
    assert zones is not None
    return zones["school_id"].to_dict()


def test_a_block_belongs_to_the_zone_that_holds_most_of_it(town: Town) -> None:
    # the line between West and East runs through the third column, a quarter in; North begins 4 m late: a sliver
    town.layer("current_zones", [area(0, 0, 450, 404), area(450, 0, 800, 404), area(0, 404, 800, 600)], school_id=list(SCHOOLS))
    run, _ = town.judged()
    assert today(town) == dict(
        zip(IDS, ["West", "West", "East", "East"] * 2 + ["North"] * 4, strict=True),
    )
    assert noted(run.case)["blocks_cut_by_area"] == (2, ("B02: East 75 % + West 25 %", "B06: East 75 % + West 25 %"))
    cut = run.case.county.cut_blocks
    assert cut is not None
    assert cut.to_numpy().tolist()[:2] == [["B02", "East", 0.75, "area"], ["B02", "West", 0.25, "area"]]


def test_homes_decide_where_they_are_known(town: Town) -> None:
    town.layer("current_zones", [area(0, 0, 450, 400), area(450, 0, 800, 400), area(0, 400, 800, 600)], school_id=list(SCHOOLS))
    homes = [Point(WEST + x, SOUTH + y) for x, y in ((420, 50), (500, 50), (430, 300))]
    town.layer("homes", homes, count=[30, 20, 4])
    run, _ = town.judged()
    assert today(town)["B02"] == "West"
    assert noted(run.case)["blocks_cut_by_homes"] == (1, ("B02: West 60 % + East 40 %",))
    assert today(town)["B06"] == "West", "all its homes are on one side: nobody is cut off"
    assert "blocks_cut_by_area" not in noted(run.case)


def test_gaps_and_overlaps_of_the_zones(town: Town) -> None:
    # West and East overlap in the second column; nobody drew the northeast
    town.layer("current_zones", [area(0, 0, 400, 400), area(200, 0, 800, 400), area(0, 400, 490, 600)], school_id=list(SCHOOLS))
    run, _ = town.judged()
    found = today(town)
    assert noted(run.case)["zones_overlap"] == (1, ("East-West (80,000 m²)",))
    assert found["B01"] == "East", "held by both alike: the lower id"
    assert noted(run.case)["blocks_without_zone"] == (2, ("B10", "B11"))


def test_parts_of_a_zone_are_one_and_other_levels_are_left_out(town: Town) -> None:
    areas = [area(0, 0, 200, 600), area(200, 0, 400, 600), area(400, 0, 800, 600), area(0, 0, 800, 600)]
    town.layer("current_zones", areas, school_id=["West", "West", "East", "North"], level=["小学", "primary", "", "junior"])
    town.judged()
    assert today(town) == {block: "West" if int(block[1:]) % 4 < 2 else "East" for block in IDS}


def test_zones_in_degrees_with_a_crossing_ring_are_mended(town: Town) -> None:
    bow = Polygon([(WEST, SOUTH), (WEST + 800, SOUTH + 600), (WEST + 800, SOUTH), (WEST, SOUTH + 600)])
    path = town.layer("current_zones", [bow], school_id=["West"])
    gpd.read_file(path).to_crs(4490).to_file(path)
    run, _ = town.judged()
    assert noted(run.case)["invalid_zones_repaired"][0] == 1


@pytest.mark.parametrize("what", ["folder", "zones.gpkg"])
def test_todays_zones_may_be_another_run(town: Town, what: str) -> None:
    first, _ = town.judged()
    shutil.copytree(town.folder / "maps" / "town", town.folder / "earlier")
    place = "earlier" if what == "folder" else "earlier/zones.gpkg"
    town.scenario["county"]["current_zones"] = {"file": place}
    run, _ = town.judged()
    assert (run.case.problem.current == first.plan.zone).all()


def test_a_plan_may_be_drawn(town: Town) -> None:
    path = town.layer("drawn", [area(0, 0, 400, 400), area(400, 0, 800, 400), area(0, 400, 800, 600)], school_id=list(SCHOOLS))
    town.scenario["plan"] = str(path.relative_to(town.folder))
    run, _ = town.judged()
    assert run.stopped == "given"
    assert [run.case.problem.zones[zone] for zone in run.plan.zone] == (["West"] * 2 + ["East"] * 2) * 2 + ["North"] * 4
    town.layer("drawn", [area(0, 0, 400, 400), area(400, 0, 800, 400)], school_id=["West", "East"])
    assert "the plan leaves out B08, B09, B10, B11" in told(town.faults())


@pytest.mark.parametrize(
    ("shapes", "schools", "crs", "what"),
    [
        ([area(0, 0, 400, 400)], ["Wst"], CRS, "school_id Wst is not in the schools (did you mean West?)"),
        ([Point(WEST, SOUTH)], ["West"], CRS, "the shape is a Point. Draw zones as areas, or add a column block_id"),
        ([area(90_000, 0, 90_400, 400)], ["West"], CRS, "the layer lies 89 km from the blocks"),
    ],
)
def test_wrong_zones_are_told(town: Town, shapes: list, schools: list[str], crs: str, what: str) -> None:
    town.layer("current_zones", shapes, crs, school_id=schools)
    assert what in told(town.faults())


def test_a_table_without_blocks_is_told(town: Town) -> None:
    town.csv("current_zones", "blok_id,school_id", "B00,West")
    assert "there is no column block_id (did you mean blok_id?)" in told(town.faults())
