"""Zones that exist: today's, and a given plan's."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from optimizer.inputs.crs import brought, stated_crs
from optimizer.inputs.desk import Desk
from optimizer.inputs.homes import read_homes
from optimizer.inputs.lines import AROUND_M, near_blocks
from optimizer.inputs.overlay import Overlay, overlay
from optimizer.inputs.schools import LEVELS, teaches
from optimizer.inputs.sheet import Sheet
from optimizer.scenario.model import Table

_NO_FILE = ("optimise", "current_zones")
_ASSIGNMENT = "assignment.csv"
_ZONES = "zones.gpkg"


@dataclass(frozen=True)
class Today:
    """Today's zones of the scenario's level.

    Attributes
    ----------
    zones
        Index ``block_id``; ``school_id``. Blocks without a zone are left out.
    cut
        See `optimizer.inputs.overlay.Overlay`; None where the zones are a table.
    """

    zones: pd.DataFrame
    cut: pd.DataFrame | None


def read_current_zones(desk: Desk, schools: gpd.GeoDataFrame | None, blocks: gpd.GeoDataFrame | None) -> Today | None:
    """Read today's zone of each block for the scenario's level; blocks without one are left out and noted.

    A table names blocks; a layer without block ids is laid over them (`optimizer.inputs.overlay`); another run's folder or its
    ``zones.gpkg`` will do.
    """
    entry = desk.entry("current_zones")
    sheet = None if entry is None else desk.open("current_zones", elsewhere(entry))
    if sheet is None:
        if desk.scenario.plan == "current_zones" and entry is None:
            todo = "Add current_zones.csv (block_id, school_id), or a layer of areas with school_id"
            desk.faults.add(desk.scenario.inputs or "scenario", "", "`plan: current_zones` has no table current_zones", todo)
        return None
    sheet = _of_level(sheet, desk.scenario.level)
    if schools is not None:
        _teach_level(sheet, schools, desk.scenario.level)
    if "block_id" in sheet:
        today = Today(_listed(desk, sheet), None)
    elif isinstance(sheet.frame, gpd.GeoDataFrame):
        laid = drawn(desk, sheet, blocks)
        if laid is None:
            return None
        today = Today(laid.school.to_frame(), laid.cut)
    else:
        sheet.missing("block_id", ", or give the zones as a layer of areas")
        return None
    if desk.blocks is not None and (zoneless := sorted(set(desk.blocks) - desk.shapeless - set(today.zones.index))):
        sheet.note("assumed", "blocks_without_zone", zoneless)
    return today


def elsewhere(entry: Table) -> Table:
    """Return the table that an entry means: of another run's folder its assignment, of its `zones.gpkg` the layer of zones."""
    path = Path(entry.file)
    if path.is_dir():
        return entry.model_copy(update={"file": str(path / _ASSIGNMENT)})
    if path.name == _ZONES and entry.layer is None:
        return entry.model_copy(update={"layer": "zones", "columns": {"school_id": "zone"} | entry.columns})
    return entry


def _listed(desk: Desk, sheet: Sheet) -> pd.DataFrame:
    """Return the zones of a table that names blocks."""
    ids = sheet.ids("block_id")
    sheet.once(["block_id"])
    known = sheet.known("block_id", desk.blocks, "the blocks") & sheet.known("school_id", desk.schools, "the schools")
    zones = pd.DataFrame({"school_id": sheet.text("school_id")}).set_index(ids.rename("block_id"))[known.to_numpy()].sort_index()
    return zones[~zones.index.isin(desk.shapeless)]


def drawn(desk: Desk, sheet: Sheet, blocks: gpd.GeoDataFrame | None) -> Overlay | None:
    """Lay zones that are drawn as areas over the blocks, and note what was cut, and what overlaps."""
    raw = sheet.frame.geometry
    crs = stated_crs(sheet, raw.crs)
    known = sheet.known("school_id", desk.schools, "the schools")
    empty = raw.isna() | raw.is_empty
    other = ~empty & ~raw.geom_type.isin(["Polygon", "MultiPolygon", "GeometryCollection"])
    sheet.tell(other, lambda row: f"the shape is a {raw.geom_type.loc[row]}", "Draw zones as areas, or add a column block_id")
    usable = known & ~empty & ~other
    if crs is None or blocks is None or not usable.any():
        return None
    shapes = brought(sheet, raw[usable].set_crs(crs, allow_override=True), blocks, AROUND_M, each=False)
    if not near_blocks(sheet, shapes, blocks):
        return None
    broken = ~shapes.is_valid
    if broken.any():
        shapes[broken] = shapely.make_valid(shapes[broken].to_numpy(), method="structure", keep_collapsed=False)
        sheet.note("repaired", "invalid_zones_repaired", int(broken.sum()))
    by_school = shapes.groupby(sheet.text("school_id")[usable]).apply(lambda parts: shapely.union_all(parts.to_numpy()))
    laid = overlay(blocks, gpd.GeoSeries(by_school, crs=blocks.crs).rename_axis("school_id"), read_homes(desk, blocks))
    _note_overlay(sheet, laid)
    return laid


def _note_overlay(sheet: Sheet, laid: Overlay) -> None:
    if laid.overlaps:
        sheet.note("assumed", "zones_overlap", [f"{a}-{b} ({area:,.0f} m²)" for a, b, area in laid.overlaps])
    for by, key in (("area", "blocks_cut_by_area"), ("homes", "blocks_cut_by_homes")):
        rows = laid.cut[laid.cut["by"] == by]
        if len(rows):
            said = rows["school_id"] + " " + (rows["share"] * 100).round().astype(int).astype(str) + " %"
            parts = said.groupby(rows["block_id"]).agg(" + ".join)
            sheet.note("assumed", key, [f"{block}: {shares}" for block, shares in parts.items()])


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


def read_plan(desk: Desk, blocks: gpd.GeoDataFrame | None) -> pd.DataFrame | None:
    """Read a given plan, ``block_id, school_id`` in file order; a block left out or named twice and unknown ids are faults.

    Rows of blocks that were left out, having neither a shape nor children, are left out too. A plan may be drawn as areas, as
    today's zones may.
    """
    plan = desk.scenario.plan
    if isinstance(plan, str):
        if plan in _NO_FILE:
            return None
        plan = Table(file=plan)
    sheet = desk.open("plan", elsewhere(plan))
    if sheet is None:
        return None
    if "block_id" not in sheet and isinstance(sheet.frame, gpd.GeoDataFrame):
        laid = drawn(desk, sheet, blocks)
        if laid is None or blocks is None:
            return None
        _complete(sheet, blocks.index, laid.school.index)
        return laid.school.reset_index()
    if "block_id" not in sheet:
        sheet.missing("block_id")
        return None
    sheet.once(["block_id"])
    sheet.known("block_id", desk.blocks, "the blocks")
    sheet.known("school_id", desk.schools, "the schools")
    _complete(sheet, desk.blocks or (), sheet.text("block_id"))
    rows = sheet.frame.loc[~sheet.text("block_id").isin(desk.shapeless), ["block_id", "school_id"]]
    return rows.reset_index(drop=True)


def _complete(sheet: Sheet, blocks: Iterable[str], named: Iterable[str]) -> None:
    missing = sorted(set(blocks) - set(named))
    if missing:
        more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
        sheet.fault(f"the plan leaves out {', '.join(missing[:_MOST_NAMED])}{more}", "Give every block a school")
