"""Which blocks are neighbours, on polygons as they are: with slivers, gaps and overlaps."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from optimizer.problem import Ints

BARRIER_M = 1.0
"""Own: a border lies along a barrier where it is within the tolerance and this much of it."""

BRIDGE_M = 50.0
"""Own: this far around the point where a bridge crosses a barrier, the barrier does not part neighbours."""

QUARTER = 8
"""Segments of a quarter circle in buffers."""

Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Adjacency:
    """Pairs of neighbouring blocks.

    Attributes
    ----------
    edges
        ``[E, 2]`` indexes of the blocks, lower one first, sorted, each pair once.
    border
        ``[E]`` metres of their common border.
    """

    edges: Ints
    border: Ints


def neighbours(
    blocks: gpd.GeoDataFrame,
    barriers: gpd.GeoDataFrame | None,
    tolerance_m: float,
    min_border_m: float,
    bridges: gpd.GeoDataFrame | None = None,
) -> Adjacency:
    """Find the neighbours among blocks.

    Parameters
    ----------
    blocks
        Valid polygons in a plane CRS in metres; the indexes of the result are positions in it.
    barriers
        Lines or areas that part neighbours (rivers, railways, motorways), in the same CRS; or None.
    tolerance_m
        Gaps and overlaps up to this width do not matter.
    min_border_m
        Metres of common border that make neighbours.
    bridges
        Lines that carry people across barriers, in the same CRS; or None.

    Returns
    -------
    The pairs whose common border is at least ``min_border_m`` and not zero, and that border rounded to metres.

    Notes
    -----
    The common border of ``a`` and ``b`` is the longer of two lengths: that of the boundary of ``a`` within ``tolerance_m`` of
    ``b``, and that of the boundary of ``b`` within ``tolerance_m`` of ``a``. Parts of a boundary within ``tolerance_m + 1`` of a
    barrier do not count, but a barrier has an opening wherever a bridge crosses it: what lies within 50 m of the crossing is
    taken out of it. "Within" a distance is inside a buffer of it, with 8 segments a quarter circle::

        open = barriers.difference(bridges.intersection(barriers).buffer(50))
        common(a, b) = boundary(a).difference(open.buffer(tolerance_m + 1)).intersection(b.buffer(tolerance_m)).length
        border(a, b) = max(common(a, b), common(b, a))

    Two squares that touch at a corner share 2 tolerances of border, 6 m at the default: they are not neighbours.
    """
    shapes = blocks.geometry.to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=tolerance_m)
    first, second = first[first < second], second[first < second]
    boundary = _free_boundary(shapes, opened(barriers, bridges), tolerance_m + BARRIER_M)
    near = _near(shapes, tolerance_m)
    shapely.prepare(near)
    border = np.maximum(_within(boundary[first], near[second]), _within(boundary[second], near[first]))
    kept = (border >= min_border_m) & (border > 0)
    edges = np.stack([first[kept], second[kept]], axis=1).astype(np.int64)
    order = np.lexsort((edges[:, 1], edges[:, 0]))
    return Adjacency(edges[order], np.rint(border[kept][order]).astype(np.int64))


def opened(barriers: gpd.GeoDataFrame | None, bridges: gpd.GeoDataFrame | None) -> Shapes:
    """Return the barriers' shapes with an opening wherever a bridge crosses them."""
    if barriers is None:
        return np.empty(0, dtype=object)
    shapes: Shapes = barriers.geometry.to_numpy().copy()
    if bridges is None or bridges.empty or not len(shapes):
        return shapes
    lines = bridges.geometry.to_numpy()
    line, barrier = shapely.STRtree(shapes).query(lines, predicate="intersects")
    crossings = _near(shapely.intersection(lines[line], shapes[barrier]), BRIDGE_M)
    for index in np.unique(barrier):
        shapes[index] = shapely.difference(shapes[index], shapely.union_all(crossings[barrier == index]))
    return shapes


def _free_boundary(shapes: Shapes, barriers: Shapes, distance_m: float) -> Shapes:
    """Return the blocks' boundaries without what lies along a barrier."""
    boundary: Shapes = shapely.boundary(shapes)
    if not len(barriers):
        return boundary
    near = _near(barriers, distance_m)
    block, barrier = shapely.STRtree(near).query(boundary, predicate="intersects")
    for index in np.unique(block):
        boundary[index] = shapely.difference(boundary[index], shapely.union_all(near[barrier[block == index]]))
    return boundary


def _near(shapes: Shapes, distance_m: float) -> Shapes:
    near: Shapes = shapely.buffer(shapes, distance_m, quad_segs=QUARTER)
    return near


def _within(lines: Shapes, areas: Shapes) -> NDArray[np.float64]:
    """Length of each line inside its area."""
    length: NDArray[np.float64] = shapely.length(shapely.intersection(lines, areas))
    return length
