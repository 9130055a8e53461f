"""The checker's own projection gives the program's whole children, from files with every table that drives it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimizer.check.counts import read_counts
from optimizer.check.places import read_places
from optimizer.check.school_age import school_age
from optimizer.faults import Faults
from optimizer.inputs import read
from optimizer.policy import rules
from optimizer.population import project
from tests.inputs_town import IDS, Town

COMMUNITIES = ["X", "X", "Y", "Y", "Y", "Z", "Z", "X", ""]
SETTINGS = ["city", "city", "town", "town", "rural", "rural", "rural", "city", "town"]
STATUSES = ["", "registered", "migrant"]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Nine blocks with children of every age and status, and all the tables."""
    made = Town.built(tmp_path)
    made.blocks(community=COMMUNITIES, setting=SETTINGS)
    rng = np.random.default_rng(5)
    rows = [f"{b},{a},{rng.integers(0, 30)},{s}" for b in IDS[:8] for a in range(18) for s in STATUSES]
    made.csv("residents", "block_id,age,count,status", *rows)
    made.csv("births", "year,births,area", *(f"{y},{n},{a}" for a, y, n in _births(rng)))
    made.csv("women", "block_id,age,count", *(f"{b},{a},{rng.integers(0, 40)}" for b in IDS for a in range(16, 63, 3)))
    made.csv(
        "fertility",
        "year,age,rate",
        *(f"{y},{a},{r}" for y in (2025, 2030) for a, r in (("15-24", 40), ("25～34岁", 90), ("35", 20))),
    )
    made.csv("survival", "age,share", "0,0.99", "1-4,0.999", "7,0.9")
    migration = ["全县,,,0.002", "city,6-11,,0.03", "rural,,,-0.04", "X,,migrant,0.1", "Y,3,,-0.2", "city,,registered,0"]
    made.csv("migration", "area,age,status,rate", *migration)
    estates = [
        "E1,B1,2026,400,commercial,",
        "E2,B4,2028,300,公租房,",
        "E3,B8,2027,250,villa,",
        "E4,B2,2029,-60,,",
        "E5,B0,2030,0,,0.4",
    ]
    made.csv("housing", "estate_id,block_id,year,dwellings,type,demolish", *estates, "E6,B0,2030,-20,resettlement,0.1")
    totals = ["2027,1-6,,1500,", "2027,,7,300,", "2028,2,,240,", "2027,1,,260,high", "2030,,6-11,1700,high"]
    made.csv("controls", "year,grade,age,count,variant", *totals)
    return made


def _births(rng: np.random.Generator) -> Iterator[tuple[str, int, int]]:
    for area in ("city", "town", "rural"):
        for year in (2022, 2024, 2027):
            yield area, year, int(rng.integers(10, 90))


DWELLINGS = {"children": {"villa": 1.1, "rental": 0.2}, "arrival": [0.4, 0.3, 0.1, 0.1]}


@pytest.mark.parametrize(
    ("left_out", "projection", "date"),
    [
        ([], {"variants": ["low", "medium", "high"]}, "2025-11-01"),
        ([], {"draws": 4, "seed": 9}, "2025-08-31"),
        (["births"], {"variants": ["high"], "mortality": "none"}, "2026-03-15"),
        (["women", "fertility", "survival"], {"variants": ["low"], "migration": {"town": 0.01}}, "2024-12-31"),
        (["births", "women", "fertility", "controls", "migration"], {"define": {"medium": {"mortality": 3.0}}}, "2026-01-31"),
    ],
)
def test_both_work_out_the_same_children(town: Town, left_out: list[str], projection: dict[str, Any], date: str):
    for table in left_out:
        (town.folder / f"{table}.csv").unlink()
    scenario = town.scenario(
        projection=projection | {"dwellings": DWELLINGS},
        county={"residents": town.table("residents.csv", date=date)},
        horizon={"base_year": 2026, "years": 9},
    )
    faults = Faults()
    county = read(scenario, faults)
    assert county is not None, [str(fault) for fault in faults]
    level = rules(scenario.policy, scenario.level)
    ours = project(county, level, scenario.horizon, scenario.projection)
    theirs = school_age(scenario, read_places(scenario), read_counts(scenario), level)
    assert tuple(theirs.weight) == ours.variants
    for index, children in enumerate(theirs.children.values()):
        again = [[[children[b, y, int(g)] for g in ours.grades] for y in ours.years] for b in ours.blocks]
        assert (np.array(again) == ours.students[..., index]).all()
    if "controls" not in left_out and "medium" in ours.variants:
        medium = ours.students[..., ours.variants.index("medium")].sum(axis=0)
        assert (medium[1].sum(), medium[1, 1], medium[2, 1]) == (1500, 300, 240)
        high = ours.students[..., ours.variants.index("high")].sum(axis=0)
        assert (high[1, 0], high[4].sum()) == (260, 1700)
