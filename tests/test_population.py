"""The projection: hand-computed courses, conservation, whole children."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pyproj import CRS
from shapely.geometry import Point, box

from optimizer.inputs.county import County
from optimizer.policy import rules
from optimizer.population import project
from optimizer.population.projection import ARRIVAL, PROFILE, YIELD, whole_children
from optimizer.scenario.model import Horizon, Policy, Projection, Variant

PRIMARY = rules(Policy(), "primary")


def county(
    residents: dict[tuple[str, int], int],
    date: dt.date = dt.date(2026, 8, 31),
    births: dict[int, int] | None = None,
    housing: list[tuple[str, int, int, str]] | None = None,
    settings_: tuple[str, ...] = ("city", "town", "rural"),
) -> County:
    ids = ["a", "b", "c"][: len(settings_)]
    crs = CRS("EPSG:4543")
    blocks = gpd.GeoDataFrame(
        {"name": ids, "community": "", "setting": list(settings_)},
        index=pd.Index(ids, name="block_id"),
        geometry=[box(i, 0, i + 1, 1) for i in range(len(ids))],
        crs=crs,
    )
    rows = pd.DataFrame([(b, a, n) for (b, a), n in residents.items()], columns=["block_id", "age", "count"])
    estates = None
    if housing is not None:
        estates = pd.DataFrame(housing, columns=["block_id", "year", "dwellings", "type"])
        estates["estate_id"] = estates["name"] = "e"
    given_births = None if births is None else pd.DataFrame({"year": list(births), "births": list(births.values())})
    schools = gpd.GeoDataFrame(geometry=[Point(0, 0)], crs=crs)
    return County(crs, blocks, schools, rows, date, given_births, estates, None, None, None, None, None, (), ())


def course(data: County, years: int = 4, **projection: object) -> np.ndarray:
    """Residents [B, T, G] of the first variant from 2026 on."""
    return project(data, PRIMARY, Horizon(base_year=2026, years=years), Projection.model_validate(projection)).students[..., 0]


def test_children_move_up_one_grade_a_year_and_leave_after_the_last():
    students = course(county({("a", 6): 10, ("a", 11): 3, ("b", 5): 7}))
    assert students[0, 0].tolist() == [10, 0, 0, 0, 0, 3]
    assert students[0, 1].tolist() == [0, 10, 0, 0, 0, 0]
    assert students[1, 0].tolist() == [0] * 6
    assert students[1, 1].tolist() == [7, 0, 0, 0, 0, 0]
    assert students[1, 3].tolist() == [0, 0, 7, 0, 0, 0]


def test_single_ages_at_the_end_of_the_year_are_split_by_month():
    # Aged 6 on 31 December 2025: 8 of 12 were six by 31 August 2025 and are in grade 2 in autumn 2026, 4 of 12 enter then.
    students = course(county({("a", 6): 12}, date=dt.date(2025, 12, 31)), years=1)
    assert students[0, 0].tolist() == [4, 8, 0, 0, 0, 0]


def test_a_calendar_year_of_births_feeds_two_intakes():
    # Born September 2026 to August 2027: 4/12 of 120 and 8/12 of 240, in grade 1 in autumn 2033.
    # A year later: 4/12 of 240 and 8/12 of 0.
    data = county({("a", 1): 30, ("b", 1): 10}, births={2026: 120, 2027: 240, 2028: 0})
    students = course(data, years=9)
    assert students[:, 7, 0].tolist() == [150, 50, 0]
    assert students[:, 8, 0].sum() == 80


def test_migration_is_a_yearly_share_by_setting_and_variant():
    data = county({("a", 4): 100, ("c", 4): 100})
    students = course(
        data, years=3, migration={"city": 0.1, "rural": -0.2}, variants=["w"], define={"w": Variant(migration=0.1).model_dump()}
    )
    assert students[:, 2, 0].tolist() == [144, 0, 81]


def test_new_dwellings_fill_over_three_years():
    data = county({("a", 0): 0}, housing=[("b", 2027, 7200, "rental")])
    students = course(data, years=3)
    one_year_of_age = 7200 * YIELD["rental"] * PROFILE[6]
    assert students[1, 0].sum() == 0
    assert students[1, 1, 0] == pytest.approx(one_year_of_age * ARRIVAL[0], abs=1)
    assert students[1, 2, 1] == pytest.approx(one_year_of_age * (ARRIVAL[0] + ARRIVAL[1]), abs=1)


def test_the_drivers_reach_grades_when_they_can():
    data = county({("a", 6): 1}, births={2026: 5}, housing=[("a", 2028, 10, "rental")])
    people = project(data, PRIMARY, Horizon(base_year=2026, years=10), Projection(migration={"city": 0.01}))
    reach = {(each.driver, each.grade): each.year for each in people.reach}
    assert (reach["births", "1"], reach["births", "3"], reach["births", "4"]) == (2033, 2035, None)
    assert (reach["migration", "6"], reach["housing", "1"]) == (2027, 2028)


def test_a_layer_without_ages_is_one_year_and_one_grade():
    data = county({})
    data.blocks["students"] = [3, 0, 5]
    pooled = County(**(vars(data) | {"residents": None}))
    people = project(pooled, PRIMARY, Horizon(), Projection())
    assert people.students.shape == (3, 1, 1, 1)
    assert people.students.ravel().tolist() == [3, 0, 5]


@settings(max_examples=200, deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(1, 12), st.integers(1, 3), st.integers(1, 3)), elements=st.floats(0, 300)))
def test_whole_children_keep_the_total_and_stay_within_one_of_the_course(real):
    whole = whole_children(real)
    assert (np.abs(whole - real) < 1 + 1e-6).all()
    assert (np.abs(whole.sum(axis=0) - real.sum(axis=0)) <= 0.5 + 1e-5).all()
    assert (whole >= 0).all()


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.tuples(st.sampled_from("abc"), st.integers(0, 17)), st.integers(0, 200), min_size=1))
def test_without_births_migration_and_housing_nobody_appears_or_vanishes(residents):
    students = course(county(residents), years=6)
    for year in range(6):
        for grade in range(6):
            age = 6 + grade - year
            if age >= 0:
                expected = sum(n for (_, a), n in residents.items() if a == age)
                assert students[:, year, grade].sum() == expected
