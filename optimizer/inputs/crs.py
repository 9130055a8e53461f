"""Coordinate systems: what a file declares, and the one plane system in metres that the whole county is brought into."""

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Geod, Proj, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup

from optimizer.inputs.sheet import Sheet

LONLAT = CRS.from_epsg(4326)

DISTORTION = 0.01
"""Own: a projection that stretches lengths by more than this at the county is not measured in (Web Mercator: 10 to 100 %)."""

FAR_M = 100_000
"""Own: shapes further than this outside the area a CRS is made for are taken for wrong coordinates."""

LOCAL = CRS.from_wkt(
    'ENGCRS["Local plane coordinates in metres",EDATUM["Local"],CS[Cartesian,2],'
    'AXIS["easting (X)",east,ORDER[1]],AXIS["northing (Y)",north,ORDER[2]],LENGTHUNIT["metre",1]]'
)
"""A town's own plane coordinates: metres east and north of a point that nobody states."""

_EXACT = frozenset({"WGS 84", "CGCS2000", "GRS 1980", "WGS 72"})
"""Ellipsoids of datums that agree to a metre or so; older ones (Beijing 1954, Xian 1980) lie about 100 m elsewhere."""

_GEOD = Geod(ellps="WGS84")
_CGCS2000_75E = 4534
"""EPSG code of CGCS2000 / 3-degree Gauss-Kruger CM 75E; 4535 is 78E, and so on to 4554, 135E."""


def stated_crs(sheet: Sheet, declared: object = None) -> CRS | None:
    """Return the CRS of a layer or table: the scenario's word, else the file's own.

    A missing or unknown CRS is a fault that says how to state it; it is never guessed. A town's own coordinates are `LOCAL`.
    """
    if sheet.crs is None:
        if declared is None:
            todo = f"State it in the scenario: `county: {{{sheet.table}: {{file: ..., crs: EPSG:4497}}}}`, with the right code"
            sheet.fault("the coordinates have no coordinate system (CRS)", todo)
            return None
        return LOCAL if is_local(declared) else CRS.from_user_input(declared)
    if is_local(sheet.crs):
        return LOCAL
    try:
        crs = CRS.from_user_input(sheet.crs)
    except CRSError:
        todo = "Write a code as EPSG:4497 (see epsg.org), the text of the .prj, GCJ-02, BD-09, or `local` for a town's own metres"
        sheet.fault(f"the coordinate system {sheet.crs} is not known", todo)
        return None
    if declared is not None and CRS.from_user_input(declared) != crs:
        sheet.note("assumed", "crs_overridden", [f"{CRS.from_user_input(declared).name} -> {crs.name}"])
    return crs


def is_local(crs: object) -> bool:
    """Return whether a CRS is a town's own: the scenario's word ``local``, or a file's engineering CRS in metres."""
    if isinstance(crs, str) and crs.strip().lower() == "local":
        return True
    try:
        found = CRS.from_user_input(crs)
    except CRSError:
        return False
    return bool(found.type_name == "Engineering CRS" and all(axis.unit_conversion_factor == 1.0 for axis in found.axis_info[:2]))


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


def lonlat_of(sheet: Sheet, centre: shapely.Point, crs: CRS) -> tuple[shapely.Point, bool] | None:
    """Return the longitude and latitude of a layer's middle, and whether its two coordinates are swapped.

    A fault where the middle cannot lie in that CRS, whichever way round.
    """
    given, turned = _within(centre.x, centre.y, crs), _within(centre.y, centre.x, crs)
    if isinstance(given, shapely.Point):
        return given, False
    if isinstance(turned, shapely.Point):
        return turned, True
    sheet.fault(given, "Check the CRS, and whether the two coordinates are swapped")
    return None


