"""Roads as a graph: nodes where lines meet, edges the stretches between them."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from optimizer.problem import Ints

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Shapes = NDArray[np.object_]

GRID_M = 0.01
"""Own: vertices in the same cell of this grid are the same place."""

PIECE_M = 2_000.0
"""Own: a piece of network shorter than this, joined to nothing, is left out unless it is the longest."""

_POINT = 0

_SOURCES = 16
"""Shortest paths are searched from this many places at once, to bound memory."""


@dataclass(frozen=True)
class Roads:
    """A road network that is walked both ways.

    Attributes
    ----------
    xy
        ``[N, 2]`` the nodes, in metres.
    edges
        ``[E, 2]`` the nodes that each stretch joins; two may join the same nodes.
    length_m
        ``[E]`` length along the stretch.
    lines
        ``[E]`` its line, from the first node to the second.
    pace
        ``[E]`` metres of level walking that a metre of it counts as.
    ride
        ``[E]`` whether it is a ride on a bus: places do not join it.
    """

    xy: Floats
    edges: Ints
    length_m: Floats
    lines: Shapes
    pace: Floats
    ride: Bools


@dataclass(frozen=True)
class Joined:
    """A road network with places on it.

    Attributes
    ----------
    n_nodes
        Nodes of the network and of the places.
    edges
        As in `Roads`, the stretches split where a place joins them.
    length_m
        ``[E]`` metres of level walking: length times pace.
    node
        ``[P]`` the node at which each place joins the network.
    stub_m
        ``[P]`` straight line from the place to that node.
    """

    n_nodes: int
    edges: Ints
    length_m: Floats
    node: Ints
    stub_m: Floats


def road_graph(roads: gpd.GeoDataFrame, barriers: Shapes) -> tuple[Roads, int]:
    """Make a graph of road lines.

    Lines meet where they share a vertex (within 1 cm); lines that merely cross do not meet, as bridges do not. Where the layer
    marks bridges, a segment that is none and meets a barrier is taken out, unless it only ends on it where a bridge begins.

    Parameters
    ----------
    roads
        Columns ``geometry`` (LineString), ``bridge`` (bool), and where the layer says more ``pace`` and ``bus``
        (`optimizer.inputs.pace`); in a plane CRS in metres.
    barriers
        Lines or areas that nobody walks across without a bridge.

    Returns
    -------
    The graph, and the number of segments that a barrier cut.
    """
    lines = roads.geometry.to_numpy()
    pace = roads["pace"].to_numpy(dtype=np.float64) if "pace" in roads else np.ones(len(lines))
    ride = roads["bus"].to_numpy(dtype=bool) if "bus" in roads else np.zeros(len(lines), dtype=bool)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    cell = np.rint(xy / GRID_M).astype(np.int64)
    moved = np.ones(len(xy), dtype=bool)
    moved[1:] = (line[1:] != line[:-1]) | (cell[1:] != cell[:-1]).any(axis=1)
    xy, line, cell = xy[moved], line[moved], cell[moved]
    _, first, place = np.unique(cell, axis=0, return_index=True, return_inverse=True)
    place = place.reshape(-1)
    start = np.flatnonzero(line[1:] == line[:-1])
    cut = _cut_segments(xy, place, start, line, roads["bridge"].to_numpy(dtype=bool), ride, barriers)
    node = np.bincount(place)[place] > 1
    node[1:] |= line[1:] != line[:-1]
    node[:-1] |= line[1:] != line[:-1]
    node[[0, -1]] = True
    node[start[cut]] = node[start[cut] + 1] = True
    head = start[node[start]]
    return _stretches(xy, xy[first], place, start, node, cut, pace[line[head]], ride[line[head]]), int(cut.sum())


def _cut_segments(xy: Floats, place: Ints, start: Ints, line: Ints, bridge: Bools, ride: Bools, barriers: Shapes) -> Bools:
    """Return which segments (from vertex ``start`` to the next) a barrier cuts; it does not cut rides."""
    cut = np.zeros(len(start), dtype=bool)
    if not len(barriers) or not bridge.any():
        return cut
    plain = np.flatnonzero(~(bridge | ride)[line[start]])
    segments = _segments(xy, start[plain])
    segment, barrier = shapely.STRtree(barriers).query(segments, predicate="intersects")
    # a road may run along a river or railway, not across it
    along = shapely.covered_by(segments[segment], barriers[barrier]) & (shapely.get_dimensions(barriers[barrier]) == 1)
    # a river is often drawn through the very points where the bridge begins: the roads to it end there, and do not cross
    landed = np.zeros(int(place.max()) + 1, dtype=bool)
    landed[place[bridge[line]]] = True
    meet = shapely.intersection(segments[segment], barriers[barrier])
    ends = start[plain[segment]][:, None] + np.arange(2)
    touches = landed[place[ends]] & (shapely.distance(shapely.points(xy[ends]), meet[:, None]) <= GRID_M)
    abuts = (shapely.get_type_id(meet) == _POINT) & touches.any(axis=1)
    cut[plain[segment[~along & ~abuts]]] = True
    return cut


def _segments(xy: Floats, start: Ints) -> Shapes:
    return np.asarray(shapely.linestrings(np.stack([xy[start], xy[start + 1]], axis=1)), dtype=object)


def _stretches(xy: Floats, places: Floats, place: Ints, start: Ints, node: Bools, cut: Bools, pace: Floats, ride: Bools) -> Roads:
    """Join the segments between nodes to stretches."""
    stretch = np.cumsum(node[start]) - 1
    length = np.bincount(stretch, np.hypot(*(xy[start + 1] - xy[start]).T)).astype(np.float64)
    head = start[node[start]]
    tail = np.append(start[np.flatnonzero(node[start])[1:] - 1], start[-1:]) + 1
    vertex = np.concatenate([start, tail])
    owner = np.concatenate([stretch, np.arange(len(tail))])
    order = np.lexsort((vertex, owner))
    lines = shapely.linestrings(xy[vertex[order]], indices=owner[order])
    whole = np.ones(len(length), dtype=bool)
    whole[stretch[cut]] = False
    used, ends = np.unique(np.stack([place[head], place[tail]], axis=1)[whole], return_inverse=True)
    return Roads(places[used], ends.reshape(-1, 2).astype(np.int64), length[whole], lines[whole], pace[whole], ride[whole])


def pieces(roads: Roads) -> tuple[Ints, Floats]:
    """Return ``[E]`` the piece of network that each stretch belongs to, and ``[P]`` the length of the pieces without rides."""
    n_pieces, piece = connected_components(_matrix(len(roads.xy), roads.edges, roads.length_m), directed=False)
    owner = piece[roads.edges[:, 0]].astype(np.int64)
    return owner, np.bincount(owner, np.where(roads.ride, 0.0, roads.length_m), minlength=n_pieces).astype(np.float64)


def without_fragments(roads: Roads) -> tuple[Roads, int]:
    """Leave out pieces of network shorter than 2 km that are joined to nothing; the longest piece always stays.

    Returns
    -------
    The network, and the number of pieces left out.
    """
    piece, length = pieces(roads)
    kept = length >= PIECE_M
    kept[np.argmax(length)] = True
    stays = kept[piece]
    used, ends = np.unique(roads.edges[stays], return_inverse=True)
    edges = ends.reshape(-1, 2).astype(np.int64)
    left = (roads.length_m[stays], roads.lines[stays], roads.pace[stays], roads.ride[stays])
    return Roads(roads.xy[used], edges, *left), int((~kept).sum())


def join(roads: Roads, stretch: Ints, points: Shapes) -> Joined:
    """Join places to stretches, each by a straight stub to the nearest point along its stretch.

    Parameters
    ----------
    roads
        The network.
    stretch
        ``[P]`` the stretch that each place joins.
    points
        ``[P]`` the places.
    """
    lines, n_nodes, n_places = roads.lines[stretch], len(roads.xy), len(points)
    at = np.minimum(shapely.line_locate_point(lines, points), roads.length_m[stretch])
    order = np.lexsort((at, stretch))
    along, at_sorted = stretch[order], at[order]
    opens = np.ones(n_places, dtype=bool)
    opens[1:] = along[1:] != along[:-1]
    closes = np.append(opens[1:], True)[:n_places]
    feet = n_nodes + np.arange(n_places)
    before = np.where(opens, roads.edges[along, 0], feet - 1)
    step = at_sorted - np.where(opens, 0.0, np.append(0.0, at_sorted[:-1])[:n_places])
    rest = roads.length_m[along[closes]] - at_sorted[closes]
    untouched = np.ones(len(roads.edges), dtype=bool)
    untouched[stretch] = False
    chain = np.stack([before, feet], axis=1)
    last = np.stack([feet[closes], roads.edges[along[closes], 1]], axis=1)
    node = np.empty(n_places, dtype=np.int64)
    node[order] = feet
    whole = (roads.length_m * roads.pace)[untouched]
    return Joined(
        n_nodes + n_places,
        np.concatenate([roads.edges[untouched], chain, last]),
        np.concatenate([whole, step * roads.pace[along], rest * roads.pace[along[closes]]]),
        node,
        shapely.distance(lines, points),
    )


def shortest(network: Joined, origins: Ints, destinations: Ints) -> Floats:
    """Return the shortest ways between nodes.

    Parameters
    ----------
    network
        A network with places on it.
    origins, destinations
        ``[O]`` and ``[D]`` nodes; the search starts from the origins, so let them be the fewer.

    Returns
    -------
    ``[O, D]`` metres, infinite where there is no way.
    """
    matrix = _matrix(network.n_nodes, network.edges, network.length_m)
    found = np.empty((len(origins), len(destinations)))
    for low in range(0, len(origins), _SOURCES):
        found[low : low + _SOURCES] = dijkstra(matrix, indices=origins[low : low + _SOURCES])[:, destinations]
    return found


def _matrix(n_nodes: int, edges: Ints, length_m: Floats) -> csr_array:
    """Return the network as a symmetric matrix; of parallel stretches the shortest counts."""
    low, high = edges.min(axis=1), edges.max(axis=1)
    order = np.lexsort((length_m, high, low))
    low, high, length = low[order], high[order], length_m[order]
    first = np.ones(len(low), dtype=bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    first &= low != high
    low, high, length = low[first], high[first], length[first]
    ends = (np.concatenate([low, high]), np.concatenate([high, low]))
    return csr_array(coo_array((np.concatenate([length, length]), ends), shape=(n_nodes, n_nodes)))
