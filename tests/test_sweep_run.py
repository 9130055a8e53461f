"""Sweeps as a planner meets them: killed and gone on with, stopped, failing in parts, on processes here and on a cluster."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest
import yaml

from optimizer import folder, pipeline
from optimizer.faults import Faults
from optimizer.solver import Stop, silent
from optimizer.sweep import task
from optimizer.sweep.expand import Job
from optimizer.sweep.store import Store
from optimizer.sweep.task import Order, Outcome
from tests.sweep_town import asks, built, command, environment, rows, zoning

CANNOT = {"wishes.lock": [{"blocks": ["B0"], "school": "S2"}]}
UNKNOWN = {"wishes.lock": [{"blocks": ["B0"], "school": "S9"}]}
RUNS = 12


def begun(*words: object, cwd: Path) -> subprocess.Popen[str]:
    """Start the command in a session of its own, so that it can be stopped whole."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(command(*words), cwd=cwd, env=environment(), start_new_session=True, **pipes)


def parts(place: Path) -> dict[str, int]:
    """Return the rows that are written, and when."""
    return {path.name: path.stat().st_mtime_ns for path in (place / "runs").glob("*.parquet")}


def wait_for(place: Path, count: int, process: subprocess.Popen[str]) -> None:
    while len(parts(place)) < count:
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.02)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep of twelve runs: six good ones, three that no plan can meet, three that ask for an unknown school."""
    path = built(tmp_path_factory.mktemp("sweep"))
    asks(path, list=[{}, {"rollout": "all_grades"}, CANNOT, UNKNOWN], grid={"weights.change_m": [0, 300, 1000]}, verify=True)
    return path


@pytest.fixture(scope="module")
def resumed(workspace: Path) -> tuple[dict[str, int], str]:
    """The sweep killed half-way, then called again: the rows of the first call, and what the second one said."""
    first = begun("sweep", "sweep.yaml", "--workers", "2", cwd=workspace)
    wait_for(workspace / "maps/sweep", 4, first)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    kept = parts(workspace / "maps/sweep")
    again = zoning("sweep", "sweep.yaml", "--workers", "2", cwd=workspace)
    assert again.returncode == 0, again.stderr
    return kept, again.stdout


def test_a_killed_sweep_goes_on_where_it_stopped(workspace, resumed):
    kept, said = resumed
    now = parts(workspace / "maps/sweep")
    assert 4 <= len(kept) < RUNS
    assert len(now) == len(rows(workspace / "maps/sweep")) == RUNS
    assert {name: now[name] for name in kept} == kept, "a finished run was made again"
    assert f"12 of 12 runs have a row ({len(kept)} from before), 6 of them failed" in said
    assert f"{RUNS - len(kept)} runs in " in said
    assert "2 workers" in said


@pytest.mark.usefixtures("resumed")
def test_failed_runs_are_rows_with_their_reason(workspace):
    found = rows(workspace / "maps/sweep")
    assert list(found["run"]) == list(range(1, RUNS + 1))
    assert list(found["status"]) == ["done"] * 6 + ["infeasible"] * 3 + ["bad_input"] * 3
    assert found["reason"][:6].eq("").all()
    assert found["reason"][6:9].str.len().min() > 10
    assert found["reason"][9:].str.contains("plain.*there is no school 'S9'. Did you mean S").all()
    done = found[:6]
    assert done["broken"].eq(0).all(), "the checker agrees with each plan"
    assert done[["objective_m", "bound_m", "mean_walk_m", "gap"]].notna().all().all()
    assert found[6:]["objective_m"].isna().all()
    assert json.loads(found["overrides"][4]) == {"rollout": "all_grades", "weights.change_m": 300}


@pytest.mark.usefixtures("resumed")
def test_the_parts_are_one_data_set(workspace):
    place = workspace / "maps/sweep"
    assert len(pd.read_parquet(place / "runs")) == RUNS
    schools = pd.read_parquet(place / "schools")
    assert len(schools) == 6 * 3 * 2, "six runs, three years, two schools"
    assert set(schools["id"]) == set(rows(place)["id"][:6])
    assert schools["exceeds"].dtype == bool


@pytest.mark.usefixtures("resumed")
def test_the_scenario_beside_a_row_gives_the_same_plan(workspace):
    row = rows(workspace / "maps/sweep").iloc[4]
    faults = Faults()
    case = pipeline.prepare(workspace / "maps/sweep/scenarios" / f"{row['id']}.yaml", faults)
    assert case is not None, list(faults)
    assert case.scenario.name == f"plain-{row['id']}"
    run = pipeline.answer(case, Stop(case.scenario.solver.gap, case.scenario.solver.work), silent)
    assert sha256(folder.assignment(run).to_csv(index=False).encode()).hexdigest() == row["plan"]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    """A scheduler and two workers started by hand, in another folder than the sweep's."""
    file = tmp_path / "scheduler.json"
    place = ["--scheduler-file", str(file), "--host", "127.0.0.1", "--no-dashboard"]
    starts = [["scheduler", *place, "--port", "0"], *[["worker", *place, "--nthreads", "1", "--no-nanny"] for _ in range(2)]]
    log = (tmp_path / "log").open("w")
    began = [
        subprocess.Popen([sys.executable, "-m", "dask", *words], cwd=tmp_path, env=environment(), stdout=log, stderr=log)
        for words in starts
    ]
    while not file.exists():
        assert began[0].poll() is None, (tmp_path / "log").read_text(encoding="utf-8")
        time.sleep(0.05)
    yield str(json.loads(file.read_text(encoding="utf-8"))["address"])
    for process in began:
        process.kill()
        process.wait()
    log.close()