def _within(x: float, y: float, crs: CRS) -> shapely.Point | str:
    """Return longitude and latitude of a point, or why it cannot lie in the CRS."""
    try:
        lon, lat = Transformer.from_crs(crs, LONLAT, always_xy=True).transform(x, y, errcheck=True)
    except ProjError:
        lon, lat = np.inf, np.inf
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        return f"the coordinates ({x:g}, {y:g}) cannot lie in {crs.name}"
    distance = _outside_m(lon, lat, crs)
    if distance > FAR_M:
        return f"the shapes lie {distance / 1000:,.0f} km outside the area of {crs.name} (at {lon:.2f} E, {lat:.2f} N)"
    return shapely.Point(lon, lat)


def swapped(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return shapes with their two coordinates swapped."""
    turned = shapely.transform(shapes.to_numpy(), lambda xy: xy[:, ::-1])
    return gpd.GeoSeries(turned, index=shapes.index, crs=shapes.crs)


def brought(sheet: Sheet, shapes: gpd.GeoSeries, blocks: gpd.GeoDataFrame, reach_m: float, *, each: bool) -> gpd.GeoSeries:
    """Bring shapes into the blocks' CRS; those whose coordinates are swapped are turned, and noted.

    Parameters
    ----------
    sheet
        Receives the notes.
    shapes
        With the CRS they are given in.
    blocks
        The blocks.
    reach_m
        How far from the blocks a shape may lie; one further away that would lie within this the other way round is turned.
    each
        Whether shapes are turned one by one; else all of them, where none is within reach.
    """
    moved = shapes.to_crs(blocks.crs)
    _note_accuracy(sheet, shapes.crs, blocks)
    there = ~(shapely.is_missing(shapes.to_numpy()) | shapely.is_empty(shapes.to_numpy()))
    far = there & ~_close(moved, blocks, reach_m)
    if not far.any() or (not each and not far[there].all()):
        return moved
    turned = swapped(shapes[far]).to_crs(blocks.crs)
    near = _close(turned, blocks, reach_m)
    if near.any():
        moved[turned.index[near]] = turned[near]
        sheet.note("repaired", "coordinates_swapped", int(near.sum()))
    return moved


def _close(shapes: gpd.GeoSeries, blocks: gpd.GeoDataFrame, reach_m: float) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Return which shapes lie within reach of the blocks' box."""
    west, south, east, north = blocks.total_bounds
    box = shapes.bounds.to_numpy()
    inside = (box[:, 0] <= east + reach_m) & (box[:, 2] >= west - reach_m)
    inside &= (box[:, 1] <= north + reach_m) & (box[:, 3] >= south - reach_m)
    return np.asarray(inside & np.isfinite(box).all(axis=1))


def _note_accuracy(sheet: Sheet, crs: CRS, blocks: gpd.GeoDataFrame) -> None:
    """Note how far off a layer may lie that changed between datums of which one is older than satellites."""
    spheroids = {system.ellipsoid.name for system in (crs, blocks.crs) if system.ellipsoid is not None}
    if spheroids <= _EXACT or crs.geodetic_crs == blocks.crs.geodetic_crs:
        return
    west, south, east, north = gpd.GeoSeries([shapely.box(*blocks.total_bounds)], crs=blocks.crs).to_crs(LONLAT).total_bounds
    area = AreaOfInterest(west, south, east, north)
    best = TransformerGroup(crs, blocks.crs, always_xy=True, area_of_interest=area)  # type: ignore[arg-type]
    accuracy = best.transformers[0].accuracy if best.transformers else -1
    names = [f"{crs.name} -> {blocks.crs.name}", f"±{accuracy:g} m" if accuracy >= 0 else "±100 m"]
    sheet.note("assumed", "datum_changed" if accuracy >= 0 else "datum_change_unknown", names)


def _outside_m(lon: float, lat: float, crs: CRS) -> float:
    """Metres from a point to the area that a CRS is made for; 0 inside, and where the CRS states none."""
    area = crs.area_of_use
    if area is None or area.west > area.east:
        return 0.0
    at = (min(max(lon, area.west), area.east), min(max(lat, area.south), area.north))
    return float(_GEOD.inv(lon, lat, *at)[2])
