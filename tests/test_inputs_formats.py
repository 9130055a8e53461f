"""The same county in every kind of file: the same plan, and the checker agrees."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import yaml

from optimizer import folder, pipeline
from optimizer.check import verify
from optimizer.faults import Faults
from optimizer.inputs.crs import LOCAL
from optimizer.pages import map as map_page
from optimizer.pages import report as report_page
from optimizer.pipeline import Case, Run
from optimizer.scenario import load
from optimizer.solver import Stop, silent
from tests import formats_town
from tests.formats_town import IDS

SCENARIO: dict[str, Any] = {
    "name": "town",
    "inputs": ".",
    "horizon": {"base_year": 2026, "years": 3},
    "travel": {"mode": "straight_line"},
    "solver": {"work": 0.02, "seconds": None},
}


def run_of(place: Path, write: Callable[[Path], dict[str, Any]]) -> Run:
    scenario = place / "town.yaml"
    scenario.write_text(yaml.safe_dump(SCENARIO | {"county": write(place)}, allow_unicode=True), encoding="utf-8")
    faults = Faults()
    case = pipeline.prepare(scenario, faults)
    assert case is not None, list(map(str, faults))
    return pipeline.answer(case, Stop(gap=0.0, work=0.02, seconds=None), silent)


def plan_hash(run: Run) -> str:
    return hashlib.sha256(folder.assignment(run).to_csv(index=False).encode()).hexdigest()


@cache
def reference(place: Path) -> Run:
    place.mkdir(exist_ok=True)
    return run_of(place, formats_town.csv_and_geojson)


@pytest.mark.parametrize("write", formats_town.FORMS, ids=lambda write: write.__name__)
def test_the_same_county_in_each_format_has_the_same_plan(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, write: Callable[[Path], dict[str, Any]]
) -> None:
    expected = reference(tmp_path_factory.getbasetemp() / "reference")
    run = run_of(tmp_path, write)
    assert plan_hash(run) == plan_hash(expected)
    assert run.case.problem.blocks == tuple(IDS)
    assert (run.case.problem.students == expected.case.problem.students).all()
    assert abs(run.case.problem.distance - expected.case.problem.distance).max() <= 1, "more than a metre apart"
    confirm(run, tmp_path)


def confirm(run: Run, place: Path) -> None:
    """The independent checker reads the same files and comes to the same figures."""
    table = place / "assignment.csv"
    folder.assignment(run).to_csv(table, index=False)
    faults = Faults()
    loaded = load(place / "town.yaml", faults)
    assert loaded is not None
    report = verify(loaded.scenario, table, folder.result(run, place) | {"inputs": []})
    assert [finding.text("en") for finding in report.broken] == []


def test_a_case_says_what_was_taken_for_what(tmp_path: Path) -> None:
    case: Case = run_of(tmp_path, formats_town.workbooks_with_titles).case
    source = next(source for source in case.county.sources if source.table == "residents")
    assert (source.format, source.part, source.rows) == ("excel", "Sheet", 108)
    assert dict(source.columns) == {"block_id": "小区编号", "age": "年龄", "count": "人数"}
    said = {(item.table, item.what): item.names for item in case.notes}
    assert said["residents", "totals_left_out"] == ("112",)
    assert said["residents", "titles_left_out"] == ("3",)
    assert len(said["residents", "merged_cells_filled"]) == 9
    assert said["residents", "ids_rejoined"][:2] == ("1 = 001", "2 = 002")


def test_a_plan_in_a_workbook_without_its_zeros_is_checked(tmp_path: Path) -> None:
    run = run_of(tmp_path, formats_town.csv_and_geojson)
    plan = folder.assignment(run).astype(int).rename(columns={"block_id": "小区编号", "school_id": "对口学校"})
    plan.to_excel(tmp_path / "plan.xlsx", index=False)
    faults = Faults()
    loaded = load(tmp_path / "town.yaml", faults)
    assert loaded is not None
    assert verify(loaded.scenario, tmp_path / "plan.xlsx").broken == ()


def test_a_town_with_metres_of_its_own_has_a_map_and_zones(tmp_path: Path) -> None:
    run = run_of(tmp_path, formats_town.local)
    pages = {"map.html": map_page.render(run, "en"), "report.html": report_page.render(run, "zh")}
    target = folder.write(run, tmp_path / "maps", pages)
    zones = gpd.read_file(target / folder.ZONES, layer="zones")
    assert zones.crs == LOCAL
    assert zones.area.sum() == pytest.approx(90_000)
    assert "采用本地平面坐标（米），成果不带地理参考" in pages["report.html"]
