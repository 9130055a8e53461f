"""Today's zones and given plans."""

from pathlib import Path

import pytest

from tests.inputs_town import IDS, SOUTH, WEST, Town, notes, told


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town.built(tmp_path)
    town.csv(
        "schools",
        "school_id,level,x,y,classrooms",
        *(
            f"{school},{level},{WEST + 50},{SOUTH + 50},6"
            for school, level in [("S1", "primary"), ("S2", "junior"), ("S3", "nine_year")]
        ),
    )
    return town


def test_zones_of_the_level_are_read(town: Town) -> None:
    town.csv("current_zones", "block_id,level,school_id", "B1,primary,S1", "B1,junior,S2", "B0,primary,S3", "B3,junior,S2")
    county = town.read()
    assert county.current_zones is not None
    assert county.current_zones["school_id"].to_dict() == {"B0": "S3", "B1": "S1"}
    assert notes(county)["blocks_without_zone"] == (7, tuple(IDS[2:]))
    junior = town.read(level="junior").current_zones
    assert junior is not None
    assert junior["school_id"].to_dict() == {"B1": "S2", "B3": "S2"}


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (["block_id,school_id", "B0,S1", "B0,S3"], "row 3: block_id B0 is in row 2 already"),
        (["block_id,school_id", "B0,S1", "B99,S1"], "row 3: block_id B99 is not in the blocks"),
        (["block_id,school_id", "B0,S1", "B1,S11"], "row 3: school_id S11 is not in the schools (did you mean S1?)"),
        (["block_id,school_id", "B0,S1", "B1,S2", "B2,S2"], "row 3: school S2 has a zone, but is a junior school, not primary"),
        (["block_id,level,school_id", "B0,primary,S2"], "row 2: school S2 has a zone, but is a junior school, not primary"),
        (["block_id,level,school_id", "B0,nine_year,S3"], "row 2: level is 'nine_year'"),
        (["block_id,zone", "B0,S1"], "there is no column school_id"),
    ],
)
def test_mistakes_in_current_zones_are_told(town: Town, lines: list[str], what: str) -> None:
    town.csv("current_zones", *lines)
    faults = town.faults()
    assert len(faults) == 1
    assert what in told(faults)


def test_a_plan_is_handed_on_in_file_order(town: Town) -> None:
    rows = [[block, "S1"] for block in reversed(IDS)]
    town.csv("plans", "block_id,option1", *(",".join(row) for row in rows))
    county = town.read(plan=town.table("plans.csv", columns={"school_id": "option1"}))
    assert county.plan is not None
    assert county.plan.to_numpy().tolist() == rows


def test_a_plan_that_is_none_tells_every_reason(town: Town) -> None:
    town.csv("plans", "block_id,school_id", "B1,S1", "B0,S9", "B1,S1")
    told = [str(fault) for fault in town.faults(plan=town.table("plans.csv"))]
    for words in ("row 4: block_id B1 is in row 2 already", "row 3: school_id S9", "leaves out B2, B3"):
        assert any(words in fault for fault in told), told


def test_a_plan_may_be_the_folder_of_a_run(town: Town) -> None:
    (town.folder / "run").mkdir()
    rows = "".join(f"{block},S1\n" for block in IDS)
    (town.folder / "run" / "assignment.csv").write_text(f"block_id,school_id\n{rows}")
    county = town.read(plan=str(town.folder / "run"))
    assert county.plan is not None
    assert county.plan["block_id"].tolist() == IDS
    assert county.sources[-1].table == "plan"


def test_a_plan_by_name_needs_no_file(town: Town) -> None:
    assert town.read(plan="optimise").plan is None
    town.csv("current_zones", "block_id,school_id", "B0,S1")
    assert town.read(plan="current_zones").plan is None


def test_unknown_ids_in_a_plan_are_told(town: Town) -> None:
    town.csv("plan", "block_id,school_id", "B0,S9", "B99,S1")
    faults = told(town.faults(plan=str(town.folder / "plan.csv")))
    assert "row 2: school_id S9 is not in the schools" in faults
    assert "row 3: block_id B99 is not in the blocks" in faults


def test_a_plan_that_is_not_there_is_told(town: Town) -> None:
    assert "the file does not exist" in told(town.faults(plan=str(town.folder / "nowhere.csv")))
    assert "`plan: current_zones` has no table current_zones" in told(town.faults(plan="current_zones"))
