"""Tables of numbers: residents by age, births, housing, enrolment."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.inputs.desk import Desk
from optimizer.inputs.sheet import Sheet

OLDEST = 17
"""Residents are counted to this age."""

_YEARS = (1950, 2150)


def read_residents(desk: Desk, blocks: gpd.GeoDataFrame | None) -> tuple[pd.DataFrame | None, dt.date]:
    """Read residents by block and single year of age, and the day that the ages stand for.

    The scenario's ``date`` says the day; without one it is 31 August of the base year, the cut-off of Chinese school entry.
    """
    entry = desk.scenario.county.residents
    date = entry.date if entry is not None else None
    assumed = dt.date(desk.scenario.horizon.base_year, 8, 31)
    sheet = desk.sheet("residents")
    if sheet is None:
        _someone_counts(desk, blocks)
        return None, date or assumed
    if date is None:
        sheet.note("assumed", "residents_date_assumed", [assumed.isoformat()])
    known = sheet.known("block_id", desk.blocks, "the blocks")
    frame = pd.DataFrame(
        {"block_id": sheet.ids("block_id"), "age": sheet.whole("age", needed=True), "count": sheet.whole("count", needed=True)}
    )
    _whole_rows_once(sheet)
    old = (frame["age"] > OLDEST).fillna(value=False).astype(bool)
    if old.any():
        sheet.note("left_out", "ages_left_out", int(old.sum()))
    lost = frame["block_id"].isin(desk.shapeless) & (frame["count"] > 0).fillna(value=False)
    sheet.tell(lost, lambda row: f"children live in block {frame['block_id'].loc[row]}, which has no shape", "Draw its polygon")
    frame = frame[known & ~old & ~lost & frame.notna().all(axis=1)]
    frame = frame[~frame["block_id"].isin(desk.shapeless)]
    again = frame.duplicated(["block_id", "age"])
    if again.any():
        sheet.note("assumed", "rows_added_up", int(again.sum()))
    frame = frame.groupby(["block_id", "age"], as_index=False).agg({"count": "sum"}).astype({"age": np.int64, "count": np.int64})
    if desk.blocks is not None and (empty := sorted(set(desk.blocks) - desk.shapeless - set(frame["block_id"]))):
        sheet.note("assumed", "blocks_without_residents", empty)
    return frame, date or assumed


def _someone_counts(desk: Desk, blocks: gpd.GeoDataFrame | None) -> None:
    if blocks is not None and "students" not in blocks.columns and desk.scenario.county.residents is None:
        where = desk.scenario.inputs or "scenario"
        todo = "Add residents.csv (block_id, age, count), or a column `students` to the blocks"
        desk.faults.add(where, "", "nothing says where the children live", todo)


def _whole_rows_once(sheet: Sheet) -> None:
    """Tell rows that repeat an earlier one in every column: such a copy would be counted twice."""

    def what(row: int) -> str:
        first = (sheet.frame == sheet.frame.loc[row]).all(axis=1).idxmax()
        return f"this is row {first} once more"

    sheet.tell(sheet.frame.duplicated(), what, "Delete one of the two")


def read_births(desk: Desk) -> pd.DataFrame | None:
    """Read births by calendar year."""
    sheet = desk.sheet("births")
    if sheet is None:
        return None
    sheet.once(["year"])
    frame = pd.DataFrame({"year": sheet.whole("year", *_YEARS, needed=True), "births": sheet.whole("births", needed=True)})
    return frame.dropna().astype(np.int64).sort_values("year", ignore_index=True)


def read_housing(desk: Desk) -> pd.DataFrame | None:
    """Read new housing: dwellings that an estate adds to a block in a year."""
    sheet = desk.sheet("housing")
    if sheet is None:
        return None
    ids = sheet.ids("estate_id")
    placed = None if desk.blocks is None else frozenset(desk.blocks) - desk.shapeless
    known = sheet.known("block_id", placed, "the blocks with a shape")
    sheet.ids("block_id")
    sheet.once(["estate_id", "block_id", "year"])
    frame = pd.DataFrame(
        {
            "estate_id": ids,
            "name": sheet.text("name").where(sheet.text("name") != "", ids),
            "block_id": sheet.text("block_id"),
            "year": sheet.whole("year", *_YEARS, needed=True),
            "dwellings": sheet.whole("dwellings", needed=True),
            "type": sheet.text("type"),
        }
    )
    frame = frame[known & frame.notna().all(axis=1)].astype({"year": np.int64, "dwellings": np.int64})
    return frame.sort_values(["estate_id", "year", "block_id"], ignore_index=True)


def read_enrolment(desk: Desk, schools: gpd.GeoDataFrame | None) -> pd.DataFrame | None:
    """Read children and classes by school and grade before the plan begins."""
    sheet = desk.sheet("enrolment")
    if sheet is None:
        return None
    ids = sheet.ids("school_id")
    known = sheet.known("school_id", desk.schools, "the schools")
    sheet.once(["school_id", "grade"])
    frame = pd.DataFrame({"school_id": ids})
    for column in ("grade", "classes", "students"):
        frame[column] = sheet.whole(column, needed=True)
    seated = ~((frame["students"] > 0) & (frame["classes"] == 0)).fillna(value=False).astype(bool)
    sheet.tell(~seated, lambda row: f"{frame['students'].loc[row]} students sit in no class", "Fill in the classes")
    if schools is not None:
        _grades_taught(sheet, frame, schools)
    frame = frame[known & frame.notna().all(axis=1)].astype({"grade": np.int64, "classes": np.int64, "students": np.int64})
    return frame.sort_values(["school_id", "grade"], ignore_index=True)


def _grades_taught(sheet: Sheet, frame: pd.DataFrame, schools: gpd.GeoDataFrame) -> None:
    ids = frame["school_id"]
    first, last = ids.map(schools["first_grade"]), ids.map(schools["last_grade"])
    grade = frame["grade"].astype(float)
    wrong = (grade < first) | (grade > last)

    def what(row: int) -> str:
        return f"school {ids.loc[row]} teaches grades {first.loc[row]:.0f}-{last.loc[row]:.0f}, not {grade.loc[row]:.0f}"

    sheet.tell(wrong, what, "Correct the grade, or the school's `grades`")
