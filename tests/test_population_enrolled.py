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
from tests.inputs_town import IDS, Town
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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), month=st.integers(1, 12))
def test_the_checker_learns_the_same(tmp_path: Path, seed: int, month: int):
    town, rng = Town.built(tmp_path), np.random.default_rng(seed)
    town.csv("residents", "block_id,age,count", *(f"{b},{a},{rng.integers(0, 30)}" for b in IDS for a in range(18)))
    cells = [(y, g, s) for y in range(2016, 2028) for g in range(1, 8) for s in "PQ" if rng.random() < 0.7]
    rows = [f"{s},{y},{g},{rng.integers(0, 200) if rng.random() < 0.9 else ''}" for y, g, s in cells]
    town.csv("history", "school_id,year,grade,students", *rows)
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
