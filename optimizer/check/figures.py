"""Every figure of a plan, from students, classes and distances; none of it is read from the plan's own account."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

import networkx as nx
from shapely.ops import unary_union

from optimizer.check.classes import Crowding, Key, crowding
from optimizer.check.ground import graph_of
from optimizer.check.rules import exempt_blocks
from optimizer.check.world import World

Row = dict[str, str | int | float | None]
"""One row of a table of figures."""

_SUMS = ("classes_over", "classes_big", "classes_huge", "children_over")


@dataclass(frozen=True)
class Plan:
    """An assignment with its students and classes.

    Attributes
    ----------
    zone_of
        School by block.
    students, classes
        By variant, year, school and grade.
    """

    zone_of: Mapping[str, str]
    students: Mapping[Key, int]
    classes: Mapping[Key, int]


@dataclass(frozen=True)
class Walk:
    """The students of one block and grade: how many student-years (weighted), how far, whether too far, whether moved."""

    zone: str
    count: int
    metres: int
    far: bool
    moved: bool


def walks(world: World, plan: Plan) -> list[Walk]:
    """Return the walk of every block and grade."""
    found = []
    for block, zone in plan.zone_of.items():
        counts = dict.fromkeys(world.grades, 0)
        for (_, grade, variant), n in world.students.get(block, {}).items():
            counts[grade] += world.weight[variant] * n
        limit = world.walk_limit.get(block)
        moved = block in world.current and world.current[block] != zone
        for grade, count in counts.items():
            metres = world.metres(block, world.sits_at[zone, grade])
            found.append(Walk(zone, count, metres, limit is not None and metres > limit, moved))
    return found


def within(walked: Iterable[Walk], tenths: int) -> int:
    """Return the least distance within which so many tenths of the students walk; 0 without students."""
    some = sorted((walk.metres, walk.count) for walk in walked if walk.count)
    total, so_far = sum(count for _, count in some), 0
    for metres, count in some:
        so_far += count
        if 10 * so_far >= tenths * total:
            return metres
    return 0


def by_grade(world: World, plan: Plan) -> dict[Key, Row]:
    """Return students and classes by variant, year, school and grade; rows without either are left out."""
    rows: dict[Key, Row] = {}
    for key in set(plan.students) | {key for key, n in plan.classes.items() if n}:
        _, year, school, _ = key
        students = plan.students.get(key, 0)
        classes = plan.classes.get(key, 0) if (school, year) in world.rooms else 0
        full = crowding(world, school, year, students, classes)
        rows[key] = {"students": students, "classes": classes, **_crowded(full)}
    return rows


def _crowded(full: Crowding) -> Row:
    return {
        "largest_class": full.largest,
        "classes_over": full.over,
        "classes_big": full.big,
        "classes_huge": full.huge,
        "children_over": full.children_over,
    }


def by_school(world: World, grades: Mapping[Key, Row]) -> dict[tuple[str, int, str], Row]:
    """Return students, rooms and seats by variant, year and school."""
    nothing = dict.fromkeys(("students", "classes", *_SUMS, "largest_class"), 0)
    every = product(sorted(world.variants), world.years, world.zones)
    rows: dict[tuple[str, int, str], Row] = {key: dict(nothing) for key in every}
    for (variant, year, school, _), grade in grades.items():
        row = rows[variant, year, school]
        for name in ("students", "classes", *_SUMS):
            row[name] = _int(row[name]) + _int(grade[name])
        row["largest_class"] = max(_int(row["largest_class"]), _int(grade["largest_class"]))
    for (_, year, school), row in rows.items():
        rooms = world.rooms.get((school, year))
        seats = world.seats.get((school, year)) if rooms is None else rooms * world.steps.classes[0][0]
        students, limit = _int(row["students"]), world.size_limit.get(school)
        row["rooms"], row["seats"] = rooms, seats
        row["seats_free"] = 0 if seats is None else max(seats - students, 0)
        row["over_seats"] = 0 if seats is None else max(students - seats, 0)
        row["over_size"] = 0 if limit is None else max(students - limit, 0)
    return rows


def by_zone(world: World, plan: Plan) -> dict[str, Row]:
    """Return size, walks and shape of each zone."""
    walked: dict[str, list[Walk]] = {zone: [] for zone in world.zones}
    for walk in walks(world, plan):
        walked[walk.zone].append(walk)
    parts = _parts(world, plan)
    return {zone: _zone_row(world, plan, zone, walked[zone]) | {"parts": parts[zone]} for zone in world.zones}


def _zone_row(world: World, plan: Plan, zone: str, walked: list[Walk]) -> Row:
    members = [block for block, goes in plan.zone_of.items() if goes == zone]
    total = sum(walk.count for walk in walked)
    return {
        "blocks": len(members),
        "students": total / world.divisor,
        "mean_walk_m": sum(walk.count * walk.metres for walk in walked) / total if total else 0.0,
        "p90_walk_m": within(walked, 9),
        "max_walk_m": max((walk.metres for walk in walked if walk.count), default=0),
        "beyond": sum(walk.count for walk in walked if walk.far) / world.divisor,
        "moved": sum(walk.count for walk in walked if walk.moved) / world.divisor,
        "polsby_popper": _roundness(world, members),
    }


def _parts(world: World, plan: Plan) -> dict[str, int]:
    graph, exempt = graph_of(world.blocks, world.border), exempt_blocks(world)
    return {
        zone: nx.number_connected_components(graph.subgraph({b for b, goes in plan.zone_of.items() if goes == zone} - exempt))
        for zone in world.zones
    }


def _roundness(world: World, members: list[str]) -> float | None:
    """Return ``4 pi A / P^2`` (Polsby and Popper 1991) of the blocks grown by the tolerance, made one, and shrunk again."""
    if not members:
        return None
    one = unary_union([world.blocks[block].shape.buffer(world.tolerance_m, join_style="mitre") for block in members])
    one = one.buffer(-world.tolerance_m, join_style="mitre")
    return float(4 * math.pi * one.area / one.length**2)


def terms(world: World, plan: Plan, wishes_m: int) -> dict[str, int]:
    """Return the objective by term, in student-metres over the whole horizon and all weighted variants.

    Parameters
    ----------
    world, plan
        The county and the plan.
    wishes_m
        Price of the soft wishes that are not met.
    """
    steps, walked = world.steps, walks(world, plan)
    excess = [0] * len(steps.classes)
    totals: dict[tuple[str, int, str], int] = {}
    for (variant, year, school, grade), n in plan.students.items():
        totals[variant, year, school] = totals.get((variant, year, school), 0) + n
        if (school, year) in world.rooms:
            formed = plan.classes.get((variant, year, school, grade), 0)
            for step, (size, price) in enumerate(steps.classes):
                excess[step] += world.weight[variant] * price * max(0, n - size * formed)
    over_seats = over_size = 0
    for (variant, year, school), n in totals.items():
        if (school, year) not in world.rooms and (school, year) in world.seats:
            over_seats += world.weight[variant] * max(0, n - world.seats[school, year])
        if school in world.size_limit:
            over_size += world.weight[variant] * max(0, n - world.size_limit[school])
    return {
        "walk": sum(walk.count * walk.metres for walk in walked),
        "beyond_limit": steps.beyond * sum(walk.count for walk in walked if walk.far),
        "change": steps.change * sum(walk.count for walk in walked if walk.moved),
        "wishes": wishes_m,
        "oversized": sum(excess[:3]),
        "uneven": sum(excess[3:]),
        "over_seats": steps.seat * over_seats,
        "school_size": steps.size * over_size,
    }


def headline(
    world: World, plan: Plan, objective: int, schools: Mapping[tuple[str, int, str], Row], zones: Mapping[str, Row], astray: int
) -> dict[str, float]:
    """Return the headline figures.

    Parameters
    ----------
    world, plan
        The county and the plan.
    objective
        Sum of `terms`.
    schools, zones
        What `by_school` and `by_zone` return.
    astray
        Zones that are in pieces or lack their school's block.
    """
    walked = walks(world, plan)
    total = sum(walk.count for walk in walked)
    far = sum(walk.count for walk in walked if walk.far)
    moved = sum(walk.count for walk in walked if walk.moved)
    round_ = [value for row in zones.values() if (value := row["polsby_popper"]) is not None]
    first = {key: row for key, row in schools.items() if key[1] == world.years[0]}
    return {
        "objective_m": objective / world.divisor,
        "mean_walk_m": sum(walk.count * walk.metres for walk in walked) / max(total, 1),
        "p90_walk_m": within(walked, 9),
        "max_walk_m": max((walk.metres for walk in walked if walk.count), default=0),
        "beyond_limit": far / world.divisor,
        "largest_class": max((_int(row["largest_class"]) for row in schools.values()), default=0),
        **{name: _mean(world, schools, name) for name in _SUMS},
        "first_year_classes_over": _mean(world, first, "classes_over") * len(world.years),
        **{name: _mean(world, schools, name) for name in ("over_seats", "over_size", "seats_free")},
        "moved": moved / world.divisor,
        "moved_blocks": sum(block in world.current and world.current[block] != zone for block, zone in plan.zone_of.items()),
        "zones_in_pieces": astray,
        "polsby_popper": sum(float(value) for value in round_) / len(round_) if round_ else math.nan,
        "cut_edges": sum(plan.zone_of[a] != plan.zone_of[b] for a, b in world.border),
    }


def _mean(world: World, schools: Mapping[tuple[str, int, str], Row], name: str) -> float:
    """Mean per year of a column, over the years and the weighted variants."""
    return sum(world.weight[variant] * _int(row[name]) for (variant, _, _), row in schools.items()) / world.divisor


def _int(value: str | float | None) -> int:
    return int(value or 0)