@pytest.mark.usefixtures("resumed")
def test_a_cluster_started_by_hand_gives_the_same_rows(workspace, cluster):
    done = zoning("sweep", "sweep.yaml", "--cluster", cluster, "--out", "byhand", cwd=workspace)
    assert done.returncode == 0, done.stderr
    assert "12 runs in " in done.stdout
    pd.testing.assert_frame_equal(rows(workspace / "byhand/sweep"), rows(workspace / "maps/sweep"))


def test_ctrl_c_leaves_what_is_done(tmp_path):
    asks(built(tmp_path), grid={"weights.change_m": list(range(200))})
    process = begun("sweep", "sweep.yaml", "--workers", "2", "--lang", "zh", cwd=tmp_path)
    wait_for(tmp_path / "maps/sweep", 2, process)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate()[0]
    assert process.returncode == 130, said
    assert 2 <= len(rows(tmp_path / "maps/sweep")) < 200
    assert "已停止" in said
    assert "Traceback" not in said
    assert "已停止" not in (tmp_path / "maps/sweep/sweep.html").read_text(encoding="utf-8")


def test_a_sweep_file_with_mistakes_is_exit_2_and_runs_nothing(tmp_path):
    asks(built(tmp_path), grid={"weights.chnage_m": [0]}, verfy=True)
    done = zoning("sweep", "sweep.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "unknown key `verfy`. Did you mean `verify`?" in done.stderr
    assert not (tmp_path / "maps").exists()


def job(name: str) -> Job:
    return Job(name, "plain", "", {"weights.change_m": 1}, None, None, "")


def test_runs_that_are_not_asked_for_any_more_are_set_aside_and_taken_back(tmp_path):
    store = Store(tmp_path)
    assert store.begin({"a", "b"}) == frozenset()
    frame = pd.DataFrame({"name": ["S"], "year": [2026]})
    for name in "ab":
        store.add(job(name), Outcome("done", "", {"mean_walk_m": 5}, frame))
    assert store.begin({"b", "c"}) == {"b"}
    assert list(store.rows()["id"]) == ["b"]
    assert [name for name, _ in store.schools()] == ["b"]
    assert store.begin({"a", "b"}) == {"a", "b"}
    assert sorted(store.rows()["mean_walk_m"]) == [5.0, 5.0]


def test_only_an_unforeseen_error_is_tried_again(tmp_path):
    store = Store(tmp_path)
    store.begin("abcd")
    for name, status in zip("abcd", ("done", "bad_input", "infeasible", "error"), strict=True):
        store.add(job(name), Outcome(status, "why"))
    assert store.begin("abcd") == {"a", "b", "c"}


def test_a_half_written_row_is_none(tmp_path):
    store = Store(tmp_path)
    store.begin("a")
    (tmp_path / "runs/.a.parquet.new").write_bytes(b"PAR1")
    assert store.begin("a") == frozenset()
    assert list((tmp_path / "runs").iterdir()) == []


def test_whatever_breaks_in_a_run_is_its_outcome(monkeypatch):
    def broken(*_: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(pipeline, "prepare", broken)
    found = task.answer(Order("plain", yaml.safe_dump({"inputs": "nowhere"}), verify=False, threads=1))
    assert found.status == "error"
    assert found.reason.startswith("MemoryError: no room (test_sweep_run.py, line ")
