"""The solver seen from outside, against trying everything and on a county of a few hundred blocks."""

import numpy as np
import pytest

from benchmarks.scale import county
from optimizer.solver import InfeasibleError, Progress, Stop, complete, price, solve
from tests.oracle import broken_rules, brute_force, plan_price, random_problem

EXACT = Stop(gap=0, work=0.1)


@pytest.mark.parametrize("seed", range(1000, 1150))
def test_small_problems_are_solved_to_the_optimum_with_a_bound_below_it(seed):
    problem = random_problem(seed)
    optimum, _ = brute_force(problem)
    if optimum is None:
        with pytest.raises(InfeasibleError):
            solve(problem, EXACT, 1)
        return
    result = solve(problem, EXACT, 1)
    proof = result.certificate
    assert broken_rules(problem, tuple(int(z) for z in result.plan.zone)) == []
    assert plan_price(problem, result.plan) == proof.objective == price(problem, result.plan)
    assert 0 <= proof.unavoidable <= proof.bound <= optimum <= proof.objective
    if result.stopped == "proof":
        assert proof.objective == optimum


@pytest.fixture(scope="module")
def medium():
    return county(300, 12, 3)


def test_the_same_seed_gives_the_same_result_on_one_thread_and_on_two(medium):
    first, second = (solve(medium, Stop(gap=0.002, work=0.02, threads=threads), 7) for threads in (2, 1))
    assert (first.plan.zone == second.plan.zone).all()
    assert first.certificate == second.certificate


def test_a_listener_hears_bounds_that_rise_and_plans_that_fall(medium):
    heard: list[Progress] = []
    result = solve(medium, Stop(gap=0, work=0.02), 1, heard.append)
    bounds = [p.bound for p in heard]
    plans = [p.incumbent for p in heard if p.incumbent is not None]
    assert bounds == sorted(bounds)
    assert plans == sorted(plans, reverse=True)
    assert result.certificate.gap < 0.1
    assert broken_rules(medium, tuple(int(z) for z in result.plan.zone)) == []
    assert 0.5 < result.rule_share <= 1
    assert (result.handicap_m >= 0).all()


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        (Stop(gap=0.9, work=1.0), "gap"),
        (Stop(gap=0, work=0.0), "work"),
        (Stop(gap=0, work=None, seconds=0.0), "clock"),
        (Stop(gap=0, work=None, interrupted=lambda: True), "interrupted"),
    ],
)
def test_every_way_to_stop_gives_a_whole_plan(medium, stop, reason):
    result = solve(medium, stop, 1)
    assert result.stopped == reason
    assert broken_rules(medium, tuple(int(z) for z in result.plan.zone)) == []


def test_a_plan_by_people_gets_the_best_classes_even_if_it_is_in_pieces():
    for seed in range(40):
        problem = random_problem(seed)
        zone = np.random.default_rng(seed).integers(len(problem.zones), size=len(problem.blocks))
        try:
            plan = complete(problem, zone)
        except InfeasibleError:
            continue
        assert (plan.zone == zone).all()
        assert (plan.classes >= problem.least_classes).all()
        used = np.zeros(problem.rooms.shape, dtype=np.int64)
        for year in range(len(problem.years)):
            for grade in range(len(problem.grades)):
                taught = (problem.site_of[:, grade, None] == np.arange(len(problem.sites))).any(axis=0)
                there = taught | (problem.stay[:, year, grade, 0] > 0)
                used[:, year] += plan.classes[:, problem.cohort[year, grade], 0] * there
        assert (used[problem.rooms >= 0] <= problem.rooms[problem.rooms >= 0]).all()


def test_a_plan_to_begin_with_is_never_made_worse_and_a_bad_one_is_left_aside(medium):
    good = solve(medium, Stop(gap=0, work=0.02), 1)
    again = solve(medium, Stop(gap=0, work=0.0), 2, start=good.plan.zone)
    assert again.certificate.objective <= good.certificate.objective
    pieces = np.arange(len(medium.blocks)) % len(medium.zones)
    plain, misled = (solve(medium, Stop(gap=0, work=0.0), 2, start=start) for start in (None, pieces))
    assert (plain.plan.zone == misled.plan.zone).all()
