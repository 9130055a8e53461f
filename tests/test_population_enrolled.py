"""Shares of the residents in school are learned from past enrolment, and the checker learns the same."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer.check.counts import read_counts
from optimizer.check.places import read_places
from optimizer.check.school_age import school_age
from optimizer.inputs.county import County
from optimizer.policy import rules
from optimizer.population import enrolled, learned, project
from tests.inputs_town import IDS, Town, notes
from tests.three_blocks import PRIMARY, county, projected


def past(data: County, *rows: tuple[int, int, int]) -> County:
    """The county with children in school by year and grade."""
    return replace(data, history=pd.DataFrame(rows, columns=["year", "grade", "students"]))


RESIDENTS = {("a", 6): 100, ("a", 7): 100, ("b", 8): 50, ("c", 9): 200, ("c", 10): 40}
"""On 31 August 2026: they enter in 2026, 2025, 2024, 2023 and 2022."""


def test_the_share_is_that_of_the_last_three_years_of_the_same_cohorts():
    # Grade 1 of 2025, 2024, 2023 are those of 7, 8, 9 now: 90 + 40 + 150 of 350. 2022 is too long ago. 2027 is yet to come.
    data = past(county(RESIDENTS), (2025, 1, 90), (2024, 1, 40), (2023, 1, 150), (2022, 1, 40), (2027, 1, 999))
    first = learned(data, PRIMARY)[0]
    assert (first.years, first.students, first.residents, first.rate) == ((2023, 2024, 2025), 280, 350.0, 0.8)


def test_the_projection_counts_whole_children_in_school():
    # Grade 1: 0.8. Grade 2 of 2025, 2024 are those of 8 and 9: 45 + 180 of 250 is 0.9. The other grades have no history: all.
    rows = [(2025, 1, 90), (2024, 1, 40), (2023, 1, 150), (2025, 2, 45), (2024, 2, 180)]
    data = past(county(RESIDENTS), *rows)
    students = projected(data, enrolled=enrolled(learned(data, PRIMARY))).students[..., 0]
    assert students[0, :, 0].tolist() == [80, 0, 0, 0]
    assert students[0, :2, 1].tolist() == [90, 90]
    assert students[:, 0, 2:].tolist() == [[0, 0, 0, 0], [50, 0, 0, 0], [0, 200, 40, 0]]


def test_ages_on_another_day_are_split_by_month():
    # On 31 December 2025, 8 of 12 of those aged 7 and 4 of 12 of those aged 8 were 7 by 31 August 2025 and entered in 2024.
    data = past(county({("a", 7): 12, ("b", 8): 24}, date=dt.date(2025, 12, 31)), (2024, 1, 8))
    assert learned(data, PRIMARY)[0].residents == pytest.approx(16)


def test_nothing_is_learned_without_history_and_everybody_counts_where_it_says_nothing():
    assert learned(county(RESIDENTS), PRIMARY) == []
    assert enrolled([]) is None
    old = past(county(RESIDENTS), (1999, 1, 70))
    assert [(rate.years, rate.rate) for rate in learned(old, PRIMARY)] == [((), 1.0)] * 6


def test_years_whose_cohort_nobody_counted_teach_nothing():
    # A table of residents that ends at 12: grade 6 of 2025 are those of 12 now, that of 2024 would be those of 13.
    data = past(county({("a", age): 100 for age in range(13)}), (2025, 6, 90), (2024, 6, 95), (2023, 6, 99))
    assert learned(data, PRIMARY)[5].years == (2025,)


def test_a_history_is_read_as_it_really_is(tmp_path: Path):
    town = Town.built(tmp_path)
    rows = [
        "S1,2022-23,1,100",
        "S1,2023/24,一年级,90",
        "S1,2023/24,一年级,90",
        "S1,2024学年,1,*",
        "Old,2022,1,30",
        "S1,2025,1,80",
    ]
    town.csv("history", "school_id,year,grade,students", *rows, "S1,2025,K,20", "S1,2025,total,100", 'S1,2025,2,"1,000"')
    history = town.read().history
    assert history is not None
    # Old has closed: it is not among the schools, and its gaps count for nothing. S1 has no number of 2024.
    assert history.to_numpy().tolist() == [[2022, 1, 130], [2023, 1, 90], [2025, 1, 80], [2025, 2, 1000]]


def test_a_year_without_the_numbers_of_a_school_is_left_out_and_said(tmp_path: Path):
    town = Town.built(tmp_path)
    town.csv("history", "school_id,year,grade,students", "S1,2022,1,100", "Old,2022,1,40", "Old,2023,1,50", "S1,2024,1,90")
    data = town.read()
    assert data.history is not None
    assert data.history.to_numpy().tolist() == [[2022, 1, 140], [2024, 1, 90]]
    assert notes(data)["history_gaps"] == (1, ("2023 (1)",))


YEARS = [f"{y}-{(y + 1) % 100:02d}" if y % 2 else f"{y}" for y in range(2016, 2028)]
GRADES = ["K", "PK", "1", "grade 2", "三年级", "4", "5th", "06", "7", "total"]
WITHHELD = ["", "*", "<10", "n/a", "不详"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), month=st.integers(1, 12), oldest=st.integers(11, 17))
def test_the_checker_learns_the_same(tmp_path: Path, seed: int, month: int, oldest: int):
    town, rng = Town.built(tmp_path), np.random.default_rng(seed)
    town.csv("residents", "block_id,age,count", *(f"{b},{a},{rng.integers(0, 30)}" for b in IDS for a in range(oldest + 1)))
    cells = [(y, g, s) for y in YEARS for g in GRADES for s in ("P", "Q", "S1") if rng.random() < (0.97 if s == "S1" else 0.7)]
    rows = [f"{s},{y},{g},{rng.integers(0, 200) if rng.random() < 0.97 else rng.choice(WITHHELD)}" for y, g, s in cells]
    town.csv("history", "school_id,year,grade,students", *rows, *rng.choice(rows, 5))
    scenario = town.scenario(
        county={"residents": town.table("residents.csv", date=f"2025-{month:02d}-15")},
        horizon={"base_year": 2026, "years": 8},
        projection={"variants": ["low", "medium"]},
    )
    data, level = town.read(county=scenario.county.model_dump(exclude_none=True)), rules(scenario.policy, "primary")
    ours = project(data, level, scenario.horizon, scenario.projection, enrolled(learned(data, level)))
    theirs = school_age(scenario, read_places(scenario), read_counts(scenario), level)
    for index, children in enumerate(theirs.children.values()):
        again = [[[children[b, y, int(g)] for g in ours.grades] for y in ours.years] for b in ours.blocks]
        assert (np.array(again) == ours.students[..., index]).all()
