"""How far it is on foot from each block to each school: the statement in `optimizer.network.walk`, worked out a second time.

Along roads: a straight stub from the place to the nearest point of the nearest road, the shortest way, and a stub to the school.
A block is entered at a point inside it. Distances are whole metres.
"""

import math
from collections.abc import Mapping, Sequence

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from optimizer.check import sheets
from optimizer.check.roads import Road, without_gaps
from optimizer.check.streets import Streets
from optimizer.check.world import Pair
from optimizer.policy import WALK_M_PER_MIN
from optimizer.scenario.model import Scenario

DETOUR = 1.4
"""Times the straight line, where roads join a place to nothing."""


def straight(shapes: Mapping[str, BaseGeometry], points: Mapping[str, Point]) -> dict[Pair, int]:
    """Return straight lines from a point inside each block to each school."""
    found = {}
    for block, shape in shapes.items():
        door = shape.representative_point()
        for school, point in points.items():
            found[block, school] = round(_line(door, point))
    return found


def along_roads(
    shapes: Mapping[str, BaseGeometry],
    points: Mapping[str, Point],
    roads: Sequence[Road],
    walls: Sequence[BaseGeometry],
    join_m: float,
) -> dict[Pair, int]:
    """Return ways from each block to each school; pairs without a way are missing.

    A block from which no school, and a school from which no block can be reached, get the straight line times 1.4 instead, and so
    does a school in a block that has no way to it.

    Parameters
    ----------
    shapes, points
        Blocks and schools.
    roads
        What is walked or ridden.
    walls
        Barriers that roads cross on bridges only.
    join_m
        How far a dead end may be from another piece of network and still be joined to it.
    """
    streets = Streets.of(without_gaps(roads, walls, join_m), walls)
    if all(stretch.ride for stretch in streets.stretches):
        return straight(shapes, points)
    doors = {block: shape.representative_point() for block, shape in shapes.items()}
    names = [*(("block", block) for block in doors), *(("school", school) for school in points)]
    places = dict(zip(names, [*doors.values(), *points.values()], strict=True))
    stub = streets.join(places)
    metres: dict[Pair, float] = {}
    for school in points:
        reached = streets.from_place(("school", school))
        for block in doors:
            way = reached.get(("block", block))
            if way is not None:
                metres[block, school] = stub["block", block] + way + stub["school", school]
    metres |= _without_way(shapes, doors, points, metres)
    return {pair: round(way) for pair, way in metres.items()}


def given(scenario: Scenario) -> dict[Pair, float]:
    """Return the metres of the table of distances; a minute counts as the metres walked in it.

    Raises
    ------
    BadInputError
        If the file cannot be read.
    """
    frame = sheets.sheet(scenario, "distances")
    if frame is None:
        return {}
    column, unit = ("distance_m", 1.0) if "distance_m" in frame.columns else ("minutes", WALK_M_PER_MIN)
    return {(row["block_id"], row["school_id"]): sheets.number(row[column]) * unit for row in sheets.rows(frame)}


def in_a_table(shapes: Mapping[str, BaseGeometry], points: Mapping[str, Point], given: Mapping[Pair, float]) -> dict[Pair, int]:
    """Return ways that a table gives in metres; where it gives none, as along roads."""
    metres = {(block, school): way for (block, school), way in given.items() if block in shapes and school in points}
    doors = {block: shape.representative_point() for block, shape in shapes.items()}
    metres |= _without_way(shapes, doors, points, metres)
    return {pair: round(way) for pair, way in metres.items()}


def _without_way(
    shapes: Mapping[str, BaseGeometry], doors: Mapping[str, Point], points: Mapping[str, Point], metres: Mapping[Pair, float]
) -> dict[Pair, float]:
    joined_blocks, joined_schools = {block for block, _ in metres}, {school for _, school in metres}
    found = {}
    for block, door in doors.items():
        for school, point in points.items():
            alone = block not in joined_blocks or school not in joined_schools
            if (block, school) not in metres and (alone or shapes[block].intersects(point)):
                found[block, school] = DETOUR * _line(door, point)
    return found


def _line(a: Point, b: Point) -> float:
    return math.hypot(a.x - b.x, a.y - b.y)
