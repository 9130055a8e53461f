from pathlib import Path
from typing import Any

import pytest
from shapely import LineString

from tests.check_town import BLOCKS, SOUTH, WEST, Town, result


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town.built(tmp_path)


def rules(report: Any) -> list[str]:
    return [finding.rule for finding in report.broken]


def test_a_right_plan_breaks_no_rule(town: Town):
    assert town.verdict().broken == ()


def test_a_block_left_out(town: Town):
    town.rows = [row for row in town.rows if row[0] != "B3"]
    report = town.verdict(result())
    assert rules(report) == ["block_left_out"]
    assert report.broken[0].ids == ("B3",)
    assert not report.agrees


def test_a_block_twice(town: Town):
    town.rows.append(("B4", "East"))
    assert rules(town.verdict(result())) == ["block_twice"]


def test_an_unknown_block(town: Town):
    town.rows.append(("C9", "East"))
    assert rules(town.verdict()) == ["block_unknown"]


@pytest.mark.parametrize(
    ("school", "rule"),
    [
        ("Nowhere", "school_unknown"),
        ("", "school_unknown"),
        ("Private", "school_private"),
        ("Junior", "school_of_another_level"),
        ("Special", "school_special"),
    ],
)
def test_schools_that_cannot_have_a_zone(town: Town, school: str, rule: str):
    town.move("B3", school)
    assert rules(town.verdict(result())) == [rule]


def test_a_school_without_room(town: Town):
    schools = (town.folder / "inputs" / "schools.csv").read_text(encoding="utf-8")
    town.csv("schools", *schools.splitlines(), f"Shut,Shut,primary,{WEST + 150},{SOUTH + 150},0,yes,")
    town.move("B3", "Shut")
    assert rules(town.verdict()) == ["school_without_seats"]


def test_a_closed_school(town: Town):
    town.scenario["wishes"] = {"close": ["West"]}
    town.rows = [(block, "East") for block in BLOCKS]
    assert town.verdict().broken == ()
    town.move("B1", "West")
    assert rules(town.verdict()) == ["school_closed"]


def test_a_zone_in_two_pieces(town: Town):
    town.move("B4", "West")
    report = town.verdict()
    assert rules(report) == ["zone_in_pieces", "zone_in_pieces"]
    assert [finding.ids for finding in report.broken] == [("East", "B3"), ("West", "B4")]
    assert "B4" in report.broken[1].text("en")
    assert "不连片" in report.broken[1].text("zh")


def test_a_zone_that_lacks_its_schools_block(town: Town):
    town.move("A4", "West")
    report = town.verdict()
    assert rules(report) == ["zone_without_its_block"]
    assert report.broken[0].ids == ("East", "A4")


def test_a_barrier_parts_neighbours(town: Town):
    town.layer("barriers", [LineString([(WEST + 200, SOUTH - 50), (WEST + 200, SOUTH + 250)])], name=["River"])
    report = town.verdict()
    assert rules(report) == ["zone_in_pieces"]
    assert report.broken[0].ids == ("West", "A3")


def test_a_bridge_opens_a_barrier(town: Town):
    town.layer("barriers", [LineString([(WEST + 200, SOUTH - 50), (WEST + 200, SOUTH + 250)])], name=["River"])
    across = LineString([(WEST + 10, SOUTH + 50), (WEST + 390, SOUTH + 50)])
    town.layer("roads", [across], bridge=["yes"])
    town.scenario["travel"] = {"mode": "roads"}
    assert town.verdict().broken == ()


def test_blocks_on_an_island_are_exempt_and_named(town: Town):
    around_b4 = LineString([(WEST + 300, SOUTH + 250), (WEST + 300, SOUTH + 100), (WEST + 450, SOUTH + 100)])
    town.layer("barriers", [around_b4], name=["River"])
    town.move("B3", "West")
    report = town.verdict()
    assert report.broken == ()
    assert [f.ids for f in report.shortfalls if f.rule == "exempt"] == [("B4",)]


@pytest.mark.parametrize(
    ("wishes", "broken"),
    [
        ({"lock": [{"blocks": ["A3", "A1"], "school": "East"}]}, ["wish_lock", "wish_lock"]),
        ({"lock": [{"blocks": ["A3"], "school": "West"}]}, []),
        ({"forbid": [{"blocks": ["A3", "B3"], "school": "West"}]}, ["wish_forbid"]),
        ({"keep_together": [["A3", "B3"], ["A1", "B1"]]}, ["wish_keep_together"]),
        ({"keep_together": "community"}, ["wish_keep_together", "wish_keep_together"]),
        ({"max_distance_m": 199}, ["wish_max_distance"]),
        ({"max_distance_m": 200}, []),
    ],
)
def test_hard_wishes(town: Town, wishes: dict[str, Any], broken: list[str]):
    town.scenario["wishes"] = wishes
    assert rules(town.verdict()) == broken


def test_soft_wishes_are_shortfalls_and_cost(town: Town):
    town.scenario["wishes"] = {
        "lock": [{"blocks": ["A3"], "school": "East", "weight_m": 7}],
        "forbid": [{"blocks": ["A3"], "school": "West", "weight_m": 11}, {"blocks": ["A1"], "school": "East", "weight_m": 5}],
    }
    report = town.verdict()
    assert report.broken == ()
    assert [f.rule for f in report.shortfalls if f.rule.startswith("soft")] == ["soft_lock", "soft_forbid"]
    assert report.figures["objective_m"] == 355_820 + 10 * (7 + 11)


def test_shortfalls_are_listed_and_break_no_rule(town: Town):
    report = town.verdict()
    assert report.agrees
    assert [(f.rule, f.ids) for f in report.shortfalls] == [
        ("over_seats", ("West",)),
        ("over_size", ("West",)),
        ("walk_beyond", ("A3", "West")),
    ]
    assert all(f.text(lang) for f in report.shortfalls for lang in ("en", "zh"))


@pytest.mark.parametrize("lines", ["block,school\nA1,West\n", ""])
def test_an_unreadable_assignment(town: Town, lines: str):
    town.verdict()
    (town.folder / "assignment.csv").write_text(lines, encoding="utf-8")
    assert rules(town.judged()) == ["assignment_unreadable"]
