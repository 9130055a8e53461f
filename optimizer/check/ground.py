"""The lie of the land: which blocks are neighbours, where each zone is rooted."""

from collections.abc import Callable, Iterable, Mapping

import networkx as nx
from shapely import STRtree
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from optimizer.check.world import Pair

Metres = Callable[[str, str], int]
"""Metres on foot from a block to a school."""

BARRIER_EXTRA_M = 1.0
"""A border is cut by a barrier within the tolerance and this much more."""

BRIDGE_M = 50.0
"""A barrier is open this far around the point where a bridge crosses it."""

QUARTER = 8
"""Segments of a quarter circle in a buffer: lengths are compared to the metre, so the roundness of corners matters."""


def opened(barriers: Iterable[BaseGeometry], bridges: Iterable[BaseGeometry]) -> list[BaseGeometry]:
    """Return the barriers with an opening wherever a bridge crosses them."""
    lines = list(bridges)
    tree = STRtree(lines)
    found = []
    for barrier in barriers:
        crossings = [lines[int(i)].intersection(barrier) for i in tree.query(barrier, predicate="intersects")]
        gaps = unary_union([crossing.buffer(BRIDGE_M, quad_segs=QUARTER) for crossing in crossings])
        found.append(barrier.difference(gaps) if crossings else barrier)
    return found


def borders(
    shapes: Mapping[str, BaseGeometry], tolerance_m: float, min_border_m: float, barriers: Iterable[BaseGeometry]
) -> dict[Pair, int]:
    """Return the common border of all neighbouring blocks.

    The common border of two blocks is the larger of two lengths: the part of the first one's outline that lies within the
    tolerance of the second block, and the reverse; parts close to a barrier do not count. Blocks with at least `min_border_m`
    of it are neighbours.

    Returns
    -------
    Whole metres by pair of ids, the lower id first.
    """
    names = sorted(shapes)
    near = {name: shapes[name].buffer(tolerance_m, quad_segs=QUARTER) for name in names}
    outline = _free_outlines(shapes, [wall.buffer(tolerance_m + BARRIER_EXTRA_M, quad_segs=QUARTER) for wall in barriers])
    tree = STRtree([near[name] for name in names])
    found: dict[Pair, int] = {}
    for a in names:
        for b in sorted(names[int(i)] for i in tree.query(shapes[a])):
            if a < b:
                lengths = (outline[a].intersection(near[b]).length, outline[b].intersection(near[a]).length)
                if max(lengths) >= min_border_m and max(lengths) > 0:
                    found[a, b] = round(max(lengths))
    return found


def _free_outlines(shapes: Mapping[str, BaseGeometry], walls: list[BaseGeometry]) -> dict[str, BaseGeometry]:
    """Return the outline of each block without what lies along a barrier."""
    tree = STRtree(walls)
    found = {}
    for name, shape in shapes.items():
        close = [walls[int(i)] for i in tree.query(shape.boundary, predicate="intersects")]
        found[name] = shape.boundary.difference(unary_union(close)) if close else shape.boundary
    return found


def graph_of(blocks: Iterable[str], border: Mapping[Pair, int]) -> "nx.Graph[str]":
    """Return the neighbourhood graph of the blocks."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(blocks)
    graph.add_edges_from(border)
    return graph


def roots(
    shapes: Mapping[str, BaseGeometry], points: Mapping[str, Point], graph: "nx.Graph[str]", metres: Metres
) -> dict[str, str]:
    """Return the block in which each school's zone is rooted.

    That is the block that holds the school, or the nearest one. Where schools share a block, the one with the least walk from it
    keeps it (then the lower id); each other one is rooted in the block nearest on foot among those the fewest steps away over
    neighbours that are nobody's root.

    Parameters
    ----------
    shapes, points
        Blocks, and the zoned schools.
    graph
        Neighbourhood of the blocks.
    metres
        Walk from a block to a school.
    """
    names = sorted(shapes)
    tree = STRtree([shapes[name] for name in names])
    home = {}
    for school, point in points.items():
        inside = [names[int(i)] for i in tree.query(point, predicate="intersects")]
        home[school] = min(inside) if inside else min(names, key=lambda b: (shapes[b].distance(point), b))
    root: dict[str, str] = {}
    for school in sorted(home, key=lambda s: (metres(home[s], s), s)):
        if home[school] not in root.values():
            root[school] = home[school]
    for school in sorted(set(home) - set(root), key=lambda s: (metres(home[s], s), s)):
        for ring in nx.bfs_layers(graph, home[school]):
            free = [block for block in ring if block not in root.values()]
            if free:
                root[school] = min(free, key=lambda b: (metres(b, school), b))
                break
    return root
