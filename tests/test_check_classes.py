from pathlib import Path
from typing import Any

import pytest

from tests.check_town import BLOCKS, SOUTH, WEST, Town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """The town with children of one age in its blocks, followed through two years, and schools with classrooms."""
    town = Town.built(tmp_path)
    town.csv(
        "schools",
        "school_id,name,level,x,y,classrooms",
        f"West,West,primary,{WEST + 50},{SOUTH + 50},3",
        f"East,East,primary,{WEST + 350},{SOUTH + 50},2",
    )
    town.csv("residents", "block_id,age,count", *(f"{block},{age},20" for block in BLOCKS for age in (5, 6)))
    town.scenario |= {"horizon": {"base_year": 2026, "years": 2}, "rollout": "all_grades", "policy": {"base": "cn-2017"}}
    return town


def row(year: int, school: str, grade: int, classes: int) -> dict[str, Any]:
    return {"variant": "medium", "year": year, "school_id": school, "grade": str(grade), "classes": classes}


GOOD = [
    row(2026, "West", 1, 2),
    row(2027, "West", 2, 2),
    row(2027, "West", 1, 1),
    row(2026, "East", 1, 1),
    row(2027, "East", 2, 1),
]
GOOD.append(row(2027, "East", 1, 1))


def broken(town: Town, rows: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    report = town.verdict({"by_grade": rows})
    return [(f.rule, f.values.get("year")) for f in report.broken if f.rule.startswith("classes")]


def test_classes_that_fit_and_stay(town: Town):
    assert broken(town, GOOD) == []


def test_more_classes_than_rooms(town: Town):
    assert broken(town, [*GOOD[:2], row(2027, "West", 1, 2), *GOOD[3:]]) == [("classes_above_rooms", 2027)]


def test_a_cohort_that_gains_a_class(town: Town):
    assert broken(town, [row(2026, "West", 1, 1), *GOOD[1:]]) == [("classes_not_kept", 2027)]


def test_classes_may_be_formed_anew_where_the_policy_says_so(town: Town):
    town.scenario["policy"]["reform_classes"] = True
    assert broken(town, [row(2026, "West", 1, 1), *GOOD[1:]]) == []


def test_classes_of_a_grade_that_the_school_does_not_teach(town: Town):
    schools = (town.folder / "inputs" / "schools.csv").read_text(encoding="utf-8").splitlines()
    head, west, east = schools
    town.csv("schools", f"{head},grades,parent_school", f"{west},,", f"{east},1-2,West")
    assert broken(town, [*GOOD, row(2027, "East", 3, 1)]) == [("classes_above_rooms", 2027), ("classes_of_no_grade", 2027)]


def test_without_a_result_classes_are_formed_within_the_rooms(town: Town):
    report = town.verdict()
    assert report.broken == ()
    full = {(f.values["school"], f.values["year"], f.values["grade"]): f.values for f in report.shortfalls if "grade" in f.values}
    assert sorted(full) == [
        (school, year, g) for school in ("East", "West") for year, g in ((2026, "1"), (2027, "1"), (2027, "2"))
    ]
    assert full["East", 2027, "2"]["largest"] == 60
    assert {full["West", 2027, "1"]["largest"], full["West", 2027, "2"]["largest"]} == {50, 100}  # three rooms for two hundred


def test_existing_classes_are_kept_and_more_may_be_formed(town: Town):
    town.scenario["rollout"] = "new_entrants"
    town.csv("residents", "block_id,age,count", *(f"{block},{age},20" for block in BLOCKS for age in (6, 7)))
    town.csv("enrolment", "school_id,grade,classes,students", "West,1,3,80", "East,1,1,80")
    rows = [row(2026, "West", 2, 2), row(2027, "West", 3, 2), row(2026, "East", 2, 2), row(2027, "East", 3, 2)]
    assert broken(town, rows) == [("classes_not_kept", 2026), ("classes_not_kept", 2027)]
