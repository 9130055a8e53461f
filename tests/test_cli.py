"""The command as a planner meets it: what it writes, what it says, and its exit codes."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.inputs_town import IDS, SOUTH, WEST, Town

COLUMNS = "school_id,name,level,x,y,classrooms"
EAST = f"S1,East,primary,{WEST + 50},{SOUTH + 50},6"
OTHER = f"S2,Other,primary,{WEST + 250},{SOUTH + 250},6"
SCENARIO = """inputs: ../inputs/town
county: {schools: {file: ../inputs/town/schools.csv, crs: EPSG:4543}}
travel: {mode: straight_line}
"""


def zoning(*words: object, cwd: Path, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "optimizer", *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=timeout, check=False)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A town of nine blocks and two schools, and the scenario `plain`."""
    (tmp_path / "inputs" / "town").mkdir(parents=True)
    (tmp_path / "scenarios").mkdir()
    town = Town.built(tmp_path / "inputs" / "town")
    town.csv("schools", COLUMNS, EAST, OTHER)
    town.csv("current_zones", "block_id,school_id", *(f"{block},{'S1' if int(block[1]) < 6 else 'S2'}" for block in IDS))
    (tmp_path / "scenarios" / "plain.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


def test_run_writes_the_folder_and_verify_agrees(workspace):
    done = zoning("run", "scenarios/plain.yaml", cwd=workspace)
    assert done.returncode == 0, done.stderr
    folder = workspace / "maps" / "plain"
    assert sorted(path.name for path in folder.iterdir()) == [
        "assignment.csv",
        "map.html",
        "report.html",
        "result.json",
        "zones.gpkg",
    ]
    assert sorted(pd.read_csv(folder / "assignment.csv")["block_id"]) == IDS
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert result["certificate"]["bound"] == result["certificate"]["objective"]
    assert "maps/plain/map.html" in done.stdout
    assert zoning("verify", "maps/plain", cwd=workspace).returncode == 0


def test_the_same_run_twice_gives_the_same_plan_and_figures(workspace):
    for out in ("one", "two"):
        assert zoning("run", "scenarios/plain.yaml", "--out", out, cwd=workspace).returncode == 0
    for name in ("assignment.csv", "result.json", "map.html", "report.html"):
        assert (workspace / "one/plain" / name).read_bytes() == (workspace / "two/plain" / name).read_bytes(), name


def test_three_mistakes_in_the_scenario_and_four_in_a_table_are_told_together(workspace):
    (workspace / "scenarios/plain.yaml").write_text(
        SCENARIO + "levle: primary\nhorizon: {years: 0}\nsolver: {gap: 2}\n", encoding="utf-8"
    )
    Town(workspace / "inputs/town").csv(
        "schools",
        COLUMNS,
        EAST,
        OTHER,
        f"S1,Again,primary,{WEST + 50},{SOUTH + 50},6",
        f"S3,Odd,college,{WEST + 50},{SOUTH + 50},6",
        f"S4,None,primary,{WEST + 50},{SOUTH + 50},many",
        f"S5,Lost,primary,,{SOUTH + 50},6",
    )
    done = zoning("run", "scenarios/plain.yaml", cwd=workspace)
    assert done.returncode == 2
    assert "7 things to mend; nothing was written." in done.stderr
    for place in ("line 4 (levle)", "line 5 (horizon.years)", "line 6 (solver.gap)", "row 4", "row 5", "row 6", "row 7"):
        assert place in done.stderr, done.stderr
    assert not (workspace / "maps").exists()


def test_a_wish_for_what_nobody_has_names_the_line_and_the_nearest(workspace):
    path = workspace / "scenarios/plain.yaml"
    path.write_text(SCENARIO + "wishes:\n  lock:\n    - {blocks: [B9], school: S3}\n", encoding="utf-8")
    done = zoning("check", "scenarios/plain.yaml", cwd=workspace)
    assert done.returncode == 2
    assert re.search(r"line 6 .*there is no block 'B9'. Did you mean B\d\?", done.stderr)
    assert "there is no school 'S3'. Did you mean S" in done.stderr


def test_wishes_that_no_plan_can_meet_are_exit_3_with_the_reason(workspace):
    text = SCENARIO + "wishes: {lock: [{blocks: [B0], school: S2}]}\n"
    (workspace / "scenarios/plain.yaml").write_text(text, encoding="utf-8")
    done = zoning("run", "scenarios/plain.yaml", cwd=workspace)
    assert done.returncode == 3
    assert "no plan can exist" in done.stderr
    assert "lock: B0 to Other (S2)" in done.stderr
    assert not (workspace / "maps/plain").exists()


def test_a_plan_made_by_people_is_scored_as_it_is(workspace):
    rows = "\n".join(f"{block},{'S1' if int(block[1]) < 3 else 'S2'}" for block in IDS)
    (workspace / "scenarios/people.csv").write_text(f"block_id,school_id\n{rows}\n", encoding="utf-8")
    (workspace / "scenarios/people.yaml").write_text("extends: plain.yaml\nplan: people.csv\n", encoding="utf-8")
    (workspace / "scenarios/today.yaml").write_text("extends: plain.yaml\nplan: current_zones\n", encoding="utf-8")
    done = zoning("run", "scenarios/people.yaml", "scenarios/today.yaml", cwd=workspace)
    assert done.returncode == 0, done.stderr
    people = json.loads((workspace / "maps/people/result.json").read_text(encoding="utf-8"))
    today = json.loads((workspace / "maps/today/result.json").read_text(encoding="utf-8"))
    assert (people["certificate"], people["stopped"], people["headline"]["moved_blocks"]) == (None, "given", 3)
    assert today["headline"]["moved_blocks"] == 0


def test_a_plan_that_leaves_blocks_out_is_told(workspace):
    (workspace / "scenarios/people.csv").write_text("block_id,school_id\nB0,S1\nB0,S2\nB7,S9\n", encoding="utf-8")
    (workspace / "scenarios/people.yaml").write_text("extends: plain.yaml\nplan: people.csv\n", encoding="utf-8")
    done = zoning("run", "scenarios/people.yaml", cwd=workspace)
    assert done.returncode == 2
    for words in ("leaves out B1, B2", "row 3: block_id B0 is in row 2 already", "row 4: school_id S9"):
        assert words in done.stderr, done.stderr


def test_compare_project_and_explain(workspace):
    (workspace / "scenarios/today.yaml").write_text("extends: plain.yaml\nplan: current_zones\n", encoding="utf-8")
    assert zoning("run", "scenarios/plain.yaml", "scenarios/today.yaml", cwd=workspace).returncode == 0
    compared = zoning("compare", "maps/plain", "maps/today", "--lang", "zh", cwd=workspace)
    assert compared.returncode == 0, compared.stderr
    assert "平均步行距离" in compared.stdout
    assert sorted(path.name for path in (workspace / "maps/compare").iterdir()) == ["compare.html", "compare.xlsx", "tables"]
    assert (workspace / "maps/compare/compare.html").stat().st_size > 10_000
    again = zoning("compare", "maps/plain", "maps/compare", "maps/today", cwd=workspace)
    assert again.returncode == 0, again.stderr
    projected = zoning("project", "scenarios/plain.yaml", cwd=workspace)
    assert projected.returncode == 0, projected.stderr
    assert re.search(r"2026\s+90\s+0", projected.stdout)
    explained = zoning("explain", "maps/plain", "B4", cwd=workspace)
    assert explained.returncode == 0, explained.stderr
    assert "East (S1)" in explained.stdout
    assert "Other (S2)" in explained.stdout
    unknown = zoning("explain", "maps/plain", "B99", cwd=workspace)
    assert unknown.returncode == 2
    assert "Did you mean B" in unknown.stderr


@pytest.mark.parametrize("count", [1, 13])
def test_compare_wants_two_to_twelve_runs(workspace, count):
    done = zoning("compare", *[f"maps/run{number}" for number in range(count)], cwd=workspace)
    assert done.returncode == 2
    assert f"{count} runs were named. Name 2 to 12 folders of runs." in done.stderr


def test_compare_does_not_replace_a_run(workspace):
    text = "extends: plain.yaml\nname: compare\n"
    (workspace / "scenarios/compare.yaml").write_text(text, encoding="utf-8")
    assert zoning("run", "scenarios/plain.yaml", "scenarios/compare.yaml", cwd=workspace).returncode == 0
    done = zoning("compare", "maps/plain", "maps/plain", cwd=workspace)
    assert done.returncode == 2
    assert "a run bears this name" in done.stderr
    assert (workspace / "maps/compare/result.json").exists()


def test_a_run_whose_inputs_changed_since_is_not_compared(workspace):
    (workspace / "scenarios/today.yaml").write_text("extends: plain.yaml\nplan: current_zones\n", encoding="utf-8")
    assert zoning("run", "scenarios/plain.yaml", "scenarios/today.yaml", cwd=workspace).returncode == 0
    Town(workspace / "inputs/town").csv("residents", "block_id,age,count", *(f"{block},6,11" for block in IDS))
    done = zoning("compare", "maps/plain", "maps/today", cwd=workspace)
    assert done.returncode == 2
    assert "has changed since this run" in done.stderr


def test_new_makes_a_workspace_once(tmp_path):
    assert zoning("new", "county", cwd=tmp_path).returncode == 0
    assert zoning("check", "scenarios/baseline.yaml", "scenarios/close-two-schools.yaml", cwd=tmp_path / "county").returncode == 0
    again = zoning("new", "county", cwd=tmp_path)
    assert again.returncode == 2
    assert "not empty" in again.stderr


@pytest.mark.parametrize("command", ["new", "check", "run", "project", "compare", "verify", "explain"])
def test_every_command_helps_with_an_example(command, tmp_path):
    done = zoning(command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert f"zoning {command}" in done.stdout


def test_ctrl_c_writes_the_best_plan_so_far(tmp_path):
    assert zoning("new", "county", cwd=tmp_path).returncode == 0
    scenario = tmp_path / "county/scenarios/long.yaml"
    scenario.write_text("extends: rezone.yaml\nsolver: {gap: 0, work: null, seconds: 600}\n", encoding="utf-8")
    command = [sys.executable, "-m", "optimizer", "run", "scenarios/long.yaml"]
    with subprocess.Popen(command, cwd=tmp_path / "county", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if "plan" in line and "no plan yet" not in line:
                break
        time.sleep(1)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=120)
    assert running.returncode == 130, out + err
    result = json.loads((tmp_path / "county/maps/long/result.json").read_text(encoding="utf-8"))
    assert result["stopped"] == "interrupted"
