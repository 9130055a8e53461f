import copy
import hashlib
from pathlib import Path
from typing import Any

import pytest

from tests.check_town import Town, result


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town.built(tmp_path)


def rules(report: Any) -> list[str]:
    return [finding.rule for finding in report.broken]


def test_figures_worked_out_by_hand_agree(town: Town):
    report = town.verdict(result())
    assert [str(finding) for finding in report.broken] == []
    assert report.figures == pytest.approx(result()["headline"])


def _changed(value: Any) -> tuple[Any, int]:
    """Return the value with every number in it one higher, and how many there are."""
    if isinstance(value, dict):
        pairs = {key: _changed(item) if key != "year" else (item, 0) for key, item in value.items()}
        return {key: item for key, (item, _) in pairs.items()}, sum(n for _, n in pairs.values())
    if isinstance(value, list):
        items = [_changed(item) for item in value]
        return [item for item, _ in items], sum(n for _, n in items)
    return (value + 1, 1) if isinstance(value, int | float) else (value, 0)


@pytest.mark.parametrize("table", ["headline", "terms", "by_grade", "by_school", "by_zone", "by_variant"])
def test_every_changed_figure_is_caught(town: Town, table: str):
    stated = result()
    stated[table], n_changed = _changed(stated[table])
    caught = [finding for finding in town.verdict(stated).broken if finding.rule == "figure"]
    assert len(caught) == n_changed


@pytest.mark.parametrize("table", ["headline", "terms", "by_grade", "by_school", "by_zone", "by_variant"])
def test_a_table_left_out_is_caught(town: Town, table: str):
    stated = result()
    del stated[table]
    assert not town.verdict(stated).agrees


def test_rows_and_figures_that_nobody_recomputes_are_caught(town: Town):
    stated = result()
    stated["by_school"].append(dict(stated["by_school"][0], school_id="North"))
    assert rules(town.verdict(stated)) == ["row_unknown"]
    stated = result()
    stated["by_zone"].append(stated["by_zone"][0])
    assert rules(town.verdict(stated)) == ["row_unknown"]
    stated = result()
    stated["headline"]["happiness"] = 1
    assert rules(town.verdict(stated)) == ["figure"]


@pytest.mark.parametrize("junk", [None, "x", 3, [], {}, [3], [{"zone": ["East"]}], [{"zone": None}]])
@pytest.mark.parametrize("table", ["headline", "by_zone", "by_grade", "certificate"])
def test_junk_is_caught_not_thrown(town: Town, table: str, junk: Any):
    report = town.verdict(result() | {table: junk})
    assert report.agrees == (table == "certificate" and junk is None)


def test_means_may_differ_by_a_millionth(town: Town):
    stated = result()
    stated["headline"]["mean_walk_m"] *= 1 + 9e-7
    assert town.verdict(stated).agrees
    stated["headline"]["mean_walk_m"] *= 1 + 2e-6
    assert rules(town.verdict(stated)) == ["figure"]


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("objective", 355_821, "objective"),
        ("bound", 355_821, "bound"),
        ("gap", 0.01, "gap"),
        ("gap_m", 1.0, "gap"),
        ("unavoidable", -1, "unavoidable"),
        ("unavoidable", 350_001, "unavoidable"),
        ("students", 79, "figure"),
        ("bound", 350_000.5, "figure"),
    ],
)
def test_the_certificate(town: Town, key: str, value: float, rule: str):
    stated = result()
    stated["certificate"][key] = value
    assert rule in rules(town.verdict(stated))


def test_a_plan_without_certificate_agrees(town: Town):
    assert town.verdict(result() | {"certificate": None}).agrees


def test_classes_in_a_school_that_has_seats_only_are_caught(town: Town):
    stated = copy.deepcopy(result())
    stated["by_grade"][0]["classes"] = 1
    assert "classes_above_rooms" in rules(town.verdict(stated))


def test_an_input_that_changed_since_the_run(town: Town):
    file = town.folder / "inputs" / "schools.csv"
    stated = result() | {"inputs": [{"table": "schools", "path": "inputs/schools.csv", "sha256": _sha(file), "rows": 5}]}
    assert town.verdict(stated).agrees
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert rules(town.verdict(stated)) == ["input_changed"]


def _sha(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
