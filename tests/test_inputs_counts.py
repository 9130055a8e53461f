"""Residents, births, housing, enrolment."""

import datetime as dt
from pathlib import Path

import pytest

from tests.inputs_town import CRS, IDS, SOUTH, WEST, Town, notes, told


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town.built(tmp_path)


def test_residents_are_sorted_and_added_up(town: Town) -> None:
    town.csv("residents", "block_id,age,count,sex", "B1,7,5,f", "B1,6,2,f", "B0,6,1,m", "B1,7,4,m", "B0,18,9,f", "B0,70,9,f")
    county = town.read()
    assert county.residents is not None
    assert county.residents.to_numpy().tolist() == [["B0", 6, 1], ["B1", 6, 2], ["B1", 7, 9]]
    found = notes(county)
    assert found["rows_added_up"][0] == 1
    assert found["ages_left_out"][0] == 2
    assert found["blocks_without_residents"] == (7, tuple(IDS[2:]))


def test_the_date_of_the_ages_is_stated_or_assumed(town: Town) -> None:
    county = town.read(horizon={"base_year": 2027})
    assert county.residents_date == dt.date(2027, 8, 31)
    assert notes(county)["residents_date_assumed"][1] == ("2027-08-31",)
    stated = town.read(county={"residents": town.table("residents.csv", date="2025-11-01")})
    assert stated.residents_date == dt.date(2025, 11, 1)
    assert "residents_date_assumed" not in notes(stated)


def test_a_count_under_an_unknown_name_is_not_taken_for_a_child_a_row(town: Town) -> None:
    town.csv("residents", "block_id,age,合计人数", "B0,6,5", "B1,6,2")
    assert "there is no column count, but 合计人数 holds numbers" in told(town.faults())
    town.csv("residents", "block_id,age,学生姓名", "B0,6,甲", "B1,6,乙")
    assert notes(town.read())["a_child_a_row"][0] == 2


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("B9,6,10", "row 3: block_id B9 is not in the blocks"),
        ("X,6,10", "row 3: block_id X is not in the blocks. Correct the id, or add it to the blocks"),
        (",6,10", "row 3: there is no block_id"),
        ("B1,,10", "row 3: age is empty, not a whole number"),
        ("B1,6.5,10", "row 3: age is '6.5', not a whole number"),
        ("B1,-1,10", "row 3: age is -1, less than 0"),
        ("B1,6,", "row 3: count is empty, not a whole number"),
        ("B1,6,-2", "row 3: count is -2, less than 0"),
        ("B1,6,99999999999999999999", "not a whole number"),
        ("B0,6,10", "row 3: this is row 2 once more"),
    ],
)
def test_mistakes_in_residents_are_told(town: Town, row: str, what: str) -> None:
    town.csv("residents", "block_id,age,count", "B0,6,10", row)
    faults = town.faults()
    assert len(faults) == 1
    assert what in told(faults)


def test_an_unknown_id_is_told_once(town: Town) -> None:
    town.csv("residents", "block_id,age,count", "B0,6,10", *(f"B99,{age},1" for age in range(10)))
    assert [fault.what for fault in town.faults()] == ["block_id B99 is not in the blocks, here and in 9 more rows"]


def test_without_residents_and_students_nobody_knows_where_children_live(town: Town) -> None:
    (town.folder / "residents.csv").unlink()
    assert "nothing says where the children live" in told(town.faults())


def test_births_are_sorted_by_year(town: Town) -> None:
    town.csv("births", "year,births", "2021,90", "2020,100")
    births = town.read().births
    assert births is not None
    assert births.to_numpy().tolist() == [[2020, 100, "county", ""], [2021, 90, "county", ""]]


def test_housing_keeps_what_it_is_given(town: Town) -> None:
    town.csv("housing", "estate_id,block_id,year,dwellings,name,type", "E2,B1,2028,50,,", "E1,B0,2027,300,Lake,commercial")
    housing = town.read().housing
    assert housing is not None
    assert housing.to_numpy().tolist() == [
        ["E1", "Lake", "B0", 2027, 300, "commercial", 0.0],
        ["E2", "E2", "B1", 2028, 50, "commercial", 0.0],
    ]


def test_enrolment_is_sorted_by_school_and_grade(town: Town) -> None:
    town.csv("enrolment", "school_id,grade,classes,students", "S1,2,1,40", "S1,1,2,80")
    enrolment = town.read().enrolment
    assert enrolment is not None
    assert enrolment.to_numpy().tolist() == [["S1", 1, 2, 80], ["S1", 2, 1, 40]]


@pytest.mark.parametrize(
    ("table", "lines", "what"),
    [
        ("births", ["year,births", "2020,100", "2020,90"], "row 3: year 2020 is in row 2 already"),
        ("births", ["year,births", "20,100"], "row 2: year is 20, less than 1950"),
        ("births", ["year,births", "2020,x"], "row 2: births is 'x', not a whole number"),
        ("births", ["year,number", "2020,100"], "there is no column births"),
        ("births", ["year,births"], "the table is empty"),
        ("housing", ["estate_id,block_id,year,dwellings", "E1,B99,2027,3"], "row 2: block_id B99 is not in the blocks"),
        ("housing", ["estate_id,block_id,year,dwellings", ",B0,2027,3"], "row 2: there is no estate_id"),
        (
            "housing",
            ["estate_id,block_id,year,dwellings", "E,B0,2027,3", "E,B0,2027,4"],
            "row 3: estate_id and block_id and year",
        ),
        (
            "enrolment",
            ["school_id,grade,classes,students", "S2,1,1,40"],
            "row 2: school_id S2 is not in the schools",
        ),
        ("enrolment", ["school_id,grade,classes,students", "S1,7,1,40"], "row 2: school S1 teaches grades 1-6, not 7"),
        ("enrolment", ["school_id,grade,classes,students", "S1,1,0,40"], "row 2: 40 students sit in no class"),
        (
            "enrolment",
            ["school_id,grade,classes,students", "S1,1,1,40", "S1,1,1,41"],
            "row 3: school_id and grade S1, 1 are in row 2",
        ),
    ],
)
def test_mistakes_in_the_other_tables_are_told(town: Town, table: str, lines: list[str], what: str) -> None:
    town.csv(table, *lines)
    faults = town.faults()
    assert len(faults) == 1
    assert what in told(faults)


def test_leading_zeros_of_ids_are_kept(town: Town) -> None:
    town.blocks(block_id=[f"0{i}" for i in range(9)])
    town.csv("schools", "school_id,x,y,classrooms", f"007,{WEST},{SOUTH},6")
    town.csv("residents", "block_id,age,count", "01,6,10")
    county = town.read(county={"schools": town.table("schools.csv", crs=CRS)})
    assert county.schools.index.tolist() == ["007"]
    assert county.residents is not None
    assert county.residents["block_id"].tolist() == ["01"]
