"""Schools: places, levels, rooms, and the mistakes a table can hold."""

from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Point

from optimizer.faults import Faults
from optimizer.inputs import read
from tests.inputs_town import CRS, SOUTH, WEST, Town, notes, square, told

X, Y = WEST + 50, SOUTH + 50
LON, LAT = gpd.GeoSeries([Point(X, Y)], crs=CRS).to_crs(4326).iloc[0].coords[0]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town.built(tmp_path)


def test_everything_a_school_has_is_read(town: Town) -> None:
    town.csv(
        "schools",
        "school_id,name,level,x,y,classrooms,seats,grades,parent_school,group,beds,public,special_places",
        f"S2,Hill,primary,{X},{Y},3,,1-3,S1,G,,yes,",
        f"S1,East,nine_year,{X},{Y},27,1200,,,G,200,,12",
        f"S3,Private,junior,{X},{Y},,,,,,,no,",
    )
    schools = town.read().schools
    assert schools.index.tolist() == ["S1", "S2", "S3"]
    assert schools[["first_grade", "last_grade"]].to_numpy().tolist() == [[1, 9], [1, 3], [7, 9]]
    assert schools["parent_school"].tolist() == ["", "S1", ""]
    assert schools["public"].tolist() == [True, True, False]
    assert schools.loc["S1", ["classrooms", "seats", "beds", "special_places"]].tolist() == [27, 1200, 200, 12]
    assert schools["seats"].isna().tolist() == [False, True, True]


def test_four_mistakes_are_told_at_once(town: Town) -> None:
    town.csv(
        "schools",
        "school_id,name,level,x,y,classrooms,parent_school",
        f"S1,East,primary,{X},{Y},six,",
        f"S1,West,primary,{X},{Y},6,",
        f"S3,North,primry,{X},{Y},6,",
        f"S4,South,primary,{X},{Y},6,S33",
    )
    faults = town.faults()
    assert [(fault.where, fault.what) for fault in faults] == [
        ("row 3", "school_id S1 is in row 2 already"),
        ("row 4", "level is 'primry' (did you mean primary?)"),
        ("row 2", "classrooms is 'six', not a whole number"),
        ("row 5", "parent_school S33 is not in the schools (did you mean S3?)"),
    ]
    assert all(fault.file == str(town.folder / "schools.csv") and fault.todo for fault in faults)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (f",A,primary,{X},{Y},6,,,", "row 3: there is no school_id"),
        (f"S2,A,primary,{X},{Y},-1,,,", "row 3: classrooms is -1, less than 0"),
        (f"S2,A,primary,{X},{Y},,,,", "row 3: school S2 has neither classrooms nor seats"),
        (f"S2,A,primary,{X},{Y},6,,4-1,", "row 3: grades is '4-1'"),
        (f"S2,A,primary,{X},{Y},6,,all,", "row 3: grades is 'all'"),
        (f"S2,A,primary,{X},{Y},6,,,maybe", "row 3: public is 'maybe'"),
        (f"S2,A,primary,,{Y},6,,,", "row 3: x is empty, not a number"),
        (f"S2,A,primary,{X},{Y + 30_300},6,,,", "row 3: school S2 at (450050, 2.73035e+06) lies 30 km from the nearest block"),
        ("S2,A,primary,0,0,6,,,", "row 3: school S2 at (0, 0) lies"),
    ],
)
def test_a_mistake_in_a_row_is_told(town: Town, row: str, what: str) -> None:
    header = "school_id,name,level,x,y,classrooms,seats,grades,public"
    town.csv("schools", header, f"S1,East,primary,{X},{Y},6,,,", row)
    faults = town.faults()
    assert len(faults) == 1
    assert what in told(faults)


def test_lon_lat_need_no_crs(town: Town) -> None:
    town.csv("schools", "school_id,lon,lat,classrooms", f"S1,{LON},{LAT},6")
    county = town.read(county={"schools": None})
    assert county.schools.geometry["S1"].distance(Point(X, Y)) < 0.01
    assert {"lonlat_is_wgs84", "level_from_scenario", "name_from_id"} <= notes(county).keys()


def test_swapped_lon_lat_are_turned_and_said(town: Town) -> None:
    town.csv("schools", "school_id,lon,lat,classrooms", f"S2,{LAT},{LON},6", f"S3,{LON},{LAT},6")
    county = town.read(county={"schools": None})
    assert (county.schools.distance(Point(X, Y)) < 0.01).all()
    assert notes(county)["coordinates_swapped"][0] == 1


