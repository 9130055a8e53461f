"""Whether zones are in one piece, and how compact they are."""

import numpy as np
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
    allowed_parts = np.array([max(len(set(roots)), 1) for roots in problem.roots])
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


def polsby_popper(problem: Problem, plan: Plan, area: NDArray[np.float64], perimeter: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``[Z]`` how round each zone is: 1 is a circle, near 0 a thread; nan for an empty zone.

    Polsby and Popper (1991): ``4 pi A / P^2``. The zone's outline is its blocks' outlines less twice their common borders.

    Parameters
    ----------
    area, perimeter
        ``[B]`` square metres and metres of the blocks.
    """
    n = len(problem.zones)
    a, b = problem.edges.T
    inner = plan.zone[a] == plan.zone[b]
    outline = np.bincount(plan.zone, weights=perimeter, minlength=n)
    outline -= 2 * np.bincount(plan.zone[a[inner]], weights=problem.border[inner], minlength=n)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(4 * np.pi * np.bincount(plan.zone, weights=area, minlength=n) / outline**2)
