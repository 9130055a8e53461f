"""Ratios, entrants, progression and baselines against numbers worked out by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.history import baselines, entrants, fit, ratios
from optimizer.history.settings import CHOSEN
from optimizer.history.table import spans
from tests.history_tables import histories, history

BARE = replace(CHOSEN, few=0.0, ratio_memory=1.0, whole_memory=1.0, first_shrinkage=1.0, pull=0.0)
"""Every year and child counts alike, the whole counts one year until noise and spread can be told apart."""


def test_plain_progression_by_hand() -> None:
    # into grade 2: (80 + 99) / (100 + 110) of three pairs' sums; the oldest pair, 200 -> 20, is a fourth
    past = history([[[200, 5], [100, 20], [110, 80], [120, 99], [90, 60]]])
    expected = baselines.grade_progression(past, 3)[0]
    ratio = (80 + 99 + 60) / (100 + 110 + 120)
    assert expected == pytest.approx(np.array([[90, 90 * ratio], [90, 90 * ratio], [90, 90 * ratio]]))


def test_plain_progression_without_own_pairs_takes_the_whole() -> None:
    # the second school had no grade 2 before, but grows: it has been there since the second year only
    past = history([[[50, 40], [50, 40], [50, 40]], [[None, None], [30, None], [20, 30]]])
    expected = baselines.grade_progression(past, 1)
    assert expected[1, 0, 1] == pytest.approx(20 * 30 / 30)
    grows = history([[[50, 40, 30]] * 3, [[None] * 3, [30, None, None], [20, 30, None]]])
    assert baselines.grade_progression(grows, 1)[1, 0].tolist() == pytest.approx([20, 20 * 1.0, 30 * 0.75])


def test_last_value_repeats() -> None:
    past = history([[[1, 2], [3, None]]])
    assert baselines.last_value(past, 2)[0].tolist() == [[3, 0], [3, 0]]


def test_ratio_between_school_and_whole_by_hand() -> None:
    # one pair each: 100 -> 80 and 300 -> 300; the whole is 380 / 400. With a weight of one year each school goes half way in logs
    known = ratios.learn(history([[[100, 1], [1, 80]], [[300, 1], [1, 300]]]).students, BARE)
    whole = 380 / 400
    assert np.exp(known.whole[1]) == pytest.approx(whole)
    assert np.exp(known.school[:, 1]) == pytest.approx([math.sqrt(0.8 * whole), math.sqrt(1.0 * whole)])


def test_ratio_far_off_counts_as_if_at_the_limit() -> None:
    known = ratios.learn(history([[[100, 1], [1, 1000]], [[99900, 1], [1, 99000]]]).students, BARE)
    assert known.school[0, 1] - known.whole[1] == pytest.approx(BARE.odd_ratio / 2)


def test_weight_of_the_whole_by_analysis_of_variance() -> None:
    # two schools, two years: means 0.1 and -0.1, within 4 * 0.05^2 / 2 = 0.005; between squares 2 * (0.1^2 + 0.1^2) = 0.04;
    # usual years (4 - 8 / 4) / 1 = 2; between = (0.04 - 0.005) / 2 = 0.0175
    off = np.array([[0.05, 0.15], [-0.05, -0.15]])
    assert ratios.weight_of_whole(off, CHOSEN) == pytest.approx(CHOSEN.noise_share * 0.005 / 0.0175)


def test_schools_that_do_not_differ_get_the_whole() -> None:
    off = np.array([[0.1, -0.1], [-0.1, 0.1], [0.1, -0.1]])
    assert ratios.weight_of_whole(off, CHOSEN) == CHOSEN.most_shrinkage


def test_entrants_follow_a_damped_trend_by_hand() -> None:
    # six schools alike: the whole grows by 10 % a year, nobody beyond it; the level is the last year's where memory is none
    past = history([[[100, 1], [110, 1], [121, 1]]] * 6)
    numbers = replace(CHOSEN, level_memory=0.0, damping=0.5)
    known = entrants.learn(past.students, np.zeros(6, dtype=np.int64), numbers)
    assert np.exp(known.after(2, 0.5)[0]) == pytest.approx([121 * 1.1**0.5, 121 * 1.1**0.75])


def test_own_growth_is_believed_by_its_years() -> None:
    # one school grows by log 0.2 more than the five that stand still; one pair of years: W = 1, believed 1 / (1 + 2)
    counts = [[[1000.0], [1000.0]]] * 5 + [[[10.0], [10 * math.exp(0.2)]]]
    known = entrants.learn(history(counts).students, np.zeros(6, dtype=np.int64), CHOSEN)
    whole = math.log((5000 + 10 * math.exp(0.2)) / 5010)
    assert known.growth == pytest.approx([whole - whole / 3] * 5 + [whole + (0.2 - whole) / 3])


def test_level_weighs_past_entrants() -> None:
    known = entrants.learn(history([[[100.0], [50.0]]]).students, np.zeros(1, dtype=np.int64), replace(CHOSEN, level_memory=0.5))
    assert known.level[0] == pytest.approx((math.log(50) + 0.5 * math.log(100)) / 1.5)


def test_cohort_and_pull_by_hand() -> None:
    # one pair of years, so that the pull is the prior one: 0.8 * 0.5; ratio 60 / 100; whole and school are the same
    past = history([[[100, 90], [100, 60]]])
    expected = fit(past, replace(CHOSEN, pull=0.5)).predict(2)[0]
    assert expected[:, 0] == pytest.approx([100, 100])
    assert expected[0, 1] == pytest.approx(math.exp(0.6 * math.log(100 * 0.6) + 0.4 * math.log(60)))


def test_pull_is_learned() -> None:
    # cohorts alternate, the second grade stays: nothing but its own last size tells the next one
    up_and_down = [[80.0 + 40 * ((year + place) % 2), 90.0] for place in (0, 1) for year in range(8)]
    held = history(np.array(up_and_down).reshape(2, 8, 2).repeat(20, axis=0))
    moved = history(
        np.array(
            [
                [[80.0 + 7 * ((year * 3 + place) % 5), 80.0 + 7 * (((year - 1) * 3 + place) % 5)] for year in range(8)]
                for place in range(40)
            ]
        )
    )
    assert fit(held).pull > fit(moved).pull
    assert fit(moved).pull < CHOSEN.pull * CHOSEN.pull_kept


def test_spans_of_settled_growing_and_closing_schools() -> None:
    n = None
    taught = [
        [[1, 1, 1], [1, 1, 1], [1, 1, 1]],  # settled
        [[n, n, n], [1, n, n], [1, 1, n]],  # growing upwards: will have the usual top grade
        [[1, 1, n], [1, 1, n], [1, 1, n]],  # always two grades
        [[1, 1, 1], [n, 1, 1], [n, n, 1]],  # closing
        [[n, n, n], [n, n, n], [n, 1, 1]],  # opened at once with its grades
        [[0, 0, 0], [n, n, n], [n, n, n]],  # never a child
    ]
    first, last = spans(history(taught).students)
    assert first.tolist() == [0, 0, 0, 0, 1, -1]
    assert last.tolist() == [2, 2, 1, 2, 2, -1]


def test_a_closing_school_ends() -> None:
    past = history([[[50, 50, 50], [None, 45, 45], [None, None, 40]], [[50, 50, 50]] * 3])
    assert fit(past).predict(2)[0].tolist() == [[0, 0, 0], [0, 0, 0]]


@given(histories())
@settings(max_examples=60, deadline=None)
def test_shrunken_ratio_lies_between_school_and_whole(past) -> None:
    known = ratios.learn(past.students, replace(CHOSEN, odd_ratio=50.0))
    for grade in range(1, len(past.grades)):
        own = ratios.pairs(past.students, grade)
        off = np.log(own.after / own.before) - own.by_year
        for school in range(len(past.schools)):
            seen = off[school][np.isfinite(off[school])]
            beside = known.school[school, grade] - known.whole[grade]
            assert min(0.0, seen.min(initial=0.0)) - 1e-9 <= beside <= max(0.0, seen.max(initial=0.0)) + 1e-9


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_order_of_schools_and_names_of_years_do_not_matter(past, random) -> None:
    order = list(range(len(past.schools)))
    random.shuffle(order)
    moved = replace(past, students=past.students[order], years=tuple(year + 7 for year in past.years))
    for method in (lambda table: fit(table).predict(3), lambda table: baselines.grade_progression(table, 3)):
        assert method(moved) == pytest.approx(method(past)[order], rel=1e-9, abs=1e-9)


@given(histories(), st.integers(2, 9))
@settings(max_examples=40, deadline=None)
def test_predictions_scale_with_the_children(past, factor) -> None:
    larger = replace(past, students=past.students * factor)
    assert baselines.grade_progression(larger, 3) == pytest.approx(factor * baselines.grade_progression(past, 3))
    # a ratio's weight depends on the children behind it: the model scales where that is switched off
    numbers = replace(CHOSEN, few=0.0)
    assert fit(larger, numbers).predict(3) == pytest.approx(factor * fit(past, numbers).predict(3), rel=1e-6, abs=1e-6)


@given(histories())
@settings(max_examples=60, deadline=None)
def test_predictions_are_numbers_of_children(past) -> None:
    expected = fit(past).predict(4)
    assert np.isfinite(expected).all()
    assert (expected >= 0).all()
