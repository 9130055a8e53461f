import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml

from optimizer.check import Report, verify
from optimizer.faults import Faults
from optimizer.scenario import load

ROOT = Path(__file__).parents[1]


def verdict(scenario: Path, assignment: Path) -> Report:
    faults = Faults()
    loaded = load(scenario, faults)
    faults.raise_if_any()
    assert loaded is not None
    return verify(loaded.scenario, assignment)


@pytest.fixture
def baltimore(shared_data: Path, tmp_path: Path) -> Callable[[str], Report]:
    """Return the verdict on a column of the plans that people drew."""
    data = shared_data / "bcps"
    scenario = {
        "name": "bcps",
        "county": {
            "blocks": {"file": str(data / "blocks.geojson")},
            "schools": {"file": str(data / "schools.csv"), "columns": {"seats": "seats_2017"}},
            "current_zones": {"file": str(data / "plans.csv"), "columns": {"school_id": "current"}},
        },
        "travel": {"mode": "straight_line"},
        "policy": {"base": "generic"},
    }
    (tmp_path / "bcps.yaml").write_text(yaml.safe_dump(scenario), encoding="utf-8")

    def judge(column: str) -> Report:
        plans = pd.read_csv(data / "plans.csv", dtype=str)
        plans[["block_id", column]].rename(columns={column: "school_id"}).to_csv(tmp_path / "plan.csv", index=False)
        return verdict(tmp_path / "bcps.yaml", tmp_path / "plan.csv")

    return judge


def test_baltimores_zones_of_today(baltimore: Callable[[str], Report]):
    """The figures are those of the data's own README."""
    report = baltimore("current")
    assert report.broken == ()
    assert report.figures["over_seats"] == 319
    assert round(report.figures["mean_walk_m"]) == 1_073
    assert report.figures["moved"] == 0


@pytest.mark.parametrize("option", [1, 2, 3, 4])
def test_the_final_options_that_people_drew(baltimore: Callable[[str], Report], option: int):
    report = baltimore(f"final_option{option}")
    assert not [finding for finding in report.broken if finding.rule == "zone_in_pieces"]
    assert report.figures["over_seats"] == 115
    assert 1_111 <= round(report.figures["mean_walk_m"]) <= 1_127
    assert 582 <= report.figures["moved"] <= 688


@pytest.fixture(scope="module")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a run on the sample county, with zones as today."""
    out = tmp_path_factory.mktemp("maps")
    assert zoning("run", "scenarios/baseline.yaml", "--out", str(out)).returncode == 0
    return out / "baseline"


def zoning(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "optimizer", *words], cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_run_on_the_sample_county_verifies(sample_run: Path):
    done = zoning("verify", str(sample_run))
    assert done.returncode == 0, done.stdout


def test_a_figure_changed_in_result_json_is_exit_3(sample_run: Path, tmp_path: Path):
    spoilt = tmp_path / "baseline"
    shutil.copytree(sample_run, spoilt)
    stated = json.loads((spoilt / "result.json").read_text(encoding="utf-8"))
    stated["scenario"] = (ROOT / "scenarios" / "baseline.yaml").as_posix()
    stated["inputs"] = []
    stated["by_school"][0]["students"] += 1
    (spoilt / "result.json").write_text(json.dumps(stated), encoding="utf-8")
    done = zoning("verify", str(spoilt))
    assert done.returncode == 3
    assert "by_school" in done.stdout


def test_a_changed_assignment_is_exit_3(sample_run: Path, tmp_path: Path):
    plan = pd.read_csv(sample_run / "assignment.csv", dtype=str)
    plan.iloc[1:].to_csv(tmp_path / "plan.csv", index=False)
    assert zoning("verify", "scenarios/baseline.yaml", "--assignment", str(tmp_path / "plan.csv")).returncode == 3
