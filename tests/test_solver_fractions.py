"""Bounds by fractions and by whole classes, and the large neighbourhoods, on problems small enough to try everything."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from benchmarks.classes import county as class_county
from benchmarks.scale import county
from optimizer.solver import Stop, solve
from optimizer.solver.construct import construct
from optimizer.solver.continuous import Continuous
from optimizer.solver.fractional import Rounds, charge_of
from optimizer.solver.growing import Growing
from optimizer.solver.model import NEVER, Model, compile_model
from optimizer.solver.prices import Ascent, ascend, exact_bound, reduced_costs
from optimizer.solver.regroup import choose_apart, open_pairs
from optimizer.solver.sitewise import Sitewise
from tests.oracle import Kinds, brute_force, random_problem

CLASSES = Kinds(rooms=1, keep_cohorts=0.8)


def small(seed, blocks):
    """A small county with classes and its least price; None where no plan exists."""
    problem = random_problem(seed, blocks, (2, 3), CLASSES)
    optimum, _ = brute_force(problem)
    return None if optimum is None else (compile_model(problem), optimum)


@pytest.mark.parametrize("seed", range(4000, 4040))
def test_fractions_and_whole_classes_bound_every_plan(seed):
    found = small(seed, (4, 8))
    if found is None:
        return
    model, optimum = found
    rounds = Rounds(model)
    for _ in range(3):
        assert rounds.solve()
        assert rounds.prices is not None
        assert rounds.prices.bound <= optimum
        rounds.extend()
    prices = rounds.prices
    assert exact_bound(model, prices.cell, prices.group, prices.charge) == prices.bound
    sitewise = Sitewise(model, rounds.continuous, prices, 5.0)
    for _ in range(4):
        sitewise.step(optimum)
        assert sitewise.bound <= optimum


def test_separators_and_whole_classes_raise_the_bound():
    """A class of 45 cannot be halved, and a zone cannot jump over a block: the fractions of the first round do both."""
    raised, settled = 0, 0
    for model, optimum in filter(None, (small(seed, (6, 8)) for seed in range(4000, 4040))):
        rounds = Rounds(model)
        assert rounds.solve()
        assert rounds.prices is not None
        first = rounds.prices.bound
        rounds.extend()
        assert rounds.solve()
        sitewise = Sitewise(model, rounds.continuous, rounds.prices, 5.0)
        assert sitewise.quick()
        for _ in range(4):
            sitewise.step(optimum)
        raised += rounds.prices.bound > first
        settled += sitewise.bound > rounds.prices.bound
    assert raised > 0
    assert settled > 5


def proved(model: Model, program: Growing) -> int | None:
    """What the program's prices prove; None where it has no solution."""
    solved = program.solve()
    if solved is None:
        return None
    return exact_bound(model, solved.cell, solved.group, charge_of(model, program.fences, solved.fence))


@pytest.mark.parametrize("seed", range(4000, 4012))
def test_a_program_that_grew_proves_what_one_written_at_once_does(seed):
    """Pairs and separators that came later count as if they had been there from the start."""
    found = small(seed, (6, 8))
    if found is None:
        return
    model, _ = found
    rng = np.random.default_rng(seed)
    some = rng.random(model.cost.shape) < 0.5
    some[np.arange(model.n_units), model.cost.argmin(axis=1)] = True
    allowed = model.cost < NEVER
    fences = [
        (int(z), int(u), (int((u + 1) % model.n_units),)) for u, z in zip(*np.nonzero(allowed), strict=True) if rng.random() < 0.3
    ]
    grown = Growing(model, Continuous(model), some & allowed)
    assert grown.solve() is not None
    grown.fence(fences[::2])
    grown.solve()
    grown.forget()
    grown.widen(allowed)
    grown.fence(fences[1::2])
    whole = Growing(model, Continuous(model), allowed)
    whole.fence(grown.fences)
    first, second = proved(model, grown), proved(model, whole)
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        assert abs(first - second) <= 1 + abs(second) // 10**6


def test_a_slack_separator_is_forgotten_and_the_optimum_stays():
    """Of separators that mostly do not matter those that hold with room to spare go, without a change of what is proved."""
    model = compile_model(class_county(60, 4, 1.2, 1))
    program = Growing(model, Continuous(model), model.cost < NEVER)
    edges = model.graph.unit_of[model.problem.edges]
    beside = {u: {*edges[edges[:, 0] == u, 1].tolist(), *edges[edges[:, 1] == u, 0].tolist()} for u in range(model.n_units)}
    free = np.flatnonzero(~model.graph.bound).tolist()
    program.fence([(z, u, tuple(sorted(beside[u] - {u}))) for u in free for z in range(model.n_zones)])
    before, several = proved(model, program), len(program.fences)
    program.forget()
    assert 0 < len(program.fences) < several / 2
    assert proved(model, program) == pytest.approx(before, rel=1e-6)
    alone = Growing(model, Continuous(model), model.cost < NEVER)
    alone.fence(program.fences)
    assert proved(model, alone) == pytest.approx(before, rel=1e-6)


def test_tightening_ends_when_it_is_told_to_and_goes_on_later():
    model = compile_model(class_county(60, 4, 1.2, 1))
    rounds = Rounds(model)
    assert rounds.solve()
    assert rounds.prices is not None
    first = rounds.prices.bound
    rounds.tighten(1e9, lambda: True)
    rounds.tighten(0.0, lambda: False)
    assert rounds.prices.bound == first
    rounds.tighten(1e9, lambda: False)
    assert rounds.prices.bound > first


def test_a_county_with_classes_ends_alike_on_one_thread_and_on_two():
    """The linear program is tightened beside the cooling; what ends first must not matter."""
    problem = class_county(60, 4, 1.2, 1)
    results = [solve(problem, Stop(gap=0, work=0.1, seconds=None, threads=threads), 1) for threads in (1, 2)]
    one, two = (result.certificate for result in results)
    assert (one.objective, one.bound) == (two.objective, two.bound)
    assert (results[0].plan.zone == results[1].plan.zone).all()
    assert 0 < one.bound <= one.objective


def test_steps_of_the_bound_by_whole_classes_are_the_same_done_at_once_or_one_by_one():
    model = compile_model(random_problem(4001, (8, 8), (3, 3), CLASSES))
    bounds = []
    for threads in (1, 2):
        rounds = Rounds(model)
        assert rounds.solve()
        assert rounds.prices is not None
        sitewise = Sitewise(model, rounds.continuous, rounds.prices, 5.0)
        with ThreadPoolExecutor(threads) as pool:
            for _ in range(5):
                sitewise.step(10 * rounds.prices.bound, pool.map)
        bounds.append(sitewise.bound)
    assert bounds[0] == bounds[1]


def test_neighbourhoods_share_no_zone_and_keep_the_plan_open():
    model = compile_model(county(200, 10, 2))
    score = reduced_costs(model, ascend(model, Ascent(50)))
    zone = construct(model, score)
    assert zone is not None
    for seed in range(10):
        first, second = choose_apart(model, zone, 3, np.random.default_rng(seed))
        assert len(np.intersect1d(first, second)) == 0
        keep = open_pairs(model, zone, score, first, 1.5)
        assert keep[np.arange(model.n_units), zone].all()
        outside = ~np.isin(zone, first)
        assert (keep[outside].sum(axis=1) == 1).all()
        assert keep[~outside].sum() > (~outside).sum()
