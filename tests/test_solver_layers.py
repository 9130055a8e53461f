"""Each layer of the solver against a plain version of itself."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import combinations, product

import networkx as nx
import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp

from benchmarks.classes import county as class_county
from benchmarks.scale import county
from optimizer.problem import Ints, Problem
from optimizer.solver.anneal import anneal
from optimizer.solver.capacity import loads, plan_price, run_price, site_price
from optimizer.solver.classes import allot
from optimizer.solver.closing import still_open
from optimizer.solver.construct import construct
from optimizer.solver.contiguity import may_enter, may_leave, scratch, sizes, stray
from optimizer.solver.knapsack import knapsack
from optimizer.solver.model import Model, compile_model
from optimizer.solver.partition import Pool
from optimizer.solver.prices import SCALE, Ascent, ascend, exact_bound, reduced_costs
from optimizer.solver.terms import never
from optimizer.solver.tree import Tree
from optimizer.solver.whole import Pace, applies, begin, raise_whole
from tests.oracle import Assignment, Kinds, brute_force, plans, random_problem

PACE = Pace(iterations=100, factor=2.0, patience=25, decay=0.85, least=0.0005)
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


@pytest.mark.parametrize("spare", [0.5, 0.8, 1.1])
def test_a_site_costs_what_the_best_classes_leave_over(spare):
    """Few or many cohorts lack classes; a mixed integer program chooses them by the rows of the model as a judge."""
    model = compile_model(class_county(60, 4, spare, 1))
    sites, rng, dear = model.sites, np.random.default_rng(1), 0
    for _ in range(5):
        load = loads(sites, rng.integers(0, model.n_zones, model.n_units))
        for site in range(len(load)):
            classes = np.zeros(sites.least.shape[1], dtype=np.int64)
            price = site_price(sites, site, load[site], classes)
            assert price == least_by_milp(sites, site, load[site])
            there = np.flatnonzero(sites.run_first[site] >= 0)
            assert price == sum(run_price(sites, run, load[site], classes[run]) for run in there)
            dear += price > 0
    assert dear > 10


def least_by_milp(sites, site, load):
    """Least price of a site by whole classes: columns are classes beyond those there are, then each cell's excess by step."""
    n_runs, n_cells, n_steps = sites.least.shape[1], len(load), len(sites.step_size)
    run_of = np.searchsorted(sites.run_offset, np.arange(n_cells), side="right") - 1
    there = sites.run_first[site] >= 0
    cost = np.concatenate([np.zeros(n_runs), np.outer(there[run_of] * sites.weight, sites.step_price).ravel()])
    rows, low, high = [], [], []
    for cell, step in product(range(n_cells), range(n_steps)):
        row = np.zeros(len(cost))
        row[run_of[cell]], row[n_runs + cell * n_steps + step] = sites.step_size[step], 1
        rows.append(row)
        low.append(load[cell] - sites.step_size[step] * sites.least[site, run_of[cell]])
        high.append(np.inf)
    variant_of = np.searchsorted(sites.variant_offset, np.arange(n_runs), side="right") - 1
    for variant, year in product(*map(range, sites.rooms.shape[1:])):
        row = np.zeros(len(cost))
        row[:n_runs] = (variant_of == variant) & (sites.run_first[site] <= year) & (year <= sites.run_last[site])
        rows.append(row)
        low.append(-np.inf)
        high.append(sites.rooms[site, variant, year])
    whole = np.arange(len(cost)) < n_runs
    found = milp(cost, integrality=whole, constraints=LinearConstraint(np.array(rows), low, high), options={"mip_rel_gap": 0})
    return round(found.fun)


