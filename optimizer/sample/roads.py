"""The road network: streets with river banks, roads between villages, and valley roads."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import networkx as nx
import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.strtree import STRtree

from optimizer.sample.blocks import Blocks, bend
from optimizer.sample.borders import Borders, as_line, lines
from optimizer.sample.bridges import BANK_M, Bridges, direction
from optimizer.sample.settlements import Settlement
from optimizer.sample.terrain import Terrain

SNAP_M: Final = 0.1
EXTRA_SHARE: Final = 0.55
"""Share of possible village roads built beyond the ones that connect all."""
RANKS: Final = ("primary", "secondary", "tertiary", "residential", "footway")


@dataclass(frozen=True)
class Road:
    """A line of road, metres, with the attributes written to the layer."""

    line: LineString
    name: str
    highway: str
    bridge: bool = False


def make_roads(
    terrain: Terrain,
    settlements: tuple[Settlement, ...],
    blocks: Blocks,
    borders: Borders,
    bridges: Bridges,
    rng: np.random.Generator,
) -> list[Road]:
    """All roads, noded at junctions, one connected network."""
    channel = terrain.water.buffer(BANK_M)
    shapely.prepare(channel)
    roads = [road for place in settlements for road in _streets(place, terrain, channel, bridges)]
    links = _village_links(terrain, blocks, borders, bridges, channel, rng)
    roads += _chosen_links(links, settlements, rng)
    roads += [lane for block in range(len(blocks.polygons)) for lane in _hamlet_lanes(block, blocks, channel, rng)]
    return _connected(_noded(roads))


def _streets(place: Settlement, terrain: Terrain, channel: BaseGeometry, bridges: Bridges) -> list[Road]:
    """Streets cut back from the river, except at bridges, and a road along each bank."""
    roads = []
    for street in place.streets:
        dry = street.line.difference(channel) if channel.intersects(street.line) else street.line
        roads += [Road(part, street.name, street.highway) for part in lines(dry)]
    rank = {street.name: street.highway for street in place.streets}
    main = place.main_streets()
    for name, point in bridges.streets:
        if name in main:
            span = min(lines(main[name].intersection(channel)), key=point.distance)
            roads.append(Road(span, name, rank[name], bridge=True))
    for river in terrain.rivers:
        banks = lines(as_merged(river.line.buffer(BANK_M).boundary.intersection(place.footprint)))
        dry_banks = [bank for bank in banks if bank.distance(terrain.water) > BANK_M / 2]
        roads += [Road(bank, f"{river.name[:-1]}滨河路", "tertiary") for bank in dry_banks]
    return roads


def as_merged(geometry: BaseGeometry) -> BaseGeometry:
    """Return lines joined end to end where they can be."""
    return shapely.line_merge(shapely.MultiLineString(lines(geometry)))


def _village_links(
    terrain: Terrain,
    blocks: Blocks,
    borders: Borders,
    bridges: Bridges,
    channel: BaseGeometry,
    rng: np.random.Generator,
) -> nx.Graph[int]:
    """Possible roads: rural neighbours through their border, villages to the streets they touch.

    Nodes are rural blocks and, negative, settlements (`-1 - k`); each edge has `line`, `metres`, `spans`.
    """
    graph: nx.Graph[int] = nx.Graph()
    middle = blocks.centroids
    shore = terrain.water.buffer(BANK_M * 0.6)
    for (i, j), segments in sorted(borders.dry.items()):
        homes = blocks.settlement[i], blocks.settlement[j]
        if min(homes) >= 0:
            continue
        border = as_line(segments)
        dry = lines(border.difference(channel) if channel.intersects(border) else border)
        if not dry:
            continue
        gate = max(dry, key=lambda part: part.length).interpolate(0.5, normalized=True).coords[0]
        stops = [middle[k] if blocks.settlement[k] < 0 else None for k in (i, j)]
        path = [p for p in (stops[0], np.array(gate), stops[1]) if p is not None]
        line = _winding(path, shore, rng)
        if line is not None:
            ends = [k if blocks.settlement[k] < 0 else -1 - int(blocks.settlement[k]) for k in (i, j)]
            _offer(graph, ends[0], ends[1], line)
    for (i, j), point in bridges.villages:
        _offer(graph, i, j, *_crossing(i, j, point, terrain, blocks))
    return graph


def _offer(graph: nx.Graph[int], i: int, j: int, line: LineString, span: LineString | None = None) -> None:
    """Keep the shortest line between two nodes; a bridge is always built."""
    if not graph.has_edge(i, j) or line.length < graph.edges[i, j]["metres"] or span is not None:
        graph.add_edge(i, j, line=line, metres=line.length, span=span)


def _winding(path: list[npt.NDArray[np.float64]], shore: BaseGeometry, rng: np.random.Generator) -> LineString | None:
    """Join the stops with a winding line, or a straight one; None where both would get wet."""
    bent = [shapely.get_coordinates(bend(LineString(pair), 0.12, rng)) for pair in pairwise(path)]
    winding = LineString(np.vstack([bent[0], *[leg[1:] for leg in bent[1:]]]))
    return next((line for line in (winding, LineString(path)) if not line.intersects(shore)), None)


def _crossing(i: int, j: int, point: Point, terrain: Terrain, blocks: Blocks) -> tuple[LineString, LineString]:
    """Road between two villages over a bridge square to the river, and the span itself."""
    river = min((river.line for river in terrain.rivers), key=point.distance)
    heading = direction(river, point)
    across = np.array([-heading[1], heading[0]]) * 1.5 * BANK_M
    middle = blocks.centroids
    at = np.array(point.coords[0])
    near, far = (at + across, at - across)
    if blocks.polygons[i].distance(Point(near)) > blocks.polygons[i].distance(Point(far)):
        near, far = far, near
    return LineString([middle[i], near, far, middle[j]]), LineString([near, far])


def _chosen_links(links: nx.Graph[int], settlements: tuple[Settlement, ...], rng: np.random.Generator) -> list[Road]:
    """Valley roads from the seat to each town, a tree that connects all villages, and some more."""
    rank: dict[tuple[int, int], tuple[str, str]] = {}
    for k in range(1, len(settlements)):
        path = nx.shortest_path(links, -1, -1 - k, weight=lambda _i, _j, edge: edge["metres"] ** 1.1)
        name = f"栖{settlements[k].plan.name[0]}公路"
        for pair in pairwise(path):
            rank.setdefault((min(pair), max(pair)), (name, "primary" if k <= 2 else "secondary"))
    for i, j in nx.minimum_spanning_edges(links, weight="metres", data=False):
        rank.setdefault((min(i, j), max(i, j)), ("", "tertiary"))
    roads = []
    for i, j, edge in sorted(links.edges(data=True), key=lambda item: (min(item[:2]), max(item[:2]))):
        pair = (min(i, j), max(i, j))
        if pair not in rank and edge["span"] is None and rng.random() > EXTRA_SHARE:
            continue
        name, highway = rank.get(pair, ("", "tertiary"))
        dry = edge["line"].difference(edge["span"]) if edge["span"] is not None else edge["line"]
        roads += [Road(part, name, highway) for part in lines(dry)]
        if edge["span"] is not None:
            roads.append(Road(edge["span"], name, highway, bridge=True))
    return roads


def _hamlet_lanes(block: int, blocks: Blocks, channel: BaseGeometry, rng: np.random.Generator) -> list[Road]:
    """Lay a few lanes around the middle of a rural block."""
    if blocks.setting[block] != "rural":
        return []
    middle = blocks.centroids[block]
    home: Polygon = blocks.polygons[block].buffer(-15)
    first = rng.uniform(0, 2 * np.pi)
    lanes = []
    for k in range(3):
        angle = first + k * 2 * np.pi / 3 + rng.uniform(-0.4, 0.4)
        way = np.array([np.cos(angle), np.sin(angle)])
        side = np.array([-way[1], way[0]])
        end = middle + way * rng.uniform(110, 240)
        corner = middle + way * rng.uniform(60, 100)
        lanes += [LineString([middle, corner, end]), LineString([corner, corner + side * rng.uniform(50, 120)])]
    return [Road(lane, "", "residential") for lane in lanes if home.contains(lane) and not channel.intersects(lane)]


def _noded(roads: list[Road]) -> list[Road]:
    """Cut all roads at their junctions; each piece keeps the attributes of the road it lay on."""
    order = sorted(roads, key=lambda road: (not road.bridge, RANKS.index(road.highway)))
    tree = STRtree([road.line for road in order])
    pieces = shapely.get_parts(shapely.node(shapely.union_all([road.line for road in order], grid_size=SNAP_M)))
    noded = []
    for piece in sorted(pieces, key=lambda piece: (piece.bounds, piece.length)):
        middle = piece.interpolate(0.5, normalized=True)
        near = tree.query(middle, predicate="dwithin", distance=0.5)
        source = order[min(near)]
        noded.append(Road(piece, source.name, source.highway, source.bridge))
    return noded


def _connected(roads: list[Road]) -> list[Road]:
    """Return the largest connected part; what falls away is a piece of bank or lane cut off by a river."""
    graph: nx.MultiGraph[tuple[float, ...]] = nx.MultiGraph()
    for k, road in enumerate(roads):
        graph.add_edge(road.line.coords[0], road.line.coords[-1], key=k)
    largest = max(nx.connected_components(graph), key=len)
    return [road for road in roads if road.line.coords[0] in largest]
