"""Enrolment: children and classes by school and grade before the plan begins."""

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.inputs.desk import Desk
from optimizer.inputs.sheet import Sheet


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
