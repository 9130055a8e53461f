"""Barriers that nobody crosses on foot: lines or areas of a layer, or what OpenStreetMap shows.

Of OpenStreetMap these count: ``water`` (areas natural=water; waterway=river and canal; natural=coastline), ``railway``
(railway=rail, light_rail, narrow_gauge, subway) and ``motorway`` (highway=motorway). What runs on a bridge or in a tunnel bars
nobody: people walk below or above. Where people may cross a railway on the level (railway=level_crossing or crossing), it is open
for 15 m around.
"""

import geopandas as gpd
import numpy as np
import shapely

from optimizer.inputs.desk import Desk
from optimizer.inputs.lines import around, lines_of
from optimizer.inputs.sheet import Sheet, nearest

CROSSING_M = 15.0
"""Own: a railway is open this far around a level crossing."""

_TYPES = ("LineString", "MultiLineString", "Polygon", "MultiPolygon")
_RAILS = ("rail", "light_rail", "narrow_gauge", "subway")


def read_barriers(desk: Desk, blocks: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Read the barriers, lines or areas, in the blocks' CRS, with ``name`` and ``kind`` (empty where not given).

    Only kinds that ``travel: barriers:`` names, where it does.
    """
    sheet = desk.sheet("barriers", around(blocks))
    osm = sheet is not None and sheet.file.lower().endswith(".pbf")
    shapes = None if sheet is None else lines_of(sheet, blocks, (*_TYPES, "Point") if osm else _TYPES)
    if sheet is None or shapes is None:
        return None
    frame = gpd.GeoDataFrame({"name": sheet.text("name"), "kind": sheet.text("kind")}, geometry=shapes.reindex(sheet.frame.index))
    frame = frame[frame.geometry.notna()]
    if osm:
        frame = _of_openstreetmap(sheet, frame)
    return _chosen(desk, sheet, frame).reset_index(drop=True)


def _of_openstreetmap(sheet: Sheet, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Keep what bars the way, with its kind, and open railways at their crossings."""
    tags = sheet.frame.loc[frame.index]
    water = (tags["natural"] == "coastline") | tags["waterway"].isin(("river", "canal")) | (tags["layer"] == "multipolygons")
    kind = np.select([water, tags["railway"].isin(_RAILS), tags["highway"] == "motorway"], ["water", "railway", "motorway"], "")
    above = ~tags["bridge"].isin(("", "no")) | ~tags["tunnel"].isin(("", "no"))
    crossing = (tags["layer"] == "points").to_numpy()
    bars = (kind != "") & ~above.to_numpy() & ~crossing
    found = frame.assign(kind=kind)[bars]
    if crossing.any():
        gaps = shapely.union_all(shapely.buffer(frame.geometry.to_numpy()[crossing], CROSSING_M, quad_segs=8))
        rails = (found["kind"] == "railway").to_numpy()
        found.loc[rails, "geometry"] = shapely.difference(found.geometry.to_numpy()[rails], gaps)
        found = found[~found.is_empty]
    counts = found["kind"].value_counts().sort_index()
    sheet.note("assumed", "barriers_of_openstreetmap", [f"{kind} {n}" for kind, n in counts.items()])
    return found


def _chosen(desk: Desk, sheet: Sheet, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Keep the kinds that the scenario names; one that the layer does not have is a fault."""
    wanted = desk.scenario.travel.barriers
    if wanted is None:
        return frame
    there = sorted(set(frame["kind"]) - {""})
    for kind in wanted:
        if kind not in there and not sheet.file.lower().endswith(".pbf"):
            what = f"no barrier is of the kind {kind}, which `travel: barriers:` names{nearest(kind, there)}"
            sheet.fault(what, f"The kinds are {', '.join(there) or 'not given'}")
    kept = frame["kind"].isin(wanted)
    if not kept.all():
        sheet.note("left_out", "barriers_not_chosen", int((~kept).sum()))
    return frame[kept]
