"""What bars the way: from the statement in `optimizer.inputs.barriers`, worked out a second time."""

from collections.abc import Mapping

from pyproj import CRS
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from optimizer.check import sheets
from optimizer.scenario.model import Scenario

NOT = ("", "no")

CROSSING_M = 15.0
"""A railway is open this far around a level crossing."""

QUARTER = 8
"""Segments of a quarter circle in a buffer."""


def read_obstacles(scenario: Scenario, crs: CRS, around: sheets.Around) -> list[BaseGeometry]:
    """Return the lines and areas near an area that nobody crosses without a bridge.

    Raises
    ------
    BadInputError
        If the file cannot be read.
    """
    frame = sheets.sheet(scenario, "barriers", around)
    if frame is None:
        return []
    rows, drawn = list(sheets.rows(frame)), sheets.shapes(frame, crs)
    pairs = [(row, shape) for row, shape in zip(rows, drawn, strict=True) if shape is not None and not shape.is_empty]
    place = sheets.entry(scenario, "barriers")
    assert place is not None
    if place.file.lower().endswith(".pbf"):
        kinds = _of_openstreetmap(pairs)
    else:
        kinds = [(row.get("kind", ""), shape) for row, shape in pairs]
    wanted = scenario.travel.barriers
    return [shape for kind, shape in kinds if wanted is None or kind in wanted]


def _of_openstreetmap(pairs: list[tuple[dict[str, str], BaseGeometry]]) -> list[tuple[str, BaseGeometry]]:
    """Keep water, railways and motorways on the ground; railways are open around level crossings."""
    crossings = [shape.buffer(CROSSING_M, quad_segs=QUARTER) for row, shape in pairs if row["layer"] == "points"]
    open_ = unary_union(crossings)
    found = []
    for row, shape in pairs:
        kind = _kind(row)
        if row["layer"] == "points" or not kind or row["bridge"] not in NOT or row["tunnel"] not in NOT:
            continue
        left = shape.difference(open_) if kind == "railway" and crossings else shape
        if not left.is_empty:
            found.append((kind, left))
    return found


def _kind(row: Mapping[str, str]) -> str:
    if row["layer"] == "multipolygons" or row["natural"] == "coastline" or row["waterway"] in ("river", "canal"):
        return "water"
    if row["railway"] in ("rail", "light_rail", "narrow_gauge", "subway"):
        return "railway"
    return "motorway" if row["highway"] == "motorway" else ""
