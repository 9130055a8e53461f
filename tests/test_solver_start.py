"""The start from the linear program and the large neighbourhoods, on problems small enough to try everything."""

import numpy as np
import pytest

from benchmarks.scale import county
from optimizer.solver.construct import construct
from optimizer.solver.contiguity import stray
from optimizer.solver.model import NEVER, compile_model
from optimizer.solver.prices import Ascent, ascend, exact_bound, reduced_costs
from optimizer.solver.regroup import choose_apart, open_pairs
from optimizer.solver.start import mend, relaxed
from tests.oracle import Kinds, brute_force, random_problem

CLASSES = Kinds(rooms=1, keep_cohorts=0.8)


@pytest.mark.parametrize("seed", range(4000, 4040))
def test_prices_of_the_linear_program_prove_a_bound_and_its_plan_can_be_mended(seed):
    problem = random_problem(seed, (4, 8), (2, 3), CLASSES)
    optimum, _ = brute_force(problem)
    if optimum is None:
        return
    model = compile_model(problem)
    near = relaxed(model)
    assert near is not None
    assert exact_bound(model, near.cell, near.group) <= optimum
    zone = mend(model, near.zone)
    if zone is not None:
        assert not stray(model.graph, zone, model.n_zones).any()
        assert (model.cost[np.arange(model.n_units), zone] < NEVER).all()


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