@pytest.mark.parametrize("points", [0, 1])
def test_a_cooled_plan_is_priced_as_if_anew(points):
    """Prices kept up to date over thousands of moves, chains and moves taken back are those of the plans."""
    kinds = Kinds(
        rooms=1, stay=0.5, teaching_point=points, forbidden=0, no_way=0, rootless=0, island=0, closed_site=0, existing=0
    )
    met = 0
    for seed in range(12):
        model = compile_model(random_problem(seed, (9, 12), (3, 3), kinds))
        zone = construct(model, model.cost * SCALE)
        if zone is None:
            continue
        first, best, price = zone.copy(), zone.copy(), np.full(2, plan_price(model, zone))
        heat, factor, still = np.array([1e6]), np.ones(len(model.sites.stay)), np.zeros(model.cost.shape)
        anneal(model.graph, model.sites, model.cost, still, zone, best, price, heat, factor, 0.99, 2_000, seed)
        assert tuple(price) == (plan_price(model, best), plan_price(model, zone))
        met += (zone != first).any()
    assert met > 4


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


@pytest.mark.parametrize("seed", range(40))
def test_a_knapsack_of_many_items_is_the_best_choice(seed):
    """Against a table over all weights; what the chosen items are worth is what is said."""
    rng = np.random.default_rng(seed)
    n, heaviest = int(rng.integers(20, 80)), int(rng.choice([5, 30, 120]))
    weight = rng.integers(1, heaviest + 1, n)
    profit = weight * 1000 + rng.integers(0, 1000, n) if seed % 2 else rng.integers(1, 100_000, n)
    order = np.argsort(-profit / weight, kind="stable")
    profit, weight = profit[order], weight[order]
    capacity, over_price = int(rng.integers(0, weight.sum())), int(rng.choice([500, 1500, 100_000]))
    most = np.full(int(weight.sum()) + 1, -1, dtype=np.int64)
    most[0] = 0
    for p, w in zip(profit, weight, strict=True):
        moved = np.where(most[: len(most) - w] >= 0, most[: len(most) - w] + p, -1)
        most[w:] = np.maximum(most[w:], moved)
    over = np.maximum(0, np.arange(len(most)) - capacity)
    taken = np.zeros(n, dtype=np.bool_)
    found = knapsack(profit, weight, capacity, over_price, taken)
    assert found == (most - over_price * over)[most >= 0].max()
    assert found == profit[taken].sum() - over_price * max(0, weight[taken].sum() - capacity)


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


@cache
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
    first = raise_whole(model, begin(model, prices), optimum * SCALE, PACE)
    again = raise_whole(model, first, optimum * SCALE, PACE)
    assert max(first.bound, again.bound) <= optimum


@pytest.mark.parametrize("seed", range(3000, 3060))
def test_no_better_plan_uses_a_closed_pair(seed):
    """Every plan cheaper than the price in hand stays possible; with a price just above the optimum that is the optimum."""
    known = solved_seats(seed)
    if known is None:
        return
    model, optimum, best = known
    whole = raise_whole(model, begin(model, ascend(model, Ascent(50))), optimum * SCALE, PACE)
    keep = still_open(model, whole, optimum + 1)
    assert keep[np.arange(model.n_units), model.units(np.array(best))].all()
    assert not still_open(model, whole, whole.bound).all()


@pytest.mark.parametrize("seed", range(3000, 3060))
def test_a_tree_ends_with_the_optimum(seed):
    known = solved_seats(seed)
    if known is None:
        return
    model, optimum, _ = known
    root = begin(model, ascend(model, Ascent(50)))
    for price in (optimum, optimum + 1, 2 * optimum + 1000):
        tree = Tree(model, root, price)
        while tree.bound < tree.price:
            assert tree.grow(map) > 0
            assert tree.bound <= optimum
        assert tree.price == optimum
        assert (tree.plan is None) == (price == optimum)
        if tree.plan is not None:
            assert plan_price(model, tree.plan) == optimum
            assert not stray(model.graph, tree.plan, model.n_zones).any()


def test_a_tree_is_the_same_however_many_threads_grow_it():
    model = compile_model(county(200, 8, 3))
    root = begin(model, ascend(model, Ascent(50)))
    price = 2 * root.reward.sum() // SCALE
    one, two = Tree(model, root, price), Tree(model, root, price)
    with ThreadPoolExecutor(3) as pool:
        for _ in range(4):
            assert one.grow(map) == two.grow(pool.map)
            assert one.bound == two.bound


