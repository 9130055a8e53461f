"""Blocks, schools, roads and barriers in one plane coordinate system in metres."""

import re
import statistics
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS, Proj, Transformer
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from optimizer.check import coordinates, sheets
from optimizer.check.obstacles import read_obstacles
from optimizer.check.roads import Road, read_roads
from optimizer.check.world import Block, School
from optimizer.scenario.model import Scenario

LEVELS = {"小学": "primary", "初中": "junior", "九年一贯制": "nine_year"}
PRIVATE = ("no", "false", "0", "private", "否", "民办")
GRADES = {"primary": (1, 6), "junior": (7, 9), "nine_year": (1, 9)}

MOST_STRETCH = 0.01
"""A projection that stretches lengths by more is not measured in."""

SCHOOL_M = 20_000
"""A school further than this from the blocks has wrong coordinates."""

AROUND_M = 5_000
"""Roads and barriers are read this far around the blocks."""


@dataclass(frozen=True)
class Places:
    """The map of a county.

    Attributes
    ----------
    crs
        The plane coordinate system of all shapes.
    blocks, schools
        By id, sorted.
    shapeless
        Blocks of the layer without a shape: nobody lives there, and no plan need name them.
    roads
        What is walked; None where there are no roads or they are not used.
    barriers
        Lines or areas that part neighbours.
    """

    crs: CRS
    blocks: dict[str, Block]
    shapeless: frozenset[str]
    schools: dict[str, School]
    roads: list[Road] | None
    barriers: list[BaseGeometry]


def read_places(scenario: Scenario) -> Places:
    """Read the map of a scenario.

    Raises
    ------
    BadInputError
        If a file cannot be read.
    """
    frame = sheets.sheet(scenario, "blocks")
    assert isinstance(frame, gpd.GeoDataFrame)
    frame = upright(frame)
    crs = plane(frame)
    blocks = _blocks(frame.to_crs(crs))
    shapeless = frozenset(row["block_id"] for row in sheets.rows(frame)) - frozenset(blocks)
    schools = _schools(scenario, crs, [block.shape for block in blocks.values()])
    west, south, east, north = shapely.total_bounds([block.shape for block in blocks.values()])
    around = (shapely.box(west, south, east, north).buffer(AROUND_M), crs.to_wkt())
    roads = read_roads(scenario, crs, around) if scenario.travel.mode != "straight_line" else None
    return Places(crs, blocks, shapeless, schools, roads, read_obstacles(scenario, crs, around))


def plane(frame: gpd.GeoDataFrame) -> CRS:
    """Return the plane CRS a layer is measured in.

    Its own where that is projected in metres and true to 1 % at the middle of the county (median of the shapes' boxes); else the
    3-degree Gauss-Kruger zone of CGCS2000 for layers in that datum, and the UTM zone elsewhere.
    """
    own = CRS(frame.crs)
    if own == coordinates.LOCAL:
        return own
    lon, lat = Transformer.from_crs(own, 4326, always_xy=True).transform(*_middle(frame))
    if own.is_projected and all(axis.unit_conversion_factor == 1.0 for axis in own.axis_info[:2]):
        stretch = Proj(own).get_factors(lon, lat)
        if abs(stretch.meridional_scale - 1) <= MOST_STRETCH and abs(stretch.parallel_scale - 1) <= MOST_STRETCH:
            return own
    meridian = 3 * round(lon / 3)
    if own.ellipsoid is not None and own.ellipsoid.name == "CGCS2000" and 75 <= meridian <= 135:
        return CRS.from_user_input(f"EPSG:{4534 + (meridian - 75) // 3}")
    utm: CRS = gpd.GeoSeries([Point(lon, lat)], crs=4326).estimate_utm_crs()
    return utm


