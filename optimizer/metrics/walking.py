"""How far the students whose school the zoning decides walk."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.problem import NO_RULE, Ints, Plan, Problem


def student_years(problem: Problem) -> Ints:
    """Return ``[B, G]`` students whose school the zoning decides, summed over years and weighted variants."""
    return np.asarray(np.einsum("btgv,v->bg", problem.students, problem.weight), dtype=np.int64)


def walks(problem: Problem, plan: Plan) -> Ints:
    """Return ``[B, G]`` metres on foot from each block to its school of each grade."""
    return np.asarray(np.take_along_axis(problem.distance, problem.site_of[plan.zone], axis=1))


def beyond(problem: Problem, plan: Plan) -> NDArray[np.bool_]:
    """Return ``[B, G]`` whether the walk is beyond the block's limit."""
    limit = problem.walk_limit[:, None]
    return np.asarray((walks(problem, plan) > limit) & (limit != NO_RULE))


def moved(problem: Problem, plan: Plan) -> NDArray[np.bool_]:
    """Return ``[B]`` whether the block leaves the zone it is in today."""
    return np.asarray((plan.zone != problem.current) & (problem.current != NO_RULE))


def percentile(metres: Ints, students: Ints, share: float) -> int:
    """Return the least distance within which ``share`` of the students walk.

    Parameters
    ----------
    metres, students
        Distances, and the students who walk each; any one shape for both.
    share
        Between 0 and 1.
    """
    flat, count = metres.ravel(), students.ravel()
    order = np.argsort(flat, kind="stable")
    total = np.cumsum(count[order])
    if not total.size or total[-1] == 0:
        return 0
    return int(flat[order][np.searchsorted(total, share * total[-1], side="left")])


def by_block(problem: Problem, plan: Plan) -> pd.DataFrame:
    """Return where each block goes and how far its students walk.

    Returns
    -------
    Columns ``block_id, zone, current, moved, students, first_year, walk_m, beyond``: ``students`` is the mean per year (float),
    ``first_year`` the residents of the first year and first variant the zoning decides on, ``walk_m`` the students' mean
    (plain mean over grades in a block without students), ``beyond`` the mean students per year who walk too far.
    """
    count, metres = student_years(problem), walks(problem, plan)
    total = count.sum(axis=1)
    mean = np.where(total > 0, (count * metres).sum(axis=1) / np.maximum(total, 1), metres.mean(axis=1))
    zones = np.array(problem.zones, dtype=object)
    return pd.DataFrame(
        {
            "block_id": problem.blocks,
            "zone": zones[plan.zone],
            "current": np.where(problem.current == NO_RULE, "", zones[problem.current]),
            "moved": moved(problem, plan),
            "students": total / problem.divisor,
            "first_year": problem.students[:, 0, :, 0].sum(axis=1),
            "walk_m": np.rint(mean).astype(np.int64),
            "beyond": (count * beyond(problem, plan)).sum(axis=1) / problem.divisor,
        }
    )


def quantiles(metres: Ints, students: Ints, shares: Sequence[float]) -> list[int]:
    """Return the least value that at least each share of the students has; a value may be negative (a change of the walk).

    Parameters
    ----------
    metres, students
        Values, and the students who have each; any one shape for both.
    shares
        Between 0 and 1.
    """
    return [percentile(metres, students, share) for share in shares]
