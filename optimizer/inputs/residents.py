"""Where the children live: residents by age, by block or by address, or the whole population with an age structure."""

import datetime as dt
import re
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.inputs.addresses import joined, read_addresses
from optimizer.inputs.desk import Desk
from optimizer.inputs.sheet import Sheet
from optimizer.inputs.spread import read_spread
from optimizer.inputs.tables.columns import TABLES
from optimizer.inputs.tables.words import normal

OLDEST = 17
"""Residents are counted to this age."""

_COUNTING = re.compile("人数|人口|数量|合计|总数|儿童|学生|count|number|total|children|students|people|persons")
"""What the name of a column has in it that may count children."""

STATUSES = {
    **dict.fromkeys(("registered_housed", "人户一致", "户籍有房", "有户有房"), "registered_housed"),
    **dict.fromkeys(("registered", "户籍", "空挂户", "人户分离", "有户无房"), "registered"),
    **dict.fromkeys(("migrant", "随迁", "随迁子女", "流动", "流动人口", "非户籍"), "migrant"),
}
"""Words for a child's status; the empty one is registered and housed."""


@dataclass(frozen=True)
class Residents:
    """Who lives where.

    Attributes
    ----------
    by_age
        ``block_id, age, count``, each pair once; None where the blocks carry students.
    date
        The day the ages stand for.
    by_status
        ``block_id, age, status, count``; None where no status is given.
    """

    by_age: pd.DataFrame | None
    date: dt.date
    by_status: pd.DataFrame | None = None


def read_residents(desk: Desk, blocks: gpd.GeoDataFrame | None) -> Residents:
    """Read residents by block and single year of age, and the day that the ages stand for.

    The scenario's ``date`` says the day; without one it is 31 August of the base year, the cut-off of Chinese school entry. A
    table without ``count`` has a child a row.
    """
    entry = desk.entry("residents") or desk.entry("population")
    date = None if entry is None else entry.date
    assumed = dt.date(desk.scenario.horizon.base_year, 8, 31)
    sheet = desk.sheet("residents")
    if sheet is None:
        spread = None if desk.scenario.county.residents is not None else read_spread(desk)
        if spread is None:
            _someone_counts(desk, blocks)
        return Residents(spread, date or assumed)
    if date is None:
        sheet.note("assumed", "residents_date_assumed", [assumed.isoformat()])
    placed = _placed(desk, sheet)
    if placed is None:
        return Residents(None, date or assumed)
    rows = _rows(desk, placed)
    keys = ["block_id", "age", "status"]
    again = rows.duplicated(keys)
    if again.any() and "count" in placed:
        placed.note("assumed", "rows_added_up", int(again.sum()))
    by_status = rows.groupby(keys, as_index=False).agg({"count": "sum"}).astype({"age": np.int64, "count": np.int64})
    by_age = by_status.groupby(["block_id", "age"], as_index=False).agg({"count": "sum"})
    if desk.blocks is not None and (empty := sorted(set(desk.blocks) - desk.shapeless - set(by_age["block_id"]))):
        placed.note("assumed", "blocks_without_residents", empty)
    return Residents(by_age, date or assumed, by_status if "status" in sheet else None)


def _placed(desk: Desk, sheet: Sheet) -> Sheet | None:
    """Return the table with a block for each row: as it stands, or by address or estate."""
    if "address" not in sheet and "estate" not in sheet:
        if "block_id" in sheet:
            return sheet
        sheet.missing("block_id", ", or give an `address` or `estate` and the table addresses")
        return None
    blocks = joined(sheet, read_addresses(desk))
    return None if blocks is None else replace(sheet, frame=sheet.frame.assign(block_id=blocks))


def _rows(desk: Desk, sheet: Sheet) -> pd.DataFrame:
    """Return the good rows: ``block_id, age, status, count``."""
    known = sheet.known("block_id", desk.blocks, "the blocks")
    ids = sheet.text("block_id") if "address" in sheet or "estate" in sheet else sheet.ids("block_id")
    frame = pd.DataFrame({"block_id": ids, "age": sheet.whole("age", needed=True)})
    frame["status"] = sheet.choice("status", STATUSES, "registered_housed")
    if "count" in sheet:
        frame["count"] = sheet.whole("count", needed=True)
        _whole_rows_once(sheet)
    else:
        _counts_nothing(sheet)
        frame["count"] = pd.Series(1, index=frame.index, dtype="Int64")
        sheet.note("assumed", "a_child_a_row", len(frame))
    old = (frame["age"] > OLDEST).fillna(value=False).astype(bool)
    if old.any():
        sheet.note("left_out", "ages_left_out", int(old.sum()))
    lost = frame["block_id"].isin(desk.shapeless) & (frame["count"] > 0).fillna(value=False)
    sheet.tell(lost, lambda row: f"children live in block {frame['block_id'].loc[row]}, which has no shape", "Draw its polygon")
    frame = frame[known & ~old & ~lost & frame.notna().all(axis=1)]
    return frame[~frame["block_id"].isin(desk.shapeless)]


def _someone_counts(desk: Desk, blocks: gpd.GeoDataFrame | None) -> None:
    there = desk.entry("residents") is not None or desk.entry("population") is not None
    if blocks is not None and "students" not in blocks.columns and not there:
        where = desk.scenario.inputs or "scenario"
        todo = "Add residents.csv (block_id, age, count), population and age_structure, or a column `students` to the blocks"
        desk.faults.add(where, "", "nothing says where the children live", todo)


def _counts_nothing(sheet: Sheet) -> None:
    """Tell a column of numbers that sounds like a count under no name we know: its rows would be a child each."""
    for column in sheet.frame.columns:
        if _COUNTING.search(normal(str(column))) and column not in TABLES["residents"].all:
            numbers = pd.to_numeric(sheet.frame[column], errors="coerce")
            if numbers.notna().all() and (numbers != 1).any():
                todo = f"Write `columns: {{count: {column}}}` in the scenario, or delete the column if every row is a child"
                sheet.fault(f"there is no column count, but {column} holds numbers", todo)


def _whole_rows_once(sheet: Sheet) -> None:
    """Tell rows that repeat an earlier one in every column: such a copy would be counted twice."""

    def what(row: int) -> str:
        first = (sheet.frame == sheet.frame.loc[row]).all(axis=1).idxmax()
        return f"this is row {first} once more"

    sheet.tell(sheet.frame.duplicated(), what, "Delete one of the two")
