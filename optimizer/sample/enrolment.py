"""Current zones, this year's classes, and the rooms each school has.

The zones grow over the adjacency from the schools' blocks, so each is connected.
The classrooms are then set so that the county has the shortages and the slack that
a planner meets: crowded old schools, a new school that waits for its district, and
village schools with more rooms than children.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

import networkx as nx
import numpy as np
import numpy.typing as npt

from optimizer.sample.grow import grow
from optimizer.sample.schools import School


@dataclass(frozen=True)
class Rule:
    """How a role's zone, classes and rooms are made.

    `handicap_m` shifts its zone's border (negative: a larger zone); `target` is the number
    of students its zone is drawn for, 0 where the nearest school wins; `class_size` is the
    largest class formed, `spare` the share of rooms added; `seats_used` is the share of
    seats (rooms times the legal class size) that its students take, 0 where free.
    """

    class_size: int
    spare: float
    handicap_m: float = 0.0
    target: int = 0
    seats_used: float = 0.0


RULES: Final = {
    "packed": Rule(64, 0.0, target=1_780),
    "crowded": Rule(54, 0.0, target=1_580),
    "city": Rule(44, 0.12, target=1_060),
    "new": Rule(42, 0.0, target=700, seats_used=0.45),
    "town": Rule(45, 0.08),
    "village": Rule(45, 0.06),
    "small": Rule(45, 0.1, handicap_m=800.0),
    "emptying": Rule(45, 0.0, handicap_m=900.0, seats_used=0.44),
    "point": Rule(45, 0.0, handicap_m=1_500.0),
    "junior": Rule(50, 0.04),
}
TUNING_ROUNDS: Final = 80
TUNING_STEP_M: Final = 90.0
CROWDED_ENTRANTS: Final = 49
"""Least class size of the children who enter a crowded school if they get the rooms that fall free."""
LEGAL_CLASS: Final = {"primary": 45, "junior": 50}
FIRST_AGE: Final = {"primary": 7, "junior": 13}
"""Age on 31 August 2026 of children in the level's first grade in 2025-26."""
GRADES: Final = {"primary": range(1, 7), "junior": range(7, 10)}
POINT_LEAVES: Final = (4, 5, 6)
"""Grades that a teaching point's children attend at its parent school."""
COHORTS_TO_2029: Final = range(9, 16)
"""Ages on 31 August 2026 of the cohorts in junior schools from 2025 to 2029."""


def draw_zones(graph: nx.Graph[int], schools: list[School], level: str, children: npt.NDArray[np.int64]) -> dict[int, School]:
    """School of each block for the level; the zones of schools with a target are tuned towards it."""
    zoned = {school.block: school for school in schools if school.teaches(level)}
    if level == "junior":
        return {block: zoned[start] for block, start in grow(graph, dict.fromkeys(zoned, 0.0)).items()}
    handicaps = {block: RULES[school.role].handicap_m for block, school in zoned.items()}
    ages = children[:, FIRST_AGE[level] : FIRST_AGE[level] + len(GRADES[level])].sum(axis=1)
    for _ in range(TUNING_ROUNDS):
        students = dict.fromkeys(zoned, 0)
        owner = grow(graph, handicaps)
        for block, start in owner.items():
            students[start] += int(ages[block])
        for start, school in zoned.items():
            if target := RULES[school.role].target:
                handicaps[start] += TUNING_STEP_M * float(np.clip(students[start] / target - 1, -1, 1))
    return {block: zoned[start] for block, start in owner.items()}


def fill_schools(
    schools: list[School],
    zones: dict[str, dict[int, School]],
    children: npt.NDArray[np.int64],
) -> None:
    """Set students, classes and rooms of every zoned school from its zones and residents."""
    for level, zone in zones.items():
        taught = [school for school in schools if school.teaches(level)]
        ages = {school.name: np.zeros(children.shape[1], dtype=np.int64) for school in taught}
        for block, school in sorted(zone.items()):
            ages[school.name] += children[block]
        for school in taught:
            _seat(school, level, ages[school.name])
        _send_to_parents(taught)
        for school in taught:
            _form_classes(school, level)


def _send_to_parents(schools: list[School]) -> None:
    """Move the upper grades of teaching points to their parent schools."""
    for school in schools:
        if school.parent:
            for grade in POINT_LEAVES:
                school.parent.students[grade] += school.students.pop(grade)


def _seat(school: School, level: str, ages: npt.NDArray[np.int64]) -> None:
    """Students by grade of 2025-26; a junior school's rooms foresee the cohorts to come."""
    for k, grade in enumerate(GRADES[level]):
        school.students[grade] = int(ages[FIRST_AGE[level] + k])
    if level == "primary":
        school.entrants = int(ages[FIRST_AGE[level] - 1])
    else:
        needed = 3 * max(ceil(ages[age] / LEGAL_CLASS["junior"]) for age in COHORTS_TO_2029)
        school.rooms += needed + round(RULES["junior"].spare * needed)


def _form_classes(school: School, level: str) -> None:
    """Split each grade into classes no larger than the role's, and count the rooms."""
    rule = RULES[school.role if level == "primary" else "junior"]
    needed = 0
    for grade in GRADES[level]:
        if grade in school.students:
            school.classes[grade] = max(1, ceil(school.students[grade] / rule.class_size))
            needed += school.classes[grade]
    if level == "junior":
        return
    if school.role in ("packed", "crowded"):
        more = max(0, school.entrants // CROWDED_ENTRANTS - school.classes[6])
        school.classes[6] += more
        needed += more
    students = sum(school.students[grade] for grade in GRADES["primary"] if grade in school.students)
    if rule.seats_used:
        needed = max(needed, ceil(students / LEGAL_CLASS["primary"] / rule.seats_used))
    school.rooms += needed + round(rule.spare * needed)
