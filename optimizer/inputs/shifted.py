"""GCJ-02 and BD-09: the shifted degrees of Chinese web maps, brought back to WGS 84.

GCJ-02 (Gaode, Tencent, Google in China) moves every point by some 100 to 700 m, BD-09 (Baidu) once more. No CRS library knows
them, since the shift is not published; `prcoords` turns the known one round iteratively, to a few centimetres.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import prcoords
import shapely
from numpy.typing import NDArray

from optimizer.inputs.sheet import Sheet

Floats = NDArray[np.float64]
Turn = Callable[[tuple[float, float]], tuple[float, float]]

_BACK: dict[str, Turn] = {"gcj02": prcoords.gcj_wgs_bored, "bd09": prcoords.bd_wgs_bored}
"""Latitude and longitude in, latitude and longitude in WGS 84 out."""

_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""Degrees: only inside this box is anything shifted."""


def system(crs: str | None) -> str | None:
    """Return ``gcj02`` or ``bd09`` where a scenario states one of them (`GCJ-02`, `gcj02`, `BD-09` ...), else None."""
    plain = "" if crs is None else crs.lower().replace("-", "").replace("_", "").replace(" ", "")
    return plain if plain in _BACK else None


def unshifted(sheet: Sheet) -> Sheet:
    """Return a table or layer whose stated CRS is GCJ-02 or BD-09 in WGS 84; every other one as it is.

    A point that lies in China only with its two coordinates swapped is turned, and noted.
    """
    back = _BACK.get(system(sheet.crs) or "")
    if back is None:
        return sheet
    frame = sheet.frame
    if isinstance(frame, gpd.GeoDataFrame):
        shapes = frame.geometry
        turned = shapely.transform(shapes.to_numpy(), lambda xy: np.stack(_turned(sheet, xy[:, 0], xy[:, 1], back), axis=1))
        frame = frame.set_geometry(gpd.GeoSeries(turned, index=shapes.index, crs="EPSG:4326"))
    else:
        pair = next(([x, y] for x, y in (("lon", "lat"), ("x", "y")) if {x, y} <= set(frame.columns)), None)
        if pair is None:
            return sheet
        lon, lat = (
            pd.to_numeric(frame[name].map(lambda text: unicodedata.normalize("NFKC", text)), errors="coerce") for name in pair
        )
        good = (lon.notna() & lat.notna()).to_numpy()
        moved = _turned(sheet, lon.to_numpy(float)[good], lat.to_numpy(float)[good], back)
        frame = frame.copy()
        for name, values in zip(pair, moved, strict=True):
            frame.loc[good, name] = [repr(float(value)) for value in values]
    sheet.note("assumed", "shifted_back", [str(sheet.crs)])
    return replace(sheet, frame=frame, crs="EPSG:4326")


def _turned(sheet: Sheet, x: Floats, y: Floats, back: Turn) -> tuple[Floats, Floats]:
    swapped = ~_in_china(x, y) & _in_china(y, x)
    if swapped.any():
        sheet.note("repaired", "coordinates_swapped", int(swapped.sum()))
    lon, lat = np.where(swapped, y, x), np.where(swapped, x, y)
    points, place = np.unique(np.stack([lat, lon], axis=1), axis=0, return_inverse=True)
    inside = _in_china(points[:, 1], points[:, 0])
    moved = points.copy()
    moved[inside] = [back((float(a), float(b))) for a, b in points[inside]]
    return moved[place, 1], moved[place, 0]


def _in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    return np.asarray((lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH))
