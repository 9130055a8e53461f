"""Roads that can be walked."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from optimizer.inputs.crs import brought, stated_crs
from optimizer.inputs.desk import Desk
from optimizer.inputs.pace import paced
from optimizer.inputs.sheet import Sheet

AROUND_M = 5_000
"""Own: roads are read this far around the blocks; a way to school may leave the county, but not further."""

NOT_WALKED = frozenset(
    {
        *("motorway", "motorway_link", "construction", "proposed", "raceway", "bus_guideway", "busway"),
        *("abandoned", "razed", "disused", "planned", "escape"),
    }
)
"""Values of OpenStreetMap's ``highway`` on which nobody walks (wiki.openstreetmap.org/wiki/Key:highway)."""

CLOSED = frozenset({"no", "private"})
"""Values of OpenStreetMap's ``foot`` and ``access`` that close a way: its keepers let nobody through, or only their own. Who
lives behind it walks straight to the nearest open way (wiki.openstreetmap.org/wiki/Key:access)."""

FOOT_YES = frozenset({"yes", "designated", "permissive", "official"})
"""Values of OpenStreetMap's ``foot`` that open a way to people on foot."""

_TAG = r'"{key}"=>"([^"]*)"'


def read_roads(desk: Desk, blocks: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Read the roads around the blocks: single lines in the blocks' CRS, whether each is a bridge or tunnel, and their pace.

    They are walked both ways: one-way streets do not bind people on foot.
    """
    sheet = desk.sheet("roads", around(blocks))
    lines = None if sheet is None else lines_of(sheet, blocks, ("LineString", "MultiLineString"))
    if sheet is None or lines is None:
        return None
    lines, pace = paced(sheet, lines)
    walked = _walked(sheet)[lines.index]
    if not walked.all():
        sheet.note("left_out", "ways_not_walkable", int((~walked).sum()))
    bridge = ~_tag(sheet, "bridge").isin(["", "no", "0", "false", "否"]) | ~_tag(sheet, "tunnel").isin(
        ["", "no", "building_passage"]
    )
    frame = gpd.GeoDataFrame({"bridge": bridge[lines.index].astype(bool)}, geometry=lines).join(pace)[walked]
    if "bus" in frame:
        frame["bridge"] &= ~frame["bus"]
    return frame.explode(index_parts=False).reset_index(drop=True)


def around(blocks: gpd.GeoDataFrame | None) -> tuple[shapely.Polygon, str] | None:
    """Return the area in which lines matter, and its CRS; None where there are no blocks."""
    return None if blocks is None else (shapely.box(*blocks.total_bounds).buffer(AROUND_M), blocks.crs.to_wkt())


def lines_of(sheet: Sheet, blocks: gpd.GeoDataFrame | None, types: tuple[str, ...]) -> gpd.GeoSeries | None:
    """Bring a layer into the blocks' CRS; shapes of another type and layers far from the blocks are faults."""
    if not isinstance(sheet.frame, gpd.GeoDataFrame):
        sheet.fault("the table holds no shapes", "Give a layer: GeoPackage, GeoJSON, Shapefile or .osm.pbf")
        return None
    shapes = sheet.frame.geometry
    crs = stated_crs(sheet, shapes.crs)
    empty = shapes.isna() | shapes.is_empty
    if empty.any():
        sheet.note("left_out", "empty_lines_left_out", int(empty.sum()))
    other = ~empty & ~shapes.geom_type.isin(types)
    sheet.tell(other, lambda row: f"the shape is a {shapes.geom_type.loc[row]}", f"Use {' or '.join(types)}")
    if crs is None or blocks is None:
        return None
    shapes = shapes[~empty & ~other]
    if shapes.empty:
        return None
    shapes = brought(sheet, shapes.set_crs(crs, allow_override=True), blocks, AROUND_M, each=False)
    return shapes if near_blocks(sheet, shapes, blocks) else None


def near_blocks(sheet: Sheet, shapes: gpd.GeoSeries, blocks: gpd.GeoDataFrame) -> bool:
    """Tell a layer that does not come near the blocks."""
    here = shapely.box(*blocks.total_bounds)
    finite = shapes[np.isfinite(shapes.bounds.to_numpy()).all(axis=1)]
    distance = float(finite.distance(here).min()) if len(finite) else np.inf
    if distance <= AROUND_M:
        return True
    away = f"{distance / 1000:,.0f} km from" if np.isfinite(distance) else "nowhere near"
    sheet.fault(f"the layer lies {away} the blocks", "Correct its CRS, or take the layer of this county")
    return False


def _tag(sheet: Sheet, key: str) -> "pd.Series[str]":
    """Return a column, or the key among OpenStreetMap's other tags as GDAL writes them, in lower case."""
    if key in sheet or "other_tags" not in sheet:
        return sheet.text(key).str.lower()
    return sheet.text("other_tags").str.extract(_TAG.format(key=key), expand=False).fillna("").str.lower()


def _walked(sheet: Sheet) -> "pd.Series[bool]":
    """Return the ways that people walk: not a motorway, nor closed to them by ``foot``, or by ``access`` without ``foot``."""
    foot = _tag(sheet, "foot")
    closed = sheet.text("highway").str.lower().isin(NOT_WALKED) | _tag(sheet, "access").isin(CLOSED)
    return ~(foot.isin(CLOSED) | (closed & ~foot.isin(FOOT_YES)))
