"""How far it is on foot from each block to each school: the statement in `optimizer.network.walk`, worked out a second time.

Along roads: a straight stub from the place to the nearest point of the nearest road, the shortest way, and a stub to the school.
A block is entered at a point inside it. Distances are whole metres.
"""

import math
from collections.abc import Mapping, Sequence

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from optimizer.check.streets import Streets
from optimizer.check.world import Pair

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
    roads: Sequence[tuple[BaseGeometry, bool]],
    walls: Sequence[BaseGeometry],
) -> dict[Pair, int]:
    """Return ways from each block to each school; pairs without a way are missing.

    A block from which no school, and a school from which no block can be reached, get the straight line times 1.4 instead, and so
    does a school in a block that has no way to it.

    Parameters
    ----------
    shapes, points
        Blocks and schools.
    roads
        Lines, and whether each is a bridge.
    walls
        Barriers that roads cross on bridges only.
    """
    streets = Streets.of(roads, walls)
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
