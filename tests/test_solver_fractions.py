"""Bounds by fractions and by whole classes, and the large neighbourhoods, on problems small enough to try everything."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from benchmarks.scale import county
from optimizer.solver.construct import construct
from optimizer.solver.fractional import Rounds
from optimizer.solver.model import compile_model
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
