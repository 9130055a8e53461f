"""Official totals: met exactly, also in whole children."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.faults import BadInputError, Faults
from optimizer.population.controls import check_controls, controls_of
from tests.three_blocks import PRIMARY, controls, county, course, projected


def test_official_totals_are_met_and_go_on_with_the_cohort():
    data = county(
        {("a", 5): 10, ("b", 5): 20, ("c", 5): 10, ("a", 6): 5},
        controls=controls((2027, "grade", 1, 1, "", 60), (2029, "age", 6, 11, "", 91)),
    )
    students = course(data)
    assert students[:, 1, 0].tolist() == [15, 30, 15]
    assert students[:, 2, 1].tolist() == [15, 30, 15]
    assert students[:, 3, 2].tolist() == [21, 42, 21]  # 60 and the 5 of the grade above are made 91: times 1.4
    assert students[:, 3, 3].tolist() == [7, 0, 0]


def test_a_total_of_several_grades_is_met_where_its_grades_are_not_whole():
    data = county({("a", 6): 10, ("b", 7): 10, ("c", 8): 10}, controls=controls((2026, "age", 6, 8, "", 31)))
    assert course(data, years=1).sum(axis=(0, 1)).tolist() == [11, 10, 10, 0, 0, 0]  # 10.33 each; the first gets the missing one


def test_totals_inside_totals_are_fitted_in_turn():
    # The children of 6 to 8 are to be 60 and those of 6 are to be 10: the others share 50.
    both = controls((2026, "age", 6, 8, "", 60), (2026, "age", 6, 6, "", 10))
    data = county({("a", 6): 20, ("b", 7): 10, ("c", 8): 15}, controls=both)
    assert course(data, years=1).sum(axis=(0, 1)).tolist() == [10, 20, 30, 0, 0, 0]


def test_totals_of_the_medium_course_scale_the_others_and_a_variant_has_its_own():
    data = county({("a", 5): 100}, controls=controls((2027, "age", 6, 6, "", 120), (2027, "age", 6, 6, "high", 200)))
    people = projected(data, variants=["low", "medium", "high"])
    assert people.students[0, 1, 0].tolist() == [119, 120, 200]  # low: 99.5 x 1.2 = 119.4
    alone = projected(data, variants=["low"])
    assert alone.students[0, 1, 0].tolist() == [119]
    drawn = projected(data, draws=40, errors={"migration": {"sd": 0.01, "persistence": 0}})
    assert abs(np.median(drawn.students[0, 1, 0]) - 120) <= 1
    assert np.ptp(drawn.students[0, 1, 0]) > 0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 60), min_size=18, max_size=18),
    st.sets(st.sampled_from([(6, 11), (6, 8), (9, 11), (6, 6), (9, 10), (11, 11)]), min_size=1),
    st.data(),
)
def test_whole_totals_stay_whole_whatever_the_spans(ages: list[int], spans: set[tuple[int, int]], data: st.DataObject):
    # a target for every age makes totals that can be met together
    target = data.draw(st.lists(st.integers(0, 90), min_size=18, max_size=18))
    wanted = {span: sum(target[span[0] : span[1] + 1]) for span in spans}
    if any(not target[age] for age in range(6, 12)):
        target = [n + 1 for n in target]
        wanted = {span: sum(target[span[0] : span[1] + 1]) for span in spans}
    residents = {("abc"[age % 3], age): n for age, n in enumerate(ages)}
    rows = [(2026, "age", *span, "", count) for span, count in wanted.items()]
    students = course(county(residents, controls=controls(*rows)), years=1)
    for (first, last), count in wanted.items():
        assert students[:, 0, first - 6 : last - 5].sum() == count


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ([(2027, "age", 6, 6, "hgih", 5)], "there is no variant 'hgih'"),
        ([(2027, "age", 6, 6, "", 5), (2027, "grade", 1, 1, "", 6)], "given twice"),
        ([(2027, "age", 6, 8, "", 5), (2027, "age", 8, 9, "", 6)], "has some of these ages and not others"),
    ],
)
def test_totals_that_do_not_go_together_are_told(rows: list[Any], what: str):
    faults = Faults()
    check_controls(controls_of(county({("a", 5): 1}, controls=controls(*rows)), PRIMARY), {"low", "medium", "high"}, faults)
    assert [what in str(fault) for fault in faults] == [True]


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ([(2027, "age", 9, 9, "", 5)], "no children who could be scaled"),
        ([(2027, "age", 6, 7, "", 5), (2027, "age", 6, 6, "", 9)], "contradict each other"),
    ],
)
def test_totals_that_cannot_be_met_are_told(rows: list[Any], what: str):
    with pytest.raises(BadInputError, match=what):
        course(county({("a", 5): 10, ("a", 6): 10}, controls=controls(*rows)))
