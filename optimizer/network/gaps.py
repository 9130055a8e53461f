"""Small gaps in a road network: ends that stop just short of another piece of network are joined to it."""

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from optimizer.network.roads import GRID_M, Bools, Shapes
from optimizer.problem import Ints


def closed_gaps(roads: gpd.GeoDataFrame, barriers: Shapes, join_m: float) -> tuple[gpd.GeoDataFrame, int]:
    """Join dead ends to the nearest line of another piece of network.

    Parameters
    ----------
    roads
        As for `optimizer.network.roads.road_graph`.
    barriers
        Lines or areas that no join crosses.
    join_m
        A dead end further than this from other pieces stays one.

    Returns
    -------
    The roads, and the number of ends joined. A dead end is the end of a line whose place (1 cm) no other vertex shares. It is
    joined to the nearest line within ``join_m`` (then the earlier one) that belongs to another piece: that line gets a vertex at
    its point nearest to the end, and a straight line joins the two. Rides are joined at their ends only.
    """
    lines = roads.geometry.to_numpy()
    piece, ends, points = _pieces(lines)
    if join_m <= 0 or not len(ends) or piece.max() == 0:
        return roads, 0
    bus = roads["bus"].to_numpy(dtype=bool) if "bus" in roads else np.zeros(len(lines), dtype=bool)
    end, target = _targets(lines, piece, ends, points, bus, join_m)
    at = shapely.line_locate_point(lines[target], points[end])
    feet = shapely.line_interpolate_point(lines[target], at)
    both = np.stack([shapely.get_coordinates(points[end]), shapely.get_coordinates(feet)], axis=1)
    joins: Shapes = np.asarray(shapely.linestrings(both), dtype=object)
    if len(barriers):
        free = np.ones(len(joins), dtype=bool)
        free[shapely.STRtree(barriers).query(joins, predicate="intersects")[0]] = False
        target, at, feet, joins = target[free], at[free], feet[free], joins[free]
    if not len(joins):
        return roads, 0
    changed = lines.copy()
    for line in np.unique(target):
        mine = target == line
        changed[line] = _with_vertices(lines[line], at[mine], feet[mine])
    added = gpd.GeoDataFrame({"bridge": np.zeros(len(joins), dtype=bool)}, geometry=list(joins), crs=roads.crs)
    if "pace" in roads:
        added = added.assign(pace=1.0, bus=False)
    whole = roads.set_geometry(gpd.GeoSeries(changed, index=roads.index, crs=roads.crs))
    columns = list(added.columns)
    return gpd.GeoDataFrame(
        {name: np.concatenate([whole[name].to_numpy(), added[name].to_numpy()]) for name in columns}, crs=roads.crs
    ), len(joins)


def _pieces(lines: Shapes) -> tuple[Ints, Ints, Shapes]:
    """Return the piece of network of each line, and the dead ends: their lines and points."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    cell = np.rint(xy / GRID_M).astype(np.int64)
    place = np.unique(cell, axis=0, return_inverse=True)[1].reshape(-1)
    n = len(lines) + int(place.max(initial=-1)) + 1
    piece = connected_components(coo_array((np.ones(len(line)), (line, len(lines) + place)), shape=(n, n)), directed=False)[1]
    outer = np.zeros(len(line), dtype=bool)
    outer[np.flatnonzero(np.diff(line, prepend=-1))] = True
    outer[np.flatnonzero(np.diff(line, append=-1))] = True
    dead = outer & (np.bincount(place)[place] == 1)
    return piece[: len(lines)].astype(np.int64), line[dead], np.asarray(shapely.points(xy[dead]), dtype=object)


def _targets(lines: Shapes, piece: Ints, ends: Ints, points: Shapes, bus: Bools, join_m: float) -> tuple[Ints, Ints]:
    """Return which dead ends are joined, and to which line each."""
    end, target = shapely.STRtree(lines).query(points, predicate="dwithin", distance=join_m)
    other = (piece[ends[end]] != piece[target]) & ~bus[target]
    end, target = end[other], target[other]
    order = np.lexsort((target, shapely.distance(points[end], lines[target]), end))
    end, target = end[order], target[order]
    first = np.unique(end, return_index=True)[1]
    return end[first], target[first]


def _with_vertices(line: shapely.LineString, at: np.ndarray, feet: Shapes) -> shapely.LineString:
    """Return a line with more vertices, at these distances along it."""
    xy = shapely.get_coordinates(line)
    along = np.concatenate([[0.0], np.hypot(*np.diff(xy, axis=0).T).cumsum()])
    order = np.argsort(at, kind="stable")
    places = np.searchsorted(along, at[order], side="right")
    return shapely.LineString(np.insert(xy, np.minimum(places, len(xy) - 1), shapely.get_coordinates(feet[order]), axis=0))
