"""The ways that people walk, and how much a metre of each counts.

From the statements in `optimizer.inputs.lines`, `optimizer.inputs.pace` and `optimizer.network.gaps`, worked out a second time.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import networkx as nx
from pyproj import CRS
from shapely import STRtree
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from optimizer.check import sheets
from optimizer.policy import WALK_M_PER_MIN
from optimizer.scenario.model import Scenario

CLOSED_TO_WALKERS = (
    *("motorway", "motorway_link", "construction", "proposed", "raceway", "bus_guideway", "busway"),
    *("abandoned", "razed", "disused", "planned", "escape"),
)
"""Values of OpenStreetMap's ``highway``."""

OPEN_TO_WALKERS = ("yes", "designated", "permissive", "official")
"""Values of OpenStreetMap's ``foot``."""

KEPT_SHUT = ("no", "private")
"""Values of ``foot`` and ``access``."""

NOT = ("", "no", "0", "false", "否")

BUS_KMH = 20.0

GRID_M = 0.01
"""Points in the same cell of this grid are the same place."""

Spot = tuple[int, int]
"""A cell of the grid."""


@dataclass(frozen=True)
class Road:
    """One line that is walked, or ridden from end to end.

    Attributes
    ----------
    line
        A single line.
    bridge
        Whether it is a bridge or a tunnel.
    pace
        Metres of level walking that a metre of it counts as.
    ride
        Whether it is a ride on a bus.
    """

    line: BaseGeometry
    bridge: bool = False
    pace: float = 1.0
    ride: bool = False


def read_roads(scenario: Scenario, crs: CRS, around: sheets.Around) -> list[Road] | None:
    """Read the roads near an area; None without any.

    Raises
    ------
    BadInputError
        If the file cannot be read.
    """
    frame = sheets.sheet(scenario, "roads", around)
    if frame is None:
        return None
    found: list[Road] = []
    for row, shape in zip(sheets.rows(frame), sheets.shapes(frame, crs), strict=True):
        if shape is None or shape.is_empty or not _walked(row):
            continue
        ride = row.get("bus", "").lower() not in NOT
        metres = _metres(row, shape.length, ride=ride)
        lines: list[BaseGeometry] = list(getattr(shape, "geoms", [shape]))
        if ride:
            lines = [LineString([lines[0].coords[0], lines[-1].coords[-1]])]
        length = math.fsum(line.length for line in lines)
        pace = metres / length if length else 1.0
        over = not ride and (tag(row, "bridge") not in NOT or tag(row, "tunnel") not in ("", "no", "building_passage"))
        found.extend(Road(line, over, pace, ride) for line in lines)
    return found


def _metres(row: Mapping[str, str], length: float, *, ride: bool) -> float:
    """Return the metres of level walking that a whole line counts as."""
    if row.get("minutes"):
        return sheets.number(row["minutes"]) * WALK_M_PER_MIN
    if ride:
        speed = sheets.number(row["speed_kmh"]) if row.get("speed_kmh") else BUS_KMH
        return length / (speed * 1000 / 60) * WALK_M_PER_MIN
    if not row.get("climb_m") or not length:
        return length
    slope = sheets.number(row["climb_m"]) / length
    level = _tobler_kmh(0.0)
    return length * (level / _tobler_kmh(slope) + level / _tobler_kmh(-slope)) / 2


def _tobler_kmh(slope: float) -> float:
    """Tobler's hiking function (1993)."""
    return 6 * math.exp(-3.5 * abs(slope + 0.05))


def tag(row: Mapping[str, str], key: str) -> str:
    """Return a column, or the key among OpenStreetMap's other tags."""
    if key in row:
        return row[key].lower()
    match = re.search(rf'"{key}"=>"([^"]*)"', row.get("other_tags", ""))
    return match.group(1).lower() if match else ""


def _walked(row: Mapping[str, str]) -> bool:
    if tag(row, "foot") in KEPT_SHUT:
        return False
    closed = row.get("highway", "").lower() in CLOSED_TO_WALKERS or tag(row, "access") in KEPT_SHUT
    return not closed or tag(row, "foot") in OPEN_TO_WALKERS


def spot(xy: Sequence[float]) -> Spot:
    """Return the cell of a point."""
    return round(xy[0] / GRID_M), round(xy[1] / GRID_M)


def without_gaps(roads: Sequence[Road], walls: Sequence[BaseGeometry], join_m: float) -> list[Road]:
    """Join every dead end to the nearest line of another piece of network, if one is within ``join_m`` and no wall between.

    A dead end is the end of a line at a place that no other vertex shares. Rides are not joined to between their ends.
    """
    spots = [[spot(xy) for xy in road.line.coords] for road in roads]
    times = Counter(at for line in spots for at in line)
    net: nx.Graph[Spot] = nx.Graph()
    for line in spots:
        nx.add_path(net, line)
    piece = {at: number for number, part in enumerate(nx.connected_components(net)) for at in part}
    if join_m <= 0 or len(set(piece.values())) < 2:
        return list(roads)
    tree, barred = STRtree([road.line for road in roads]), STRtree(list(walls))
    feet: dict[int, list[tuple[float, Point]]] = {}
    joins: list[Road] = []
    for at, road in enumerate(roads):
        for xy in (road.line.coords[0], road.line.coords[-1]):
            if times[spot(xy)] > 1:
                continue
            other = _nearest_of_another_piece(Point(xy), piece[spots[at][0]], roads, [piece[s[0]] for s in spots], tree, join_m)
            if other is None:
                continue
            along = roads[other].line.project(Point(xy))
            foot = roads[other].line.interpolate(along)
            join = LineString([xy, foot.coords[0]])
            if len(barred.query(join, predicate="intersects")) == 0:
                feet.setdefault(other, []).append((along, foot))
                joins.append(Road(join))
    return [replace(road, line=_through(road.line, feet[at])) if at in feet else road for at, road in enumerate(roads)] + joins


def _nearest_of_another_piece(
    end: Point, piece: int, roads: Sequence[Road], pieces: Sequence[int], tree: STRtree, join_m: float
) -> int | None:
    others = [int(at) for at in tree.query(end, predicate="dwithin", distance=join_m)]
    others = [at for at in others if pieces[at] != piece and not roads[at].ride]
    return min(others, key=lambda at: (roads[at].line.distance(end), at)) if others else None


def _through(line: BaseGeometry, feet: list[tuple[float, Point]]) -> LineString:
    """Return a line with more vertices: points of it, and how far along it they are."""
    stops: list[tuple[float, int, tuple[float, ...]]] = []
    so_far = 0.0
    for before, xy in pairwise([line.coords[0], *line.coords]):
        so_far += math.dist(before, xy)
        stops.append((so_far, 0, xy))
    stops[-1] = (math.inf, 0, line.coords[-1])
    stops += [(along, 1, foot.coords[0]) for along, foot in feet]
    return LineString([xy for _, _, xy in sorted(stops)])
