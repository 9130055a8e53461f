"""Wishes that cannot hold together are explained by an irreducible set and repaired at least loss."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.problem import Problem
from optimizer.solver.conflicts import Wish, explain, feasible
from optimizer.solver.program import Limit
from tests.oracle import Kinds, brute_force, random_problem

PLAIN = Kinds(rooms=0, seats=1, forbidden=0, together=0, rootless=0, no_way=0, island=0, stay=0, size_limit=0)


def row(n_blocks: int = 5, seats: int = 10) -> Problem:
    """A row of blocks between two schools, two students in each block."""
    drawn = random_problem(3, (n_blocks, n_blocks), (2, 2), PLAIN)
    return replace(
        drawn,
        years=(2026,),
        grades=("1",),
        variants=("v",),
        sites=("s0", "s1"),
        weight=np.ones(1, dtype=np.int64),
        students=np.full((n_blocks, 1, 1, 1), 2),
        stay=np.zeros((2, 1, 1, 1), dtype=np.int64),
        site_of=np.array([[0], [1]]),
        cohort=np.zeros((1, 1), dtype=np.int64),
        least_classes=np.zeros((2, 1, 1), dtype=np.int64),
        rooms=np.full((2, 1), -1),
        seats=np.full((2, 1), seats),
        size_limit=np.full(2, -1),
        distance=np.zeros((n_blocks, 2), dtype=np.int64),
        allowed=np.ones((n_blocks, 2), dtype=bool),
        edges=np.array([[i, i + 1] for i in range(n_blocks - 1)]),
        border=np.full(n_blocks - 1, 10),
        roots=((0,), (n_blocks - 1,)),
        exempt=np.zeros(n_blocks, dtype=bool),
    )


def lock(block: int, zone: int, n_blocks: int = 5) -> Wish:
    allowed = np.ones((n_blocks, 2), dtype=bool)
    allowed[block] = np.arange(2) == zone
    return Wish(f"block {block} to school {zone}", allowed)


def test_wishes_that_hold_need_no_explanation() -> None:
    assert explain(row(), [lock(1, 0), lock(3, 1)]) is None


def test_a_zone_cannot_jump_over_another() -> None:
    crossing = [lock(2, 0), lock(1, 1), lock(3, 1)]
    found = explain(row(), crossing)
    assert found is not None
    assert [w.name for w in found.wishes] == ["block 2 to school 0", "block 1 to school 1"]
    assert len(found.give_up) == 1


def test_keeping_together_can_conflict_with_a_lock() -> None:
    pair = Wish("blocks 1 and 3 together", together=(np.array([1, 3]),))
    found = explain(row(), [lock(2, 1), pair, lock(1, 0)])
    assert found is not None
    assert {w.name for w in found.wishes} == {"block 2 to school 1", "blocks 1 and 3 together", "block 1 to school 0"}


def test_seats_as_a_hard_limit() -> None:
    problem = row(seats=5)
    nobody_over = Wish("nobody above the seats", limit=Limit(np.zeros((5, 2), dtype=np.int64), 1, 0), weight=5)
    assert not feasible(problem, [nobody_over])
    found = explain(problem, [nobody_over, lock(1, 0)])
    assert found is not None
    assert [w.name for w in found.wishes] == ["nobody above the seats"]
    assert found.give_up == found.wishes


def test_a_ladder_is_loosened_by_its_first_step() -> None:
    def at_most(metres: int) -> Wish:
        return Wish(f"at most {metres} m", np.abs(np.arange(5)[:, None] - np.array([0, 4])) * 1000 <= metres)

    found = explain(row(), [at_most(1000), at_most(2000), at_most(3000)])
    assert found is not None
    assert [w.name for w in found.give_up] == ["at most 1000 m"]


def test_no_plan_even_without_wishes() -> None:
    problem = row()
    found = explain(replace(problem, together=np.array([0, 1, 2, 3, 0])), [lock(1, 0)])
    assert found is not None
    assert found.wishes == found.give_up == ()


def test_weights_choose_what_is_given_up() -> None:
    heavy = replace(lock(1, 1), weight=3)
    found = explain(row(), [heavy, lock(2, 0), lock(3, 0)])
    assert found is not None
    assert heavy not in found.give_up
    assert len(found.give_up) == 2


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 10**6))
def test_conflicts_are_irreducible_and_repairs_least(seed: int) -> None:
    problem = random_problem(seed, (4, 7), (2, 3), PLAIN)
    rng = np.random.default_rng(seed)
    n_blocks, n_zones = problem.allowed.shape
    wishes = []
    for i in range(5):
        allowed = np.ones((n_blocks, n_zones), dtype=bool)
        block = rng.integers(n_blocks)
        allowed[block] = np.arange(n_zones) == rng.integers(n_zones)
        wishes.append(Wish(f"{i}: block {block}", allowed))

    def holds(some: tuple[Wish, ...]) -> bool:
        allowed = np.logical_and.reduce([problem.allowed, *(w.allowed for w in some if w.allowed is not None)])
        return bool(allowed.any(axis=1).all()) and brute_force(replace(problem, allowed=allowed))[0] is not None

    found = explain(problem, wishes)
    assert (found is None) == holds(tuple(wishes))
    if found is None or not found.wishes:
        assert found is None or not holds(())
        return
    assert not holds(found.wishes)
    assert all(holds(tuple(w for w in found.wishes if w is not dropped)) for dropped in found.wishes)
    least = next(k for k in range(6) if any(holds(some) for some in combinations(wishes, 5 - k)))
    assert len(found.give_up) == least
    assert holds(tuple(w for w in wishes if w not in found.give_up))


@pytest.mark.parametrize("seed", range(20))
def test_feasible_is_what_trying_everything_says(seed: int) -> None:
    problem = random_problem(seed, (4, 8), (2, 3), Kinds(forbidden=0.9, together=0.7, existing=0.8))
    assert feasible(problem) == (brute_force(problem)[0] is not None)
