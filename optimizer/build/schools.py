"""Which schools are zoned, and how many classrooms or seats each has for the level.

A school is zoned if it is public, is no special school (it has classrooms or seats), teaches a grade of the level and is not
closed by a wish. It makes one zone and one site of the same id. Rooms of a nine-year school for one level are its classrooms
less those *held back* for the other level: that level's classes in ``enrolment`` where the school has any, else its share of
the school's grades, rounded up (``ceil(classrooms * other grades / all grades)``). Seats are shared by grades, rounded down.
Its size limit for the level is 2,500 less the other level's students in ``enrolment``, else the level's share by grades,
rounded down. Wished rooms are added from their year on; a school never has fewer than none.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.inputs.county import County
from optimizer.policy import Rules
from optimizer.problem import NO_RULE, Ints
from optimizer.scenario.model import Wishes


@dataclass(frozen=True)
class Zoned:
    """The zoned schools of one level; ``S`` of them, sorted by id. Zones and sites have the same ids.

    Attributes
    ----------
    ids
        School ids.
    frame
        Their rows of ``county.schools``.
    site_of
        ``[S, G]`` who teaches grade ``g`` of the school's zone: itself, or its parent school.
    rooms, seats
        ``[S, T]`` or ``NO_RULE``; seats only where there is no rule on rooms.
    size_limit
        ``[S]`` or ``NO_RULE``.
    """

    ids: tuple[str, ...]
    frame: gpd.GeoDataFrame
    site_of: Ints
    rooms: Ints
    seats: Ints
    size_limit: Ints


def zoned(county: County, rules: Rules, years: tuple[int, ...], wishes: Wishes) -> Zoned:
    """Select the zoned schools and count their rooms.

    Parameters
    ----------
    county, rules, wishes
        The inputs, the level's numbers and the wishes (``close`` and ``rooms`` matter here).
    years
        Years of the horizon.
    """
    frame = _selected(county.schools, rules, wishes)
    ids = tuple(str(school) for school in frame.index)
    by_rooms = (frame["classrooms"].fillna(0) > 0).to_numpy(dtype=np.bool_) & (rules.class_size is not None)
    rooms = np.full((len(ids), len(years)), NO_RULE, dtype=np.int64)
    seats = rooms.copy()
    size_limit = np.full(len(ids), NO_RULE, dtype=np.int64)
    for site, school in enumerate(ids):
        other_classes, other_students = _other_level(county, rules, school)
        if by_rooms[site]:
            rooms[site] = _rooms(frame.loc[school], rules, other_classes) + _added(wishes, school, years)
        elif pd.notna(frame.at[school, "seats"]):
            ours, all_grades = _grades(frame.loc[school], rules)
            seats[site] = int(frame.at[school, "seats"]) * ours // all_grades
        size_limit[site] = _size_limit(frame.loc[school], rules, other_students)
    rooms = np.where(by_rooms[:, None], np.maximum(rooms, 0), NO_RULE)
    return Zoned(ids, frame, _site_of(frame, rules), rooms, seats, size_limit)


def _selected(schools: gpd.GeoDataFrame, rules: Rules, wishes: Wishes) -> gpd.GeoDataFrame:
    teaches = (schools["first_grade"] <= rules.last_grade) & (schools["last_grade"] >= rules.first_grade)
    holds = (schools["classrooms"].fillna(0) > 0) | (schools["seats"].fillna(0) > 0)
    return schools[teaches & holds & schools["public"] & ~schools.index.isin(wishes.close)]


def _grades(school: pd.Series, rules: Rules) -> tuple[int, int]:
    """Grades of the school in this level, and in all."""
    first, last = int(school["first_grade"]), int(school["last_grade"])
    ours = min(last, rules.last_grade) - max(first, rules.first_grade) + 1
    return ours, last - first + 1


def _other_level(county: County, rules: Rules, school: str) -> tuple[int, int]:
    """Classes and students of the school's other level in ``enrolment``; 0 where it names none."""
    if county.enrolment is None:
        return 0, 0
    rows = county.enrolment[county.enrolment["school_id"] == school]
    rows = rows[(rows["grade"] < rules.first_grade) | (rows["grade"] > rules.last_grade)]
    return int(rows["classes"].sum()), int(rows["students"].sum())


def _rooms(school: pd.Series, rules: Rules, other_classes: int) -> int:
    classrooms = int(school["classrooms"])
    ours, all_grades = _grades(school, rules)
    held_back = other_classes or -(-classrooms * (all_grades - ours) // all_grades)
    return classrooms - held_back


def _added(wishes: Wishes, school: str, years: tuple[int, ...]) -> Ints:
    added = np.zeros(len(years), dtype=np.int64)
    for wish in wishes.rooms:
        if wish.school == school:
            added += wish.add * (np.array(years) >= (wish.year or years[0]))
    return added


def _size_limit(school: pd.Series, rules: Rules, other_students: int) -> int:
    ours, all_grades = _grades(school, rules)
    if ours == all_grades:
        return NO_RULE if rules.school_size is None else rules.school_size
    if rules.nine_year_size is None:
        return NO_RULE
    return rules.nine_year_size - other_students if other_students else rules.nine_year_size * ours // all_grades


def _site_of(frame: gpd.GeoDataFrame, rules: Rules) -> Ints:
    index = {str(school): site for site, school in enumerate(frame.index)}
    site_of = np.empty((len(frame), len(rules.grades)), dtype=np.int64)
    for site, school in enumerate(frame.index):
        parent = index.get(str(frame.at[school, "parent_school"]), site)
        for column, grade in enumerate(rules.grades):
            teaches = frame.at[school, "first_grade"] <= grade <= frame.at[school, "last_grade"]
            site_of[site, column] = site if teaches else parent
    return site_of
