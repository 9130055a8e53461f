"""What a sweep comes to: efficient settings, and chances of schools."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from optimizer.sweep.summary import efficient, heats, settings, tradeoffs
from tests.sweep_rows import failed, frame, row, schools


def test_draws_are_averaged_and_futures_kept_apart():
    rows = frame(
        [
            row(1, {"weights.change_m": 0, "projection.variants": ["low"]}, draw=1, mean_walk_m=100.0),
            row(2, {"weights.change_m": 0, "projection.variants": ["low"]}, draw=2, mean_walk_m=200.0),
            row(3, {"weights.change_m": 0, "projection.variants": ["high"]}, draw=1, mean_walk_m=300.0),
            failed(4, {"weights.change_m": 9, "projection.variants": ["high"]}, "bad"),
        ]
    )
    found = tradeoffs(settings(rows))
    assert list(found["setting"]) == ["weights.change_m = 0"] * 2
    assert list(found["future"]) == ["projection.variants = [low]", "projection.variants = [high]"]
    assert list(found["walk"]) == [150.0, 300.0]
    assert list(found["runs"]) == [2, 1]
    assert list(found["rank"]) == [1, 1], "plans of different futures do not compete"


def test_what_the_planner_chooses_is_a_setting_and_a_run_without_choices_bears_its_name():
    rows = settings(frame([row(1, {"projection.hold": "all", "projection.draws": 9}), row(2, {"policy.class_size": 50})]))
    assert list(rows["setting"]) == ["projection.hold = all", "rezone"]
    assert list(rows["future"]) == ["projection.draws = 9", "policy.class_size = 50"]


def test_what_all_runs_share_names_none():
    shared = {"solver.work": 0.1, "horizon.years": 3}
    rows = settings(frame([row(1, shared | {"rollout": "all_grades"}), row(2, shared | {"weights.change_m": 5}), row(3, shared)]))
    assert list(rows["setting"]) == ["rollout = all_grades", "weights.change_m = 5", "rezone"]
    assert list(rows["future"]) == ["", "", ""]


def test_efficient_settings_are_numbered_by_walk():
    figures = [(500, 10, 90), (400, 20, 90), (600, 10, 90), (450, 20, 10), (400, 20.04, 90.2)]
    rows = [
        row(i, {"weights.change_m": i}, mean_walk_m=float(walk), children_over=float(over), moved=float(moved))
        for i, (walk, over, moved) in enumerate(figures)
    ]
    found = tradeoffs(settings(frame(rows)))
    assert list(found["rank"]) == [4, 1, 0, 3, 2], "what prints alike ties; only the third is worse than another"


@given(arrays(np.int64, st.tuples(st.integers(1, 12), st.just(3)), elements=st.integers(0, 4)))
def test_efficient_points_are_those_that_none_dominates(points):
    best = efficient(points.astype(np.float64))
    assert best.any()
    for i, point in enumerate(points):
        worse_than = [j for j, other in enumerate(points) if (other <= point).all() and (other < point).any()]
        assert best[i] == (not worse_than)
        assert best[i] or any(best[j] for j in worse_than), "some efficient point is better"


def test_a_county_without_classes_counts_children_above_the_seats():
    rows = [
        row(1, {"weights.change_m": 1}, "rooms", children_over=5.0, over_seats=7.0),
        row(2, {"weights.change_m": 1}, "seats", children_over=0.0, over_seats=7.0),
    ]
    assert list(tradeoffs(settings(frame(rows)))["crowding"]) == [5.0, 7.0]


def test_chances_are_shares_of_runs_and_weighted_projections():
    rows = settings(frame([row(1, {"weights.change_m": 0}), row(2, {"weights.change_m": 9}), failed(3, {}, "bad")]))
    parts = [
        (rows["id"][0], schools({"S1": [True, False, True, True], "S2": [False] * 4}, weights=(3, 1))),
        (rows["id"][1], schools({"S1": [True, True, False, False], "S2": [False] * 4}, weights=(3, 1))),
        ("an old run", schools({"S1": [True]})),
    ]
    every, first, second = heats(rows, parts)
    assert (every.setting, first.setting, second.setting) == ("", "weights.change_m = 0", "weights.change_m = 9")
    assert (every.runs, every.futures, first.futures) == (2, 4, 2)
    assert every.schools == {"S1": "School S1", "S2": "School S2"}
    assert first.chance.loc["S1"].tolist() == pytest.approx([0.75, 1.0])
    assert every.chance.loc["S1"].tolist() == pytest.approx([0.875, 0.5])
    assert every.chance.loc["S2"].tolist() == [0.0, 0.0]
    assert list(every.chance.columns) == [2026, 2027]


def test_years_that_only_some_runs_have_are_shares_of_those():
    rows = settings(frame([row(1, {"horizon.years": 1}), row(2, {"horizon.years": 2})]))
    (only,) = heats(rows, [(rows["id"][0], schools({"S1": [False]})), (rows["id"][1], schools({"S1": [True, True]}))])
    assert only.chance.loc["S1"].tolist() == [0.5, 1.0]


def test_nothing_done_is_nothing_to_compare():
    rows = settings(frame([failed(1, {}, "bad")]).drop(columns=["mean_walk_m", "children_over", "over_seats", "moved"]))
    assert tradeoffs(rows).empty
    assert heats(rows, []) == []
