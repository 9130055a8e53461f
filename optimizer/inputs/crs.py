"""Coordinate systems: what a file declares, and the one plane system in metres that the whole county is brought into."""

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Geod, Proj, Transformer
from pyproj.exceptions import CRSError, ProjError

from optimizer.inputs.sheet import Sheet

LONLAT = CRS.from_epsg(4326)

DISTORTION = 0.01
"""Own: a projection that stretches lengths by more than this at the county is not measured in (Web Mercator: 10 to 100 %)."""

FAR_M = 100_000
"""Own: shapes further than this outside the area a CRS is made for are taken for wrong coordinates."""

_GEOD = Geod(ellps="WGS84")
_CGCS2000_75E = 4534
"""EPSG code of CGCS2000 / 3-degree Gauss-Kruger CM 75E; 4535 is 78E, and so on to 4554, 135E."""


def stated_crs(sheet: Sheet, declared: object = None) -> CRS | None:
    """Return the CRS of a layer or table: the scenario's word, else the file's own.

    A missing or unknown CRS is a fault that says how to state it; it is never guessed.
    """
    if sheet.crs is None:
        if declared is None:
            todo = f"State it in the scenario: `county: {{{sheet.table}: {{file: ..., crs: EPSG:4497}}}}`, with the right code"
            sheet.fault("the coordinates have no coordinate system (CRS)", todo)
            return None
        return CRS.from_user_input(declared)
    try:
        crs = CRS.from_user_input(sheet.crs)
    except CRSError:
        todo = "Write a code as EPSG:4497 (see epsg.org), or the text of the .prj"
        sheet.fault(f"the coordinate system {sheet.crs} is not known", todo)
        return None
    if declared is not None and CRS.from_user_input(declared) != crs:
        sheet.note("assumed", "crs_overridden", [f"{CRS.from_user_input(declared).name} -> {crs.name}"])
    return crs


def plane_crs(lonlat: shapely.Point, own: CRS) -> CRS:
    """Return the plane CRS in metres to measure in near a point.

    The layer's own where it is projected in metres and true to length there; else, in China's CGCS2000, the 3-degree
    Gauss-Kruger zone of the point, and the UTM zone elsewhere.
    """
    if own.is_projected and all(axis.unit_conversion_factor == 1.0 for axis in own.axis_info[:2]):
        factors = Proj(own).get_factors(lonlat.x, lonlat.y)
        if max(abs(factors.meridional_scale - 1), abs(factors.parallel_scale - 1)) <= DISTORTION:
            return own
    datum = own.datum.name if own.datum is not None else ""
    meridian = 3 * round(lonlat.x / 3)
    if "China" in datum and "2000" in datum and 75 <= meridian <= 135:
        return CRS.from_epsg(_CGCS2000_75E + (meridian - 75) // 3)
    crs: CRS = gpd.GeoSeries([lonlat], crs=LONLAT).estimate_utm_crs()
    return crs


def lonlat_of(sheet: Sheet, centre: shapely.Point, crs: CRS) -> shapely.Point | None:
    """Return the longitude and latitude of a layer's middle; a fault where it cannot lie in that CRS."""
    swapped = "Check the CRS, and whether the two coordinates are swapped"
    try:
        lon, lat = Transformer.from_crs(crs, LONLAT, always_xy=True).transform(centre.x, centre.y, errcheck=True)
    except ProjError:
        lon, lat = np.inf, np.inf
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        sheet.fault(f"the coordinates ({centre.x:g}, {centre.y:g}) cannot lie in {crs.name}", swapped)
        return None
    distance = _outside_m(lon, lat, crs)
    if distance > FAR_M:
        what = f"the shapes lie {distance / 1000:,.0f} km outside the area of {crs.name} (at {lon:.2f} E, {lat:.2f} N)"
        sheet.fault(what, swapped)
        return None
    return shapely.Point(lon, lat)


def _outside_m(lon: float, lat: float, crs: CRS) -> float:
    """Metres from a point to the area that a CRS is made for; 0 inside, and where the CRS states none."""
    area = crs.area_of_use
    if area is None or area.west > area.east:
        return 0.0
    at = (min(max(lon, area.west), area.east), min(max(lat, area.south), area.north))
    return float(_GEOD.inv(lon, lat, *at)[2])
