"""The whole solver against trying everything, on random problems with every kind of rule."""

import numpy as np
import pytest
from hypothesis import given, settings

from optimizer.problem import Problem
from optimizer.solver import InfeasibleError, Result, Stop, solve
from tests.oracle import Kinds, brute_force, plan_price, problems, random_problem, reorder_blocks

TO_PROOF = Stop(gap=0, work=None)
IN_PASSING = Stop(gap=0.001, work=0.02)
EVERYTHING = Kinds(**dict.fromkeys(vars(Kinds()), 0.8))


def outcome(problem: Problem, stop: Stop, seed: int = 1) -> Result | None:
    try:
        return solve(problem, stop, seed)
    except InfeasibleError:
        return None


@settings(max_examples=120, deadline=None, derandomize=True)
@given(problems())
def test_the_optimum_is_found_and_proved(problem: Problem) -> None:
    best, _ = brute_force(problem)
    result = outcome(problem, TO_PROOF)
    assert (result is None) == (best is None)
    if result is not None:
        assert result.certificate.objective == result.certificate.bound == best
        assert plan_price(problem, result.plan) == best
        assert result.stopped == "proof"


@settings(max_examples=60, deadline=None, derandomize=True)
@given(problems((3, 7), (2, 3), EVERYTHING))
def test_every_kind_of_rule_at_once(problem: Problem) -> None:
    best, _ = brute_force(problem)
    result = outcome(problem, TO_PROOF)
    assert (None if result is None else result.certificate.objective) == best


@settings(max_examples=60, deadline=None, derandomize=True)
@given(problems())
def test_a_hasty_answer_is_a_plan_with_a_true_bound(problem: Problem) -> None:
    best, _ = brute_force(problem)
    result = outcome(problem, IN_PASSING)
    if best is None:
        assert result is None
    elif result is not None:
        assert result.certificate.bound <= best <= result.certificate.objective == plan_price(problem, result.plan)
        assert result.certificate.unavoidable <= best


@pytest.mark.parametrize("seed", range(8))
def test_up_to_twelve_blocks(seed: int) -> None:
    problem = random_problem(seed, (10, 12), (2, 3), Kinds(more_roots=0.8, forbidden=0.8))
    best, _ = brute_force(problem)
    result = outcome(problem, TO_PROOF)
    assert (None if result is None else result.certificate.objective) == best


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_blocks_does_not_matter_and_runs_repeat(seed: int) -> None:
    problem = random_problem(seed, (5, 9), (2, 3))
    order = np.random.default_rng(seed).permutation(len(problem.blocks)).tolist()
    first, again, other = (
        outcome(problem, TO_PROOF),
        outcome(problem, TO_PROOF),
        outcome(reorder_blocks(problem, order), TO_PROOF),
    )
    if first is None:
        assert again is other is None
        return
    assert again is not None
    assert other is not None
    assert other.certificate.objective == first.certificate.objective
    assert (again.plan.zone == first.plan.zone).all()
    assert (again.plan.classes == first.plan.classes).all()
    assert again.certificate == first.certificate
    assert again.work == first.work
