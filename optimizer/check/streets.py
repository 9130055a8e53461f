"""Roads as a networkx graph, with places joined to it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx
import shapely
from shapely import STRtree
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from optimizer.check.roads import GRID_M, Road, Spot, spot

PIECE_M = 2_000.0
"""Shorter pieces of network that are joined to nothing are left out, but never the longest."""

AROUND, AROUND_M = 3.0, 300.0
"""A place whose nearest road lies behind a barrier takes one on this side up to this many times as far and this many metres."""

Name = tuple[str, str]
"""A place: its kind and id."""


@dataclass(frozen=True)
class Stretch:
    """A piece of road between two points where roads meet or end."""

    start: Spot
    end: Spot
    line: LineString
    pace: float
    ride: bool


@dataclass
class Streets:
    """The road network. Joining places splits the stretches they join.

    Attributes
    ----------
    stretches
        In the order of the lines they come from.
    walls
        Barriers that a stub should not cross.
    graph
        Spots and places; an edge holds its length times its pace as ``metres``.
    """

    stretches: list[Stretch]
    walls: list[BaseGeometry]
    graph: "nx.Graph[Spot | Name]"

    @classmethod
    def of(cls, roads: Sequence[Road], walls: Sequence[BaseGeometry]) -> "Streets":
        """Make a network of lines that meet where they share a vertex.

        Parameters
        ----------
        roads
            What is walked. Where any is a bridge, a segment of the others that meets a wall is taken out, but not of rides.
        walls
            Barriers, lines or areas.
        """
        lines = [_vertices(road.line) for road in roads]
        often = Counter(spot for line in lines for spot, _ in line)
        landings = {at for line, road in zip(lines, roads, strict=True) if road.bridge for at, _ in line}
        marked = bool(landings)
        tree = STRtree(list(walls) if marked else [])
        stretches = []
        for vertices, road in zip(lines, roads, strict=True):
            stretches += _stretches(vertices, often, tree, road, landings)
        return cls(_without_fragments(stretches), list(walls), nx.Graph())

    def join(self, places: Mapping[Name, Point]) -> dict[Name, float]:
        """Join places to the network; returns the metres from each to the road it joins."""
        tree, walls = STRtree([stretch.line if not stretch.ride else Point() for stretch in self.stretches]), STRtree(self.walls)
        feet: dict[int, list[tuple[float, Name]]] = {}
        stubs = {}
        for name, place in places.items():
            at = self._nearest(place, tree, walls)
            stretch = self.stretches[at]
            feet.setdefault(at, []).append((stretch.line.project(place), name))
            stubs[name] = stretch.line.distance(place)
        for at, stretch in enumerate(self.stretches):
            stops: list[tuple[float, Spot | Name]] = [
                (0.0, stretch.start),
                *sorted(feet.get(at, [])),
                (stretch.line.length, stretch.end),
            ]
            for (here, a), (there, b) in pairwise(stops):
                metres = (there - here) * stretch.pace
                if a != b and metres < self.graph.get_edge_data(a, b, {"metres": float("inf")})["metres"]:
                    self.graph.add_edge(a, b, metres=metres)
        return stubs

    def _nearest(self, place: BaseGeometry, tree: STRtree, walls: STRtree) -> int:
        """Return the nearest stretch (the first of several), on this side of a barrier if one is not too far."""
        nearest = int(min(tree.query_nearest(place)))
        stub = shapely.shortest_line(place, self.stretches[nearest].line)
        if not self._crosses(stub, walls):
            return nearest
        others = []
        for at in tree.query(place, predicate="dwithin", distance=stub.length * AROUND + AROUND_M):
            other = shapely.shortest_line(place, self.stretches[int(at)].line)
            if not self._crosses(other, walls):
                others.append((other.length, int(at)))
        return min(others)[1] if others else nearest

    def _crosses(self, stub: BaseGeometry, walls: STRtree) -> bool:
        return len(walls.query(stub, predicate="intersects")) > 0

    def from_place(self, name: Name) -> dict["Spot | Name", float]:
        """Return the metres along the roads from where a place joins them to every spot and place that can be reached."""
        return dict(nx.single_source_dijkstra_path_length(self.graph, name, weight="metres"))


def _vertices(line: BaseGeometry) -> list[tuple[Spot, tuple[float, float]]]:
    """Return the points of a line with their cells; of points that follow each other in one cell the first stands."""
    found: list[tuple[Spot, tuple[float, float]]] = []
    for x, y in line.coords:
        at = spot((x, y))
        if not found or found[-1][0] != at:
            found.append((at, (x, y)))
    return found


def _stretches(
    vertices: list[tuple[Spot, tuple[float, float]]],
    often: Mapping[Spot, int],
    walls: STRtree,
    road: Road,
    landings: set[Spot],
) -> list[Stretch]:
    """Cut a line where other lines meet it, and take out the segments that meet a wall."""
    found = []
    run = vertices[:1]
    for before, vertex in pairwise(vertices):
        free = [Point(xy) for at, xy in (before, vertex) if at in landings]
        if not (road.bridge or road.ride) and _cut(LineString([before[1], vertex[1]]), walls, free):
            found.append(run)
            run = [vertex]
            continue
        run.append(vertex)
        if often[vertex[0]] > 1:
            found.append(run)
            run = [vertex]
    found.append(run)
    return [
        Stretch(part[0][0], part[-1][0], LineString([xy for _, xy in part]), road.pace, road.ride)
        for part in found
        if len(part) > 1
    ]


def _cut(segment: LineString, walls: STRtree, landings: list[Point]) -> bool:
    """Say whether a segment meets a wall.

    One that runs along a wall, such as a river or a railway, is not cut by it, nor is one that meets it only at its end, where
    a bridge begins.
    """
    for at in walls.query(segment, predicate="intersects"):
        wall = walls.geometries[at]
        meet = segment.intersection(wall)
        if meet.geom_type == "Point" and any(meet.distance(end) <= GRID_M for end in landings):
            continue
        if not (wall.geom_type in ("LineString", "MultiLineString") and segment.covered_by(wall)):
            return True
    return False


def _without_fragments(stretches: list[Stretch]) -> list[Stretch]:
    graph: nx.Graph[Spot] = nx.Graph((stretch.start, stretch.end) for stretch in stretches)
    piece = {spot: at for at, part in enumerate(nx.connected_components(graph)) for spot in part}
    length = dict.fromkeys(piece.values(), 0.0)
    for stretch in stretches:
        length[piece[stretch.start]] += 0.0 if stretch.ride else stretch.line.length
    longest = max(length, key=lambda at: length[at], default=-1)
    return [s for s in stretches if length[piece[s.start]] >= PIECE_M or piece[s.start] == longest]
