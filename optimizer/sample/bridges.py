"""Where the rivers are crossed: by chosen main streets, and between villages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import networkx as nx
import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from optimizer.sample.blocks import Blocks
from optimizer.sample.borders import Borders, Pair, adjacency, as_line, length, lines, open_at
from optimizer.sample.settlements import Settlement
from optimizer.sample.terrain import Terrain

GAP_M: Final = 70.0
BANK_M: Final = 18.0
STREET_SPACING_M: Final = 700.0
VILLAGE_SPACING_M: Final = 4_500.0


@dataclass(frozen=True)
class Bridges:
    """Street bridges (name, point) and village bridges (pair of blocks, point), all in metres."""

    streets: list[tuple[str, Point]]
    villages: list[tuple[Pair, Point]]

    @property
    def points(self) -> list[Point]:
        """All bridges."""
        return [point for _, point in self.streets] + [point for _, point in self.villages]


def place_bridges(terrain: Terrain, settlements: tuple[Settlement, ...], blocks: Blocks, borders: Borders) -> Bridges:
    """Choose street bridges first, then village bridges far from them, then what joins every block."""
    streets = [bridge for place in settlements for bridge in _street_bridges(place, terrain)]
    chosen = Bridges(streets, [])
    candidates = _village_candidates(blocks, borders)
    for pair, point in candidates:
        if all(point.distance(other) > VILLAGE_SPACING_M for other in chosen.points):
            chosen.villages.append((pair, point))
    _join_all(chosen, candidates, blocks, borders)
    return chosen


def _street_bridges(place: Settlement, terrain: Terrain) -> list[tuple[str, Point]]:
    """Return where main streets cross a river at a good angle, the widest streets first, spaced apart."""
    found: list[tuple[str, Point]] = []
    for name, street in place.main_streets().items():
        for river in terrain.rivers:
            for crossing in _points(street.intersection(river.line)):
                inside = place.footprint.exterior.distance(crossing) > 3 * BANK_M
                clear = all(crossing.distance(point) > STREET_SPACING_M for _, point in found)
                if inside and clear and _angle(street, river.line, crossing) > 50:
                    found.append((name, crossing))
    return found


def _points(geometry: BaseGeometry) -> list[Point]:
    """Return the points of a geometry."""
    return [part for part in shapely.get_parts(geometry) if isinstance(part, Point)]


def direction(line: LineString, at: Point) -> npt.NDArray[np.float64]:
    """Return the unit vector along a line near one of its points, shape `(2,)`."""
    along = line.project(at)
    ends = [line.interpolate(max(0.0, along - 30)), line.interpolate(along + 30)]
    step = shapely.get_coordinates(np.array(ends))
    heading: npt.NDArray[np.float64] = (step[1] - step[0]) / np.linalg.norm(step[1] - step[0])
    return heading


def _angle(street: LineString, river: LineString, at: Point) -> float:
    """Return the acute angle in degrees between two lines where they cross."""
    cosine = abs(float(direction(street, at) @ direction(river, at)))
    return float(np.degrees(np.arccos(min(1.0, cosine))))


def _village_candidates(blocks: Blocks, borders: Borders) -> list[tuple[Pair, Point]]:
    """Middles of river borders between rural blocks, the most peopled valley first."""
    found = []
    for pair, segments in borders.wet.items():
        if blocks.setting[pair[0]] != "rural" or blocks.setting[pair[1]] != "rural" or length(segments) < 3 * GAP_M:
            continue
        longest = max(lines(as_line(segments)), key=lambda part: part.length)
        size = blocks.polygons[pair[0]].area + blocks.polygons[pair[1]].area
        found.append((size, pair, longest.interpolate(0.5, normalized=True)))
    return [(pair, point) for _, pair, point in sorted(found, key=lambda item: item[:2])]


def _join_all(chosen: Bridges, candidates: list[tuple[Pair, Point]], blocks: Blocks, borders: Borders) -> None:
    """Add village bridges until every block can be reached from every other."""
    for pair, point in candidates:
        opened, _ = open_at(borders, chosen.points, GAP_M)
        parts = list(nx.connected_components(adjacency(blocks.polygons, borders, opened)))
        if len(parts) == 1:
            return
        if not any(pair[0] in part and pair[1] in part for part in parts):
            chosen.villages.append((pair, point))
