"""Each layer of the solver against a plain version of itself."""

from itertools import combinations, product

import networkx as nx
import numpy as np
import pytest

from benchmarks.scale import county
from optimizer.solver.classes import allot
from optimizer.solver.closing import still_open
from optimizer.solver.construct import construct
from optimizer.solver.contiguity import may_enter, may_leave, scratch, sizes, stray
from optimizer.solver.knapsack import knapsack
from optimizer.solver.model import Model, compile_model
from optimizer.solver.prices import Ascent, ascend, exact_bound, reduced_costs
from optimizer.solver.whole import applies, raise_whole
from tests.oracle import Assignment, Kinds, brute_force, random_problem

SEATS_ONLY = Kinds(rooms=0, size_limit=0, teaching_point=0, closed_site=0, stay=0.4)


@pytest.mark.parametrize("seed", range(60))
def test_rooms_are_shared_at_least_price(seed):
    rng = np.random.default_rng(seed)
    n_years, n = int(rng.integers(1, 5)), int(rng.integers(1, 5))
    first = rng.integers(0, n_years, n)
    last = np.array([rng.integers(f, n_years) for f in first])
    top = rng.integers(0, 4, n)
    rooms = rng.integers(0, 5, n_years)
    table = np.zeros((n, 4), dtype=np.int64)
    for j in range(n):
        losses = np.sort(rng.integers(1, 100, top[j]))  # the first class given up costs least
        table[j, : top[j]] = np.cumsum(losses)[::-1]
    classes = np.zeros(n, dtype=np.int64)
    left = rooms.copy()
    found = allot(table, top, first, last, left, classes)
    options = []
    for chosen in product(*(range(t + 1) for t in top)):
        used = sum(
            np.where((np.arange(n_years) >= a) & (np.arange(n_years) <= b), c, 0)
            for a, b, c in zip(first, last, chosen, strict=True)
        )
        if (used <= rooms).all():
            options.append(sum(table[j, c] for j, c in enumerate(chosen)))
    assert found == min(options) == sum(table[j, c] for j, c in enumerate(classes))
    assert (left >= 0).all()


@pytest.mark.parametrize("seed", range(80))
def test_a_knapsack_is_the_best_choice(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 10))
    profit, weight = rng.integers(1, 200, n), rng.integers(1, 20, n)
    order = np.argsort(-profit / weight, kind="stable")
    profit, weight = profit[order], weight[order]
    capacity, over_price = int(rng.integers(-3, 60)), int(rng.integers(1, 40))
    taken = np.zeros(n, dtype=np.bool_)
    found = knapsack(profit, weight, capacity, over_price, taken)
    best = max(
        sum(profit[list(chosen)]) - over_price * max(0, sum(weight[list(chosen)]) - max(capacity, 0))
        for size in range(n + 1)
        for chosen in combinations(range(n), size)
    )
    assert found == best


@pytest.mark.parametrize("seed", range(2000, 2060))
def test_bounds_are_below_the_optimum_at_any_prices(seed):
    problem = random_problem(seed)
    optimum, _ = brute_force(problem)
    if optimum is None:
        return
    model = compile_model(problem)
    rng = np.random.default_rng(seed)
    for scale in (0, 10, 1000, 100_000):
        cell = rng.integers(0, 64 * scale + 1, model.sites.stay.shape)
        group = rng.integers(0, 64 * scale + 1, model.sites.seats.shape)
        assert exact_bound(model, cell, group) <= optimum
    assert ascend(model, Ascent(50)).bound <= optimum


def solved_seats(seed: int) -> tuple[Model, int, Assignment] | None:
    """A small problem with seats, its least price and a plan that has it; None where none exists or whole units do not apply."""
    problem = random_problem(seed, (5, 8), (2, 3), SEATS_ONLY)
    optimum, best = brute_force(problem)
    if optimum is None or best is None:
        return None
    model = compile_model(problem)
    return (model, optimum, best) if applies(model) else None


@pytest.mark.parametrize("seed", range(3000, 3060))
def test_the_bound_by_whole_units_is_below_the_optimum(seed):
    known = solved_seats(seed)
    if known is None:
        return
    model, optimum, _ = known
    prices = ascend(model, Ascent(50))
    first = raise_whole(model, prices, optimum, 100)
    again = raise_whole(model, prices, optimum, 100, first)
    assert max(first.bound, again.bound) <= optimum


@pytest.mark.parametrize("seed", range(3000, 3060))
def test_no_better_plan_uses_a_closed_pair(seed):
    """Every plan cheaper than the price in hand stays possible; with a price just above the optimum that is the optimum."""
    known = solved_seats(seed)
    if known is None:
        return
    model, optimum, best = known
    whole = raise_whole(model, ascend(model, Ascent(50)), optimum, 100)
    keep = still_open(model, whole, optimum + 1)
    assert keep[np.arange(model.n_units), model.units(np.array(best))].all()
    assert not still_open(model, whole, whole.bound).all()


def test_moves_are_allowed_exactly_where_zones_stay_whole():
    problem = county(120, 6, 5)
    model = compile_model(problem)
    zone = construct(model, reduced_costs(model, ascend(model, Ascent(50))))
    assert zone is not None
    assert not stray(model.graph, zone, model.n_zones).any()
    whole = nx.Graph(problem.edges.tolist())
    memory, size = scratch(model.graph), sizes(model.graph, zone, model.n_zones)
    roots = {held[0] for held in problem.roots}
    for unit in range(model.n_units):
        rest = set(np.flatnonzero(zone == zone[unit])) - {unit}
        leaves = unit not in roots and nx.is_connected(whole.subgraph(rest))
        assert may_leave(model.graph, zone, size, unit, memory) == leaves
        for target in range(model.n_zones):
            if target != zone[unit]:
                touches = any(zone[other] == target for other in whole[unit])
                assert may_enter(model.graph, zone, unit, target, memory) == touches
