"""Metres on foot from every block to every school."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from optimizer.inputs.county import Note
from optimizer.inputs.sheet import note
from optimizer.network.gaps import closed_gaps
from optimizer.network.roads import Bools, Floats, Roads, Shapes, join, pieces, road_graph, shortest, without_fragments
from optimizer.problem import NO_WAY_M, Ints

DETOUR = 1.4
"""Roads are longer than the straight line by this factor where there is no way to measure: Boscoe, Henry and Zdeb (2012), 'A
nationwide comparison of driving distance versus straight-line distance to hospitals', Professional Geographer 64, found 1.417."""

FAR_M = 1_000.0
"""Own: a place further than this from the nearest road is named."""

_AROUND = 3.0
_AROUND_M = 300.0
"""Own: where the nearest road lies behind a barrier, one on this side is taken up to 3 times as far and 300 m."""


@dataclass(frozen=True)
class Walk:
    """Ways to school.

    Attributes
    ----------
    distance
        ``[B, S]`` whole metres, ``NO_WAY_M`` where there is no way.
    notes
        What was assumed, cut and left out.
    """

    distance: Ints
    notes: tuple[Note, ...]


def walk(
    blocks: gpd.GeoDataFrame,
    schools: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame | None,
    barriers: gpd.GeoDataFrame | None = None,
    join_m: float = 0.0,
) -> Walk:
    """Measure the way from each block to each school.

    Parameters
    ----------
    blocks
        Polygons, indexed by id; a block is entered at its representative point.
    schools
        Points, indexed by id.
    roads
        Lines with ``bridge``, or None: then all distances are straight lines.
    barriers
        Lines or areas that are crossed only by bridges, or None.
        All four are in the same plane CRS in metres.
    join_m
        Dead ends this close to another piece of network are joined to it (`optimizer.network.gaps`).

    Returns
    -------
    Along roads: a straight stub from the place to the nearest point of the nearest road, the way that takes least (length times
    pace), a stub to the school, rounded to the metre. Only pieces of network of at least 2 km, or the longest, are joined. A
    stub does not cross a barrier if a road on this side lies within 3 times the distance and 300 m. A block that can reach no
    school, a school that no block can reach, and a school in a block that has no way to it, are given the straight line times
    1.4, and named.
    """
    homes = shapely.point_on_surface(blocks.geometry.to_numpy())
    points = schools.geometry.to_numpy()
    straight = _straight_m(homes, points)
    as_the_crow_flies = Walk(np.rint(straight).astype(np.int64), (note("assumed", "roads", "straight_line", 1),))
    if roads is None or roads.empty:
        return as_the_crow_flies
    walls = np.empty(0, dtype=object) if barriers is None else barriers.geometry.to_numpy()
    roads, n_joined = closed_gaps(roads, walls, join_m)
    graph, n_cut = road_graph(roads, walls)
    if graph.ride.all():
        return as_the_crow_flies
    graph, n_left = without_fragments(graph)
    names = np.concatenate([blocks.index.to_numpy(), schools.index.to_numpy()])
    counts = (("repaired", "road_ends_joined", n_joined), ("repaired", "roads_cut_by_barriers", n_cut))
    notes = [note(kind, "roads", what, n) for kind, what, n in (*counts, ("left_out", "road_pieces_left_out", n_left))]
    distance = _along_roads(graph, homes, points, walls, names, notes)
    return _whole(_without_way(distance, straight, blocks, schools, notes), notes)


def given(blocks: gpd.GeoDataFrame, schools: gpd.GeoDataFrame, distances: pd.DataFrame) -> Walk:
    """Take the ways from a table.

    Parameters
    ----------
    blocks, schools
        As for `walk`.
    distances
        ``block_id, school_id, metres``, each pair once.

    Returns
    -------
    The table as a matrix; a pair that it lacks has no way. A block without a way to any of the schools, a school without a way
    from any block, and a school in a block that has no way to it, are given the straight line times 1.4, and named.
    """
    straight = _straight_m(shapely.point_on_surface(blocks.geometry.to_numpy()), schools.geometry.to_numpy())
    metres = np.full(straight.shape, np.inf)
    row, column = blocks.index.get_indexer(distances["block_id"]), schools.index.get_indexer(distances["school_id"])
    known = (row >= 0) & (column >= 0)
    metres[row[known], column[known]] = distances["metres"].to_numpy(dtype=np.float64)[known]
    notes = [note("assumed", "distances", "distances_given", 1)]
    return _whole(_without_way(metres, straight, blocks, schools, notes), notes)