def test_northing_and_easting_may_be_swapped_as_surveyors_do(town: Town) -> None:
    town.csv("schools", "school_id,x,y,classrooms", f"S1,{Y},{X},6", f"S2,{Y},{X},6")
    county = town.read()
    assert (county.schools.distance(Point(X, Y)) < 0.01).all()
    assert notes(county)["coordinates_swapped"][0] == 2


def test_what_lies_in_no_order_in_the_county_is_a_fault_with_the_distance(town: Town) -> None:
    town.csv("schools", "school_id,lon,lat,classrooms", f"S1,{LAT},{LON - 30},6", f"S2,{LON},{LAT},6")
    faults = told(town.faults(county={"schools": None}))
    assert "row 2: school S1 at (24.4033, 71.5076) lies 7,129 km from the nearest block" in faults


def test_x_y_without_crs_say_how_to_state_it(town: Town) -> None:
    assert "crs: EPSG:4497" in told(town.faults(county={"schools": None}))


def test_schools_may_be_a_layer(town: Town) -> None:
    (town.folder / "schools.csv").unlink()
    shapes = gpd.GeoSeries([Point(X, Y), square(1, 1)], crs=CRS).to_crs(4326)
    town.layer("schools", {"school_id": ["S1", "S2"], "classrooms": [6, 6]}, list(shapes), crs="EPSG:4326")
    county = town.read(county={"schools": None})
    assert county.schools.geometry["S1"].distance(Point(X, Y)) < 0.01
    assert county.schools.geometry["S2"].within(square(1, 1))
    assert notes(county)["school_areas_to_points"][0] == 1


def test_a_school_outside_the_blocks_is_noted(town: Town) -> None:
    town.csv("schools", "school_id,x,y,classrooms", f"S1,{X},{Y},6", f"S2,{X - 500},{Y},6")
    assert notes(town.read())["school_outside_blocks"] == (1, ("S2",))


def test_a_level_that_nobody_teaches_is_a_fault(town: Town) -> None:
    assert "no public school teaches the junior level" in told(town.faults(level="junior"))


def test_no_place_at_all_is_a_fault(town: Town) -> None:
    town.csv("schools", "school_id,classrooms", "S1,6")
    faults = town.faults()
    assert "nothing says where the schools stand" in told(faults)
    assert "the file has school_id, classrooms" in told(faults)


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"seat": "places"}, "`columns` maps seat, which the table schools does not know (did you mean seats?)"),
        (
            {"seats": "place"},
            "there is no column place, which `columns` maps to seats (did you mean places?). The file has school_id,",
        ),
        ({"school_id": "id"}, "there is no column id, which `columns` maps to school_id"),
    ],
)
def test_a_mapping_that_leads_nowhere_is_told(town: Town, columns: dict[str, str], what: str) -> None:
    town.csv("schools", "school_id,x,y,places", f"S1,{X},{Y},400")
    faults = town.faults(county={"schools": town.table("schools.csv", crs=CRS, columns=columns)})
    assert what in told(faults)


def test_a_mapped_column_wins_over_one_of_our_name(town: Town) -> None:
    town.csv("schools", "school_id,x,y,seats,seats_2030", f"S1,{X},{Y},400,600")
    county = town.read(county={"schools": town.table("schools.csv", crs=CRS, columns={"seats": "seats_2030"})})
    assert county.schools["seats"].tolist() == [600]


def test_a_missing_column_is_named_with_what_is_there(town: Town) -> None:
    town.csv("schools", "school,x,y,classrooms", f"S1,{X},{Y},6")
    assert "there is no column school_id (did you mean school?). The file has school, x, y, classrooms; say which" in told(
        town.faults()
    )


def test_many_equal_mistakes_are_counted(town: Town) -> None:
    town.csv("schools", "school_id,x,y,classrooms", f"S0,{X},{Y},6", *(f"S{i},{X},{Y},many" for i in range(1, 51)))
    faults = town.faults()
    assert len(faults) == 21
    assert faults[-1].what == "30 more rows have the same mistake as row 3"


def test_full_width_digits_and_thousands_are_read(town: Town) -> None:
    town.csv("schools", "school_id,x,y,classrooms,seats", f'S1,{X},{Y},２４,"1,080"')
    schools = town.read().schools
    assert schools[["classrooms", "seats"]].to_numpy().tolist() == [[24, 1080]]


def test_faults_of_all_tables_are_told_together(town: Town) -> None:
    town.blocks(block_id=["B0"] * 2 + [f"B{i}" for i in range(2, 9)])
    town.csv("schools", "school_id,x,y,classrooms", f"S1,{X},{Y},")
    town.csv("residents", "block_id,age,count", "B99,6,10", "B2,six,10")
    faults = Faults()
    assert read(town.scenario(), faults) is None
    assert len(faults) == 4
