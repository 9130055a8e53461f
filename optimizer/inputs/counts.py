"""Tables of numbers: residents by age, enrolment."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.inputs.desk import Desk
from optimizer.inputs.sheet import Sheet

OLDEST = 17
"""Residents are counted to this age."""


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
