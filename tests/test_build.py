"""The builder: who is zoned, who stays, where zones are rooted, what wishes leave open. Hand-computed on three blocks."""

import datetime as dt
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pyproj import CRS
from shapely.geometry import Point, box

from optimizer.build import build, zoned
from optimizer.inputs.county import County
from optimizer.policy import rules
from optimizer.population import project
from optimizer.problem import NO_RULE, Problem
from optimizer.scenario.model import Scenario

PEN = CRS("EPSG:4543")


def county(**changes: object) -> County:
    """Three blocks in a row with 10, 20 and 30 children of each age; school P at one end, the nine-year school Q at the other."""
    ids = ["a", "b", "c"]
    blocks = gpd.GeoDataFrame(
        {"name": ids, "community": ["x", "x", "y"], "setting": "city"},
        index=pd.Index(ids, name="block_id"),
        geometry=[box(1000 * i, 0, 1000 * (i + 1), 1000) for i in range(3)],
        crs=PEN,
    )
    schools = gpd.GeoDataFrame(
        {
            "name": ["P", "Q"],
            "level": ["primary", "nine_year"],
            "classrooms": pd.array([12, 18], dtype="Int64"),
            "seats": pd.array([None, None], dtype="Int64"),
            "first_grade": [1, 1],
            "last_grade": [6, 9],
            "parent_school": "",
            "group": "",
            "public": True,
            "beds": pd.array([None, None], dtype="Int64"),
            "special_places": pd.array([None, None], dtype="Int64"),
        },
        index=pd.Index(["P", "Q"], name="school_id"),
        geometry=[Point(500, 500), Point(2500, 500)],
        crs=PEN,
    )
    residents = pd.DataFrame([(b, a, n) for b, n in zip(ids, (10, 20, 30), strict=True) for a in range(18)])
    residents.columns = pd.Index(["block_id", "age", "count"])
    zones = pd.DataFrame({"school_id": ["P", "P", "Q"]}, index=pd.Index(ids, name="block_id"))
    plain = County(
        crs=PEN,
        blocks=blocks,
        schools=schools,
        residents=residents,
        residents_date=dt.date(2026, 8, 31),
        births=None,
        housing=None,
        enrolment=None,
        current_zones=zones,
        plan=None,
        roads=None,
        barriers=None,
        sources=(),
        notes=(),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def problem(data: County, **keys: object) -> Problem:
    scenario = Scenario.model_validate({"name": "t", "inputs": "x", "horizon": {"base_year": 2026, "years": 3}} | keys)
    rule_set = rules(scenario.policy, scenario.level)
    people = project(data, rule_set, scenario.horizon, scenario.projection)
    schools = zoned(data, rule_set, people.years, scenario.wishes)
    points = data.blocks.geometry.representative_point()
    distance = np.stack([np.rint(points.distance(p).to_numpy()).astype(np.int64) for p in schools.frame.geometry], axis=1)
    edges = np.array([[0, 1], [1, 2]])
    found, _ = build(scenario, data, rule_set, people, schools, edges, np.array([1000, 1000]), distance)
    return found


def test_entrants_follow_the_plan_and_the_others_stay_in_their_current_zone():
    built = problem(county())
    assert built.students[:, 0, :, 0].tolist() == [[10, 0, 0, 0, 0, 0], [20, 0, 0, 0, 0, 0], [30, 0, 0, 0, 0, 0]]
    assert built.students[0, 2, :, 0].tolist() == [10, 10, 10, 0, 0, 0]
    assert built.stay[:, 0, :, 0].tolist() == [[0, 30, 30, 30, 30, 30], [0, 30, 30, 30, 30, 30]]
    assert built.stay[:, 2, :, 0].tolist() == [[0, 0, 0, 30, 30, 30], [0, 0, 0, 30, 30, 30]]


def test_enrolment_tells_who_stays_and_which_classes_exist():
    rows = [("P", 1, 2, 80), ("P", 2, 1, 44), ("P", 6, 1, 40), ("Q", 7, 4, 150), ("Q", 8, 3, 140)]
    table = pd.DataFrame(rows, columns=["school_id", "grade", "classes", "students"])
    built = problem(county(enrolment=table))
    assert built.stay[0, 0, :, 0].tolist() == [0, 80, 44, 0, 0, 0]
    assert built.stay[0, 1, :, 0].tolist() == [0, 0, 80, 44, 0, 0]
    assert built.least_classes[0, built.cohort[0, 1], 0] == 2
    assert built.least_classes[0, built.cohort[2, 3], 0] == 2
    assert built.least_classes[0, built.cohort[0, 0], 0] == 0
    assert built.rooms[:, 0].tolist() == [12, 18 - 7]


def test_all_grades_moves_everybody_at_once():
    built = problem(county(), rollout="all_grades")
    assert built.students[:, 0, :, 0].tolist() == [[10] * 6, [20] * 6, [30] * 6]
    assert built.stay.sum() == 0
    assert (built.least_classes == 0).all()


def test_children_who_move_in_follow_the_plan_and_those_who_leave_do_not_stay():
    built = problem(county(), projection={"migration": {"city": 0.5}})
    assert built.stay[0, 1, 2, 0] == 30
    assert built.students[:, 1, 2, 0].tolist() == [5, 10, 15]
    shrinking = problem(county(), projection={"migration": {"city": -0.5}})
    assert shrinking.stay[0, 1, 2, 0] == 15
    assert shrinking.students[:, 1, 2, 0].tolist() == [0, 0, 0]


def test_children_of_a_closed_school_are_decided_anew():
    built = problem(county(), wishes={"close": ["P"]})
    assert built.zones == ("Q",)
    assert built.students[:, 0, 3, 0].tolist() == [10, 20, 0]
    assert built.stay[0, 0, 3, 0] == 30


def test_without_zones_and_enrolment_everybody_follows_the_plan():
    assert problem(county(current_zones=None)).stay.sum() == 0


def test_rooms_of_a_nine_year_school_are_shared_by_grades_and_wishes_add_from_their_year():
    built = problem(county(), wishes={"rooms": [{"school": "P", "add": 4, "year": 2027}]})
    assert built.rooms.tolist() == [[12, 16, 16], [12, 12, 12]]
    assert built.size_limit.tolist() == [2000, 2500 * 6 // 9]


def test_older_children_of_a_teaching_point_sit_at_its_parent_school():
    data = county()
    data.schools.loc["P", ["last_grade", "parent_school"]] = [3, "Q"]
    built = problem(data)
    assert built.site_of.tolist() == [[0, 0, 0, 1, 1, 1], [1] * 6]
    assert built.stay[:, 0, :, 0].tolist() == [[0, 30, 30, 0, 0, 0], [0, 30, 30, 60, 60, 60]]


def test_seats_serve_where_there_are_no_classrooms():
    data = county()
    data.schools["classrooms"] = pd.array([None, None], dtype="Int64")
    data.schools["seats"] = pd.array([100, 90], dtype="Int64")
    built = problem(data, policy={"base": "generic"})
    assert (built.rooms == NO_RULE).all()
    assert built.seats[:, 0].tolist() == [100, 60]
    assert (built.size_limit == NO_RULE).all()


def test_two_schools_in_one_block_are_rooted_in_neighbouring_blocks():
    data = county()
    data.schools.geometry = gpd.GeoSeries([Point(500, 500), Point(900, 500)], index=data.schools.index, crs=PEN)
    assert problem(data).roots == ((0,), (1,))


@pytest.mark.parametrize(
    ("wishes", "allowed"),
    [
        ({"lock": [{"blocks": ["b"], "school": "Q"}]}, [[1, 1], [0, 1], [1, 1]]),
        ({"forbid": [{"blocks": ["a", "b"], "school": "Q"}]}, [[1, 0], [1, 0], [1, 1]]),
        ({"max_distance_m": 1000}, [[1, 0], [1, 1], [0, 1]]),
        ({"lock": [{"blocks": ["b"], "school": "Q", "weight_m": 9}]}, [[1, 1], [1, 1], [1, 1]]),
    ],
)
def test_hard_wishes_close_pairs(wishes, allowed):
    assert problem(county(), wishes=wishes).allowed.astype(int).tolist() == allowed


def test_soft_wishes_cost_their_weight_a_student():
    built = problem(county(), wishes={"lock": [{"blocks": ["b"], "school": "Q", "weight_m": 9}]})
    student_years = built.students[1].sum()
    assert built.penalty.tolist() == [[0, 0], [9 * student_years, 0], [0, 0]]


def test_blocks_of_one_community_stay_together():
    assert problem(county(), wishes={"keep_together": "community"}).together.tolist() == [0, 0, 2]
    assert problem(county(), wishes={"keep_together": [["a", "b"], ["b", "c"]]}).together.tolist() == [0, 0, 0]


def test_the_linear_cost_counts_walk_limit_and_change():
    built = problem(
        county(),
        horizon={"base_year": 2026, "years": 1},
        policy={"walk_limit_m": 1500},
        weights={"change_m": 7, "beyond_limit_m": 100},
    )
    assert built.linear_cost().tolist() == [[0, 10 * (2000 + 100 + 7)], [20 * 1000, 20 * (1000 + 7)], [30 * (2000 + 100 + 7), 0]]
