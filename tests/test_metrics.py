"""Figures of a plan: hand-computed on a row of blocks, and against the oracle's plain arithmetic."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from optimizer.metrics import Shapes, crowding, score, shape, walking
from optimizer.problem import NO_RULE, Plan, Prices, Problem
from tests import oracle


def row(students: list[int], rooms: int = 2, **changes: object) -> Problem:
    """Four blocks in a row, schools at both ends, one year, one grade; the two left ones belong to the left school today."""
    count = np.array(students, dtype=np.int64)[:, None, None, None]
    n = len(students)
    metres = np.abs(np.arange(n)[:, None] - np.array([0, n - 1])) * 100
    one = np.ones(1, dtype=np.int64)
    built = Problem(
        blocks=tuple("abcd"[:n]),
        zones=("P", "Q"),
        sites=("P", "Q"),
        years=(2026,),
        grades=("1",),
        variants=("medium",),
        weight=one,
        students=count,
        stay=np.zeros((2, 1, 1, 1), dtype=np.int64),
        site_of=np.array([[0], [1]]),
        cohort=np.zeros((1, 1), dtype=np.int64),
        least_classes=np.zeros((2, 1, 1), dtype=np.int64),
        rooms=np.full((2, 1), rooms),
        seats=np.full((2, 1), NO_RULE),
        size_limit=np.full(2, NO_RULE),
        distance=metres,
        walk_limit=np.full(n, NO_RULE),
        allowed=np.ones((n, 2), dtype=np.bool_),
        penalty=np.zeros((n, 2), dtype=np.int64),
        current=np.array([0, 0, 1, 1])[:n],
        edges=np.stack([np.arange(n - 1), np.arange(1, n)], axis=1),
        border=np.full(n - 1, 10),
        roots=((0,), (n - 1,)),
        exempt=np.zeros(n, dtype=np.bool_),
        together=np.arange(n),
        prices=Prices(np.array([45, 55, 65]), np.array([1, 10, 100]), 1, 1, 1, 1),
    )
    return replace(built, **changes)  # type: ignore[arg-type]


def plan(zone: list[int], classes: tuple[int, int]) -> Plan:
    return Plan(np.array(zone), np.array(classes)[:, None, None])


SQUARES = Shapes(np.array([box(10 * i, 0, 10 * i + 10, 10) for i in range(4)]), 3.0)


def test_students_are_spread_over_classes_as_evenly_as_can_be():
    built = row([40, 51, 20, 30])
    rows = crowding.by_grade(built, plan([0, 0, 1, 1], (2, 1))).set_index("school_id")
    assert rows.loc["P", ["students", "classes", "largest_class", "classes_over", "children_over"]].tolist() == [91, 2, 46, 1, 46]
    assert rows.loc["Q", ["students", "classes", "largest_class", "classes_over", "children_over"]].tolist() == [50, 1, 50, 1, 50]


@pytest.mark.parametrize(
    ("students", "over", "big", "huge"),
    [(45, 0, 0, 0), (46, 1, 0, 0), (55, 1, 0, 0), (56, 1, 1, 0), (65, 1, 1, 0), (66, 1, 1, 1)],
)
def test_the_lines_of_oversized_classes(students, over, big, huge):
    rows = crowding.by_grade(row([students, 0, 0, 0]), plan([0, 0, 1, 1], (1, 1)))
    assert rows.loc[0, ["classes_over", "classes_big", "classes_huge"]].tolist() == [over, big, huge]


def test_students_without_a_room_count_as_one_class():
    rows = crowding.by_grade(row([70, 0, 0, 0]), plan([0, 0, 1, 1], (0, 1)))
    assert rows.loc[0, ["classes", "largest_class", "classes_huge", "children_over"]].tolist() == [0, 70, 1, 70]


def test_seats_free_and_missing():
    built = row([100, 0, 0, 10], size_limit=np.array([90, 90]))
    schools = crowding.by_school(built, crowding.by_grade(built, plan([0, 0, 1, 1], (2, 1)))).set_index("school_id")
    assert schools.loc["P", ["seats", "seats_free", "over_seats", "over_size"]].tolist() == [90, 0, 10, 10]
    assert schools.loc["Q", ["seats", "seats_free", "over_seats", "over_size"]].tolist() == [90, 80, 0, 0]


def test_walks_limits_and_changes():
    built = row([10, 20, 30, 40], walk_limit=np.full(4, 150))
    figures = score(built, plan([0, 0, 0, 1], (2, 1)), SQUARES)
    assert figures.headline["mean_walk_m"] == pytest.approx((20 * 100 + 30 * 200) / 100)
    assert (figures.headline["max_walk_m"], figures.headline["p90_walk_m"]) == (200, 200)
    assert (figures.headline["beyond_limit"], figures.headline["moved"], figures.headline["moved_blocks"]) == (30, 30, 1)
    assert figures.by_zone.loc[0, ["blocks", "students", "mean_walk_m", "beyond"]].tolist() == [3, 60, 8000 / 60, 30]


@pytest.mark.parametrize(("share", "metres"), [(0.0, 5), (0.5, 5), (0.51, 9), (0.9, 9), (1.0, 50)])
def test_a_percentile_is_a_distance_some_child_walks(share, metres):
    assert walking.percentile(np.array([50, 5, 9]), np.array([1, 5, 4]), share) == metres


def test_pieces_and_roots():
    built = row([1, 1, 1, 1])
    assert shape.parts(built, plan([0, 1, 0, 1], (1, 1))).tolist() == [2, 2]
    assert shape.astray(built, plan([0, 1, 0, 1], (1, 1))).tolist() == [True, True]
    assert shape.astray(built, plan([0, 0, 0, 1], (1, 1))).tolist() == [False, False]
    assert shape.astray(built, plan([1, 0, 0, 0], (1, 1))).tolist() == [True, True]


def test_compactness_of_a_row_of_squares():
    built = row([1, 1, 1, 1])
    roundness = shape.polsby_popper(built, plan([0, 0, 1, 1], (1, 1)), SQUARES)
    assert roundness == pytest.approx([4 * np.pi * 200 / 60**2] * 2)
    assert shape.cut_edges(built, plan([0, 0, 1, 1], (1, 1))) == 1


def with_three_steps(problem: Problem) -> Problem:
    """The oracle draws any number of steps; the policy's figures name three."""
    size, price = problem.prices.step_size, problem.prices.step_price
    more = max(0, 3 - len(size))
    padded = replace(problem.prices, step_size=np.append(size, [99] * more), step_price=np.append(price, [0] * more))
    return replace(problem, prices=padded)


