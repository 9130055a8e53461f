"""Plans that hold: the tail by hand, the certificate against trying everything, and the checker's own account of it."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer import robust, solver
from optimizer.check import tail as checked
from optimizer.check.classes import students_by_school
from optimizer.check.figures import Plan as CheckedPlan
from optimizer.check.figures import walks
from optimizer.check.world import Steps, World
from optimizer.metrics import crowding
from optimizer.metrics.variants import AMBER, GREEN, RED, alert, by_variant
from optimizer.problem import NO_RULE, Plan, Prices, Problem
from optimizer.scenario.model import Projection
from tests import oracle
from tests.oracle import Assignment, Kinds, brute_force, problems


def two_futures(students: list[list[int]], *, oversized: int = 1000) -> Problem:
    """Blocks in a row, a school of one room for 40 at each end; one year, one grade; a column a variant."""
    count = np.array(students, dtype=np.int64)[:, None, None, :]
    n, v = len(students), len(students[0])
    return Problem(
        blocks=tuple("abcdefgh"[:n]),
        zones=("P", "Q"),
        sites=("P", "Q"),
        years=(2026,),
        grades=("1",),
        variants=("medium", "high", "low")[:v],
        weight=np.ones(v, dtype=np.int64),
        students=count,
        stay=np.zeros((2, 1, 1, v), dtype=np.int64),
        site_of=np.array([[0], [1]]),
        cohort=np.zeros((1, 1), dtype=np.int64),
        least_classes=np.zeros((2, 1, v), dtype=np.int64),
        rooms=np.full((2, 1), 1),
        seats=np.full((2, 1), NO_RULE),
        size_limit=np.full(2, NO_RULE),
        distance=np.abs(np.arange(n)[:, None] - np.array([0, n - 1])) * 100,
        walk_limit=np.full(n, NO_RULE),
        allowed=np.ones((n, 2), dtype=np.bool_),
        penalty=np.zeros((n, 2), dtype=np.int64),
        current=np.full(n, NO_RULE),
        edges=np.stack([np.arange(n - 1), np.arange(1, n)], axis=1),
        border=np.full(n - 1, 10),
        roots=((0,), (n - 1,)),
        exempt=np.zeros(n, dtype=np.bool_),
        together=np.arange(n),
        prices=Prices(np.array([40, 55, 65]), np.array([1, 10, 100]) * oversized, 1000, 0, 0, 0),
    )


TOWN = two_futures([[20, 20], [20, 25], [5, 5], [5, 5]])
"""In the medium course a and b fit into P; in the high one they are five too many, and Q has seats for b."""


@pytest.mark.parametrize(
    ("weight", "crowding_m", "share", "units"),
    [
        ([1, 1, 1], [5, 9, 7], Fraction(1, 3), [0, 3, 0]),
        ([1, 1, 1], [5, 9, 7], Fraction(1, 2), [0, 2, 1]),
        ([1, 1, 1], [5, 9, 7], Fraction(1), [1, 1, 1]),
        ([1, 2, 1], [5, 9, 7], Fraction(3, 4), [0, 8, 4]),
        ([1, 1], [4, 4], Fraction(1, 2), [2, 0]),
        ([1] * 5, [1, 2, 3, 4, 5], Fraction(2, 5), [0, 0, 0, 5, 5]),
    ],
)
def test_the_dearest_variants_fill_the_tail(weight, crowding_m, share, units):
    assert robust.worst(np.array(weight), np.array(crowding_m), share).tolist() == units


@pytest.mark.parametrize(
    ("keys", "share"),
    [
        ({}, None),
        ({"hold": "all"}, Fraction(1, 2)),
        ({"hold": "tail"}, Fraction(1, 5)),
        ({"hold": "tail", "tail": 0.25}, Fraction(1, 4)),
    ],
)
def test_the_share_that_counts(keys, share):
    assert robust.tail_share(TOWN, Projection(**keys)) == share


def test_one_variant_has_no_tail():
    assert robust.tail_share(two_futures([[1], [1]]), Projection(hold="all")) is None


def test_a_medium_only_plan_is_crowded_in_high_and_the_robust_one_is_not():
    held = robust.solve(TOWN, Fraction(1, 2), solver.Stop(gap=0, work=None), 1)
    assert held.variant == "medium"
    assert held.nominal.zone.tolist() == [0, 0, 1, 1]
    assert held.result.plan.zone.tolist() == [0, 1, 1, 1]
    figures = {}
    for name, plan in {"medium only": held.nominal, "robust": held.result.plan}.items():
        figures[name] = by_variant(TOWN, plan, score_schools(TOWN, plan)).set_index("variant")
    assert figures["medium only"]["classes_over"].tolist() == [0, 1]
    assert figures["robust"]["classes_over"].tolist() == [0, 0]
    assert figures["medium only"]["children_over"].tolist() == [0, 45]
    assert figures["medium only"].loc["medium", "mean_walk_m"] == pytest.approx((20 * 100 + 5 * 100) / 50)
    assert figures["robust"].loc["medium", "mean_walk_m"] == pytest.approx((20 * 200 + 5 * 100) / 50)
    # walks in both variants: 20 and 25 children of b 200 m, 5 of c 100 m; nobody is above a limit
    assert held.result.certificate.objective == held.result.certificate.bound == 45 * 200 + 10 * 100
    assert held.result.stopped == "proof"


def score_schools(problem: Problem, plan: Plan):
    return crowding.by_school(problem, crowding.by_grade(problem, plan))


def tail_price(problem: Problem, zone: Assignment, share: Fraction) -> Fraction | None:
    """Price of a zoning by its definition, from the oracle's plain arithmetic; None where its classes fit no rooms."""
    alone = []
    for variant, weight in enumerate(problem.weight.tolist()):
        sites = [
            oracle._site_price(problem, site, variant, oracle._load(problem, zone, site, variant))
            for site in range(len(problem.sites))
        ]
        if None in sites:
            return None
        alone.append((Fraction(sum(sites), weight), weight))
    left, price = share * int(problem.weight.sum()), Fraction(0)
    for cost, weight in sorted(alone, reverse=True):
        part = min(left, Fraction(weight))
        price, left = price + part * cost, left - part
    return oracle._block_price(problem, zone) + price / share


