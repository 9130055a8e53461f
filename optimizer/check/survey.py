"""Puts together what the checker knows of a scenario: the raw tables become a `World`."""

from collections.abc import Mapping, Sequence

from optimizer.check import attending, ground, stay, ways, zoned
from optimizer.check.counts import read_counts
from optimizer.check.places import Places, read_places
from optimizer.check.school_age import SchoolAge, school_age
from optimizer.check.today import today
from optimizer.check.world import NO_WAY_M, Cell, Pair, Steps, World
from optimizer.policy import Rules, rules
from optimizer.scenario.model import Scenario

POOLED = "all"
"""The one grade of a county whose blocks carry students without ages."""

BIG_TIMES, HUGE_TIMES = 10, 100
"""How many times the price of a student above the class limit one above the next two lines costs."""


def survey(scenario: Scenario) -> World:
    """Read a scenario's files and work out all that its plan is judged by.

    Raises
    ------
    BadInputError
        If a file cannot be read.
    """
    places, counts, level = read_places(scenario), read_counts(scenario), rules(scenario.policy, scenario.level)
    names = zoned.zones(places.schools, level, scenario.wishes)
    pooled = counts.residents is None
    years = _years(scenario, pooled)
    grades = (POOLED,) if pooled else tuple(str(grade) for grade in level.grades)
    sits_at = {(name, POOLED): name for name in names} if pooled else zoned.sits_at(places.schools, names, level)
    zone_today = today(scenario, {name: block.shape for name, block in places.blocks.items()}, places.crs)
    current = None if zone_today is None else {b: s for b, s in zone_today.items() if s in names and b in places.blocks}
    cohort = cohorts(years, grades, reform=level.reform_classes)
    case = stay.Case(names, years, level.grades, sits_at, current, counts.enrolment)
    projected = _pooled(places, years[0]) if pooled else school_age(scenario, places, counts, level)
    weight, taught = projected.weight, (0,) if pooled else level.grades
    own = {} if pooled else {(name, int(grade)): at for (name, grade), at in sits_at.items()}
    seen = (names, own, years, taught, level.grades, counts.enrolment is not None)
    lie = attending.Ground(places.blocks, counts.by_status, zone_today, *seen)
    courses, guests = attending.all_variants(scenario, lie, projected.children, (lambda _: POOLED) if pooled else str)
    splits = (
        [] if pooled else [stay.split(case, course, name, scenario.rollout == "all_grades") for name, course in courses.items()]
    )
    fixed = {}
    if splits and scenario.rollout == "new_entrants" and not level.reform_classes:
        fixed = stay.least_classes(case, cohort, tuple(weight))
    enrolment = counts.enrolment or []
    rooms = zoned.rooms(places.schools, names, level, scenario.wishes, years, enrolment)
    rooms = _at_least_the_classes_there_are(rooms, fixed, cohort, sits_at)
    distance = _distance(scenario, places, names)
    border, root = _ground(scenario, places, names, distance)
    return World(
        level=scenario.level,
        blocks=places.blocks,
        shapeless=places.shapeless,
        schools=places.schools,
        zones=names,
        years=years,
        grades=grades,
        variants=tuple(weight),
        weight=weight,
        students=_merged([split.decided for split in splits]) if splits else _all_at_once(courses, years[0]),
        stay=_added(_merged([split.stay for split in splits]), guests),
        sits_at=sits_at,
        cohort=cohort,
        least_classes=fixed,
        rooms=rooms,
        seats=zoned.seats(places.schools, names, level, years, rooms),
        size_limit=zoned.size_limits(places.schools, names, level, enrolment),
        walk_limit={} if level.walk_limit_m is None else dict.fromkeys(places.blocks, level.walk_limit_m),
        distance=distance,
        current=current or {},
        border=border,
        root=root,
        tolerance_m=scenario.travel.tolerance_m,
        steps=_steps(scenario, level, _residents(courses, weight), sum(rooms.values()) * sum(weight.values())),
    )


def _years(scenario: Scenario, pooled: bool) -> tuple[int, ...]:
    first = scenario.horizon.base_year
    return tuple(range(first, first + (1 if pooled else scenario.horizon.years)))


