"""Which schools are zoned, and what each may hold: from the statement in `optimizer.build.schools`, worked out a second time."""

from collections.abc import Mapping, Sequence

from optimizer.check.counts import Enrolled
from optimizer.check.world import School
from optimizer.policy import Rules
from optimizer.scenario.model import Wishes


def zones(schools: Mapping[str, School], rules: Rules, wishes: Wishes) -> tuple[str, ...]:
    """Return the schools that have a zone: public, of the level, with classrooms or seats, not closed by a wish."""
    return tuple(
        name
        for name, school in sorted(schools.items())
        if school.public and own_grades(school, rules) and (school.classrooms or school.seats) and name not in wishes.close
    )


def own_grades(school: School, rules: Rules) -> list[int]:
    """Return the school's grades that belong to the level."""
    return [grade for grade in rules.grades if school.first_grade <= grade <= school.last_grade]


def sits_at(schools: Mapping[str, School], zoned: Sequence[str], rules: Rules) -> dict[tuple[str, str], str]:
    """Return who teaches each grade of each zone: its school, or the parent school for the grades that this one lacks."""
    found = {}
    for name in zoned:
        parent = schools[name].parent if schools[name].parent in zoned else name
        for grade in rules.grades:
            found[name, str(grade)] = name if grade in own_grades(schools[name], rules) else parent
    return found


def rooms(
    schools: Mapping[str, School],
    zoned: Sequence[str],
    rules: Rules,
    wishes: Wishes,
    years: Sequence[int],
    enrolment: list[Enrolled],
) -> dict[tuple[str, int], int]:
    """Return the classrooms for the level, by school and year, of the schools that are ruled by classrooms.

    A nine-year school holds back the classes of its other level: those of `enrolment`, else its share by grades, rounded up.
    """
    found = {}
    for name in zoned:
        classrooms = schools[name].classrooms
        if not classrooms or rules.class_size is None:
            continue
        n_all = schools[name].last_grade - schools[name].first_grade + 1
        n_other = n_all - len(own_grades(schools[name], rules))
        held_back = sum(row.classes for row in enrolment if row.school == name and row.grade not in rules.grades)
        if not held_back:
            held_back = -(-classrooms * n_other // n_all)
        for year in years:
            added = sum(wish.add for wish in wishes.rooms if wish.school == name and (wish.year or years[0]) <= year)
            found[name, year] = max(0, classrooms - held_back + added)
    return found


def seats(
    schools: Mapping[str, School],
    zoned: Sequence[str],
    rules: Rules,
    years: Sequence[int],
    by_rooms: Mapping[tuple[str, int], int],
) -> dict[tuple[str, int], int]:
    """Return the seats for the level of the schools that no classrooms rule; a school of two levels shares them by grades."""
    found = {}
    for name in zoned:
        given = schools[name].seats
        n_all = schools[name].last_grade - schools[name].first_grade + 1
        for year in years:
            if given is not None and (name, year) not in by_rooms:
                found[name, year] = given * len(own_grades(schools[name], rules)) // n_all
    return found


def size_limits(schools: Mapping[str, School], zoned: Sequence[str], rules: Rules, enrolment: list[Enrolled]) -> dict[str, int]:
    """Return the students a school may have in the level, where there is such a rule."""
    found = {}
    for name in zoned:
        n_own, n_all = len(own_grades(schools[name], rules)), schools[name].last_grade - schools[name].first_grade + 1
        limit = rules.school_size if n_own == n_all else rules.nine_year_size
        if limit is None:
            continue
        others = sum(row.students for row in enrolment if row.school == name and row.grade not in rules.grades)
        share = limit if n_own == n_all else limit * n_own // n_all
        found[name] = limit - others if others and n_own < n_all else share
    return found
