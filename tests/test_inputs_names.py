"""Which column is which, words for values, wide tables, ids that a spreadsheet turned into numbers."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from optimizer.check.sheets import opened
from optimizer.faults import BadInputError
from optimizer.inputs import reference
from optimizer.inputs.county import County
from optimizer.inputs.residents import STATUSES
from optimizer.inputs.schools import LEVELS, YES_NO
from optimizer.inputs.tables.columns import TABLES
from optimizer.inputs.tables.words import normal, words
from optimizer.scenario.model import Table
from tests.inputs_town import CRS, IDS, SOUTH, WEST, Town, notes, squares, told

X, Y = WEST + 50, SOUTH + 50


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town.built(tmp_path)


def taken(county: County, table: str) -> dict[str, str]:
    return dict(next(source.columns for source in county.sources if source.table == table))


@pytest.mark.parametrize("table", TABLES)
def test_no_name_of_the_catalog_could_be_two_columns_of_a_table(table: str) -> None:
    catalog, spec = words(table), TABLES[table]
    meant: dict[str, set[str]] = {}
    for ours, called in catalog.columns.items():
        for name in called | {normal(ours)}:
            meant.setdefault(name, set()).add(ours)
    assert {name: ours for name, ours in meant.items() if len(ours) > 1} == {}
    raw = yaml.safe_load(reference.CATALOG.read_text(encoding="utf-8"))
    assert set(raw["columns"].get(table, {})) <= set(spec.all), "the catalog names a column that the table does not have"
    assert catalog.wide is None or {catalog.wide.key, *catalog.wide.measures} <= set(spec.all)


def test_no_sheet_could_be_two_tables() -> None:
    named = [name for table in TABLES for name in words(table).sheets]
    assert len(named) == len(set(named))


@pytest.mark.parametrize(
    ("column", "known"),
    [
        ("setting", {"city", "town", "rural"}),
        ("level", set(LEVELS.values())),
        ("public", set(YES_NO.values())),
        ("status", set(STATUSES.values())),
        ("type", {"commercial", "resettlement", "rental"}),
        ("grade", {str(grade) for grade in range(1, 10)}),
    ],
)
def test_every_word_of_the_catalog_means_a_known_value(column: str, known: set[str]) -> None:
    assert set(words("schools").choices[column].values()) == known


def test_chinese_columns_and_values_are_taken_and_said(town: Town) -> None:
    town.csv(
        "schools",
        "学校编号,学校名称,办学类型,横坐标,纵坐标,教室数（间）,学位数,办学性质,开设年级,所属中心校",
        f"S1,东门小学,小学,{X},{Y},6间,,公办,一至六年级,",
        f"S2,坝上教学点,教学点,{X},{Y},3,,是,1-3年级,S1",
        f"S3,云岭中学,九年一贯制学校,{X},{Y},27,1200,否,,",
    )
    county = town.read()
    assert county.schools["level"].tolist() == ["primary", "primary", "nine_year"]
    assert county.schools["classrooms"].tolist() == [6, 3, 27]
    assert county.schools["public"].tolist() == [True, True, False]
    assert county.schools[["first_grade", "last_grade"]].to_numpy().tolist() == [[1, 6], [1, 3], [1, 9]]
    assert county.schools["parent_school"].tolist() == ["", "S1", ""]
    assert taken(county, "schools") == {
        "school_id": "学校编号",
        "name": "学校名称",
        "level": "办学类型",
        "x": "横坐标",
        "y": "纵坐标",
        "classrooms": "教室数（间）",
        "seats": "学位数",
        "public": "办学性质",
        "grades": "开设年级",
        "parent_school": "所属中心校",
    }


def test_names_are_compared_without_case_blanks_and_brackets(town: Town) -> None:
    town.csv("schools", "School ID,NAME,Level,X,Y,Class-Rooms", f"S1,East,Primary,{X},{Y},6")
    assert taken(town.read(), "schools") == {
        "school_id": "School ID", "name": "NAME", "level": "Level", "x": "X", "y": "Y", "classrooms": "Class-Rooms"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "columns", "what"),
    [
        (
            "学校编号,编号,x,y,classrooms",
            {},
            "the columns 学校编号 and 编号 could both be school_id. Say which one it is: `columns: ",
        ),
        ("学校编号,x,y,班级数,教室数", {}, "the columns 班级数 and 教室数 could both be classrooms"),
        ("学校,x,y,classrooms", {}, "there is no column school_id. The file has 学校, x, y, classrooms; say which one it is"),
    ],
)
def test_names_that_leave_a_choice_are_faults(town: Town, header: str, columns: dict[str, str], what: str) -> None:
    town.csv("schools", header, ",".join(["S1", *["1"] * header.count(",")]))
    assert what in told(town.faults(county={"schools": town.table("schools.csv", crs=CRS, columns=columns)}))


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("学校编号,编号,x,y,班级数,教室数", {"school_id": "编号", "classrooms": "班级数"}),  # the scenario wins
        ("学校编号,school_id,x,y,classrooms,教室数", {}),  # our own name wins over the catalog's
    ],
)
def test_what_the_scenario_says_and_our_own_names_win(town: Town, header: str, columns: dict[str, str]) -> None:
    town.csv("schools", header, f"9,S1,{X},{Y},6,12")
    schools = town.read(county={"schools": town.table("schools.csv", crs=CRS, columns=columns)}).schools
    assert schools.index.tolist() == ["S1"]
    assert schools["classrooms"].tolist() == [6]


def test_a_wide_table_has_a_row_for_each_age(town: Town) -> None:
    ages = ",".join(f"{age}岁" for age in range(3))
    town.csv("residents", f"小区编号,小区名称,{ages},合计", "B0,东,1,2,,3", "B1,西,４,5,6,15", "合计,,5,7,6,18")
    county = town.read()
    assert county.residents is not None
    assert county.residents.to_numpy().tolist() == [["B0", 0, 1], ["B0", 1, 2], ["B1", 0, 4], ["B1", 1, 5], ["B1", 2, 6]]
    assert notes(county)["columns_became_rows"] == (3, ("0岁", "1岁", "2岁"))


def test_a_mistake_in_a_wide_table_names_row_and_column(town: Town) -> None:
    town.csv("residents", "block_id,age5,age6", "B0,1,2", "B1,4,many")
    assert "row 3, column age6: count is 'many', not a whole number" in told(town.faults())
    town.csv("residents", "block_id,6岁,age6", "B0,1,2")
    assert "there is no column age" in told(town.faults())
    town.csv("residents", "block_id,5岁,6岁,age6", "B0,1,2,3")
    assert "the columns 6岁 and age6 could both hold the same" in told(town.faults())


def test_enrolment_may_be_wide(town: Town) -> None:
    town.csv("enrolment", "学校代码,一年级班数,一年级人数,二年级班数,二年级人数", "S1,2,90,2,88")
    enrolment = town.read().enrolment
    assert enrolment is not None
    assert enrolment.to_numpy().tolist() == [["S1", 1, 2, 90], ["S1", 2, 2, 88]]


NUMBERED = [f"{i:03d}" for i in range(9)]


@pytest.mark.parametrize(
    ("layer", "table"),
    [
        (NUMBERED, [str(i) for i in range(9)]),  # the zeros are lost in the table
        ([str(i) for i in range(9)], NUMBERED),  # in the layer
        (NUMBERED, [f"{i}.0" for i in range(9)]),  # a number that was saved with a decimal
        (NUMBERED, [f"００{i}" for i in range(9)]),  # full-width digits
    ],
)
def test_lost_zeros_are_found_through_their_partners_and_named(town: Town, layer: list[str], table: list[str]) -> None:
    town.blocks(block_id=layer)
    town.csv("residents", "block_id,age,count", *(f"{block},6,10" for block in table))
    county = town.read()
    assert county.residents is not None
    assert county.residents["block_id"].tolist() == layer
    assert notes(county)["ids_rejoined"] == (9, tuple(f"{a} = {b}" for a, b in sorted(zip(table, layer, strict=True))))


def test_a_lost_zero_that_could_be_two_ids_is_a_fault(town: Town) -> None:
    town.blocks(block_id=["0012", "012", *IDS[2:]])
    town.csv("residents", "block_id,age,count", "12,6,10", "0012,6,10")
    faults = told(town.faults())
    assert "row 2: block_id 12 is not in the blocks (it could be 0012 or 012)" in faults
    assert "Format the column as text" in faults


def test_ids_that_a_spreadsheet_rounded_are_faults(town: Town) -> None:
    town.csv("residents", "block_id,age,count", "5.30102001001E+17,6,10")
    assert "row 2: block_id 5.30102001001E+17 has lost its last digits: a spreadsheet keeps 15" in told(town.faults())


def test_the_school_that_a_teaching_point_belongs_to_is_found_without_its_zero(town: Town) -> None:
    town.csv("schools", "school_id,x,y,classrooms,parent_school", f"01,{X},{Y},6,", f"02,{X},{Y},3,1")
    assert town.read().schools["parent_school"].tolist() == ["", "01"]


@pytest.mark.parametrize("key", ["sheet", "layer"])
def test_a_sheet_is_named_in_the_scenario(town: Town, key: str) -> None:

    with pd.ExcelWriter(town.folder / "people.xlsx") as book:
        for year, count in ((2025, 5), (2026, 6)):
            frame = pd.DataFrame({"小区编号": ["B0"], "年龄": [6], "人数": [count]})
            frame.to_excel(book, sheet_name=str(year), index=False)
    (town.folder / "residents.csv").unlink()
    entry: dict[str, Any] = town.table("people.xlsx")
    county = town.read(county={"residents": entry | {key: "2026"}})
    assert county.residents is not None
    assert county.residents.to_numpy().tolist() == [["B0", 6, 6]]
    assert "several sheets could be the table residents: 2025, 2026" in told(town.faults(county={"residents": entry}))


def test_the_wishes_may_name_a_column_as_the_file_does(town: Town) -> None:
    town.layer("blocks", {"小区编号": IDS, "社区": list("AAABBBCCC")}, squares())
    county = town.read(wishes={"keep_together": "社区"})
    assert county.blocks["社区"].tolist() == county.blocks["community"].tolist() == list("AAABBBCCC")


def test_the_page_of_names_is_what_the_catalog_says() -> None:
    written = Path(__file__).parents[1] / "docs" / "words.md"
    assert written.read_text(encoding="utf-8") == reference.page(), "run python -m optimizer.inputs.reference"


def test_what_no_reader_asks_for_may_stand_there_twice(town: Town) -> None:
    town.csv("residents", "小区编号,名称,Name,年份,年度,年龄,人数", "B0,东,East,2026,2026,6,10")
    residents = town.read().residents
    assert residents is not None
    assert residents.to_numpy().tolist() == [["B0", 6, 10]]
    seen = opened(Table(file=str(town.folder / "residents.csv")), "residents")
    assert seen[["block_id", "age", "count"]].to_numpy().tolist() == [["B0", "6", "10"]]


@pytest.mark.parametrize("header", ["小区编号,编号,age,count", "block_id,年龄,周岁,count"])
def test_the_checker_does_not_guess_either(town: Town, header: str) -> None:
    town.csv("residents", header, "B0,6,6,10")
    with pytest.raises(BadInputError, match="these columns could mean the same"):
        opened(Table(file=str(town.folder / "residents.csv")), "residents")
    assert "could both be" in told(town.faults())


def test_names_are_known_as_a_shapefile_cuts_them() -> None:
    zones, schools, blocks = (words(table).columns for table in ("current_zones", "schools", "blocks"))
    assert "对口学" in zones["school_id"]
    assert "特殊教育学" in schools["special_places"]  # five letters of GB18030
    assert "学校代" in schools["school_id"]
    assert "居民区" in blocks["name"]
    assert "居民区" not in blocks["block_id"]
