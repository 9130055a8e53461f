"""Where each zone is rooted, and which blocks contiguity cannot bind.

A zone is rooted in the block that contains its school, or in the nearest block if the school lies outside all of them. Where
several schools lie in one block, the one with the least walk from it is rooted there (then the lower id); each other one is
rooted in the nearest block on foot, by hops over the adjacency, that is no other zone's root: so its zone touches the shared
block.
"""

import geopandas as gpd
import networkx as nx
import numpy as np

from optimizer.faults import BadInputError, Fault
from optimizer.inputs.county import Note
from optimizer.problem import Bools, Ints


def roots(blocks: gpd.GeoDataFrame, schools: gpd.GeoDataFrame, edges: Ints, distance: Ints) -> tuple[Ints, list[Note]]:
    """Root every zone.

    Parameters
    ----------
    blocks, schools
        In the order of their indexes.
    edges, distance
        As in the problem.

    Returns
    -------
    ``[Z]`` distinct blocks, and what was assumed.

    Raises
    ------
    BadInputError
        If a connected place has more schools than blocks.
    """
    home = _home(blocks, schools)
    names = [str(school) for school in schools.index]
    notes = []
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(blocks)))
    graph.add_edges_from(edges.tolist())
    order = sorted(range(len(names)), key=lambda s: (int(distance[home[s], s]), s))
    taken: dict[int, int] = {}
    displaced = [site for site in order if taken.setdefault(int(home[site]), site) != site]
    for site in displaced:
        taken[_nearest_free(graph, int(home[site]), distance[:, site], taken)] = site
    if displaced:
        notes.append(
            Note("assumed", "schools", "schools_share_a_block", len(displaced), tuple(names[s] for s in sorted(displaced)))
        )
    result = np.empty(len(names), dtype=np.int64)
    for block, site in taken.items():
        result[site] = block
    return result, notes


def _home(blocks: gpd.GeoDataFrame, schools: gpd.GeoDataFrame) -> Ints:
    """Return the block of each school; the nearest one where the school lies in none."""
    points = schools.geometry.to_numpy()
    inside = blocks.sindex.query(points, predicate="intersects", sort=True)
    home = np.full(len(points), -1, dtype=np.int64)
    home[inside[0][::-1]] = inside[1][::-1]  # the first match wins: blocks may overlap
    for site in np.flatnonzero(home < 0):
        home[site] = int(np.argmin(blocks.distance(points[site]).to_numpy()))
    return home


def _nearest_free(graph: "nx.Graph[int]", start: int, distance: Ints, taken: dict[int, int]) -> int:
    for layer in nx.bfs_layers(graph, start):
        free = [block for block in layer if block not in taken]
        if free:
            return min(free, key=lambda block: (int(distance[block]), block))
    what = "more schools lie in one place than it has blocks"
    raise BadInputError((Fault("schools", "", what, "Let the schools of one block share it with its neighbours, or close one"),))


def exempt(n_blocks: int, edges: Ints, rooted: Ints) -> Bools:
    """Return ``[B]`` the blocks on a component of the adjacency that holds no root."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(n_blocks))
    graph.add_edges_from(edges.tolist())
    held = set(rooted.tolist())
    result = np.zeros(n_blocks, dtype=np.bool_)
    for component in nx.connected_components(graph):
        if not held & component:
            result[list(component)] = True
    return result
