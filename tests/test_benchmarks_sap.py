"""The service area benchmark's reader, its judge and its lines, on a folder made up here."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import peers, sap


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four units in a row, a facility at each end; the nearer one has too little room."""
    rows = ["OID\tpop\tPointX\tPointY\tkind\tcost\tcapacity"]
    rows += [f"{i}\t10\t{1000 * i}.0\t0.0\t0\t0\t{capacity}" for i, capacity in ((1, 10), (2, 0), (3, 0), (4, 30))]
    (tmp_path / "row_1a.txt").write_text("\n".join(rows) + "\n")
    pairs = ['"OID_","IN_FID","NEAR_FID","NEAR_DIST"', *(f",{i},{j},0.0" for i, j in ((1, 2), (2, 1), (2, 3), (3, 4)))]
    (tmp_path / "row_connectivity.txt").write_text("\n".join(pairs) + "\n")
    (tmp_path / "best_known.csv").write_text(
        "instance,cplex_objective,cplex_gap,cplex_seconds,best_metaheuristic\nrow_1a,30.0,opt,1,30.0\n"
    )
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> list[dict[str, object]]:
    monkeypatch.setattr(sys, "argv", ["sap", *words])
    sap.main()
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_instance_is_read_solved_judged_and_not_solved_twice(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = folder / "out"
    (line,) = call(capsys, monkeypatch, str(folder), "--seconds", "30", "--out", str(out))
    assert (line["instance"], line["objective"], line["bound"], line["gap"]) == ("row_1a", 30.0, 30.0, 0.0)
    assert line["feasible"]
    assert line["above_best"] == 0
    assert pd.read_csv(out / "row_1a.csv").to_dict("list") == {"unit": [1, 2, 3, 4], "facility": [1, 4, 4, 4]}
    monkeypatch.setattr(sap, "run", None)
    assert call(capsys, monkeypatch, str(folder), "--seconds", "30", "--out", str(out)) == [line]


def test_the_judge_sees_pieces_and_loads(folder: Path) -> None:
    instance = sap.read_instance(folder, "row_1a")
    assert instance.feasible(np.array([0, 1, 1, 1]))
    assert not instance.feasible(np.array([0, 0, 1, 1]))
    assert not instance.feasible(np.array([1, 1, 1, 1]))
    assert instance.objective(np.array([0, 0, 1, 1])) == pytest.approx(20.0)


@pytest.mark.parametrize("method", ["nearest", "cpsat-nearer", "highs-cuts", "gerrychain", "ours"])
def test_peers_answer(folder: Path, method: str) -> None:
    problem = peers.read(folder / "row_1a.txt")
    line = peers.run(problem, peers.METHODS[method], 2.0, 1, 1)
    assert line["whole"]
    assert (line["objective"] == 30 * sap.read_instance(folder, "row_1a").parts * 1000) == (method != "nearest")
