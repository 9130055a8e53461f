"""The residential blocks: valid polygons in the county's plane coordinate system."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from optimizer.inputs.crs import LOCAL, lonlat_of, plane_crs, stated_crs, swapped
from optimizer.inputs.desk import Desk
from optimizer.inputs.sheet import Sheet, nearest

SETTINGS = {"city": "city", "town": "town", "rural": "rural"}

COUNTY_M = 500_000
"""Own: a block further than this from the county's middle is taken for wrong coordinates."""

MOST_DEGREES = 180
"""No longitude or latitude is larger."""

OVERLAP_M2 = 1.0
"""Overlaps smaller than this are rounding, not worth a note."""

_POLYGON, _MULTIPOLYGON = 3, 6


def read_blocks(desk: Desk) -> gpd.GeoDataFrame | None:
    """Read the blocks; None where faults leave nothing that the other tables can be measured against.

    Returns
    -------
    The frame of `County.blocks`, its ``crs`` the county's plane system. Rows with faults are left out.
    """
    sheet = desk.needed_sheet("blocks")
    if sheet is None:
        return None
    ids = sheet.ids("block_id")
    desk.blocks = frozenset(ids) - {""}
    again = sheet.once(["block_id"])
    frame = _attributes(sheet, ids, desk)
    if not isinstance(sheet.frame, gpd.GeoDataFrame):
        sheet.fault("the table holds no shapes", "Give the blocks as a layer of polygons: GeoPackage, GeoJSON or Shapefile")
        return None
    desk.shapeless = _shapeless(sheet, sheet.frame.geometry, ids)
    shapes = _shapes(sheet, sheet.frame.geometry, ids)
    if shapes is None:
        return None
    usable = (ids != "") & ~again & shapes.notna()
    blocks = gpd.GeoDataFrame(frame, geometry=shapes)[usable].set_index("block_id").sort_index()
    if blocks.empty:
        return None
    _note_shapes(sheet, blocks)
    return blocks


def _attributes(sheet: Sheet, ids: "pd.Series[str]", desk: Desk) -> pd.DataFrame:
    frame = pd.DataFrame({"block_id": ids, "name": sheet.text("name"), "community": sheet.text("community")})
    nameless = frame["name"] == ""
    frame["name"] = frame["name"].where(~nameless, ids)
    frame["setting"] = sheet.choice("setting", SETTINGS, "town")
    if nameless.any():
        sheet.note("assumed", "name_from_id", int(nameless.sum()))
    if (frame["community"] == "").any():
        sheet.note("assumed", "community_unknown", int((frame["community"] == "").sum()))
    if (sheet.text("setting") == "").any():
        sheet.note("assumed", "setting_default", int((sheet.text("setting") == "").sum()))
    if "students" in sheet:
        frame["students"] = sheet.whole("students").fillna(0).astype(np.int64)
    together = desk.scenario.wishes.keep_together
    if isinstance(together, str) and together not in frame.columns:
        if together not in sheet:
            there = [name for name in sheet.frame.columns if name != "geometry"]
            what = f"there is no column {together}, which `wishes: keep_together:` names{nearest(together, there)}"
            sheet.fault(what, f"The layer has {', '.join(there)}")
        frame[together] = sheet.text(together)
    return frame


def _shapeless(sheet: Sheet, raw: gpd.GeoSeries, ids: "pd.Series[str]") -> frozenset[str]:
    """Leave out blocks without a shape; where children live in one, that is a fault."""
    missing = (raw.isna() | raw.is_empty) & (ids != "")
    empty = pd.to_numeric(sheet.text("students"), errors="coerce").fillna(0) == 0
    sheet.tell(missing & ~empty, lambda row: f"block {ids.loc[row]} has no shape, but has children", "Draw its polygon")
    if (missing & empty).any():
        sheet.note("left_out", "blocks_without_shape", ids[missing & empty])
    return frozenset(ids[missing & empty])


def _shapes(sheet: Sheet, raw: gpd.GeoSeries, ids: "pd.Series[str]") -> gpd.GeoSeries | None:
    """Bring the polygons into a plane CRS and mend them; None in place of shapes that are none."""
    declared = stated_crs(sheet, raw.crs)
    missing = raw.isna() | raw.is_empty
    area = raw.geom_type.isin(["Polygon", "MultiPolygon", "GeometryCollection"])
    sheet.tell(
        ~area & ~missing,
        lambda row: f"block {ids.loc[row]} is a {raw.geom_type.loc[row]}, not an area",
        "Draw its polygon, or delete it",
    )
    good = area & ~missing
    if declared is None or not good.any():
        return None
    shapes = _in_plane(sheet, raw.where(good).set_crs(declared, allow_override=True))
    return None if shapes is None else _near_each_other(sheet, _mended(sheet, shapes, ids), ids)


