"""The schools: a point, a level, and classrooms or seats for each."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from optimizer.inputs.crs import LONLAT, brought, stated_crs
from optimizer.inputs.desk import Desk
from optimizer.inputs.sheet import Sheet

LEVELS = {
    "primary": "primary",
    "junior": "junior",
    "nine_year": "nine_year",
    "小学": "primary",
    "初中": "junior",
    "九年一贯制": "nine_year",
}
YES_NO = {
    **dict.fromkeys(("yes", "true", "1", "public", "是", "公办"), "yes"),
    **dict.fromkeys(("no", "false", "0", "private", "否", "民办"), "no"),
}

FIRST_GRADE = {"primary": 1, "junior": 7, "nine_year": 1}
LAST_GRADE = {"primary": 6, "junior": 9, "nine_year": 9}

FAR_M = 20_000
"""Own: a school further than this from every block is taken for wrong coordinates."""

_GRADES = r"\s*(K|\d{1,2})\s*(?:[-–~至]\s*(\d{1,2})\s*)?"


def read_schools(desk: Desk, blocks: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Read the schools and set them among the blocks.

    Returns
    -------
    The frame of `County.schools`; None where they cannot be read or placed. Rows with faults are left out.
    """
    sheet = desk.needed_sheet("schools")
    if sheet is None:
        return None
    ids = sheet.ids("school_id")
    desk.schools = frozenset(ids) - {""}
    again = sheet.once(["school_id"])
    frame = _attributes(sheet, ids, desk)
    points = _points(sheet)
    if points is None:
        return None
    if blocks is not None:
        points = _among_blocks(sheet, points, ids, blocks)
    usable = (ids != "") & ~again & points.notna()
    if not (frame["public"] & teaches(frame, desk.scenario.level)).any():
        sheet.fault(f"no public school teaches the {desk.scenario.level} level", "Check the levels, or the scenario's `level`")
    return gpd.GeoDataFrame(frame, geometry=points)[usable].set_index("school_id").sort_index()


def teaches(schools: pd.DataFrame, level: str) -> "pd.Series[bool]":
    """Return which schools teach a level (a nine-year school teaches both)."""
    return schools["level"].isin([level, "nine_year"])


def _attributes(sheet: Sheet, ids: "pd.Series[str]", desk: Desk) -> pd.DataFrame:
    level = desk.scenario.level
    frame = pd.DataFrame({"school_id": ids, "name": sheet.text("name")})
    nameless = frame["name"] == ""
    frame["name"] = frame["name"].where(~nameless, ids)
    frame["level"] = sheet.choice("level", LEVELS, level)
    if nameless.any():
        sheet.note("assumed", "name_from_id", int(nameless.sum()))
    if (sheet.text("level") == "").any():
        sheet.note("assumed", "level_from_scenario", ids[sheet.text("level") == ""])
    for column in ("classrooms", "seats"):
        frame[column] = sheet.whole(column)
    frame["first_grade"], frame["last_grade"] = _grades(sheet, frame["level"])
    parents = sheet.known("parent_school", frozenset(ids), "the schools")
    frame["parent_school"] = sheet.text("parent_school").where(parents, "")
    frame["group"] = sheet.text("group")
    frame["public"] = sheet.choice("public", YES_NO, "yes") == "yes"
    for column in ("beds", "special_places"):
        frame[column] = sheet.whole(column)
    roomless = frame["public"] & teaches(frame, level) & (sheet.text("classrooms") == "") & (sheet.text("seats") == "")
    sheet.tell(
        roomless,
        lambda row: f"school {ids.loc[row]} has neither classrooms nor seats",
        "Fill in one of them, or `public: no` if it has no zone",
    )
    return frame


