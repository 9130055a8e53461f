"""Women, fertility, survival, migration, control totals, births by area, estates: read, and every mistake told."""

from pathlib import Path

import pytest

from tests.inputs_town import Town, notes, told


@pytest.fixture
def town(tmp_path: Path) -> Town:
    made = Town.built(tmp_path)
    made.blocks(community=["X"] * 5 + ["Y"] * 4, setting=["city"] * 6 + ["rural"] * 3)
    return made


def test_every_table_is_read(town: Town) -> None:
    town.csv("women", "area,age,count", "X,30,100", "Y,30,50", "X,61,9")
    town.csv("fertility", "age,rate", "20-29,80", "30～34岁,60.5")
    town.csv("survival", "age,share", "0,0.995", "1-17,0.9998")
    town.csv("migration", "area,age,status,rate", "city,,,0.01", "X,6-11,随迁子女,-0.02", ",,,0")
    town.csv("controls", "year,grade,age,count,variant", "2027,1-6,,500,", "2028,,7,80,high")
    county = town.read()
    drivers = county.drivers
    assert drivers.women is not None
    assert drivers.women.to_numpy().tolist() == [["community", "X", 30, 100], ["community", "Y", 30, 50]]
    assert drivers.fertility is not None
    assert drivers.fertility[["first", "last", "rate"]].to_numpy().tolist() == [[20, 29, 0.08], [30, 34, 0.0605]]
    assert drivers.survival is not None
    assert drivers.survival.to_numpy().tolist() == [[0, 0, 0.995], [1, 17, 0.9998]]
    assert drivers.migration is not None
    assert drivers.migration[["kind", "area", "status", "first", "last", "aged", "rate"]].to_numpy().tolist() == [
        ["community", "X", "migrant", 6, 11, True, -0.02],
        ["county", "", "", 0, 60, False, 0.0],
        ["setting", "city", "", 0, 60, False, 0.01],
    ]
    assert drivers.controls is not None
    assert drivers.controls[["year", "by", "first", "last", "variant", "count"]].to_numpy().tolist() == [
        [2027, "grade", 1, 6, "", 500],
        [2028, "age", 7, 7, "high", 80],
    ]
    assert notes(county)["women_left_out"][0] == 1


def test_births_may_be_of_areas(town: Town) -> None:
    town.csv("births", "year,births,area", "2026,30,rural", "2025,90,CITY", "2026,80,city", "2025,40,rural")
    births = town.read().births
    assert births is not None
    assert births.to_numpy().tolist() == [
        [2025, 90, "setting", "city"],
        [2026, 80, "setting", "city"],
        [2025, 40, "setting", "rural"],
        [2026, 30, "setting", "rural"],
    ]


def test_estates_may_be_pulled_down_and_of_types_of_our_own(town: Town) -> None:
    rows = ["E1,B0,2027,-80,,0.25", "E2,B1,2028,40,安置房,", "E3,B2,2028,10,Villa,"]
    town.csv("housing", "estate_id,block_id,year,dwellings,type,demolish", *rows)
    county = town.read(projection={"dwellings": {"children": {"villa": 1.5}}})
    assert county.housing is not None
    assert county.housing[["dwellings", "type", "demolish"]].to_numpy().tolist() == [
        [-80, "commercial", 0.25],
        [40, "resettlement", 0.0],
        [10, "villa", 0.0],
    ]
    assert notes(county)["dwellings_commercial"][0] == 1


FERTILITY = ["age,rate", "20-39,70"]


@pytest.mark.parametrize(
    ("table", "lines", "what"),
    [
        ("births", ["year,births,area", "2026,5,X"], "there are no births of Y"),
        ("births", ["year,births,area", "2026,5,city", "2026,5,Y"], "some rows are of settings"),
        (
            "births",
            ["year,births,area", "2026,5,Xx", "2026,5,X", "2026,5,Y"],
            "row 2: no block is of the community Xx (did you mean X?)",
        ),
        ("births", ["year,births,area", "2026,5,X", "2026,6,X", "2026,5,Y"], "row 3: year 2026 of X is in row 2 already"),
        ("women", ["area,age,count", "X,30,5"], "the table women says nothing without the table fertility"),
        ("fertility", FERTILITY, "the table fertility says nothing without the table women"),
        ("survival", ["age,share", "0,1.2"], "row 2: share is 1.2, not from 0 to 1"),
        ("survival", ["age,share", "0-4,0.9", "3,0.8"], "row 3: an age is in row 2 already"),
        ("survival", ["age,share", "old,0.9"], "row 2: age is 'old', not one from 0 to 60, nor a span such as 6-11"),
        ("migration", ["area,rate", "city,1.8"], "row 2: rate is 1.8, not from -1 to 1"),
        ("migration", ["area,rate", "city,0.1", "city,0.2"], "row 3: an age of city is in row 2 already"),
        ("migration", ["status,rate", "guest,0.1"], "row 2: status is 'guest'"),
        ("controls", ["year,age,grade,count", "2027,6,1,5"], "row 2: both an age and a grade are given"),
        ("controls", ["year,age,grade,count", "2027,,,5"], "row 2: neither an age nor a grade is given"),
        ("controls", ["year,age,count", "2027,11-6,5"], "row 2: age is '11-6'"),
        ("housing", ["estate_id,block_id,year,dwellings,type", "E,B0,2027,5,castle"], "row 2: type is 'castle'"),
        ("housing", ["estate_id,block_id,year,dwellings,demolish", "E,B0,2027,0,40"], "row 2: demolish is '40', not a share"),
    ],
)
def test_mistakes_are_told(town: Town, table: str, lines: list[str], what: str) -> None:
    town.csv(table, *lines)
    faults = town.faults()
    assert len(faults) == 1
    assert what in told(faults)


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (["age,rate", "20-39,0.07"], "the rates add up to 0.0014 children a woman"),
        (["age,rate", "20-39,-70", "40,1800"], "row 2: rate is -70.0, less than 0"),
        (["age,rate,year", "20-39,70,2025", "20-39,60,"], "some rows have a year and others have none"),
    ],
)
def test_mistakes_in_fertility_are_told(town: Town, lines: list[str], what: str) -> None:
    town.csv("women", "block_id,age,count", "B0,30,5")
    town.csv("fertility", *lines)
    assert what in told(town.faults())
