"""The projection: three blocks and four years by hand for every component, and what goes in comes out."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.inputs.county import County
from optimizer.population import project
from optimizer.population.defaults import SURVIVAL
from optimizer.scenario.model import Horizon, Projection, Variant
from tests.three_blocks import PRIMARY, controls, county, course, entrants, migration, projected


def test_children_move_up_one_grade_a_year_and_leave_after_the_last():
    students = course(county({("a", 6): 10, ("a", 11): 3, ("b", 5): 7, ("c", 9): 2}))
    assert students[0].tolist() == [[10, 0, 0, 0, 0, 3], [0, 10, 0, 0, 0, 0], [0, 0, 10, 0, 0, 0], [0, 0, 0, 10, 0, 0]]
    assert students[1, :, :3].tolist() == [[0, 0, 0], [7, 0, 0], [0, 7, 0], [0, 0, 7]]
    assert students[2, :, 3:].tolist() == [[2, 0, 0], [0, 2, 0], [0, 0, 2], [0, 0, 0]]


def test_single_ages_at_the_end_of_the_year_are_split_by_month():
    # Aged 6 on 31 December 2025: 8 of 12 were six by 31 August 2025 and are in grade 2 in autumn 2026, 4 of 12 enter then.
    data = county({("a", 6): 12, ("b", 6): 24, ("c", 3): 36}, date=dt.date(2025, 12, 31))
    students = course(data)
    assert students[:2, 0].tolist() == [[4, 8, 0, 0, 0, 0], [8, 16, 0, 0, 0, 0]]
    assert students[0, 3].tolist() == [0, 0, 0, 4, 8, 0]
    assert students[2, :, 0].tolist() == [0, 0, 24, 12]  # six by August 2028: 8 of 12; the others a year later


def test_of_those_who_grow_up_the_share_of_the_life_table_lives():
    # Half of those who turn 6, three quarters of those who turn 7 or 8 live; 100, 200, 400 are 5.
    share = pd.DataFrame({"first": [6, 7], "last": [6, 8], "share": [0.5, 0.75]})
    data = county({("a", 5): 100, ("b", 5): 200, ("c", 5): 400}, survival=share)
    students = course(data)
    assert students[:, 1, 0].tolist() == [50, 100, 200]
    assert students[:, 2, 1].tolist() == [38, 75, 150]  # 37.5, 75 and 150: 262.5 in all is 263
    assert students[:, 3, 2].tolist() == [28, 56, 113]  # 28.125, 56.25 and 112.5: 196.875 is 197
    deadly = projected(data, variants=["w"], define={"w": {"mortality": 1.5}})
    assert deadly.students[:, 1, 0, 0].tolist() == [25, 50, 100]


def test_deaths_are_those_of_china_unless_the_scenario_says_none():
    ten_thousand = county({("a", 0): 10_000})
    assert projected(ten_thousand, 7, mortality="cn-2024").students[0, 6, 0, 0] == round(
        10_000 * np.prod(SURVIVAL["cn-2024"][1:7])
    )
    assert projected(ten_thousand, 7).students[0, 6, 0, 0] == 10_000
    assert SURVIVAL["cn-2024"][0] == 0.996


def test_a_calendar_year_of_births_feeds_two_intakes():
    # Born September 2026 to August 2027: 4/12 of 120 and 8/12 of 240: 200. Then 80 + 0, 0 + 8/12 of 60, and 2029 over again.
    data = county({("a", 1): 30, ("b", 1): 10}, births={2026: 120, 2027: 240, 2028: 0, 2029: 60})
    first_year, *later = entrants(data).T.tolist()
    assert first_year == [150, 50, 0]
    assert [sum(year) for year in later] == [80, 40, 60]


def test_births_of_communities_stay_in_them():
    # In 2027 the children of 1 to 5 are the 30 and 10 of X in blocks a and b; in Y nobody is young, so its one block gets all.
    births = {("X", 2026): 120, ("X", 2027): 60, ("Y", 2026): 30, ("Y", 2027): 30, ("Y", 2028): 90}
    data = county({("a", 0): 30, ("b", 0): 10, ("c", 9): 5}, births=births, communities=("X", "X", "Y"))
    students = entrants(data, variants=["w"], define={"w": Variant(births=0.5).model_dump()})
    # 2027: X (40 + 40) / 2 = 40, three to one; Y (10 + 20) / 2.   2028: X 30; Y (10 + 60) / 2.
    assert students[:, 0].tolist() == [30, 10, 15]
    assert students[:2, 1].sum() == 30
    assert students[2].tolist() == [15, 35, 45, 45]


def test_of_the_born_some_die_before_the_cut_off():
    share = pd.DataFrame({"first": [0], "last": [0], "share": [0.9]})
    assert entrants(county({("a", 1): 1}, births={2026: 100}, survival=share))[0].tolist() == [90] * 4


def test_without_births_the_youngest_come_again_every_year():
    assert entrants(county({("a", 0): 30, ("b", 0): 10}), variants=["low"], define={"low": {"births": 0.5}}).tolist() == [
        [15] * 4,
        [5] * 4,
        [0] * 4,
    ]


def test_women_bear_the_children_of_the_years_without_births():
    # Block a has 1,200 women of 30, b 720 of 31 and 480 of 29; 0.1 births a woman of 30, 0.05 of 31, none of other ages.
    women = pd.DataFrame({"kind": "block", "area": ["a", "b", "b"], "age": [30, 31, 29], "count": [1200, 720, 480]})
    fertility = pd.DataFrame({"year": 0, "first": [30, 31], "last": [30, 31], "rate": [0.1, 0.05]})
    students = entrants(county({("a", 6): 1}, women=women, fertility=fertility))
    # Born in 2026: a 120, b 36; in 2027: a 60 (1,200 of 31), b 48 (480 of 30); in 2028: b 24; then none.
    assert students[0].tolist() == [80, 20, 0, 0]  # 4/12 of 120 and 8/12 of 60; 4/12 of 60
    assert students[1].tolist() == [44, 32, 8, 0]  # 12 and 32; 16 and 16; 8
    both = county({("a", 1): 1}, births={2025: 5, 2026: 36}, women=women, fertility=fertility)
    assert entrants(both, 1).tolist() == [[52], [32], [0]]  # 4/12 of the table's 36, all in block a; then the women: 40 and 32


def test_girls_grow_into_women():
    # 3,000 children of 17 have 1,419 girls; they are 18 in 2027 and bear one child each in that year.
    fertility = pd.DataFrame({"year": [2026, 2027, 2028], "first": 18, "last": 18, "rate": [0.0, 1.0, 0.0]})
    women = pd.DataFrame({"kind": "county", "area": "", "age": [40], "count": [10]})
    students = entrants(county({("a", 17): 3000, ("b", 5): 10}, women=women, fertility=fertility))
    assert students.sum(axis=0).tolist() == [946, 473, 0, 0]  # 8/12 and 4/12 of 1,419


def test_migration_is_a_yearly_share_by_setting_and_variant():
    data = county({("a", 4): 100, ("b", 4): 100, ("c", 4): 100})
    rates = {"migration": {"city": 0.1, "rural": -0.2}, "variants": ["w"], "define": {"w": Variant(migration=0.1).model_dump()}}
    students = course(data, **rates)
    assert students[:, 2, 0].tolist() == [144, 121, 81]
    assert students[:, 3, 1].tolist() == [173, 133, 73]  # 172.8, 133.1 and 72.9


def test_migration_by_age_and_area_the_special_row_wins():
    table = migration(
        ("county", "", "", 0, 60, False, 0.5),
        ("setting", "city", "", 0, 60, False, 0.1),
        ("setting", "city", "", 7, 8, True, -0.2),
        ("community", "Y", "", 0, 60, False, 0.0),
    )
    residents = {(block, 5): 1000 for block in "abc"}
    data = county(residents, settings=("city", "city", "town"), communities=("X", "Y", "X"), migration=table)
    students = course(data, migration={"city": 0.9})
    assert [students[:, t, t - 1].tolist() for t in (1, 2, 3)] == [[1100, 1000, 1500], [880, 1000, 2250], [704, 1000, 3375]]


def test_migration_of_statuses_is_their_mean_in_a_block():
    data = county({(block, 5): 100 for block in "abc"}, migration=migration(("county", "", "migrant", 0, 60, False, -0.5)))
    statuses = [("a", 5, "registered_housed", 100), ("b", 5, "migrant", 100), ("c", 5, "registered", 50), ("c", 5, "migrant", 50)]
    of_status = pd.DataFrame(statuses, columns=["block_id", "age", "status", "count"])
    assert course(County(**(vars(data) | {"by_status": of_status})))[:, 1, 0].tolist() == [100, 50, 75]


def test_new_dwellings_fill_over_three_years():
    # 14,400 x 0.35 = 5,040 children, half of them in 2027, three tenths in 2028, a fifth in 2029; 2.5 / 36 are of each age to 11.
    students = course(county({("a", 0): 0}, housing=[("b", 2027, 14_400, "rental")]))
    assert students[1].T.tolist() == [[0, 175, 280, 350]] * 6
    assert students[[0, 2]].sum() == 0


def test_the_scenario_says_who_moves_into_new_dwellings():
    only_six = [0.0] * 6 + [2.0] + [0.0] * 11
    own = {"children": {"villa": 2.0}, "arrival": [0.25, 0.75], "profile": only_six}
    students = course(county({("a", 0): 0}, housing=[("b", 2027, 100, "villa")]), dwellings=own)
    assert students[1, :, :3].tolist() == [[0, 0, 0], [50, 0, 0], [150, 50, 0], [0, 150, 50]]


def test_demolition_takes_a_share_or_the_children_of_the_dwellings():
    estates = [("a", 2027, 0, "commercial", 0.25), ("b", 2028, -100, "resettlement", 0.0), ("c", 2028, -1000, "rental", 0.0)]
    students = course(county({("a", 5): 40, ("b", 5): 60, ("b", 4): 60, ("c", 5): 30}, housing=estates))
    assert students[0, :, :3].tolist() == [[0, 0, 0], [30, 0, 0], [0, 30, 0], [0, 0, 30]]
    assert students[1, :, :3].tolist() == [[0, 0, 0], [60, 0, 0], [30, 30, 0], [0, 30, 30]]  # 60 of 120 leave, half of each age
    assert students[2, :, :2].tolist() == [[0, 0], [30, 0], [0, 0], [0, 0]]  # 350 would leave, 30 are there


def test_rates_of_enrolment_thin_the_residents():
    data = county({(block, age): 100 for block in "abc" for age in range(2, 12)})
    by_grade = projected(data, enrolled=np.array([0.9, 0.9, 0.8, 0.8, 0.8, 0.5])).students
    assert by_grade[..., 0].sum(axis=0).tolist() == [[270, 270, 240, 240, 240, 150]] * 4
    by_block = projected(data, enrolled=np.array([0.1, 0.2, 0.3])[:, None, None]).students
    assert by_block[:, 3, 2, 0].tolist() == [10, 20, 30]


def test_the_drivers_reach_grades_when_they_can():
    data = county({("a", 6): 1}, births={2026: 5}, housing=[("a", 2028, 10, "rental")])
    people = project(data, PRIMARY, Horizon(base_year=2026, years=10), Projection(migration={"city": 0.01}))
    reach = {(each.driver, each.grade): each.year for each in people.reach}
    assert (reach["births", "1"], reach["births", "3"], reach["births", "4"]) == (2033, 2035, None)
    assert (reach["migration", "6"], reach["housing", "1"], reach["survival", "2"]) == (2027, 2028, 2027)
    assert {driver for driver, _ in reach} == {"births", "migration", "housing", "survival"}


def test_the_further_drivers_reach_grades_when_they_can():
    data = county(
        {("a", 6): 1},
        births={2028: 5},
        housing=[("a", 2029, -10, "rental")],
        women=pd.DataFrame({"kind": "county", "area": "", "age": [30], "count": [10]}),
        fertility=pd.DataFrame({"year": 0, "first": [15], "last": [49], "rate": [0.05]}),
        controls=controls((2027, "age", 5, 6, "", 0)),
    )
    reach = {(each.driver, each.grade): each.year for each in projected(data, 10).reach}
    assert (reach["fertility", "1"], reach["fertility", "2"]) == (2035, None)  # born in 2029, the first year without a figure
    assert (reach["demolition", "5"], reach["migration", "1"], reach["housing", "1"]) == (2029, None, None)
    assert [reach["controls", str(grade)] for grade in range(1, 7)] == [2027, 2028, 2029, 2030, 2031, 2032]


def test_a_layer_without_ages_is_one_year_and_one_grade():
    data = county({})
    data.blocks["students"] = [3, 0, 5]
    pooled = County(**(vars(data) | {"residents": None}))
    people = project(pooled, PRIMARY, Horizon(), Projection())
    assert people.students.shape == (3, 1, 1, 1)
    assert people.students.ravel().tolist() == [3, 0, 5]


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.tuples(st.sampled_from("abc"), st.integers(0, 17)), st.integers(0, 200), min_size=1))
def test_without_births_migration_and_housing_nobody_appears_or_vanishes(residents: dict[tuple[str, int], int]):
    students = course(county(residents), years=6)
    for year in range(6):
        for grade in range(6):
            age = 6 + grade - year
            if age >= 0:
                expected = sum(n for (_, a), n in residents.items() if a == age)
                assert students[:, year, grade].sum() == expected


@st.composite
def counties(draw: st.DrawFn) -> County:
    """A county with everything that can move its children."""
    number = st.integers(0, 400)
    residents = draw(st.dictionaries(st.tuples(st.sampled_from("abc"), st.integers(0, 17)), number, min_size=1))
    births = draw(st.none() | st.dictionaries(st.integers(2020, 2035), number, min_size=1))
    kind = st.sampled_from(["rental", "commercial"])
    estate = st.tuples(st.sampled_from("abc"), st.integers(2024, 2032), st.integers(-300, 900), kind, st.floats(0, 1))
    rates = draw(st.lists(st.floats(-0.3, 0.3), min_size=3, max_size=3))
    areas = zip(("city", "town", "rural"), rates, strict=True)
    drivers = {
        "migration": migration(*(("setting", name, "", 0, 60, False, rate) for name, rate in areas)),
        "survival": pd.DataFrame({"first": [0], "last": [17], "share": [draw(st.floats(0.5, 1))]}),
    }
    if draw(st.booleans()):
        women = [("block", block, age, draw(number)) for block in "abc" for age in (20, 30)]
        drivers["women"] = pd.DataFrame(women, columns=["kind", "area", "age", "count"])
        drivers["fertility"] = pd.DataFrame({"year": 0, "first": [15], "last": [45], "rate": [0.06]})
    date = dt.date(2025, draw(st.integers(1, 12)), 1)
    return county(residents, date, births, draw(st.lists(estate, max_size=4)) or None, **drivers)


@settings(max_examples=60, deadline=None)
@given(counties(), st.sampled_from([{"variants": ["low", "high"]}, {"draws": 3, "seed": 4}]))
def test_people_in_are_people_out_and_survivors(data: County, asked: dict[str, Any]):
    balance = projected(data, 6, **asked).balance
    assert balance is not None
    stock, flow = balance.stock, balance.flows
    come = flow["births"] + flow["migration"] + flow["housing"] + flow["controls"]
    gone = flow["deaths"] + flow["demolition"] + flow["aged_out"]
    assert np.allclose(stock[:-1] + come, stock[1:] + gone, rtol=1e-12, atol=1e-6)
    assert all((flow[name] >= -1e-9).all() for name in ("births", "deaths", "housing", "demolition", "aged_out"))


@settings(max_examples=30, deadline=None)
@given(counties())
def test_students_are_among_the_children_of_the_balance(data: County):
    people = projected(data, 6)
    assert people.balance is not None
    stock = people.balance.stock[2026 - people.balance.first_year :, 0]
    assert (people.students >= 0).all()
    assert (people.students.sum(axis=(0, 2))[:, 0] <= stock + 3 + 1e-6).all()
