"""Blocks: the faces between streets, village borders and rivers, as one clean coverage."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from scipy.cluster.vq import kmeans2
from shapely import LineString, MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from optimizer.sample.settlements import Settlement
from optimizer.sample.terrain import Terrain

SNAP_M: Final = 0.1
RURAL_BLOCKS: Final = 315
MIN_AREA_M2: Final = {"city": 7_000.0, "town": 10_000.0, "rural": 200_000.0}
MIN_ROUNDNESS: Final = 0.25


@dataclass(frozen=True)
class Blocks:
    """The coverage: polygons (metres), setting and settlement (-1 rural) of each block."""

    polygons: list[Polygon]
    setting: list[str]
    settlement: npt.NDArray[np.int64]

    @cached_property
    def centroids(self) -> npt.NDArray[np.float64]:
        """Inner point of each block, shape `(blocks, 2)`, metres."""
        return shapely.get_coordinates(np.array([inner_point(p) for p in self.polygons]))


def as_polygon(geometry: BaseGeometry) -> Polygon:
    """Return the geometry, or its largest part."""
    parts = [part for part in shapely.get_parts(geometry) if isinstance(part, Polygon)]
    return max(parts, key=lambda part: part.area)


def inner_point(polygon: Polygon) -> shapely.Point:
    """Return the centroid where it lies well inside, else a point that does."""
    middle = polygon.centroid
    return middle if polygon.buffer(-20).contains(middle) else polygon.representative_point()


def make_blocks(terrain: Terrain, settlements: tuple[Settlement, ...], rng: np.random.Generator) -> Blocks:
    """Node all border lines, take the faces and merge those too small to live in."""
    built = shapely.union_all([place.footprint for place in settlements])
    lines: list[BaseGeometry] = [street.line for place in settlements for street in place.streets if street.border]
    lines += [place.footprint.exterior for place in settlements]
    lines += [edge.intersection(terrain.outline).difference(built) for edge in _village_borders(terrain, built, rng)]
    lines += [river.line for river in terrain.rivers]
    lines.append(terrain.outline.exterior)
    noded = shapely.union_all(lines, grid_size=SNAP_M)
    faces = list(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))
    settlement = _settlement_of(faces, settlements)
    setting = ["rural" if place < 0 else settlements[place].plan.setting for place in settlement]
    return _merge_small(faces, setting, settlement, terrain)


def _settlement_of(faces: list[Polygon], settlements: tuple[Settlement, ...]) -> npt.NDArray[np.int64]:
    """Index of the settlement each face lies in, -1 outside."""
    inner = np.array([face.representative_point() for face in faces])
    place = np.full(len(faces), -1)
    for k, item in enumerate(settlements):
        place[shapely.contains(item.footprint, inner)] = k
    return place


def _village_borders(terrain: Terrain, built: BaseGeometry, rng: np.random.Generator) -> list[LineString]:
    """Edges of a Voronoi diagram that is dense in the valleys, each edge bent a little."""
    cloud = _peopled_points(terrain, built, rng)
    seeds, _ = kmeans2(cloud, RURAL_BLOCKS, minit="++", iter=25, rng=rng)
    edges = shapely.voronoi_polygons(MultiPoint(np.round(seeds)), extend_to=terrain.outline, only_edges=True)
    straight = shapely.get_parts(shapely.line_merge(edges))
    pieces = [LineString(pair) for line in straight for pair in zip(line.coords[:-1], line.coords[1:], strict=True)]
    return [bend(piece, 0.07, rng) for piece in pieces]


def _peopled_points(terrain: Terrain, built: BaseGeometry, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Random points outside the settlements, most of them near rivers and towns."""
    west, south, east, north = terrain.outline.bounds
    points = rng.uniform((west, south), (east, north), (24_000, 2))
    geometry = shapely.points(points)
    near_water = np.exp(-shapely.distance(geometry, terrain.water.simplify(50)) / 2_000)
    near_town = np.exp(-shapely.distance(geometry, built) / 1_800)
    wanted = 0.06 + 0.5 * near_water + 0.8 * near_town
    inside = shapely.contains(terrain.outline, geometry) & ~shapely.contains(built.buffer(250), geometry)
    kept: npt.NDArray[np.float64] = points[inside & (rng.random(len(points)) < wanted)]
    return kept


def bend(line: LineString, size: float, rng: np.random.Generator) -> LineString:
    """Displace midpoints of a straight piece, twice at most, by `size` of its length."""
    points = shapely.get_coordinates(line)
    for _ in range(3):
        start, end = points[:-1], points[1:]
        length = np.linalg.norm(end - start, axis=1, keepdims=True)
        if length.max() < 250:
            break
        across = np.column_stack([start[:, 1] - end[:, 1], end[:, 0] - start[:, 0]])
        middle = (start + end) / 2 + across * rng.uniform(-size, size, (len(start), 1))
        woven = np.empty((2 * len(points) - 1, 2))
        woven[::2], woven[1::2] = points, middle
        points = woven
    return LineString(points)


def _merge_small(faces: list[Polygon], setting: list[str], settlement: npt.NDArray[np.int64], terrain: Terrain) -> Blocks:
    """Merge each too small or too thin face into the neighbor it shares most dry border with."""
    wet = terrain.water.buffer(2 * SNAP_M)
    alive = dict(enumerate(faces))
    queue = sorted((i for i in alive if _too_small(faces[i], setting[i])), key=lambda i: faces[i].area)
    while queue:
        small = queue.pop(0)
        if small not in alive or not _too_small(alive[small], setting[small]):
            continue
        host = _host(small, alive, settlement, wet)
        face = alive.pop(small)
        if host is None:
            continue
        alive[host] = as_polygon(shapely.union_all([alive[host], face]))
        if _too_small(alive[host], setting[host]):
            queue.append(host)
    order = sorted(
        alive, key=lambda i: (settlement[i] < 0, settlement[i], -round(alive[i].centroid.y / 300), alive[i].centroid.x)
    )
    return Blocks([alive[i] for i in order], [setting[i] for i in order], settlement[order])


def _too_small(face: Polygon, setting: str) -> bool:
    """Less than the least area, or thin and not much larger."""
    roundness = 4 * np.pi * face.area / face.length**2
    least = MIN_AREA_M2[setting]
    return bool(face.area < least or (roundness < MIN_ROUNDNESS and face.area < 2 * least))


def _host(small: int, alive: dict[int, Polygon], settlement: npt.NDArray[np.int64], wet: BaseGeometry) -> int | None:
    """Neighbor to merge with: the same settlement first, then the longest dry border; None for a spit at the county's edge."""
    face = alive[small]
    near = [i for i, other in alive.items() if i != small and other.distance(face) == 0]
    dry = {i: alive[i].intersection(face).difference(wet).length for i in near}
    candidates = [i for i in near if dry[i] > SNAP_M]
    return max(candidates, key=lambda i: (settlement[i] == settlement[small], dry[i]), default=None)