def _whole(distance: Floats, notes: list[Note]) -> Walk:
    metres = np.where(np.isfinite(distance), np.rint(np.where(np.isfinite(distance), distance, 0)), NO_WAY_M)
    return Walk(metres.astype(np.int64), tuple(item for item in notes if item.count))


def _straight_m(homes: Shapes, points: Shapes) -> Floats:
    a, b = shapely.get_coordinates(homes), shapely.get_coordinates(points)
    return np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1])


def _along_roads(graph: Roads, homes: Shapes, points: Shapes, walls: Shapes, names: Shapes, notes: list[Note]) -> Floats:
    places = np.concatenate([homes, points])
    stretch, across = nearest_stretch(graph, places, walls)
    network = join(graph, stretch, places)
    n_blocks = len(homes)
    piece, length = pieces(graph)
    apart = piece[stretch[:n_blocks]] != np.argmax(length)
    notes.append(note("assumed", "roads", "road_pieces_apart", names[:n_blocks][apart]))
    ways = shortest(network, network.node[n_blocks:], network.node[:n_blocks]).T
    far = network.stub_m > FAR_M
    notes.append(note("assumed", "roads", "far_from_roads", names[far]))
    notes.append(note("assumed", "roads", "reached_across_barrier", names[across]))
    return network.stub_m[:n_blocks, None] + ways + network.stub_m[None, n_blocks:]


def nearest_stretch(graph: Roads, places: Shapes, walls: Shapes) -> tuple[Ints, Bools]:
    """Return the stretch that each place joins, and which places reach it only across a barrier.

    Of equally near stretches the first is taken. Nobody gets on a bus between its stops.
    """
    walked = graph.lines.copy()
    walked[graph.ride] = None
    tree = shapely.STRtree(walked)
    place, found = tree.query_nearest(places)
    order = np.lexsort((found, place))
    first = np.unique(place[order], return_index=True)[1]
    stretch: Ints = found[order][first].astype(np.int64)
    if not len(walls):
        return stretch, np.zeros(len(places), dtype=bool)
    wall_tree = shapely.STRtree(walls)
    stub = shapely.shortest_line(places, graph.lines[stretch])
    across = _crossing(stub, wall_tree)
    behind = np.flatnonzero(across)
    if not len(behind):
        return stretch, across
    reach = shapely.length(stub[behind]) * _AROUND + _AROUND_M
    which, other = tree.query(places[behind], predicate="dwithin", distance=reach)
    stubs = shapely.shortest_line(places[behind][which], graph.lines[other])
    free = ~_crossing(stubs, wall_tree)
    which, other, length = which[free], other[free], shapely.length(stubs[free])
    order = np.lexsort((other, length, which))
    on_this_side, first = np.unique(which[order], return_index=True)
    stretch[behind[on_this_side]] = other[order][first]
    across[behind[on_this_side]] = False
    return stretch, across


def _crossing(stubs: Shapes, walls: shapely.STRtree) -> Bools:
    crossing = np.zeros(len(stubs), dtype=bool)
    crossing[walls.query(stubs, predicate="intersects")[0]] = True
    return crossing


def _without_way(
    distance: Floats, straight: Floats, blocks: gpd.GeoDataFrame, schools: gpd.GeoDataFrame, notes: list[Note]
) -> Floats:
    """Give a distance to blocks and schools that no road joins to any other side, and to a school in its own block."""
    none = np.isinf(distance)
    block, school = np.asarray(none.all(axis=1)), np.asarray(none.all(axis=0))
    home, inside = shapely.STRtree(schools.geometry.to_numpy()).query(blocks.geometry.to_numpy(), predicate="intersects")
    here = np.zeros_like(none)
    here[home, inside] = none[home, inside]
    notes.append(note("assumed", "roads", "blocks_without_way", blocks.index[block]))
    notes.append(note("assumed", "roads", "schools_without_way", schools.index[school | here.any(axis=0)]))
    return np.where(none & (block[:, None] | school[None, :] | here), straight * DETOUR, distance)
