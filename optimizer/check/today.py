"""Today's zones, as a table or drawn as areas: the statement in `optimizer.inputs.overlay`, worked out a second time."""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import shapely
from pyproj import CRS
from shapely import STRtree
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from optimizer.check import sheets
from optimizer.check.places import AROUND_M, mended
from optimizer.scenario.model import Scenario, Table

LEVEL_WORDS = {"小学": "primary", "初中": "junior"}

LEAST_PART = 0.05
"""Smaller parts of a block are slivers."""

LEAST_COVER = 0.5
"""A block less covered by zones than this has none."""


def today(scenario: Scenario, blocks: Mapping[str, BaseGeometry], crs: CRS) -> dict[str, str] | None:
    """Return today's school by block for the scenario's level; None without any zones of today.

    Parameters
    ----------
    scenario
        The question.
    blocks, crs
        Shapes of the blocks, and the plane CRS they are in.

    Raises
    ------
    BadInputError
        If a file cannot be read.
    """
    place = sheets.entry(scenario, "current_zones")
    if place is None:
        return None
    around = shapely.box(*shapely.total_bounds(list(blocks.values()))).buffer(AROUND_M), crs.to_wkt()
    frame = sheets.opened(_meant(place), "current_zones")
    frame = sheets.rejoined(scenario, sheets.with_crs(frame, None, around), "current_zones")
    mine = [at for at, row in enumerate(sheets.rows(frame)) if _of_level(row, scenario.level) and row["school_id"]]
    frame = frame.iloc[mine]
    if "block_id" in frame.columns:
        return {row["block_id"]: row["school_id"] for row in sheets.rows(frame)}
    assert isinstance(frame, gpd.GeoDataFrame)
    drawn: dict[str, list[BaseGeometry]] = {}
    for row, shape in zip(sheets.rows(frame), sheets.shapes(frame, crs), strict=True):
        if shape is not None and not shape.is_empty:
            drawn.setdefault(row["school_id"], []).append(mended(shape))
    zones = {school: unary_union(parts) for school, parts in sorted(drawn.items())}
    return _largest_parts(blocks, zones, _homes(scenario, crs))


def _meant(place: Table) -> Table:
    """Return what an entry stands for: another run's folder, or the zones that it drew, will do."""
    path = Path(place.file)
    if path.is_dir():
        return place.model_copy(update={"file": str(path / "assignment.csv")})
    if path.name == "zones.gpkg" and place.layer is None:
        columns = {"school_id": "zone", **place.columns}
        return place.model_copy(update={"layer": "zones", "columns": columns})
    return place


def _of_level(row: Mapping[str, str], level: str) -> bool:
    word = row.get("level", "").lower()
    return LEVEL_WORDS.get(word, word) in ("", level)


def _homes(scenario: Scenario, crs: CRS) -> list[tuple[BaseGeometry, int]]:
    frame = sheets.sheet(scenario, "homes")
    if frame is None:
        return []
    counts = [sheets.whole(row["count"]) or 0 if "count" in row else 1 for row in sheets.rows(frame)]
    at = sheets.shapes(frame, crs)
    return [(shape.representative_point(), n) for shape, n in zip(at, counts, strict=True) if shape and not shape.is_empty]


def _largest_parts(
    blocks: Mapping[str, BaseGeometry], zones: Mapping[str, BaseGeometry], homes: list[tuple[BaseGeometry, int]]
) -> dict[str, str]:
    """Give each block to the zone that holds most of its homes where zones cut it, most of its area where no homes are known."""
    tree = STRtree([point for point, _ in homes])
    found = {}
    for block, shape in blocks.items():
        part = {school: shape.intersection(zone) for school, zone in zones.items() if shape.intersects(zone)}
        share = {school: piece.area / shape.area for school, piece in part.items()}
        if sum(share.values()) < LEAST_COVER:
            continue
        share = {school: n for school, n in share.items() if n >= LEAST_PART}
        if len(share) > 1:
            lived = {s: sum(homes[int(at)][1] for at in tree.query(part[s], predicate="intersects")) for s in share}
            share = {s: float(n) for s, n in lived.items()} if any(lived.values()) else share
        if share:
            total = sum(share.values())
            found[block] = min(share, key=lambda school: (-round(share[school] / total, 6), school))
    return found
