"""Readers of the tables that drive the projection: women and fertility, survival, migration, control totals."""

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.inputs import residents
from optimizer.inputs.areas import areas, once, span
from optimizer.inputs.desk import Desk
from optimizer.inputs.drivers import Drivers
from optimizer.inputs.sheet import Sheet

OLDEST_MOTHER = 60
"""Women of a higher age are left out, and no fertility is read for them."""

PER_THOUSAND = 1000.0
"""Fertility is printed per 1,000 women."""

TOTAL_FERTILITY = (0.3, 10.0)
"""Children per woman over her life that a table of fertility may add up to; outside it the unit is wrong."""

STATUSES = residents.STATUSES | {"": ""}
"""Words for a child's status; an empty one is of all."""


def read_drivers(desk: Desk, blocks: gpd.GeoDataFrame | None) -> Drivers:
    """Read the tables that drive the projection."""
    women, fertility = _women(desk, blocks), _fertility(desk)
    given, other = ("women", "fertility") if women is not None else ("fertility", "women")
    if (women is None) != (fertility is None) and desk.entry(other) is None:
        entry = desk.entry(given)
        file = "" if entry is None else entry.file
        desk.faults.add(file, "", f"the table {given} says nothing without the table {other}", f"Add {other}, or take it away")
    return Drivers(women, fertility, _survival(desk), _migration(desk, blocks), _controls(desk))


def _women(desk: Desk, blocks: gpd.GeoDataFrame | None) -> pd.DataFrame | None:
    sheet = desk.sheet("women")
    if sheet is None:
        return None
    by_block = "block_id" in sheet
    if by_block:
        placed = None if desk.blocks is None else frozenset(desk.blocks) - desk.shapeless
        sheet.known("block_id", placed, "the blocks with a shape")
        where = pd.DataFrame({"kind": "block", "area": sheet.ids("block_id")}, index=sheet.frame.index)
    else:
        where = areas(sheet, blocks)
    frame = where.assign(age=sheet.whole("age", needed=True), count=sheet.whole("count", needed=True))
    once(sheet, frame, "age")
    old = (frame["age"] > OLDEST_MOTHER).fillna(value=False).astype(bool)
    if old.any():
        sheet.note("left_out", "women_left_out", int(old.sum()))
    frame = frame[frame.notna().all(axis=1) & ~old].astype({"age": np.int64, "count": np.int64})
    if len(set(frame["kind"])) > 1:
        sheet.fault("some rows are of settings and others of communities or the whole county", "Use one kind of area")
    return frame.sort_values(["area", "age"], ignore_index=True)


def _fertility(desk: Desk) -> pd.DataFrame | None:
    sheet = desk.sheet("fertility")
    if sheet is None:
        return None
    ages, rate, year = span(sheet, "age", OLDEST_MOTHER), sheet.decimal("rate"), sheet.whole("year", 1950, 2150).fillna(0)
    sheet.tell(rate < 0, lambda row: f"rate is {rate.loc[row]}, less than 0", "Write births per 1,000 women")
    frame = ages.assign(year=year, rate=rate / PER_THOUSAND).dropna().astype({"year": np.int64})
    for when, rows in frame.groupby("year"):
        _once_an_age(sheet, rows, "" if when == 0 else f" of {when}")
        total = float((rows["rate"] * (rows["last"] - rows["first"] + 1)).sum())
        if not TOTAL_FERTILITY[0] <= total <= TOTAL_FERTILITY[1]:
            sheet.fault(
                f"the rates add up to {total:.4g} children a woman", "Write births per 1,000 women and year, for every age"
            )
    if frame["year"].eq(0).any() and frame["year"].ne(0).any():
        sheet.fault("some rows have a year and others have none", "Give every row its year, or none")
    return frame.sort_values(["year", "first"], ignore_index=True)


def _survival(desk: Desk) -> pd.DataFrame | None:
    sheet = desk.sheet("survival")
    if sheet is None:
        return None
    share = sheet.decimal("share")
    wrong = (share < 0) | (share > 1)
    sheet.tell(wrong, lambda row: f"share is {share.loc[row]}, not from 0 to 1", "Write the share who live, such as 0.996")
    frame = span(sheet, "age", OLDEST_MOTHER).assign(share=share).dropna()
    _once_an_age(sheet, frame, "")
    return frame.sort_values("first", ignore_index=True)


def _migration(desk: Desk, blocks: gpd.GeoDataFrame | None) -> pd.DataFrame | None:
    sheet = desk.sheet("migration")
    if sheet is None:
        return None
    rate, aged = sheet.decimal("rate"), sheet.text("age") != ""
    wrong = (rate < -1) | (rate > 1)
    todo = "Write the net yearly share, such as -0.018 for a loss of 1.8 %"
    sheet.tell(wrong, lambda row: f"rate is {rate.loc[row]}, not from -1 to 1", todo)
    where = areas(sheet, blocks).assign(status=sheet.choice("status", STATUSES, ""))
    frame = pd.concat([where, span(sheet, "age", OLDEST_MOTHER)], axis=1).assign(aged=aged, rate=rate).dropna()
    for (_, area, status, _), rows in frame.groupby(["kind", "area", "status", "aged"]):
        _once_an_age(sheet, rows, f" of {area}" * bool(area) + f" ({status})" * bool(status))
    return frame.sort_values(["kind", "area", "status", "aged", "first"], ignore_index=True)


def _controls(desk: Desk) -> pd.DataFrame | None:
    sheet = desk.sheet("controls")
    if sheet is None:
        return None
    of_grade = sheet.text("grade") != ""
    both = of_grade & (sheet.text("age") != "")
    sheet.tell(both, lambda _: "both an age and a grade are given", "Give one of the two")
    neither = ~of_grade & (sheet.text("age") == "")
    sheet.tell(neither, lambda _: "neither an age nor a grade is given", "Write an age, such as 6 or 6-11, or a grade")
    ages, grades = span(sheet, "age", 17), span(sheet, "grade", 12)
    frame = ages.where(~of_grade, grades).assign(by=of_grade.map({True: "grade", False: "age"}))
    frame["year"], frame["count"] = sheet.whole("year", 1950, 2150, needed=True), sheet.whole("count", needed=True)
    frame["variant"] = sheet.text("variant")
    frame = frame[~both & ~neither].dropna().astype({"year": np.int64, "count": np.int64})
    return frame.sort_values(["variant", "year", "first", "last"], ignore_index=True)


def _once_an_age(sheet: Sheet, rows: pd.DataFrame, of: str) -> None:
    """Tell rows that give a figure for an age that an earlier row gives."""
    seen: dict[int, int] = {}
    for row, first, last in zip(rows.index, rows["first"], rows["last"], strict=True):
        again = next((seen[age] for age in range(int(first), int(last) + 1) if age in seen), None)
        if again is not None:
            sheet.fault(f"an age{of} is in {sheet.frame.index.name} {again} already", "Give each age once", int(row))
        seen.update(dict.fromkeys(range(int(first), int(last) + 1), int(row)))
