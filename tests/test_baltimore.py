"""The Baltimore County study through the command and the checker, beside the plans that people drew."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.counties import baltimore


def zoning(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "optimizer", *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)


def result(folder: Path, name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / "maps" / name / "result.json").read_text(encoding="utf-8"))
    return data


@pytest.fixture(scope="module")
def baltimore_run(shared_data, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("baltimore")
    plans = ["optimise", "current", *(f"final_option{i}" for i in range(1, 5))]
    done = zoning("run", *(baltimore(shared_data, folder, plan) for plan in plans), cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_baltimore_is_within_a_percent_of_the_measured_optimum(baltimore_run):
    # Measured with the weights of the study's README: nobody over, 1,062 m on average, 934 children moved, of 5,443.
    found = result(baltimore_run, "ours")
    optimum = 5443 * 1062 + 934 * 300
    assert found["certificate"]["gap"] <= 0.005
    assert found["headline"]["over_seats"] == 0
    assert found["headline"]["objective_m"] == pytest.approx(optimum, rel=0.01)
    assert zoning("verify", "maps/ours", cwd=baltimore_run).returncode == 0


def test_baltimores_own_plans_come_out_at_the_studys_figures(baltimore_run):
    today = result(baltimore_run, "current")["headline"]
    assert (today["over_seats"], today["moved"], round(today["mean_walk_m"])) == (319, 0, 1073)
    for option in range(1, 5):
        figures = result(baltimore_run, f"final_option{option}")["headline"]
        assert (figures["over_seats"], figures["zones_in_pieces"]) == (115, 0)
        assert 1111 <= round(figures["mean_walk_m"]) <= 1127
        assert 582 <= figures["moved"] <= 688
        assert zoning("verify", f"maps/final_option{option}", cwd=baltimore_run).returncode == 0
