"""Workbooks as bureaus fill them, zipped and unlabelled shapefiles, Parquet: what is read of them, and what is told."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import xlwt
from shapely import Point

from optimizer.faults import Faults
from optimizer.inputs.tables import Expected, Raw, read_raw
from optimizer.inputs.tables.letters import encoding
from optimizer.inputs.tables.words import words

ENROLMENT = words("enrolment").expected("enrolment")
RESIDENTS = words("residents").expected("residents")


def workbook(path: Path, rows: Sequence[Sequence[Any]], *merged: str, **others: Sequence[Sequence[Any]]) -> str:
    book = openpyxl.Workbook()
    for name, lines in {"Sheet": rows, **others}.items():
        sheet = book.active if name == "Sheet" else book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    for cells in merged:
        book.active.merge_cells(cells)
    book.save(path)
    return str(path)


def read(path: str, expected: Expected = ENROLMENT, part: str | None = None) -> Raw:
    faults = Faults()
    raw = read_raw(path, faults, part, expected)
    assert raw is not None, list(map(str, faults))
    return raw


def told(path: str, expected: Expected = ENROLMENT, part: str | None = None) -> str:
    faults = Faults()
    assert read_raw(path, faults, part, expected) is None
    return "\n".join(map(str, faults))


def remarks(raw: Raw) -> dict[str, tuple[str, ...]]:
    return {remark.what: remark.names for remark in raw.remarks}


def test_titles_totals_blanks_and_notes_around_a_table_are_left_out(tmp_path: Path) -> None:
    rows = [
        ["云岭县在校生统计表"],
        [],
        [None, "学校代码", "年级", "学生数", None],
        [None, 1.0, "一年级", 90],
        [],
        [None, 1.0, "二年级", 88],
        [None, "学校代码", "年级", "学生数"],  # the header again, as on a second page
        [None, 2.0, "一年级", 45],
        [None, "合 计", None, 223],
        [None, "注：不含教学点"],
    ]
    raw = read(workbook(tmp_path / "t.xlsx", rows, "A1:E1"))
    assert raw.frame.index.tolist() == [4, 6, 8]
    assert raw.frame.to_numpy().tolist() == [["1", "一年级", "90"], ["1", "二年级", "88"], ["2", "一年级", "45"]]
    assert remarks(raw) == {
        "titles_left_out": ("3",),
        "totals_left_out": ("9",),
        "headers_left_out": ("7",),
        "footnotes_left_out": ("10",),
    }


def test_the_same_traps_in_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("云岭县在校生统计表;;\n学校代码;年级;学生数\n1;一年级;９０\n全县合计;;90\n", encoding="gb18030")
    raw = read(str(path))
    assert raw.encoding == "GB18030"
    assert raw.frame.to_numpy().tolist() == [["1", "一年级", "９０"]]
    assert remarks(raw) == {"titles_left_out": ("2",), "totals_left_out": ("4",)}


def test_a_header_in_two_rows_is_put_together(tmp_path: Path) -> None:
    rows = [["学校代码", "一年级", None, "二年级", None], [None, "班数", "人数", "班数", "人数"], ["01", 2, 90, 2, 88]]
    raw = read(workbook(tmp_path / "t.xlsx", rows, "A1:A2", "B1:C1", "D1:E1"))
    assert list(raw.frame.columns) == ["学校代码", "一年级班数", "一年级人数", "二年级班数", "二年级人数"]
    assert raw.frame.to_numpy().tolist() == [["01", "2", "90", "2", "88"]]
    assert remarks(raw) == {"header_of_several_rows": ("1-2",)}


def test_merged_cells_stand_for_all_their_rows(tmp_path: Path) -> None:
    rows = [["小区编号", "年龄", "人数"], ["01", 6, 12], [None, 7, 13], ["02", 6, 9]]
    raw = read(workbook(tmp_path / "t.xlsx", rows, "A2:A3"), RESIDENTS)
    assert raw.frame["小区编号"].tolist() == ["01", "01", "02"]
    assert remarks(raw) == {"merged_cells_filled": ("2-3",)}


def test_an_amount_over_several_rows_is_a_fault(tmp_path: Path) -> None:
    rows = [["小区编号", "年龄", "人数"], ["01", 6, 25], ["01", 7, None]]
    faults = Faults()
    read_raw(workbook(tmp_path / "t.xlsx", rows, "C2:C3"), faults, None, RESIDENTS)
    assert "rows 2-3: one cell of 人数 stands for several rows: 25. Unmerge it" in str(next(iter(faults)))


def test_old_workbooks_are_read_too(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("在校生")
    for row, line in enumerate([["学校代码", "年级", "学生数"], [1, "一年级", 90]]):
        for column, value in enumerate(line):
            sheet.write(row, column, value)
    book.save(tmp_path / "t.xls")
    raw = read(str(tmp_path / "t.xls"))
    assert (raw.format, raw.part, raw.frame.to_numpy().tolist()) == ("excel", "在校生", [["1", "一年级", "90"]])


HEADER = ["学校代码", "年级", "班数", "学生数"]


@pytest.mark.parametrize(
    ("sheets", "part", "chosen"),
    [
        ({"Sheet": [["说明"]], "enrolment": [HEADER, ["1", 1, 2, 90]]}, None, "enrolment"),
        ({"Sheet": [HEADER, ["1", 1, 2, 90]], "在校生": [HEADER, ["1", 1, 2, 95]]}, None, "在校生"),
        ({"Sheet": [["编号", "备注"], ["1", "x"]], "新建": [HEADER, ["1", 1, 2, 95]]}, None, "新建"),
        ({"Sheet": [HEADER, ["1", 1, 2, 90]], "2025": [HEADER, ["1", 1, 2, 95]]}, "2025", "2025"),
    ],
)
def test_the_sheet_is_the_one_named_or_the_one_that_fits(
    tmp_path: Path, sheets: dict[str, Any], part: str | None, chosen: str
) -> None:
    path = workbook(tmp_path / "t.xlsx", sheets.pop("Sheet"), **sheets)
    assert read(path, part=part).part == chosen


def test_sheets_that_could_both_be_meant_are_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [HEADER, ["1", 1, 2, 90]], **{"2025": [HEADER, ["1", 1, 2, 95]]})
    assert "several sheets could be the table enrolment: Sheet, 2025. Name one of them as `sheet`" in told(path)
    assert "there is no sheet 2024. Name one of them as `sheet`: Sheet, 2025" in told(path, part="2024")


def test_a_hidden_sheet_is_read_only_if_it_is_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [HEADER, ["1", 1, 2, 90]], old=[HEADER, ["1", 1, 2, 95]])
    book = openpyxl.load_workbook(path)
    book["old"].sheet_state = "hidden"
    book.save(path)
    assert read(path).part == "Sheet"
    assert read(path, part="old").part == "old"


@pytest.mark.parametrize(("name", "content"), [("t.xlsx", b"no workbook"), ("t.xls", b"<html></html>"), ("t.parquet", b"x")])
def test_a_spoilt_file_says_what_to_do(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert "cannot be opened" in told(str(tmp_path / name))


def test_an_empty_workbook_is_told(tmp_path: Path) -> None:
    assert "there are no column names" in told(workbook(tmp_path / "t.xlsx", []))


def test_cells_are_strings_as_a_person_reads_them(tmp_path: Path) -> None:
    rows = [["a", "b", "c", "d", "e"], [1.0, 1.5, True, pd.Timestamp("2026-08-31"), 530102001001000123]]
    raw = read(workbook(tmp_path / "t.xlsx", rows), Expected())
    assert raw.frame.to_numpy().tolist() == [["1", "1.5", "yes", "2026-08-31", "5.30102001001000e+17"]]


def test_parquet_is_a_table_or_a_layer(tmp_path: Path) -> None:
    pd.DataFrame({"学校代码": ["01"], "n": pd.array([None], dtype="Int64")}).to_parquet(tmp_path / "t.parquet")
    raw = read(str(tmp_path / "t.parquet"))
    assert (raw.format, raw.frame.index.name, raw.frame.to_numpy().tolist()) == ("parquet", "row", [["01", ""]])
    layer = gpd.GeoDataFrame({"n": [1]}, geometry=[Point(1, 2, 3)], crs=4543).rename_geometry("shape")
    layer.to_parquet(tmp_path / "t.geoparquet")
    raw = read(str(tmp_path / "t.geoparquet"))
    assert isinstance(raw.frame, gpd.GeoDataFrame)
    assert (raw.format, raw.frame.index.tolist(), raw.frame.crs.to_epsg()) == ("geoparquet", [1], 4543)
    assert not raw.frame.has_z.any()


@pytest.mark.filterwarnings("ignore:Value")
@pytest.mark.parametrize("letters", ["gb18030", "utf-8"])
def test_a_shapefile_without_cpg_and_prj_has_its_letters_found_out(tmp_path: Path, letters: str) -> None:
    path = tmp_path / "t.shp"
    long = "很长的名字" * 20  # cut in the middle of a letter
    gpd.GeoDataFrame({"名称": ["东门", long]}, geometry=[Point(0, 0), Point(1, 1)], crs=4543).to_file(path, encoding=letters)
    for end in (".cpg", ".prj"):
        path.with_suffix(end).unlink(missing_ok=True)
    assert encoding(path.with_suffix(".dbf").read_bytes()) == letters
    path.with_suffix(".dbf").rename(path.with_suffix(".DBF"))
    raw = read(str(path))
    assert raw.frame["名称"].tolist()[0] == "东门"
    assert raw.frame["名称"].tolist()[1].startswith("很长的名字很长")
    assert raw.frame.crs is None
    assert raw.encoding.lower() == letters


@pytest.mark.parametrize(
    ("line", "left_out"),
    [
        (["填表人：张三", None, "审核：李四"], True),
        (["填 表 人:", "张三", "2026年9月1日"], True),
        (["单位（盖章）：", None, "负责人："], True),
        (["统计局小学", "二年级", 88], False),
        (["说明小学", "二年级", 88], False),
    ],
)
def test_who_signed_below_a_table_is_no_row(tmp_path: Path, line: list[Any], left_out: bool) -> None:
    raw = read(workbook(tmp_path / "t.xlsx", [["学校代码", "年级", "学生数"], ["1", "一年级", 90], line]))
    assert len(raw.frame) == (1 if left_out else 2)
    assert remarks(raw) == ({"footnotes_left_out": ("3",)} if left_out else {})


@pytest.mark.parametrize("cpg", [True, False])
def test_names_and_values_cut_within_a_letter_are_read(tmp_path: Path, cpg: bool) -> None:
    path = tmp_path / "t.shp"
    gpd.GeoDataFrame({"name": ["甲乙丙", "x"]}, geometry=[Point(0, 0), Point(1, 1)], crs=4543).to_file(path, encoding="utf-8")
    table = path.with_suffix(".dbf").read_bytes()
    table = table.replace(b"name\0\0\0\0\0\0\0", "对口学校".encode()[:10] + b"\0").replace(
        "丙".encode(), "丙".encode()[:2] + b" "
    )
    path.with_suffix(".dbf").write_bytes(table)
    if not cpg:
        path.with_suffix(".cpg").unlink()
    frame = read(str(path)).frame
    assert frame["对口学"].tolist() == ["甲乙", "x"]
    assert frame.crs.to_epsg() == 4543
    assert path.with_suffix(".dbf").read_bytes() == table


def archive(path: Path, *names: str) -> str:
    with zipfile.ZipFile(path, "w") as zipped:
        for name in names:
            layer = gpd.GeoDataFrame({"a": [name]}, geometry=[Point(0, 0)], crs=4543)
            layer.to_file(path.parent / "layer.shp")
            for end in ("shp", "shx", "dbf"):
                zipped.write(path.parent / f"layer.{end}", f"in/{name}.{end.upper()}")
    return str(path)


def test_an_archive_holds_one_shapefile_or_the_one_that_is_named(tmp_path: Path) -> None:
    assert read(archive(tmp_path / "one.zip", "小区")).frame["a"].tolist() == ["小区"]
    path = archive(tmp_path / "two.zip", "roads", "river")
    assert read(path, part="river").frame["a"].tolist() == ["river"]
    assert read(path, Expected("roads")).part == "roads"
    assert "there are several layers: river, roads" in told(path)
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as zipped:
        zipped.writestr("a.txt", "x")
    assert "there is no shapefile in the archive" in told(str(tmp_path / "none.zip"))
    with zipfile.ZipFile(tmp_path / "part.zip", "w") as zipped:
        zipped.writestr("a.shp", "x")
    assert "the parts .shx and .dbf of the shapefile are missing" in told(str(tmp_path / "part.zip"))