def test_a_tree_in_a_hurry_loses_nothing():
    model = compile_model(county(200, 8, 3))
    root = begin(model, ascend(model, Ascent(50)))
    price, hurry = int(2 * root.reward.sum() // SCALE), False
    tree, calm = Tree(model, root, price, lambda: hurry), Tree(model, root, price)
    tree.grow(map)
    calm.grow(map)
    hurry = True
    for _ in range(3):
        assert tree.grow(map) == 0
    assert tree.bound == calm.bound
    hurry = False
    assert tree.grow(map) == calm.grow(map)
    assert tree.bound == calm.bound


def first_plan(model: Model) -> Ints:
    """The plan that the search begins with."""
    zone = construct(model, reduced_costs(model, ascend(model, Ascent(50))))
    assert zone is not None
    return zone


def test_moves_are_allowed_exactly_where_zones_stay_whole():
    problem = county(120, 6, 5)
    model = compile_model(problem)
    zone = first_plan(model)
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


def parts_of(problem: Problem, zone: Assignment) -> set[tuple[tuple[int, int], ...]]:
    """Divide a plan into what is priced together: its pairs (block, zone), by zones that share a site."""
    sharing = nx.Graph()
    for z, sites in enumerate(problem.site_of.tolist()):
        sharing.add_edges_from((z, ("site", site)) for site in sites)
    return {tuple((b, z) for b, z in enumerate(zone) if z in together) for together in nx.connected_components(sharing)}


@pytest.mark.parametrize("seed", range(4000, 4060))
def test_the_best_plan_is_put_together_from_the_zones_seen(seed):
    """Every plan that has only parts of plans seen is tried; the pool finds the cheapest of them."""
    problem = random_problem(seed, (8, 9), (4, 4), Kinds(rootless=0, no_way=0))
    every = list(plans(problem))
    if not every:
        return
    model = compile_model(problem)
    price = {zone: plan_price(model, model.units(np.array(zone))) for zone in every}
    rng = np.random.default_rng(seed)
    seen = [every[k] for k in rng.permutation(len(every))[: max(2, len(every) // 6)]]
    pool = Pool(model, near=np.inf)
    for zone in seen:
        pool.take(model.units(np.array(zone)), price[zone])
    known = min(seen, key=price.__getitem__)
    chosen = pool.best(model.units(np.array(known)), 10.0, never)
    assert chosen.plan is not None
    parts = set().union(*(parts_of(problem, zone) for zone in seen))
    assert plan_price(model, chosen.plan) == min(price[zone] for zone in every if parts_of(problem, zone) <= parts)


def test_what_two_plans_do_better_is_put_together():
    """Two plans differ from a third in a move each, between zones of their own: both moves, or neither, are in the pool too."""
    model = compile_model(county(120, 9, 5))
    base = first_plan(model)
    memory, size = scratch(model.graph), sizes(model.graph, base, model.n_zones)
    moves = [
        (unit, target)
        for unit, target in np.ndindex(model.cost.shape)
        if base[unit] != target and may_enter(model.graph, base, unit, target, memory)
        if may_leave(model.graph, base, size, unit, memory)
    ]
    pairs = [pair for pair in combinations(moves, 2) if len({base[pair[0][0]], pair[0][1], base[pair[1][0]], pair[1][1]}) == 4]
    better = 0
    for pair in pairs[:: len(pairs) // 40]:
        four = [base.copy() for _ in range(4)]
        for (unit, target), held in zip(pair, ((1, 3), (2, 3)), strict=True):
            for k in held:
                four[k][unit] = target
        price = [plan_price(model, plan) for plan in four]
        pool = Pool(model, near=np.inf)
        for k in (1, 2):
            pool.take(four[k], price[k])
        chosen = pool.best(four[1], 10.0, never)
        assert chosen.plan is not None
        assert plan_price(model, chosen.plan) == min(price)
        better += min(price) < min(price[1:3])
    assert better > 10


def test_zones_of_dear_plans_are_not_kept():
    problem = county(200, 8, 3)
    model = compile_model(problem)
    zone = first_plan(model)
    price, pool = plan_price(model, zone), Pool(model)
    pool.take(zone, price)
    n = len(pool)
    pool.take(zone, 2 * price)
    assert len(pool) == n == model.n_zones
