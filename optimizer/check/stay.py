"""Whose school the zoning decides, and who stays: from the statement in `optimizer.build.students`, worked out a second time."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.check.counts import Enrolled
from optimizer.check.world import Cell

Course = Mapping[tuple[str, int, int], int]
"""Residents by block, year and grade in one variant."""


@dataclass(frozen=True)
class Case:
    """What the split depends on.

    Attributes
    ----------
    zoned
        Ids of the zoned schools.
    years, grades
        Of the horizon and the level, in order.
    sits_at
        School of each zone's grade.
    current
        Zoned school of today by block; None where no zones of today are known.
    enrolment
        Children of the school year before; None where there is no such table.
    """

    zoned: Sequence[str]
    years: Sequence[int]
    grades: Sequence[int]
    sits_at: Mapping[tuple[str, str], str]
    current: Mapping[str, str] | None
    enrolment: list[Enrolled] | None


@dataclass
class Split:
    """One variant's students by block and cell whom the zoning decides on, and those by school and cell who stay."""

    decided: dict[str, dict[Cell, int]]
    stay: dict[str, dict[Cell, int]]


def split(case: Case, course: Course, variant: str, all_grades: bool) -> Split:
    """Split the residents of one variant.

    A cohort that is above the first grade in the base year has chosen its school already. Its children who live where they lived
    stay: at each school, as many as were enrolled there, shrunk like the residents of the blocks of that school's zone.
    Everybody else follows the plan.
    """
    result = Split({}, {})
    if all_grades or (case.current is None and case.enrolment is None):
        for (block, year, grade), n in course.items():
            result.decided.setdefault(block, {})[year, str(grade), variant] = n
        return result
    blocks = sorted({block for block, _, _ in course})
    base = case.years[0]
    for year in case.years:
        for grade in case.grades:
            then = grade - (year - base)
            if then <= case.grades[0]:  # entered in the base year or later
                kept = dict.fromkeys(blocks, 0)
            else:
                settled = [block for block in blocks if case.current is None or block in case.current]
                kept = {block: min(course[block, year, grade], course[block, base, then]) for block in settled}
                _stay(case, course, kept, (year, grade, variant), then, result.stay)
            for block in blocks:
                n = course[block, year, grade] - kept.get(block, 0)
                result.decided.setdefault(block, {})[year, str(grade), variant] = n
    return result


def _stay(
    case: Case,
    course: Course,
    kept: Mapping[str, int],
    cell: tuple[int, int, str],
    then: int,
    stay: dict[str, dict[Cell, int]],
) -> None:
    year, grade, variant = cell
    for school in case.zoned:
        zone = [block for block in kept if case.current is None or case.sits_at[case.current[block], str(then)] == school]
        before = sum(course[block, case.years[0], then] for block in zone)
        ratio = sum(kept[block] for block in zone) / before if before else 1.0
        n = math.floor(round(_enrolled(case, school, then, before) * ratio, 9) + 0.5)
        now = case.sits_at[school, str(grade)]
        cells = stay.setdefault(now, {})
        cells[year, str(grade), variant] = cells.get((year, str(grade), variant), 0) + n


def _enrolled(case: Case, school: str, then: int, residents: int) -> int:
    """Return the children who sit in a grade of a school in the base year and came up from the grade below."""
    if case.enrolment is None:
        return residents
    return sum(
        row.students
        for row in case.enrolment
        if row.school in case.zoned and row.grade == then - 1 and case.sits_at[row.school, str(then)] == school
    )


def least_classes(case: Case, cohort: Mapping[tuple[int, str], int], variants: Sequence[str]) -> dict[tuple[str, int, str], int]:
    """Return the classes that exist: a cohort above the first grade in the base year keeps those of the year before."""
    found = {}
    for row in case.enrolment or []:
        then = row.grade + 1
        if row.school not in case.zoned or row.classes == 0 or then not in case.grades[1:]:
            continue
        if case.sits_at[row.school, str(then)] == row.school:
            for variant in variants:
                found[row.school, cohort[case.years[0], str(then)], variant] = row.classes
    return found
