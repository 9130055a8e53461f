"""Who follows the zones: status, private and purchased seats, transfers; counted by the program and again by its checker."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimizer.run import Case
from tests.bureau_town import COUNTS, IDS, SCHOOLS, Town, told

N = sum(COUNTS)
"""Children of each age."""

ZONES = dict(zip(IDS, (["West"] * 2 + ["East"] * 2) * 2 + ["North"] * 4, strict=True))


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town.built(tmp_path)
    town.csv("current_zones", "block_id,school_id", *(f"{block},{school}" for block, school in ZONES.items()))
    return town


def residents(zone: str) -> int:
    return sum(n for block, n in zip(IDS, COUNTS, strict=True) if ZONES[block] == zone)


def entrants(case: Case) -> list[int]:
    """Children of grade 1 whom the zoning decides on, by year."""
    return case.problem.students[:, :, 0, 0].sum(axis=0).tolist()


def guests(case: Case, school: str, grade: int = 0) -> list[int]:
    return case.problem.stay[case.problem.sites.index(school), :, grade, 0].tolist()


def test_nothing_asked_changes_nothing(town: Town) -> None:
    run, _ = town.judged()
    assert (run.case.problem.students[:, 0, 0, 0] == COUNTS).all()


def test_statuses_enter_by_their_shares(town: Town) -> None:
    rows = [f"{b},{age},{n},户籍" for b, n in zip(IDS, COUNTS, strict=True) for age in range(1, 13)]
    moved = [f"B00,{age},{3},随迁" for age in range(1, 13)]
    town.csv("residents", "block_id,age,count,status", *rows, *moved)
    town.scenario["attendance"] = {"status": {"migrant": 0, "registered": 0.5}}
    run, _ = town.judged()
    found = run.case.problem.students[:, 0, 0, 0]
    assert abs(found.sum() - N / 2) <= 0.5
    assert (np.abs(found - np.array(COUNTS) / 2) < 1).all()


def test_a_share_without_a_status_is_told(town: Town) -> None:
    town.scenario["attendance"] = {"status": {"migrant": 0.5}}
    assert "the residents have no column status" in told(town.faults())
    town.scenario["attendance"] = {"status": {"migrant": 1.5}}
    assert "a share is a number from 0 to 1" in told(town.faults())


def test_seats_elsewhere_take_children_of_their_area_and_years(town: Town) -> None:
    seats = [
        {"kind": "private", "students": 60, "first_year": 2027, "last_year": 2028},
        {"kind": "purchased", "students": 12, "setting": "rural"},
        {"kind": "private", "students": 1000, "community": "C3", "first_year": 2029},
    ]
    town.scenario |= {"attendance": {"other_seats": seats}, "rollout": "all_grades"}
    run, _ = town.judged()
    decided = run.case.problem.students.sum(axis=(0, 2, 3))
    plain = run.case.population.students.sum(axis=(0, 2, 3))
    gone = plain - decided
    assert abs(gone[0] - 12) <= 3
    assert abs(gone[1] - 72) <= 3
    c3 = [i for i in range(12) if i % 4 == 3]
    assert run.case.problem.students[c3, 3].sum() == 0
    assert run.case.problem.students[c3, 2].sum() > 0


TABLE = [
    "zone,school_id,grade,students",
    "West,West,1,60",
    "West,East,1,20",
    "West,Private,1,20",
    "East,East,1,50",
    "outside,North,1,7",
]


def transfers(town: Town, mode: str, **more: Any) -> Case:
    schools = [f"{name},{name},primary,{450_000 + x},{2_700_000 + y},12,yes" for name, (x, y) in SCHOOLS.items()]
    town.csv("schools", "school_id,name,level,x,y,classrooms,public", *schools, "Private,P,primary,450100,2700100,6,no")
    town.csv("attendance", *TABLE)
    town.scenario["attendance"] = {"transfers": mode} | more
    return town.judged()[0].case


def test_transfers_that_are_kept_leave_their_zone_and_sit_elsewhere(town: Town) -> None:
    case = transfers(town, "keep")
    west = residents("West")
    assert all(abs(n - west * 0.2) < 1 for n in guests(case, "East"))
    assert guests(case, "North") == [7] * 4
    seated = [sum(each) for each in zip(entrants(case), guests(case, "East"), strict=True)]
    assert seated == [round(N - west * 0.2)] * 4  # as many go to a private school and sit nowhere here; nobody else is lost
    east = [i for i, block in enumerate(IDS) if ZONES[block] == "East"]
    assert (case.problem.students[east, 0, 0, 0] == np.array(COUNTS)[east]).all()


def test_transfers_fade_with_each_new_cohort(town: Town) -> None:
    case = transfers(town, "phase_out", phase_out_years=2)
    west = residents("West")
    for share, outside, here, n_east, n_north in zip(
        (0.2, 0.1, 0, 0), (7, 3.5, 0, 0), entrants(case), guests(case, "East"), guests(case, "North"), strict=True
    ):
        assert abs(n_east - west * share) < 1
        assert abs(n_north - outside) < 1
        assert abs(here + n_east + n_north - (N - west * share + outside)) <= 0.5
    # the cohort of the base year has gone on to grade 2 and still transfers
    assert abs(guests(case, "East", grade=1)[1] - west * 0.2) < 1


def test_transfers_end_for_new_cohorts(town: Town) -> None:
    case = transfers(town, "end")
    assert entrants(case) == [N] * 4
    assert guests(case, "East") == [0] * 4
    assert guests(case, "East", grade=3)[0] > residents("East"), "those who are there stay"


def test_transfers_end_at_once_where_everybody_follows_the_zones(town: Town) -> None:
    town.scenario["rollout"] = "all_grades"
    case = transfers(town, "end")
    assert not case.problem.stay.any()


def test_enrolment_counts_its_own_guests(town: Town) -> None:
    town.csv("enrolment", "school_id,grade,classes,students", *(f"{s},{g},1,40" for s in SCHOOLS for g in range(1, 7)))
    case = transfers(town, "keep")
    assert guests(case, "North", grade=1)[0] == 40
    assert guests(case, "North")[0] == 7


def test_nobody_transfers_to_a_closed_school(town: Town) -> None:
    town.scenario["wishes"] = {"close": ["East"]}
    case = transfers(town, "keep")
    assert "East" not in case.problem.sites
    assert case.problem.students[0, 0, 0, 0] + case.problem.students[1, 0, 0, 0] > 0.75 * (COUNTS[0] + COUNTS[1])


def test_attendance_may_name_blocks_and_pooled_children_transfer_too(town: Town) -> None:
    town.gone("residents")
    town.layer("blocks", town.squares(), block_id=IDS, name=IDS, community=["C"] * 12, setting=["city"] * 12, students=[60] * 12)
    town.csv("attendance", "block_id,school_id,grade,students", "B00,West,1,50", "B01,West,2,25", "B04,North,2,25", ",North,3,11")
    run, _ = town.judged()
    assert guests(run.case, "North") == [round(4 * 60 * 0.25) + 11]
    assert run.case.problem.students.sum() == 720 - 60


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (["zone,school_id,grade,students", "Wst,West,1,5"], "row 2: zone Wst is no school's"),
        (["zone,school_id,grade,students", "West,Wst,1,5"], "school_id Wst is not in the schools (did you mean West?)"),
        (["zone,school_id,grade,students", "West,West,1,-5"], "row 2: students is -5, less than 0"),
        (
            ["zone,school_id,grade,students", "West,West,1,5", "West,West,1,6"],
            "row 3: this zone, school and grade are in an earlier",
        ),
        (["school_id,grade,students", "West,1,5"], "there is no column zone"),
    ],
)
def test_mistakes_in_attendance_are_told(town: Town, lines: list[str], what: str) -> None:
    town.csv("attendance", *lines)
    assert what in told(town.faults())


def test_attendance_needs_zones(town: Town) -> None:
    town.gone("current_zones")
    town.csv("attendance", *TABLE[:2])
    assert "nothing says which zone a block is in today" in told(town.faults())