@settings(max_examples=80, deadline=None)
@given(oracle.problems(), st.randoms(use_true_random=False))
def test_the_terms_add_up_to_the_oracles_price(problem, chance):
    problem = with_three_steps(problem)
    zone = np.array([chance.randrange(len(problem.zones)) for _ in problem.blocks])
    shape_of = (len(problem.sites), problem.n_cohorts, len(problem.variants))
    chosen = Plan(zone, np.array([chance.randrange(4) for _ in range(int(np.prod(shape_of)))]).reshape(shape_of))
    n = len(problem.blocks)
    figures = score(problem, chosen, Shapes(np.array([box(i, 0, i + 1, 1) for i in range(n)]), 0.1))
    expected = oracle._block_price(problem, tuple(zone.tolist()))
    for site, variant in product(range(len(problem.sites)), range(len(problem.variants))):
        load = oracle._load(problem, tuple(zone.tolist()), site, variant)
        expected += oracle._excess_price(problem, site, variant, load, chosen.classes[site, :, variant].tolist())
    assert figures.headline["objective_m"] * problem.divisor == pytest.approx(expected, rel=1e-9)
    assert bool(figures.headline["zones_in_pieces"]) == any(
        "root" in rule for rule in oracle.broken_rules(problem, tuple(zone.tolist()))
    )
