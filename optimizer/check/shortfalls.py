"""What a plan falls short of without breaking a rule."""

from collections.abc import Mapping

from optimizer.check.figures import Plan, Row
from optimizer.check.report import Finding, listed
from optimizer.check.rules import exempt_blocks
from optimizer.check.world import World

Values = dict[str, str | int | float]


def over_full(world: World, grades: Mapping[tuple[str, int, str, str], Row]) -> list[Finding]:
    """List classes above the limit, by school, year and grade."""
    found = []
    for (variant, year, school, grade), row in sorted(grades.items(), key=lambda item: (item[0][2], *item[0])):
        if row["classes_over"]:
            values: Values = {
                "school": school,
                "year": year,
                "grade": grade,
                "variant": variant,
                "classes": int(row["classes_over"] or 0),
                "limit": world.steps.classes[0][0],
                "largest": int(row["largest_class"] or 0),
                "children": int(row["children_over"] or 0),
            }
            found.append(Finding("class_over_full", values, (school,)))
    return found


def over_seats_and_size(world: World, schools: Mapping[tuple[str, int, str], Row]) -> list[Finding]:
    """List schools with more students than seats, and those above the limit of school size."""
    found = []
    for (variant, year, school), row in sorted(schools.items(), key=lambda item: (item[0][2], *item[0])):
        values: Values = {"school": school, "year": year, "variant": variant, "students": int(row["students"] or 0)}
        if row["over_seats"]:
            values_seats = values | {"seats": int(row["seats"] or 0), "over": int(row["over_seats"] or 0)}
            found.append(Finding("over_seats", values_seats, (school,)))
        if row["over_size"]:
            found.append(Finding("over_size", values | {"limit": world.size_limit[school]}, (school,)))
    return found


def far(world: World, plan: Plan) -> list[Finding]:
    """List blocks whose students walk further than the limit."""
    found = []
    for block, zone in sorted(plan.zone_of.items()):
        limit = world.walk_limit.get(block)
        counts: dict[str, int] = {}
        for grade in world.grades:
            school = world.sits_at[zone, grade]
            counts[school] = counts.get(school, 0) + world.student_years(block, grade)
        for school, count in counts.items():
            metres = world.metres(block, school)
            if limit is not None and metres > limit and count:
                students = round(count / world.divisor, 1)
                values: Values = {"block": block, "school": school, "metres": metres, "limit": limit, "students": students}
                found.append(Finding("walk_beyond", values, (block, school)))
    return found


def cut_off(world: World) -> list[Finding]:
    """List the blocks from which no school can be reached over neighbours."""
    blocks = sorted(exempt_blocks(world))
    return [Finding("exempt", {"count": len(blocks), "blocks": listed(blocks)}, tuple(blocks))] if blocks else []
