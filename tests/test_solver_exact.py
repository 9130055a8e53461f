"""The exact solver against trying everything, its separators, its budget, and the measured optima of a real study."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from benchmarks.pooled import Pooled, pooled_problem
from benchmarks.study import objectives, read_study
from optimizer.problem import Problem
from optimizer.solver.exact import IMPOSSIBLE, prove
from optimizer.solver.linear import close, open_pairs
from optimizer.solver.plans import price
from optimizer.solver.program import Limit, build
from optimizer.solver.separators import Contiguity
from tests.oracle import broken_rules, brute_force, plan_price, problems, random_problem


@settings(max_examples=120, deadline=None, derandomize=True)
@given(problems())
def test_the_proved_optimum_is_that_of_trying_everything(problem: Problem) -> None:
    best, _ = brute_force(problem)
    proof = prove(problem, None, 0, 60.0, 1)
    assert proof.proved
    assert proof.objective == best
    assert proof.bound == (IMPOSSIBLE if best is None else best)
    if proof.plan is not None:
        assert plan_price(problem, proof.plan) == price(problem, proof.plan) == best


@settings(max_examples=60, deadline=None, derandomize=True)
@given(problems())
def test_an_incumbent_and_fixing_do_not_hide_the_optimum(problem: Problem) -> None:
    best, zone = brute_force(problem)
    if best is None or zone is None:
        return
    contiguity = Contiguity(problem, problem.allowed)
    assert contiguity.allowed[np.arange(len(zone)), zone].all()
    program = build(problem, contiguity.allowed)
    closed = close(program, contiguity, best + 1, 10.0)
    assert closed.bound <= best
    assert not closed.infeasible
    assert open_pairs(program, closed.upper)[np.arange(len(zone)), zone].all()
    again = prove(problem, prove(problem, None, 0, 60.0, 1).plan, 0, 60.0, 1)
    assert again.proved
    assert again.objective == best


@settings(max_examples=60, deadline=None, derandomize=True)
@given(problems())
def test_candidates_restrict_the_search_and_its_proof(problem: Problem) -> None:
    candidates = problem.allowed & (np.indices(problem.allowed.shape).sum(axis=0) % 3 > 0)
    proof = prove(problem, None, 0, 60.0, 1, candidates=candidates)
    assert proof.proved
    if proof.plan is None:
        return
    assert candidates[np.arange(len(proof.plan.zone)), proof.plan.zone].all()
    whole, _ = brute_force(problem)
    assert whole is not None
    assert proof.objective is not None
    assert proof.objective >= whole


@settings(max_examples=100, deadline=None, derandomize=True)
@given(problems((5, 9), (2, 3)))
def test_separators_cut_what_is_in_pieces_and_nothing_else(problem: Problem) -> None:
    contiguity = Contiguity(problem, problem.allowed)
    rng = np.random.default_rng(len(problem.edges))
    if not contiguity.allowed.any(axis=1).all():
        return
    whole = []
    for _ in range(30):
        zone = np.array([rng.choice(np.flatnonzero(row)) for row in contiguity.allowed])
        pieces = [rule for rule in broken_rules(problem, tuple(zone)) if "part" in rule]
        cuts = contiguity.cuts(zone)
        assert bool(cuts) == bool(pieces)
        assert all(zone[c.block] == c.zone and (zone[list(c.through)] != c.zone).all() for c in cuts)
        whole += [zone] if not broken_rules(problem, tuple(zone)) else []
    share = rng.random(contiguity.allowed.shape)
    for z, roots in enumerate(problem.roots):
        share[list(roots), z] = 1
    every = [*contiguity.first_cuts(3), *contiguity.broken_first_cuts(share), *contiguity.fractional(share)]
    for zone in whole:
        assert all(zone[c.block] != c.zone or (zone[list(c.through)] == c.zone).any() for c in every)


def test_no_budget_and_interruption_give_back_what_is_known() -> None:
    problem = random_problem(5, (8, 8), (3, 3))
    plan = prove(problem, None, 0, 60.0, 1).plan
    assert plan is not None
    for proof in (prove(problem, plan, -5, 0.0, 1), prove(problem, plan, -5, 60.0, 1, interrupted=lambda: True)):
        assert proof.plan is plan
        assert proof.bound == -5
        assert not proof.proved


def test_the_same_seed_gives_the_same_plan() -> None:
    problem = random_problem(11, (9, 9), (3, 3))
    first, second = (prove(problem, None, 0, 60.0, 7) for _ in range(2))
    assert first.plan is not None
    assert second.plan is not None
    assert (first.plan.zone == second.plan.zone).all()
    assert (first.plan.classes == second.plan.classes).all()
    assert first.work == second.work


def test_limits_bind() -> None:
    """Two schools at the ends of a row: the limit on students above the seats sends the middle away from its nearer school."""
    edges = np.array([[0, 1], [1, 2], [2, 3]])
    distance = np.array([[0, 9], [1, 8], [2, 7], [9, 0]])
    study = Pooled(np.full(4, 3), distance, edges, np.array([0, 3]), np.array([6, 6]), np.full(4, -1))
    problem = pooled_problem(study, seat_price=0)
    nothing = np.zeros((4, 2), dtype=np.int64)
    free, seated = prove(problem, None, 0, 60.0, 1), prove(problem, None, 0, 60.0, 1, limits=[Limit(nothing, 1, 0)])
    assert free.plan is not None
    assert seated.plan is not None
    assert free.plan.zone.tolist() == [0, 0, 0, 1]
    assert seated.plan.zone.tolist() == [0, 0, 1, 1]
    assert seated.objective == 3 * 8
    assert prove(problem, None, 0, 60.0, 1, limits=[Limit(nothing, 1, 0), Limit(nothing + 1, 0, 3)]).bound == IMPOSSIBLE


@pytest.mark.parametrize(
    ("name", "optimum"),
    [("weighted", 6_058_016), ("least moved", 320), ("least distance", 5_755_835), ("as option 1", 5_590_121)],
)
def test_the_boundary_study_is_proved(shared_data: Path, name: str, optimum: int) -> None:
    problem, limits = objectives(read_study(shared_data / "bcps"))[name]
    proof = prove(problem, None, 0, 60.0, 1, limits=limits)
    assert proof.proved
    assert proof.objective == proof.bound == optimum
