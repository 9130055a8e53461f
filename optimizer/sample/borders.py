"""Shared borders of blocks, the river as a barrier along them, bridges, and the adjacency left."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import networkx as nx
import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.strtree import STRtree

from optimizer.sample.terrain import Terrain

MIN_BORDER_M: Final = 10.0
ON_RIVER_M: Final = 0.5

Pair = tuple[int, int]
Segment = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Borders:
    """Border segments of each pair of touching blocks, split into dry ones and ones in a river."""

    dry: dict[Pair, list[Segment]]
    wet: dict[Pair, list[Segment]]


def find_borders(polygons: list[Polygon], terrain: Terrain) -> Borders:
    """All shared border segments; the coverage is clean, so they are equal vertex by vertex."""
    near_water = terrain.water.buffer(ON_RIVER_M)
    shapely.prepare(near_water)
    dry: dict[Pair, list[Segment]] = {}
    wet: dict[Pair, list[Segment]] = {}
    first, second = STRtree(polygons).query(polygons, predicate="intersects")
    rings = [_segments(polygon) for polygon in polygons]
    for i, j in zip(first.tolist(), second.tolist(), strict=True):
        if i >= j:
            continue
        for segment in sorted(rings[i] & rings[j]):
            kind = wet if near_water.covers(LineString(segment)) else dry
            kind.setdefault((i, j), []).append(segment)
    return Borders(dry, wet)


def _segments(polygon: Polygon) -> set[Segment]:
    """Undirected segments of all rings of a polygon."""
    rings = [polygon.exterior, *polygon.interiors]
    return {(min(a, b), max(a, b)) for ring in rings for a, b in pairwise(ring.coords)}


def length(segments: list[Segment]) -> float:
    """Metres of border."""
    return sum(float(np.hypot(a[0] - b[0], a[1] - b[1])) for a, b in segments)


def as_line(segments: list[Segment]) -> BaseGeometry:
    """Segments as merged lines."""
    return shapely.line_merge(shapely.MultiLineString(segments))


def lines(geometry: BaseGeometry) -> list[LineString]:
    """Return the line parts longer than a meter."""
    return [part for part in shapely.get_parts(geometry) if isinstance(part, LineString) and part.length > 1.0]


def open_at(borders: Borders, bridges: list[Point], gap_m: float) -> tuple[dict[Pair, list[Segment]], list[Segment]]:
    """Split river borders at bridges.

    Returns
    -------
    tuple
        Segments within `gap_m` of a bridge by pair of blocks, and the segments
        of the barrier that is left.
    """
    gaps = shapely.union_all([bridge.buffer(gap_m) for bridge in bridges])
    shapely.prepare(gaps)
    opened: dict[Pair, list[Segment]] = {}
    barrier: list[Segment] = []
    for pair, segments in borders.wet.items():
        for segment in segments:
            if gaps.covers(LineString(segment)):
                opened.setdefault(pair, []).append(segment)
            else:
                barrier.append(segment)
    return opened, barrier


def adjacency(polygons: list[Polygon], borders: Borders, opened: dict[Pair, list[Segment]]) -> nx.Graph[int]:
    """Blocks joined by at least `MIN_BORDER_M` of border that no barrier cuts.

    Each edge has `metres` between the middles of its blocks.
    """
    middles = [polygon.centroid for polygon in polygons]
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(polygons)))
    for pair in sorted(borders.dry.keys() | opened.keys()):
        shared = length(borders.dry.get(pair, []) + opened.get(pair, []))
        if shared >= MIN_BORDER_M:
            graph.add_edge(*pair, metres=middles[pair[0]].distance(middles[pair[1]]))
    return graph