def upright(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a layer whose two coordinates are the right way round: as given, unless only the other way can lie in its CRS."""
    own, (x, y) = CRS(frame.crs), _middle(frame)
    if own == coordinates.LOCAL or coordinates.can_lie(x, y, own) or not coordinates.can_lie(y, x, own):
        return frame
    return frame.set_geometry(coordinates.turned(frame.geometry))


def _middle(frame: gpd.GeoDataFrame) -> tuple[float, float]:
    """Return the median of the middles of the shapes' boxes."""
    boxes = [shape.bounds for shape in frame.geometry if shape is not None and not shape.is_empty]
    x, y = (statistics.median((box[i] + box[i + 2]) / 2 for box in boxes) for i in (0, 1))
    return x, y


def _blocks(frame: gpd.GeoDataFrame) -> dict[str, Block]:
    found = {}
    for row, shape in zip(sheets.rows(frame), frame.geometry, strict=True):
        name = row["block_id"]
        if shape is None or shape.is_empty:
            continue
        row["setting"] = row.get("setting", "").lower() or "town"
        row["name"] = row.get("name", "") or name
        students = sheets.whole(row["students"]) or 0 if "students" in row else None
        found[name] = Block(name, row["setting"], mended(shape), students, row)
    return dict(sorted(found.items()))


def mended(shape: BaseGeometry) -> BaseGeometry:
    """Return a valid shape with the polygonal parts only."""
    if not shape.is_valid:
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if shape.geom_type != "GeometryCollection":
        return shape
    pieces: list[BaseGeometry] = list(getattr(shape, "geoms", []))
    areas = [part for piece in pieces for part in getattr(piece, "geoms", [piece]) if part.geom_type == "Polygon"]
    return shapely.union_all(areas)


def _schools(scenario: Scenario, crs: CRS, blocks: list[BaseGeometry]) -> dict[str, School]:
    frame = sheets.sheet(scenario, "schools")
    assert frame is not None
    place = sheets.entry(scenario, "schools")
    points = _among(_points(frame, None if place is None else place.crs), crs, blocks)
    found = {}
    for row, point in zip(sheets.rows(frame), points, strict=True):
        word = row.get("level", "").lower()
        level = LEVELS.get(word, word) or scenario.level
        first, last = _grades(row.get("grades", ""), level)
        classrooms, seats, special = (sheets.whole(row.get(name, "")) for name in ("classrooms", "seats", "special_places"))
        found[row["school_id"]] = School(
            school_id=row["school_id"],
            level=level,
            point=point,
            classrooms=classrooms,
            seats=seats,
            first_grade=first,
            last_grade=last,
            parent=row.get("parent_school", ""),
            public=row.get("public", "").lower() not in PRIVATE,
            special=bool(special) and not classrooms and not seats,
        )
    return dict(sorted(found.items()))


def _among(points: gpd.GeoSeries, crs: CRS, blocks: list[BaseGeometry]) -> gpd.GeoSeries:
    """Bring points into a CRS; one that is far from the blocks, but near them the other way round, is turned."""
    west, south, east, north = shapely.total_bounds(blocks)
    box = (west - SCHOOL_M, south - SCHOOL_M, east + SCHOOL_M, north + SCHOOL_M)
    given, other = points.to_crs(crs), coordinates.turned(points).to_crs(crs)
    turn = [there and not here for here, there in zip(coordinates.near(given, box), coordinates.near(other, box), strict=True)]
    return given.where(~pd.Series(turn, index=given.index), other)


def _points(frame: pd.DataFrame, stated: str | None) -> gpd.GeoSeries:
    if isinstance(frame, gpd.GeoDataFrame):
        shapes = [shape if shape.geom_type == "Point" else shape.representative_point() for shape in frame.geometry]
        return gpd.GeoSeries(shapes, crs=frame.crs)
    degrees = {"lon", "lat"} <= set(frame.columns)
    x, y = ("lon", "lat") if degrees else ("x", "y")
    points = [Point(sheets.number(row[x]), sheets.number(row[y])) for row in sheets.rows(frame)]
    return coordinates.in_system(gpd.GeoSeries(points), stated or ("EPSG:4326" if degrees else None))


def _grades(text: str, level: str) -> tuple[int, int]:
    """Read ``1-3``, ``K-5`` or ``4``; an empty text is the whole level."""
    numbers = [0 if word in "Kk" else int(word) for word in re.findall(r"[Kk]|\d+", text)]
    return (numbers[0], numbers[-1]) if numbers else GRADES[level]
