"""Students and classes of every school, year, grade and variant, and the rules that classes keep."""

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.check.report import Finding, Value
from optimizer.check.world import World

Key = tuple[str, int, str, str]
"""A variant, a year, a school and a grade: a row of the table by grade."""


def students_by_school(world: World, zone_of: Mapping[str, str]) -> dict[Key, int]:
    """Count the students who sit at each school: those who stay, and those of the blocks that the zoning sends there."""
    count: dict[Key, int] = {}
    for school, cells in world.stay.items():
        for (year, grade, variant), n in cells.items():
            key = (variant, year, school, grade)
            count[key] = count.get(key, 0) + n
    for block, cells in world.students.items():
        zone = zone_of[block]
        for (year, grade, variant), n in cells.items():
            key = (variant, year, world.sits_at[zone, grade], grade)
            count[key] = count.get(key, 0) + n
    return {key: n for key, n in count.items() if n}


def check(world: World, students: Mapping[Key, int], classes: Mapping[Key, int]) -> list[Finding]:
    """Check that classes fit into the rooms, are of grades that the school has, and stay with their cohort."""
    return [*_in_rooms(world, classes), *_of_grades(world, students, classes), *_kept(world, students, classes)]


def _in_rooms(world: World, classes: Mapping[Key, int]) -> list[Finding]:
    used: dict[tuple[str, int, str], int] = {}
    for (variant, year, school, _), n in classes.items():
        used[school, year, variant] = used.get((school, year, variant), 0) + n
    found = []
    for (school, year, variant), n in sorted(used.items()):
        rooms = world.rooms.get((school, year), 0)
        if n > rooms:
            found.append(Finding("classes_above_rooms", _values(school, year, variant, classes=n, rooms=rooms), (school,)))
    return found


def _of_grades(world: World, students: Mapping[Key, int], classes: Mapping[Key, int]) -> list[Finding]:
    taught = _taught(world, students)
    return [
        Finding("classes_of_no_grade", _values(school, year, variant, grade=grade, classes=n), (school,))
        for (variant, year, school, grade), n in sorted(classes.items())
        if (school, grade) not in taught
    ]


def _kept(world: World, students: Mapping[Key, int], classes: Mapping[Key, int]) -> list[Finding]:
    found = []
    formed: dict[tuple[str, int, str], int] = {}
    for variant in world.variants:
        for school, grade in sorted(_taught(world, students), key=lambda pair: (pair[0], world.grades.index(pair[1]))):
            for year in world.years:
                if (school, year) not in world.rooms:
                    continue
                n = classes.get((variant, year, school, grade), 0)
                before = formed.setdefault((school, world.cohort[year, grade], variant), n)
                least = world.least_classes.get((school, world.cohort[year, grade], variant), 0)
                if n != before or n < least:
                    before = max(before, least)
                    values = _values(school, year, variant, grade=grade, before=before, classes=n)
                    found.append(Finding("classes_not_kept", values, (school,)))
    return found


def _values(school: str, year: int, variant: str, **more: Value) -> dict[str, Value]:
    return {"school": school, "year": year, "variant": variant, **more}


def _taught(world: World, students: Mapping[Key, int]) -> set[tuple[str, str]]:
    """Return schools with the grades they have: some zone's children sit there in it, or somebody who stays does."""
    return {(at, grade) for (_, grade), at in world.sits_at.items()} | {(school, grade) for _, _, school, grade in students}


def suggest(world: World, students: Mapping[Key, int]) -> dict[Key, int]:
    """Form classes for an assignment that comes without any.

    Every cohort of a school gets as many classes as its fullest year needs; while a year has more classes than rooms, the cohort
    that then sits least crowded gives one back. Not the best classes there are, but ones that keep the rules.
    """
    limit = world.steps.classes[0][0]
    sizes: dict[tuple[str, str, int], dict[int, int]] = {}
    for (variant, year, school, grade), n in students.items():
        if (school, year) in world.rooms:
            sizes.setdefault((variant, school, world.cohort[year, grade]), {})[year] = n
    count = {
        key: max(world.least_classes.get((key[1], key[2], key[0]), 0), -(-max(by_year.values()) // limit))
        for key, by_year in sizes.items()
    }
    least = {key: world.least_classes.get((key[1], key[2], key[0]), 0) for key in sizes}
    for variant in world.variants:
        for (school, year), rooms in sorted(world.rooms.items()):
            here = [key for key in sizes if key[:2] == (variant, school) and year in sizes[key]]
            while sum(count[key] for key in here) > rooms and any(count[key] > least[key] for key in here):
                spare = (key for key in here if count[key] > least[key])
                count[min(spare, key=lambda k: (max(sizes[k].values()) / max(count[k] - 1, 0.5), k))] -= 1
    return {
        (variant, year, school, grade): count[variant, school, world.cohort[year, grade]]
        for variant, year, school, grade in students
        if (school, year) in world.rooms
    }


@dataclass(frozen=True)
class Crowding:
    """Classes of one school, grade, year and variant by size."""

    largest: int
    over: int
    big: int
    huge: int
    children_over: int


def crowding(world: World, school: str, year: int, students: int, classes: int) -> Crowding:
    """Spread students evenly over classes and count the classes above the limit and the two lines beyond it.

    Students without any class sit in one. A school without rooms has no class sizes.
    """
    if (school, year) not in world.rooms or students == 0:
        return Crowding(0, 0, 0, 0, 0)
    sizes = [len(range(i, students, max(classes, 1))) for i in range(max(classes, 1))]
    limit, big, huge = (size for size, _ in world.steps.classes[:3])
    return Crowding(
        largest=max(sizes),
        over=sum(size > limit for size in sizes),
        big=sum(size > big for size in sizes),
        huge=sum(size > huge for size in sizes),
        children_over=sum(size for size in sizes if size > limit),
    )
