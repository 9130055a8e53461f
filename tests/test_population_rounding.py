"""Whole children: totals kept at every level, near the course, and steady along a cohort."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from optimizer.check.whole import whole
from optimizer.population.rounding import county_totals, whole_children

COMMUNITIES = ["X", "Y", "X", "Y", "Z", "X", "Z", "Z", "X", "Y", "Y", "Z"]


def test_the_largest_remainders_get_the_missing_children():
    course = np.array([1.5, 1.5, 0.2, 0.7])[None, None]
    assert whole_children(course, [""] * 4)[0, 0].tolist() == [2, 1, 0, 1]  # 3.9: two missing, 0.7 first, then the lower id


def test_communities_come_before_their_blocks():
    # X has 1.0 and Y 1.2 children: X gets one, Y one, though Y's largest remainder, 0.6, is above X's.
    course = np.array([0.5, 0.5, 0.6, 0.6])[None, None]
    assert whole_children(course, ["X", "X", "Y", "Y"])[0, 0].tolist() == [1, 0, 1, 0]


def test_a_cohort_keeps_its_numbers_while_the_rest_moves():
    # Half a child in a and in b is one in a. Next year, a grade on, b has 0.9: the sum is still one, and a keeps it.
    course = np.array([[[0.5, 0.5], [0, 0]], [[0, 0], [0.5, 0.9]], [[0, 0], [0, 0]]], dtype=float)
    assert whole_children(course, ["", ""])[:2].tolist() == [[[1, 0], [0, 0]], [[0, 0], [1, 0]]]


courses = arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 4), st.just(12)), elements=st.floats(0, 300))


@settings(max_examples=150, deadline=None)
@given(courses)
def test_every_total_is_kept_and_every_number_is_next_to_its_course(course: np.ndarray):
    found = whole_children(course, COMMUNITIES)
    assert (found >= 0).all()
    assert (np.abs(found - course) < 1 + 1e-6).all()
    assert (np.abs(found.sum(axis=2) - course.sum(axis=2)) <= 0.5 + 1e-5).all()
    for name in "XYZ":
        inside = [i for i, community in enumerate(COMMUNITIES) if community == name]
        assert (np.abs(found[:, :, inside].sum(axis=2) - course[:, :, inside].sum(axis=2)) < 1 + 1e-5).all()


@settings(max_examples=100, deadline=None)
@given(courses, st.sets(st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(2, 3)), max_size=2))
def test_the_checker_finds_the_same_whole_children(course: np.ndarray, sets: set[tuple[int, int, int]]):
    n_years, n_grades, n_blocks = course.shape
    exact = [(t, a, b) for t, a, b in sets if t < n_years and b < n_grades][:1]
    blocks = [f"B{i:02}" for i in range(n_blocks)]
    by_block = {(t, g): dict(zip(blocks, course[t, g].tolist(), strict=True)) for t in range(n_years) for g in range(n_grades)}
    community = dict(zip(blocks, COMMUNITIES, strict=True))
    again = whole(by_block, range(n_years), range(n_grades), community, exact)
    found = whole_children(course, COMMUNITIES, exact)
    assert all(found[t, g, blocks.index(block)] == n for (block, t, g), n in again.items())


@settings(max_examples=40, deadline=None)
@given(arrays(np.float64, (7, 12), elements=st.floats(0, 40)))
def test_a_cohort_that_stays_as_it_is_keeps_every_number(cohorts: np.ndarray):
    course = np.stack([[cohorts[grade - year + 3] for grade in range(4)] for year in range(4)])
    found = whole_children(course, COMMUNITIES)
    assert (found[1:, 1:] == found[:-1, :-1]).all()


def test_a_cohort_does_not_jitter():
    """Blocks that only grow or only shrink: rounding that forgets turns round 180 times, ours now and then."""
    rng = np.random.default_rng(1)
    communities = [f"C{block // 8:02}" for block in range(300)]
    start, rate = rng.gamma(2, 2, (15, 300)), 1 + rng.normal(-0.01, 0.02, 300)
    course = np.stack([[start[grade - year + 9] * rate**grade for grade in range(6)] for year in range(10)])
    forgetful = np.concatenate([whole_children(course[[year]], communities) for year in range(10)])
    assert _turns(whole_children(course, communities)) <= 5
    assert _turns(forgetful) > 100


def _turns(found: np.ndarray) -> int:
    """How often a block's cohort grows after it shrank, or the other way round."""
    turns = 0
    for entered in range(-5, 8):
        cohort = np.array([found[year, year - entered] for year in range(10) if 0 <= year - entered < 6])
        for block in np.diff(cohort, axis=0).T:
            changes = block[block != 0]
            turns += int((changes[1:] * changes[:-1] < 0).sum())
    return turns


@pytest.mark.parametrize(
    ("units", "exact", "totals"),
    [
        ([[2.5, 2.5, 1.0]], [], [[3, 3, 1]]),
        ([[2.5, 2.5, 1.0]], [(0, 0, 1)], [[3, 2, 1]]),
        ([[2.25, 2.5, 1.25]], [(0, 0, 2)], [[2, 3, 1]]),
        ([[2.25, 2.5, 1.25]], [(0, 0, 2), (0, 1, 1)], [[2, 3, 1]]),
    ],
)
def test_grades_share_the_whole_total_of_their_set(
    units: list[list[float]], exact: list[tuple[int, int, int]], totals: list[list[int]]
):
    assert county_totals(np.round(np.array(units) * 1e9).astype(np.int64), exact).tolist() == totals