@settings(max_examples=40, deadline=None, derandomize=True)
@given(problems((3, 6), (2, 3), Kinds(seats=0.8, rooms=0.6)), st.sampled_from([Fraction(1, 5), Fraction(1, 2), Fraction(2, 3)]))
def test_the_bound_is_below_every_plan_and_the_objective_is_the_plans(problem: Problem, share: Fraction):
    if len(problem.variants) < 2 or brute_force(problem)[0] is None:
        return
    held = robust.solve(problem, share, solver.Stop(gap=0, work=None), 1)
    proof, times, found = held.result.certificate, share.numerator, tuple(held.result.plan.zone.tolist())
    assert oracle.broken_rules(problem, found) == []
    assert proof.objective == robust.objective(problem, held.result.plan, share) == times * tail_price(problem, found, share)
    assert proof.objective <= robust.objective(problem, held.nominal, share)
    assert proof.divisor == times * problem.divisor
    for zone in product(range(len(problem.zones)), repeat=len(problem.blocks)):
        price = None if oracle.broken_rules(problem, zone) else tail_price(problem, zone, share)
        if price is not None:
            assert proof.bound <= times * price
            assert proof.unavoidable <= times * price


def test_the_alert_of_a_school_and_year():
    rows = pd.DataFrame({"students": [94, 95, 100, 101, 50], "over_seats": [0, 0, 0, 1, 0], "classes_over": [0, 0, 0, 0, 1]})
    rows["seats"] = pd.array([100, 100, 100, 100, None], dtype="Int64")
    assert alert(rows).tolist() == [GREEN, AMBER, AMBER, RED, NO_RULE]
    assert alert(rows.assign(seats=pd.array([100] * 5, dtype="Int64"))).tolist() == [GREEN, AMBER, AMBER, RED, RED]


def test_the_checker_has_its_own_account_of_the_tail():
    """The objective that the checker works out from dictionaries is the solver's, for every share of two weighted variants."""
    problem = replace(TOWN, weight=np.array([2, 1]))
    plan = solver.complete(problem, np.array([0, 0, 1, 1]))
    world, stated = world_of(problem, plan)
    for share in (Fraction(1, 5), Fraction(1, 3), Fraction(2, 3), Fraction(1)):
        terms = {"walk": sum(walk.count * walk.metres for walk in walks(world, stated)), "oversized": 123}
        assert checked.objective(world, stated, terms, share) == (robust.objective(problem, plan, share), share.numerator)
    assert checked.objective(world, stated, {"walk": 5, "oversized": 7}, None) == (12, 1)


def world_of(problem: Problem, plan: Plan) -> tuple[World, CheckedPlan]:
    """Return the checker's view of a problem of one year and one grade."""
    cells = {v: (2026, "1", v) for v in problem.variants}
    students = {
        b: {cells[v]: int(problem.students[i, 0, 0, j]) for j, v in enumerate(problem.variants)}
        for i, b in enumerate(problem.blocks)
    }
    world = World(
        level="primary",
        blocks=dict.fromkeys(problem.blocks),
        shapeless=frozenset(),
        schools={},
        zones=problem.zones,
        years=problem.years,
        grades=problem.grades,
        variants=problem.variants,
        weight=dict(zip(problem.variants, problem.weight.tolist(), strict=True)),
        students=students,
        stay={},
        sits_at={(zone, "1"): zone for zone in problem.zones},
        cohort={(2026, "1"): 0},
        least_classes={},
        rooms={(site, 2026): 1 for site in problem.sites},
        seats={},
        size_limit={},
        walk_limit={},
        distance={(b, s): int(problem.distance[i, j]) for i, b in enumerate(problem.blocks) for j, s in enumerate(problem.sites)},
        current={},
        border={},
        root={},
        tolerance_m=1.0,
        steps=Steps(((40, 1000), (55, 10_000), (65, 100_000)), 1000, 0, 0, 0),
    )
    zone_of = {block: problem.zones[plan.zone[i]] for i, block in enumerate(problem.blocks)}
    held = students_by_school(world, zone_of)
    return world, CheckedPlan(zone_of, held, dict.fromkeys(held, 1))