def cohorts(years: Sequence[int], grades: Sequence[str], *, reform: bool) -> dict[tuple[int, str], int]:
    """Return the cohort of each year and grade: numbered by the year it entered, or each its own where classes are reformed."""
    found = {}
    for t, year in enumerate(years):
        for g, grade in enumerate(grades):
            found[year, grade] = t * len(grades) + g if reform or len(grades) == 1 else t - g
    return found


def _pooled(places: Places, year: int) -> SchoolAge:
    return SchoolAge({"medium": {(name, year, 0): block.students or 0 for name, block in places.blocks.items()}}, {"medium": 1})


def _all_at_once(courses: Mapping[str, stay.Course], year: int) -> dict[str, dict[Cell, int]]:
    """Let the zoning decide for all pooled children."""
    return {block: {(year, POOLED, "medium"): n} for (block, _, _), n in courses["medium"].items()}


def _added(one: dict[str, dict[Cell, int]], two: Mapping[str, Mapping[Cell, int]]) -> dict[str, dict[Cell, int]]:
    for name, cells in two.items():
        mine = one.setdefault(name, {})
        for cell, n in cells.items():
            mine[cell] = mine.get(cell, 0) + n
    return one


def _merged(parts: Sequence[dict[str, dict[Cell, int]]]) -> dict[str, dict[Cell, int]]:
    found: dict[str, dict[Cell, int]] = {}
    for part in parts:
        for name, cells in part.items():
            found.setdefault(name, {}).update(cells)
    return found


def _at_least_the_classes_there_are(
    rooms: Mapping[tuple[str, int], int],
    fixed: Mapping[tuple[str, int, str], int],
    cohort: Mapping[tuple[int, str], int],
    sits_at: Mapping[tuple[str, str], str],
) -> dict[tuple[str, int], int]:
    """Give each school at least the rooms that the classes it has already need in a year."""
    needed: dict[tuple[str, int, str], int] = {}
    for (school, of, variant), classes in fixed.items():
        for (year, grade), who in cohort.items():
            if who == of and school in {at for (_, taught), at in sits_at.items() if taught == grade}:
                needed[school, year, variant] = needed.get((school, year, variant), 0) + classes
    found = dict(rooms)
    for (school, year, _), classes in needed.items():
        if (school, year) in found:
            found[school, year] = max(found[school, year], classes)
    return found


def _distance(scenario: Scenario, places: Places, names: Sequence[str]) -> dict[Pair, int]:
    shapes = {name: block.shape for name, block in places.blocks.items()}
    points = {name: places.schools[name].point for name in names}
    if scenario.travel.mode == "matrix":
        return ways.in_a_table(shapes, points, ways.given(scenario))
    if any(not road.ride for road in places.roads or []):
        return ways.along_roads(shapes, points, places.roads or [], places.barriers, scenario.travel.join_m)
    return ways.straight(shapes, points)


def _ground(
    scenario: Scenario, places: Places, names: Sequence[str], distance: Mapping[Pair, int]
) -> tuple[dict[Pair, int], dict[str, str]]:
    shapes = {name: block.shape for name, block in places.blocks.items()}
    points = {name: places.schools[name].point for name in names}
    bridges = [road.line for road in places.roads or [] if road.bridge]
    walls = ground.opened(places.barriers, bridges)
    border = ground.borders(shapes, scenario.travel.tolerance_m, scenario.travel.min_border_m, walls)
    graph = ground.graph_of(shapes, border)
    return border, ground.roots(shapes, points, graph, lambda block, school: distance.get((block, school), NO_WAY_M))


def _residents(courses: Mapping[str, stay.Course], weight: Mapping[str, int]) -> int:
    """Count the children of all years and weighted variants who follow the zones, whoever decides for them."""
    return sum(weight[name] * sum(course.values()) for name, course in courses.items())


def _steps(scenario: Scenario, level: Rules, residents: int, room_years: int) -> Steps:
    weights = scenario.weights
    price = weights.oversized_m if level.class_size is not None else 0
    lines = [(level.class_size or level.big_class, 1), (level.big_class, BIG_TIMES), (level.huge_class, HUGE_TIMES)]
    classes = [(size, price * times) for size, times in lines]
    if weights.uneven_m:
        classes.append((-(-residents // max(1, room_years)), weights.uneven_m))
    return Steps(tuple(classes), weights.oversized_m, weights.school_size_m, weights.beyond_limit_m, weights.change_m)
