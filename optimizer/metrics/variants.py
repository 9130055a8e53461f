"""How a plan fares in each projection variant, and when each school is full."""

import numpy as np
import pandas as pd

from optimizer.metrics import walking
from optimizer.metrics.crowding import loads
from optimizer.problem import NO_RULE, Ints, Plan, Problem

GREEN, AMBER, RED = 0, 1, 2
"""Seats to spare; all but full; full: somebody sits above a limit."""

NEARLY = 0.95
"""Share of the seats from which a school is all but full (our own: a class of 45 has two places left)."""

SUMS = ("children_over", "classes_over", "classes_big", "classes_huge", "over_seats", "over_size")


def pressure(problem: Problem, plan: Plan) -> dict[str, Ints]:
    """Return the price of crowding in each variant.

    Returns
    -------
    ``[V]`` student-metres over the whole horizon by term (``oversized, uneven, over_seats, school_size``), not yet weighted.
    """
    prices, load = problem.prices, loads(problem, plan)
    total = load.sum(axis=2)
    roomy = problem.rooms != NO_RULE
    classes = plan.classes[:, problem.cohort, :]
    above = [
        np.where(roomy[:, :, None, None], np.maximum(load - size * classes, 0), 0).sum(axis=(0, 1, 2))
        for size in prices.step_size
    ]
    steps = [int(price) * over for price, over in zip(prices.step_price, above, strict=True)]
    nothing = np.zeros(len(problem.variants), dtype=np.int64)
    seated = (~roomy & (problem.seats != NO_RULE))[:, :, None]
    over_seats = np.where(seated, np.maximum(total - problem.seats[:, :, None], 0), 0).sum(axis=(0, 1))
    limited = (problem.size_limit != NO_RULE)[:, None, None]
    over_size = np.where(limited, np.maximum(total - problem.size_limit[:, None, None], 0), 0).sum(axis=(0, 1))
    return {
        "oversized": sum(steps[:3], nothing),
        "uneven": sum(steps[3:], nothing),
        "over_seats": prices.seat_price * over_seats,
        "school_size": prices.size_price * over_size,
    }


def by_variant(problem: Problem, plan: Plan, schools: pd.DataFrame) -> pd.DataFrame:
    """Return a plan's figures in each variant, in the order of the problem's variants.

    Parameters
    ----------
    schools
        What `optimizer.metrics.crowding.by_school` returns.

    Returns
    -------
    Columns ``variant, students, mean_walk_m, p90_walk_m, beyond_limit, moved, children_over, classes_over, classes_big,
    classes_huge, over_seats, over_size, largest_class, full``, with the meanings they have in `Score.headline`: means per year,
    but ``largest_class`` (of any year). ``full`` counts the school-years in which a school is full.
    """
    n_years = len(problem.years)
    metres, far, left = walking.walks(problem, plan), walking.beyond(problem, plan), walking.moved(problem, plan)
    walked = []
    for variant, name in enumerate(problem.variants):
        count = problem.students[..., variant].sum(axis=1)  # [B, G]
        students = int(count.sum())
        walked.append(
            {
                "variant": name,
                "students": students / n_years,
                "mean_walk_m": float((count * metres).sum() / students) if students else 0.0,
                "p90_walk_m": walking.percentile(metres, count, 0.9),
                "beyond_limit": float((count * far).sum() / n_years),
                "moved": float(count[left].sum() / n_years),
            }
        )
    by = schools.assign(full=alert(schools) == RED).groupby("variant")
    rows = by.agg(dict.fromkeys(SUMS, "sum") | {"largest_class": "max", "full": "sum"}).reindex(list(problem.variants))
    rows[list(SUMS)] = rows[list(SUMS)] / n_years
    return pd.concat([pd.DataFrame(walked), rows.reset_index(drop=True)], axis=1)


def alert(schools: pd.DataFrame) -> Ints:
    """Return how full each row of a table by school and year is: ``GREEN``, ``AMBER``, ``RED``, or ``NO_RULE`` without seats.

    Red: students above the seats, or a class above the limit. Amber: `NEARLY` all seats are taken.
    """
    seats = schools["seats"].to_numpy(dtype=np.float64, na_value=np.nan)
    students = schools["students"].to_numpy(dtype=np.float64)
    full = (schools["over_seats"].to_numpy() > 0) | (schools["classes_over"].to_numpy() > 0)
    level = np.where(full, RED, np.where(students >= NEARLY * seats, AMBER, GREEN))
    return np.asarray(np.where(np.isnan(seats), NO_RULE, level), dtype=np.int64)
