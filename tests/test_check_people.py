import datetime as dt
from typing import Any

import pytest

from optimizer.check import people, stay, whole
from optimizer.check.counts import Enrolled
from optimizer.check.paths import steady
from optimizer.scenario.model import Variant


def start(**changes: Any) -> people.Start:
    found: dict[str, Any] = {
        "counts": {},
        "date": dt.date(2026, 8, 31),
        "births": {},
        "births_area": {"A": "", "B": ""},
        "estates": [],
        "rate": {"A": [0.0] * 61, "B": [0.0] * 61},
        "survival": [1.0] * 18,
        "cut_off_month": 8,
        "entry_age": 6,
    }
    return people.Start(**(found | changes))


def course(begin: people.Start, years: list[int], grades: list[int], variant: Variant | None = None) -> dict[Any, int]:
    path = steady(variant or Variant(), range(2020, 2060))
    exact = people.course(begin, years, grades, path)
    return whole.whole(exact, years, grades, dict.fromkeys(begin.rate, ""))


def _by_grade(found: dict[tuple[str, int, int], int]) -> dict[tuple[str, int], list[int]]:
    rows: dict[tuple[str, int], list[int]] = {}
    for (block, year, _), n in sorted(found.items()):
        rows.setdefault((block, year), []).append(n)
    return rows


def test_children_grow_a_grade_a_year():
    found = course(start(counts={("A", 6): 5, ("A", 5): 7, ("B", 7): 2}), [2026, 2027], [1, 2, 3])
    assert _by_grade(found) == {("A", 2026): [5, 0, 0], ("B", 2026): [0, 2, 0], ("A", 2027): [7, 5, 0], ("B", 2027): [0, 0, 2]}


def test_ages_on_another_day_are_split_by_month():
    at_the_end_of_october = start(counts={("A", 6): 12}, date=dt.date(2026, 10, 31))
    found = course(at_the_end_of_october, [2026, 2027], [1])
    assert (found["A", 2026, 1], found["A", 2027, 1]) == (10, 2)


def test_births_reach_grade_one_six_years_later_and_go_where_young_children_are():
    begin = start(counts={("A", 0): 30, ("B", 0): 10}, births={"": {2026: 30, 2027: 60}})
    found = course(begin, [2033, 2034], [1])
    assert (found["A", 2033, 1], found["B", 2033, 1]) == (38, 12)  # 4/12 of 30 and 8/12 of 60: 50, three to one, 37.5 and 12.5
    assert found["A", 2034, 1] + found["B", 2034, 1] == 60


def test_without_births_the_youngest_come_again_every_year():
    assert course(start(counts={("A", 0): 30}), [2040], [1], Variant(births=0.5))["A", 2040, 1] == 15


def test_children_move_in_and_out():
    estate = people.Estate("B", 2027, 1_000, "commercial")
    moving = start(counts={("A", 5): 200}, estates=[estate], rate={"A": [-0.1] * 61, "B": [0.0] * 61})
    found = course(moving, [2027], [1, 7], Variant(migration=0.05, housing=2))
    assert found["A", 2027, 1] == 190
    assert found["B", 2027, 1] == 31  # 1,000 x 0.45 x 0.5 x 2 x 2.5 / 36 = 31.25
    assert found["B", 2027, 7] == 13  # the same with 1 / 36 is 12.5, rounded half up


def test_whole_children_ties_go_to_the_lower_id():
    exact = {(2026, 1): {"B": 1.5, "A": 1.5, "C": 0.2}}
    found = whole.whole(exact, [2026], [1], dict.fromkeys("ABC", ""))
    assert found == {("A", 2026, 1): 2, ("B", 2026, 1): 1, ("C", 2026, 1): 0}


def case(current: dict[str, str] | None, enrolment: list[Enrolled] | None) -> stay.Case:
    """Big teaches grades 1-3; Point teaches 1-2 and sends its third grade to Big."""
    sits_at = {("Big", g): "Big" for g in "123"} | {("Point", "1"): "Point", ("Point", "2"): "Point", ("Point", "3"): "Big"}
    return stay.Case(("Big", "Point"), (2026, 2027), (1, 2, 3), sits_at, current, enrolment)


BY_GRADE = {("A", 2026): (10, 20, 30), ("A", 2027): (11, 12, 26), ("B", 2026): (4, 8, 6), ("B", 2027): (5, 6, 6)}
COURSE = {(block, year, g + 1): n for (block, year), counts in BY_GRADE.items() for g, n in enumerate(counts)}


def test_cohorts_that_were_there_stay_and_newcomers_follow_the_plan():
    found = stay.split(case({"A": "Big", "B": "Point"}, None), COURSE, "m", all_grades=False)
    assert {cell: n for cell, n in found.decided["A"].items() if n} == {
        (2026, "1", "m"): 10,
        (2027, "1", "m"): 11,
        (2027, "2", "m"): 12,
        (2027, "3", "m"): 6,  # six more than the twenty who lived there: they moved in
    }
    assert {cell: n for cell, n in found.stay["Point"].items() if n} == {(2026, "2", "m"): 8}
    assert {cell: n for cell, n in found.stay["Big"].items() if n} == {
        (2026, "2", "m"): 20,
        (2026, "3", "m"): 36,  # its own thirty, and six from the zone of the point
        (2027, "3", "m"): 26,  # its own twenty, and the six of eight that the point sends up and that still live there
    }


def test_enrolment_says_how_many_stay():
    enrolment = [Enrolled("Big", 1, 2, 50), Enrolled("Point", 1, 1, 5), Enrolled("Big", 2, 1, 40), Enrolled("Point", 2, 1, 3)]
    found = stay.split(case({"A": "Big", "B": "Point"}, enrolment), COURSE, "m", all_grades=False)
    assert found.stay["Big"][2026, "2", "m"] == 50
    assert found.stay["Big"][2026, "3", "m"] == 43
    assert found.stay["Point"][2026, "2", "m"] == 5
    assert found.stay["Big"][2027, "3", "m"] == 54  # fifty, and 5 x 6 / 8 = 3.75 from the point
    cohort = {(year, str(grade)): year - grade for year in (2026, 2027) for grade in (1, 2, 3)}
    assert stay.least_classes(case({}, enrolment), cohort, ["m"]) == {
        ("Big", 2024, "m"): 2,
        ("Point", 2024, "m"): 1,
        ("Big", 2023, "m"): 1,
    }


@pytest.mark.parametrize("all_grades", [True, False])
def test_without_zones_and_enrolment_everybody_follows_the_plan(all_grades: bool):
    found = stay.split(case(None, None), COURSE, "m", all_grades=all_grades)
    assert sum(found.decided["A"].values()) == 109
    assert not found.stay
