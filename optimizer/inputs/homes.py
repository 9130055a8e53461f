"""Homes as points: where the people of a block live, finer than blocks."""

import geopandas as gpd
import numpy as np

from optimizer.inputs.crs import stated_crs
from optimizer.inputs.desk import Desk


def read_homes(desk: Desk, blocks: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Read homes in the blocks' CRS, with ``count`` people or dwellings (1 where there is no such column); None without any."""
    sheet = desk.sheet("homes")
    if sheet is None:
        return None
    if not isinstance(sheet.frame, gpd.GeoDataFrame):
        sheet.fault("the table holds no shapes", "Give the homes as a layer of points: GeoPackage, GeoJSON or Shapefile")
        return None
    shapes = sheet.frame.geometry
    crs = stated_crs(sheet, shapes.crs)
    count = sheet.whole("count", needed=True).fillna(0) if "count" in sheet else np.ones(len(shapes))
    there = ~(shapes.isna() | shapes.is_empty)
    if not there.all():
        sheet.note("left_out", "empty_lines_left_out", int((~there).sum()))
    if crs is None or not there.any():
        return None
    frame = gpd.GeoDataFrame({"count": count}, geometry=shapes.set_crs(crs, allow_override=True))[there].to_crs(blocks.crs)
    frame["geometry"] = frame.geometry.representative_point()
    return frame.astype({"count": np.int64}).reset_index(drop=True)