def _grades(sheet: Sheet, level: "pd.Series[str]") -> tuple["pd.Series[int]", "pd.Series[int]"]:
    """Return the first and last grade: what ``grades`` says (``1-3``, ``K-5``, ``1``), else those of the level."""
    text = sheet.text("grades")
    parts = text.str.extract(f"^{_GRADES}$", flags=2)
    first = pd.to_numeric(parts[0].str.upper().replace("K", "0"), errors="coerce")
    last = pd.to_numeric(parts[1], errors="coerce").fillna(first)
    wrong = (text != "") & (first.isna() | (first > last) | (last > 13))
    sheet.tell(wrong, lambda row: f"grades is '{text.loc[row]}'", "Write the first and the last grade, as 1-3")
    given = (text != "") & ~wrong
    return (
        first.where(given, level.map(FIRST_GRADE)).astype(np.int64),
        last.where(given, level.map(LAST_GRADE)).astype(np.int64),
    )


def _points(sheet: Sheet) -> gpd.GeoSeries | None:
    """Return the schools' places in the CRS they are given in; None in place of those with faults."""
    if isinstance(sheet.frame, gpd.GeoDataFrame):
        return _layer_points(sheet, sheet.frame.geometry)
    if {"lon", "lat"} <= set(sheet.frame.columns):
        x, y = sheet.decimal("lon"), sheet.decimal("lat")
        crs = stated_crs(sheet, LONLAT if sheet.crs is None else None)
        if sheet.crs is None:
            sheet.note("assumed", "lonlat_is_wgs84", 1)
    elif {"x", "y"} <= set(sheet.frame.columns):
        x, y = sheet.decimal("x"), sheet.decimal("y")
        crs = stated_crs(sheet)
    else:
        todo = f"Add lon and lat, or x and y, or map them in `columns`; the file has {', '.join(sheet.frame.columns)}"
        sheet.fault("nothing says where the schools stand", todo)
        return None
    if crs is None:
        return None
    there = x.notna() & y.notna()
    shapes = gpd.GeoSeries([None] * len(x), index=x.index, crs=crs)
    shapes[there] = shapely.points(x[there].to_numpy(), y[there].to_numpy())
    return shapes


def _layer_points(sheet: Sheet, shapes: gpd.GeoSeries) -> gpd.GeoSeries | None:
    crs, ids = stated_crs(sheet, shapes.crs), sheet.text("school_id")
    missing = shapes.isna() | shapes.is_empty
    sheet.tell(missing, lambda row: f"school {ids.loc[row]} has no shape", "Draw its point, or delete it")
    if crs is None:
        return None
    areas = ~missing & (shapes.geom_type != "Point")
    if areas.any():
        sheet.note("assumed", "school_areas_to_points", int(areas.sum()))
    points = shapes.where(~missing).set_crs(crs, allow_override=True)
    points[areas] = points[areas].representative_point()
    return points


def _among_blocks(sheet: Sheet, points: gpd.GeoSeries, ids: "pd.Series[str]", blocks: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Bring the schools into the blocks' CRS; those far from every block are faults, those outside are noted."""
    given, points = points, brought(sheet, points, blocks, FAR_M, each=True)
    there = points.notna() & np.isfinite(points.x) & np.isfinite(points.y)
    distance = pd.Series(np.inf, index=points.index)
    tree = shapely.STRtree(blocks.geometry.to_numpy())
    found, metres = tree.query_nearest(points[there].to_numpy(), return_distance=True, all_matches=False)
    distance[there] = pd.Series(metres, index=points.index[there][found[0]])
    far = given.notna() & ~(distance <= FAR_M)

    def what(row: int) -> str:
        point = given.loc[row]
        away = f"{distance.loc[row] / 1000:,.0f} km from" if np.isfinite(distance.loc[row]) else "nowhere near"
        place = f"({point.x:g}, {point.y:g})"
        return f"school {ids.loc[row]} at {place} lies {away} the nearest block"

    sheet.tell(far, what, "Correct its coordinates, or the CRS")
    outside = ~far & there & (distance > 0)
    if outside.any():
        sheet.note("assumed", "school_outside_blocks", ids[outside])
    return points.where(~far & there)
