"""Students and classes of every school, year, grade and variant, and the rules that classes keep."""

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.check.report import Finding
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
    """Check that classes fit into the rooms, and that a cohort keeps its classes from grade to grade."""
    found = []
    used: dict[tuple[str, int, str], int] = {}
    for (variant, year, school, _), n in classes.items():
        used[school, year, variant] = used.get((school, year, variant), 0) + n
    for (school, year, variant), n in sorted(used.items()):
        rooms = world.rooms.get((school, year), 0)
        if n > rooms:
            values: dict[str, str | int | float] = {
                "school": school,
                "year": year,
                "variant": variant,
                "classes": n,
                "rooms": rooms,
            }
            found.append(Finding("classes_above_rooms", values, (school,)))
    formed: dict[tuple[str, int, str], int] = dict(world.fixed_classes)
    for variant, year, school, grade in sorted(set(classes) | set(students), key=lambda key: (key[0], key[2], key[1], key[3])):
        if (school, year) not in world.rooms:
            continue
        n = classes.get((variant, year, school, grade), 0)
        before = formed.setdefault((school, world.cohort[year, grade], variant), n)
        if before != n:
            values = {"school": school, "year": year, "grade": grade, "variant": variant, "before": before, "classes": n}
            found.append(Finding("classes_not_kept", values, (school,)))
    return found


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
        key: world.fixed_classes.get((key[1], key[2], key[0]), -(-max(by_year.values()) // limit))
        for key, by_year in sizes.items()
    }
    for variant in world.variants:
        for (school, year), rooms in sorted(world.rooms.items()):
            here = [key for key in sizes if key[:2] == (variant, school) and year in sizes[key]]
            free = [key for key in here if (school, key[2], variant) not in world.fixed_classes]
            while sum(count[key] for key in here) > rooms and any(count[key] for key in free):
                least = min((k for k in free if count[k]), key=lambda k: (max(sizes[k].values()) / max(count[k] - 1, 0.5), k))
                count[least] -= 1
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
