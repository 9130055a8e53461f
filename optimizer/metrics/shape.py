"""Whether zones are in one piece, and how compact they are."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from optimizer.problem import Ints, Plan, Problem


def parts(problem: Problem, plan: Plan) -> Ints:
    """Return ``[Z]`` connected parts of each zone, blocks that are exempt from contiguity left out; 0 for an empty zone."""
    inner = plan.zone[problem.edges[:, 0]] == plan.zone[problem.edges[:, 1]]
    first, second = problem.edges[inner].T
    n = len(problem.blocks)
    graph = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(n, n))
    _, label = connected_components(graph, directed=False)
    held = ~problem.exempt
    pairs = np.unique(np.stack([plan.zone[held], label[held].astype(np.int64)]), axis=1)
    return np.bincount(pairs[0], minlength=len(problem.zones))


def astray(problem: Problem, plan: Plan) -> NDArray[np.bool_]:
    """Return ``[Z]`` whether the zone misses one of its schools' blocks or has a part without any."""
    allowed_parts = np.array([len(set(roots)) for roots in problem.roots])
    holds = np.array([all(plan.zone[b] == z for b in roots) for z, roots in enumerate(problem.roots)], dtype=np.bool_)
    count = parts(problem, plan)
    result = ~holds | (count > allowed_parts)
    for zone in np.flatnonzero(~result & (count > 1)):
        result[zone] = _has_rootless_part(problem, plan, int(zone))
    return result


def _has_rootless_part(problem: Problem, plan: Plan, zone: int) -> bool:
    inside = (plan.zone == zone) & ~problem.exempt
    seen = np.zeros(len(problem.blocks), dtype=np.bool_)
    seen[list(problem.roots[zone])] = True
    first, second = problem.edges.T
    while True:
        grown = seen.copy()
        both = inside[first] & inside[second]
        grown[first[both & seen[second]]] = True
        grown[second[both & seen[first]]] = True
        if (grown == seen).all():
            return bool((inside & ~seen).any())
        seen = grown


def cut_edges(problem: Problem, plan: Plan) -> int:
    """Return the number of neighbouring pairs that lie in different zones (GerryChain's measure of compactness)."""
    return int((plan.zone[problem.edges[:, 0]] != plan.zone[problem.edges[:, 1]]).sum())


@dataclass(frozen=True)
class Shapes:
    """Geometry that compactness needs.

    Attributes
    ----------
    blocks
        ``[B]`` polygons in metres.
    tolerance_m
        Gaps between blocks up to twice this are closed before a zone's outline is measured.
    """

    blocks: NDArray[np.object_]
    tolerance_m: float


def polsby_popper(problem: Problem, plan: Plan, shapes: Shapes) -> NDArray[np.float64]:
    """Return ``[Z]`` how round each zone is: 1 is a circle, near 0 a thread; nan for an empty zone.

    Polsby and Popper (1991): ``4 pi A / P^2`` of the zone's blocks, grown by the tolerance, dissolved and shrunk again (mitred).
    """
    grown = shapely.buffer(shapes.blocks, shapes.tolerance_m, join_style="mitre")
    round_ = np.full(len(problem.zones), np.nan)
    for zone in np.unique(plan.zone):
        outline = shapely.buffer(shapely.union_all(grown[plan.zone == zone]), -shapes.tolerance_m, join_style="mitre")
        round_[zone] = 4 * np.pi * outline.area / outline.length**2
    return round_
