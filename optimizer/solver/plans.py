"""Plans from zonings: the best classes, and the price."""

import numpy as np

from optimizer.problem import Ints, Plan, Problem
from optimizer.solver.capacity import all_prices, loads, total_price
from optimizer.solver.model import block_sites


def complete(problem: Problem, zone: Ints) -> Plan:
    """Give a zoning, ours or people's, the classes that cost least.

    Parameters
    ----------
    problem
        What is zoned.
    zone
        ``[B]`` zone of each block; it need not be allowed or whole.

    Returns
    -------
    The plan. Where a site has rooms its classes are the best there are (exact); elsewhere there are as many as fill no class.

    Raises
    ------
    InfeasibleError
        If the classes that exist do not fit a site's rooms.
    """
    zone = np.asarray(zone, dtype=np.int64)
    sites = block_sites(problem)
    classes = _wishes(problem, zone)
    if sites.has_rooms.any():
        _, best = all_prices(sites, loads(sites, zone))
        shape = (len(problem.sites), len(problem.variants), problem.n_cohorts)
        classes = np.where(sites.has_rooms[:, None, None], best.reshape(shape).transpose(0, 2, 1), classes)
    return Plan(zone.copy(), np.ascontiguousarray(classes))


def price(problem: Problem, plan: Plan) -> int:
    """Price of a plan as the solver sees it, with the best classes for its zones, in student-metres (exact)."""
    return total_price(problem.linear_cost(), block_sites(problem), plan.zone)


def _wishes(problem: Problem, zone: Ints) -> Ints:
    """Classes ``[S, K, V]`` that leave no student above the smallest step."""
    load = problem.stay.copy()
    for grade in range(len(problem.grades)):
        np.add.at(load[:, :, grade], problem.site_of[zone, grade], problem.students[:, :, grade])
    peak = np.zeros(problem.least_classes.shape, dtype=np.int64)
    for year, grade in np.ndindex(problem.cohort.shape):
        at = problem.cohort[year, grade]
        peak[:, at] = np.maximum(peak[:, at], load[:, year, grade])
    size = int(problem.prices.step_size.min()) if len(problem.prices.step_size) else 1
    return np.maximum(problem.least_classes, -(-peak // size))
