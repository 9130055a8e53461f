"""Where the children of each zone really study."""

import numpy as np
import pandas as pd

from optimizer.inputs.desk import Desk
from optimizer.inputs.sheet import Sheet

OUTSIDE = ("", "outside", "县外", "区外", "外县", "外地")
"""Words for a zone that is none of the county's."""


def read_attendance(desk: Desk, today: pd.DataFrame | None) -> pd.DataFrame | None:
    """Read ``zone, school_id, grade, students``: children who live in a zone and study at a school, each pair and grade once.

    Parameters
    ----------
    desk
        Where the tables come from.
    today
        Today's zone by block, for rows that name a block; rows of blocks without one are left out.
    """
    sheet = desk.sheet("attendance")
    if sheet is None:
        return None
    if "zone" not in sheet and "block_id" not in sheet:
        sheet.missing("zone", ", or give `block_id`")
        return None
    if today is None:
        sheet.fault("nothing says which zone a block is in today", "Add current_zones (block_id, school_id)")
        return None
    known = sheet.known("school_id", desk.schools, "the schools")
    sheet.ids("school_id")
    zone = _zones(desk, sheet, today)
    frame = pd.DataFrame({"zone": zone, "school_id": sheet.text("school_id")})
    for column in ("grade", "students"):
        frame[column] = sheet.whole(column, needed=True)
    keys = [column for column in ("zone", "block_id", "school_id", "grade") if column in sheet]
    again = sheet.frame.duplicated(keys)
    sheet.tell(again, lambda _: "this zone, school and grade are in an earlier row already", "Keep one of the rows")
    homeless = zone.isna()
    if homeless.any():
        sheet.note("left_out", "attendance_without_zone", int(homeless.sum()))
    frame = frame[known & ~again & frame.notna().all(axis=1)].astype({"grade": np.int64, "students": np.int64})
    return frame.groupby(["zone", "school_id", "grade"], as_index=False).agg({"students": "sum"})


def _zones(desk: Desk, sheet: Sheet, today: pd.DataFrame) -> "pd.Series[str]":
    """Return the zone of each row, a school id; empty outside the county, missing where a block has no zone."""
    named = sheet.text("zone")
    named = named.where(~named.isin(OUTSIDE), "")
    unknown = (named != "") & ~named.isin(list(desk.schools or ()))
    sheet.tell(unknown, lambda row: f"zone {named.loc[row]} is no school's", "Write a zone as its school's id, or `outside`")
    if "block_id" not in sheet:
        return named
    sheet.known("block_id", desk.blocks, "the blocks")
    blocks = sheet.text("block_id")
    return named.where((named != "") | (blocks == ""), blocks.map(today["school_id"]))
