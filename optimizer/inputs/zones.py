"""Zones that exist: today's, and a given plan's."""

from pathlib import Path

import geopandas as gpd
import pandas as pd

from optimizer.inputs.desk import Desk
from optimizer.inputs.schools import LEVELS, teaches
from optimizer.inputs.sheet import Sheet
from optimizer.scenario.model import Table

_NO_FILE = ("optimise", "current_zones")
_ASSIGNMENT = "assignment.csv"


def read_current_zones(desk: Desk, schools: gpd.GeoDataFrame | None) -> pd.DataFrame | None:
    """Read today's zone of each block for the scenario's level; blocks without one are left out and noted."""
    sheet = desk.sheet("current_zones")
    if sheet is None:
        if desk.scenario.plan == "current_zones" and desk.entry("current_zones") is None:
            todo = "Add current_zones.csv (block_id, school_id)"
            desk.faults.add(desk.scenario.inputs or "scenario", "", "`plan: current_zones` has no table current_zones", todo)
        return None
    sheet = _of_level(sheet, desk.scenario.level)
    ids = sheet.ids("block_id")
    sheet.once(["block_id"])
    known = sheet.known("block_id", desk.blocks, "the blocks") & sheet.known("school_id", desk.schools, "the schools")
    if schools is not None:
        _teach_level(sheet, schools, desk.scenario.level)
    zones = pd.DataFrame({"school_id": sheet.text("school_id")}).set_index(ids.rename("block_id"))[known.to_numpy()].sort_index()
    zones = zones[~zones.index.isin(desk.shapeless)]
    if desk.blocks is not None and (zoneless := sorted(set(desk.blocks) - desk.shapeless - set(zones.index))):
        sheet.note("assumed", "blocks_without_zone", zoneless)
    return zones


def _of_level(sheet: Sheet, level: str) -> Sheet:
    if "level" not in sheet:
        return sheet
    levels = sheet.choice("level", {word: ours for word, ours in LEVELS.items() if ours != "nine_year"}, level)
    return Sheet(sheet.table, sheet.file, sheet.frame[levels == level], sheet.crs, sheet.faults, sheet.notes)


def _teach_level(sheet: Sheet, schools: gpd.GeoDataFrame, level: str) -> None:
    """Tell each school that has a zone but does not teach the level, once."""
    others = schools.index[~teaches(schools, level)]
    values = sheet.text("school_id")
    wrong = values.isin(others)
    first = wrong & ~values.where(wrong).duplicated()

    def what(row: int) -> str:
        school = values.loc[row]
        return f"school {school} has a zone, but is a {schools.loc[school, 'level']} school, not {level}"

    sheet.tell(first, what, "Correct the school, or give the table a column `level`")


_MOST_NAMED = 10


def read_plan(desk: Desk) -> pd.DataFrame | None:
    """Read a given plan, ``block_id, school_id`` in file order; a block left out or named twice and unknown ids are faults.

    Rows of blocks that were left out, having neither a shape nor children, are left out too.
    """
    plan = desk.scenario.plan
    if isinstance(plan, str):
        if plan in _NO_FILE:
            return None
        plan = Table(file=str(Path(plan) / _ASSIGNMENT) if Path(plan).is_dir() else plan)
    sheet = desk.open("plan", plan)
    if sheet is None:
        return None
    sheet.once(["block_id"])
    sheet.known("block_id", desk.blocks, "the blocks")
    sheet.known("school_id", desk.schools, "the schools")
    missing = sorted(set(desk.blocks or ()) - set(sheet.text("block_id")))
    if missing:
        more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
        sheet.fault(f"the plan leaves out {', '.join(missing[:_MOST_NAMED])}{more}", "Give every block a school")
    rows = sheet.frame.loc[~sheet.text("block_id").isin(desk.shapeless), ["block_id", "school_id"]]
    return rows.reset_index(drop=True)
