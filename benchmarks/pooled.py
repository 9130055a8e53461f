"""The plainest zoning problem: one year, one pooled grade, seats; as benchmark sets and old boundary studies state it."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from optimizer.problem import NO_RULE, Bools, Ints, Prices, Problem


class Pooled(NamedTuple):
    """What such a set states: ``students[B]``, ``distance[B, Z]``, ``edges[E, 2]``, ``root[Z]``, ``seats[Z]``, ``current[B]``."""

    students: Ints
    distance: Ints
    edges: Ints
    root: Ints
    seats: Ints
    current: Ints


def pooled_problem(study: Pooled, seat_price: int, change_price: int = 0) -> Problem:
    """Return the problem; blocks that no school's component holds are exempt, a pair is never forbidden."""
    n, m = study.distance.shape
    return Problem(
        blocks=tuple(f"{b:06d}" for b in range(n)),
        zones=tuple(f"{z:04d}" for z in range(m)),
        sites=tuple(f"{z:04d}" for z in range(m)),
        years=(0,),
        grades=("all",),
        variants=("counted",),
        weight=np.ones(1, dtype=np.int64),
        students=study.students.reshape(n, 1, 1, 1),
        stay=np.zeros((m, 1, 1, 1), dtype=np.int64),
        site_of=np.arange(m, dtype=np.int64).reshape(m, 1),
        cohort=np.zeros((1, 1), dtype=np.int64),
        least_classes=np.zeros((m, 1, 1), dtype=np.int64),
        rooms=np.full((m, 1), NO_RULE, dtype=np.int64),
        seats=study.seats.reshape(m, 1),
        size_limit=np.full(m, NO_RULE, dtype=np.int64),
        distance=study.distance,
        walk_limit=np.full(n, NO_RULE, dtype=np.int64),
        allowed=np.ones((n, m), dtype=bool),
        penalty=np.zeros((n, m), dtype=np.int64),
        current=study.current,
        edges=study.edges,
        border=np.full(len(study.edges), 10, dtype=np.int64),
        roots=tuple((int(r),) for r in study.root),
        exempt=unreached(n, study.edges, study.root),
        together=np.arange(n, dtype=np.int64),
        prices=Prices(
            step_size=np.zeros(0, dtype=np.int64),
            step_price=np.zeros(0, dtype=np.int64),
            seat_price=seat_price,
            size_price=0,
            beyond_price=0,
            change_price=change_price,
        ),
    )


def unreached(n: int, edges: Ints, root: Ints) -> Bools:
    """Return ``[B]`` whether a block's component of the adjacency holds no root."""
    graph = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(n, n))
    part: Ints = connected_components(graph, directed=False)[1]
    return ~np.isin(part, part[root])
