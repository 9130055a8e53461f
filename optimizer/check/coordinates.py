"""Places as bureaus give them, in a coordinate system that can be measured in: from the statements in `docs/inputs.md`."""

from typing import Any

import geopandas as gpd
import numpy as np
import prcoords
import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import ProjError

LOCAL = CRS.from_user_input(
    'ENGCRS["Local plane coordinates in metres",EDATUM["Local"],CS[Cartesian,2],'
    'AXIS["easting (X)",east,ORDER[1]],AXIS["northing (Y)",north,ORDER[2]],LENGTHUNIT["metre",1]]'
)

OUTSIDE_M = 100_000
"""A place may lie this far outside the area that its system is made for."""

CHINA = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of where web maps shift coordinates."""


def in_system(shapes: gpd.GeoSeries, stated: str | None) -> gpd.GeoSeries:
    """Return shapes in the system that the scenario states, else the file's own; shifted degrees are turned back.

    Raises
    ------
    pyproj.exceptions.CRSError
        If there is no such system.
    """
    word = "" if stated is None else stated.strip().lower()
    plain = word.translate(str.maketrans("", "", "-_ "))
    if plain in ("gcj02", "bd09"):
        moved = shapely.transform(shapes.to_numpy(), lambda xy: np.array([_earth(plain, x, y) for x, y in xy]).reshape(-1, 2))
        return gpd.GeoSeries(moved, index=shapes.index, crs="EPSG:4326")
    if word == "local" or (stated is None and shapes.crs is not None and shapes.crs.type_name == "Engineering CRS"):
        return shapes.set_crs(LOCAL, allow_override=True)
    return shapes if stated is None else shapes.set_crs(stated, allow_override=True)


def _earth(kind: str, x: float, y: float) -> tuple[float, float]:
    """Return longitude and latitude in WGS 84 of a shifted point, which may be given the other way round."""
    if not _in_china(x, y) and _in_china(y, x):
        x, y = y, x
    if not _in_china(x, y):
        return x, y
    if kind == "bd09":
        y, x = prcoords.bd_gcj_bored((y, x))
    lat, lon = prcoords.gcj_wgs_bored((y, x))
    return lon, lat


def _in_china(lon: float, lat: float) -> bool:
    west, south, east, north = CHINA
    return west <= lon <= east and south <= lat <= north


def turned(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return shapes with their two coordinates the other way round."""
    return gpd.GeoSeries([_flip(shape) for shape in shapes], index=shapes.index, crs=shapes.crs)


def _flip(shape: Any) -> Any:
    return None if shape is None else shapely.transform(shape, np.fliplr)


def can_lie(x: float, y: float, crs: CRS) -> bool:
    """Return whether a point can lie in a system."""
    try:
        lon, lat = Transformer.from_crs(crs, 4326, always_xy=True).transform(x, y, errcheck=True)
    except ProjError:
        return False
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return False
    area = crs.area_of_use
    if area is None or area.west > area.east:
        return True
    nearest = min(max(lon, area.west), area.east), min(max(lat, area.south), area.north)
    return float(Geod(ellps="WGS84").inv(lon, lat, *nearest)[2]) <= OUTSIDE_M


def near(shapes: gpd.GeoSeries, box: tuple[float, float, float, float]) -> list[bool]:
    """Return which shapes meet a box."""
    west, south, east, north = box
    return [
        bool(np.isfinite(b).all() and b[0] <= east and b[2] >= west and b[1] <= north and b[3] >= south)
        for b in shapes.bounds.to_numpy()
    ]
