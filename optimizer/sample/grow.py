"""Grow connected areas over the adjacency graph from given blocks."""

from __future__ import annotations

import heapq
from collections.abc import Mapping

import networkx as nx
import numpy as np
import numpy.typing as npt
from scipy.cluster.vq import kmeans2


def grow(graph: nx.Graph[int], starts: Mapping[int, float]) -> dict[int, int]:
    """Give each block to the start it reaches first; the areas are connected.

    Parameters
    ----------
    graph
        Blocks, with `metres` on the edges.
    starts
        Handicap in metres of each starting block: a large one keeps its area small.
        A starting block always stays in its own area.

    Returns
    -------
    dict
        Block to starting block, for all blocks that can be reached.
    """
    owner = {start: start for start in starts}
    queue: list[tuple[float, int, int]] = []
    for start, handicap in sorted(starts.items()):
        for near in graph[start]:
            heapq.heappush(queue, (handicap + graph.edges[start, near]["metres"], near, start))
    while queue:
        far, block, start = heapq.heappop(queue)
        if block in owner:
            continue
        owner[block] = start
        for near in graph[block]:
            if near not in owner:
                heapq.heappush(queue, (far + graph.edges[block, near]["metres"], near, start))
    return owner


def spread(points: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], count: int, rng: np.random.Generator) -> list[int]:
    """Indexes of `count` different points near the middles of k-means clusters of weighted points."""
    share = weights / weights.sum()
    drawn = points[rng.choice(len(points), size=4_000, p=share)]
    middles, _ = kmeans2(drawn, count, minit="++", iter=30, rng=rng)
    chosen: list[int] = []
    for middle in middles[np.lexsort(middles.T)]:
        far = np.linalg.norm(points - middle, axis=1)
        far[chosen] = np.inf
        chosen.append(int(far.argmin()))
    return chosen
