"""A run's folder: whole or not at all, and read back as it was written."""

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from optimizer import folder
from optimizer.faults import Faults
from tests.example import example_run

PAGES = {"map.html": "<p>map</p>", "report.html": "<p>report</p>"}


def test_the_folder_holds_the_plan_its_zones_and_its_figures(tmp_path):
    run = example_run("mine")
    target = folder.write(run, tmp_path, PAGES)
    assert target == tmp_path / "mine"
    rows = pd.read_csv(target / "assignment.csv", dtype=str)
    zones = [run.case.problem.zones[z] for z in run.plan.zone]
    assert rows.to_dict("list") == {"block_id": list(run.case.problem.blocks), "school_id": zones}
    dissolved = gpd.read_file(target / "zones.gpkg", layer="zones")
    assert sorted(dissolved["zone"]) == sorted(set(zones))
    assert dissolved.area.sum() == pytest.approx(run.case.county.blocks.area.sum())
    assert len(gpd.read_file(target / "zones.gpkg", layer="blocks")) == len(rows)
    data = folder.read_result(target, Faults())
    assert data is not None
    assert data["headline"] == run.score.headline
    assert folder.certificate(data["certificate"]) == run.certificate


def test_what_fails_half_way_leaves_the_old_folder_whole(tmp_path, monkeypatch):
    folder.write(example_run("mine"), tmp_path, PAGES)
    before = (tmp_path / "mine/result.json").read_bytes()

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(folder, "_write_zones", broken)
    with pytest.raises(OSError, match="disk full"):
        folder.write(example_run("mine", today=True), tmp_path, PAGES)
    assert (tmp_path / "mine/result.json").read_bytes() == before
    assert (tmp_path / "mine/map.html").read_text(encoding="utf-8") == PAGES["map.html"]


def test_a_kill_between_the_renames_is_mended_by_the_next_reader(tmp_path):
    target = folder.write(example_run("mine"), tmp_path, PAGES)
    target.rename(tmp_path / ".mine.old")
    assert folder.read_result(target, Faults()) is not None
    assert not (tmp_path / ".mine.old").exists()


def test_a_second_run_leaves_nothing_of_the_first(tmp_path):
    folder.write(example_run("mine"), tmp_path, PAGES | {"extra.html": "x"})
    folder.write(example_run("mine"), tmp_path, PAGES)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]
    assert not (tmp_path / "mine/extra.html").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "no finished run here"),
        ("{", "damaged"),
        ("[]", "names no scenario"),
        (json.dumps({"scenario": 3}), "names no scenario"),
    ],
)
def test_a_folder_that_is_no_run_is_told(tmp_path: Path, text: str | None, words: str):
    if text is not None:
        (tmp_path / "result.json").write_text(text, encoding="utf-8")
    faults = Faults()
    assert folder.read_result(tmp_path, faults) is None
    assert words in str(next(iter(faults)))