def _in_plane(sheet: Sheet, shapes: gpd.GeoSeries) -> gpd.GeoSeries | None:
    """Bring shapes into the plane CRS that the county is measured in; a fault where they cannot lie in their own."""
    middle = _middle(shapes[shapes.notna()])
    if shapes.crs == LOCAL:
        if abs(middle.x) <= MOST_DEGREES and abs(middle.y) <= MOST_DEGREES and np.ptp(shapes.total_bounds[[0, 2]]) < 1:
            todo = "Write `crs: EPSG:4490` (or EPSG:4326) in place of local"
            sheet.fault(f"the coordinates ({middle.x:g}, {middle.y:g}) are degrees, not metres", todo)
            return None
        sheet.note("assumed", "local_plane", 1)
        return shapes
    found = lonlat_of(sheet, middle, shapes.crs)
    if found is None:
        return None
    lonlat, turned = found
    if turned:
        shapes = swapped(shapes)
        sheet.note("repaired", "coordinates_swapped", int(shapes.notna().sum()))
    plane = plane_crs(lonlat, shapes.crs)
    sheet.note("assumed", "plane_crs", [_label(plane)])
    return shapes if plane == shapes.crs else shapes.to_crs(plane)


def _middle(shapes: gpd.GeoSeries) -> shapely.Point:
    """Return the median of the shapes' boxes: a few shapes with wrong coordinates do not move it."""
    box = shapes.bounds.to_numpy()
    return shapely.Point(np.median((box[:, 0] + box[:, 2]) / 2), np.median((box[:, 1] + box[:, 3]) / 2))


def _label(crs: CRS) -> str:
    code = crs.to_epsg()
    return f"{crs.name} (EPSG:{code})" if code else str(crs.name)


def _mended(sheet: Sheet, shapes: gpd.GeoSeries, ids: "pd.Series[str]") -> gpd.GeoSeries:
    """Make invalid polygons valid, keeping what has an area."""
    broken = shapes.notna() & ~shapes.is_valid
    if broken.any():
        mended = shapely.make_valid(shapes[broken].to_numpy(), method="structure", keep_collapsed=False)
        shapes = shapes.copy()
        shapes.loc[broken] = mended
        sheet.note("repaired", "invalid_polygons_repaired", ids[broken])
    mixed = shapes.geom_type == "GeometryCollection"
    if mixed.any():
        shapes.loc[mixed] = [_areas(shape) for shape in shapes[mixed]]
    flat = ~shapely.is_missing(shapes.to_numpy()) & ~(shapes.area > 0)
    sheet.tell(flat, lambda row: f"the polygon of block {ids.loc[row]} has no area", "Draw it anew, or delete the block")
    return shapes.where(~flat)


def _areas(shape: shapely.Geometry) -> shapely.Geometry:
    """Keep the polygons of a collection."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.union_all(parts[np.isin(shapely.get_type_id(parts), (_POLYGON, _MULTIPOLYGON))])


def _near_each_other(sheet: Sheet, shapes: gpd.GeoSeries, ids: "pd.Series[str]") -> gpd.GeoSeries:
    there = shapes.notna()
    distance = pd.Series(0.0, index=shapes.index)
    distance[there] = shapes[there].distance(_middle(shapes[there]))
    far = distance > COUNTY_M
    sheet.tell(
        far,
        lambda row: f"block {ids.loc[row]} lies {distance.loc[row] / 1000:,.0f} km from the middle of the others",
        "Correct its coordinates, or delete it",
    )
    return shapes.where(~far)


def _note_shapes(sheet: Sheet, blocks: gpd.GeoDataFrame) -> None:
    """Note shapes that are kept but that a planner will want to look at."""
    same = blocks.normalize().to_wkb().duplicated()
    if same.any():
        sheet.note("assumed", "duplicate_shapes", blocks.index[same])
    parts = shapely.get_num_geometries(blocks.geometry.to_numpy()) > 1
    if parts.any():
        sheet.note("assumed", "multi_part_blocks", blocks.index[parts])
    shapes, ids = blocks.geometry.to_numpy(), blocks.index.to_numpy()
    tree = shapely.STRtree(shapes)
    first, second = tree.query(shapes, predicate="overlaps")
    first, second = first[first < second], second[first < second]
    large = shapely.area(shapely.intersection(shapes[first], shapes[second])) > OVERLAP_M2
    if large.any():
        pairs = sorted(zip(ids[first[large]], ids[second[large]], strict=True))
        sheet.note("assumed", "overlapping_blocks", [f"{a}-{b}" for a, b in pairs])
