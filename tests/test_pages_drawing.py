"""Shapes of the pages: neighbours still fit, zones that touch differ in color."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from optimizer.pages.drawing import drawing, zone_colors
from tests.example import SIDE_M, example_case

CASE = example_case()
SHEET = drawing(CASE.county)


def test_coordinates_are_whole_metres_from_the_corner() -> None:
    found = SHEET.coordinates(SHEET.blocks[-1])
    assert found["type"] == "Polygon"
    flat = np.array(found["coordinates"][0])
    assert flat.max() == 6 * SIDE_M
    assert all(isinstance(number, int) for point in found["coordinates"][0] for number in point)
    assert SHEET.bounds == [[0.0, 0.0], [6.0 * SIDE_M, 6.0 * SIDE_M]]


def test_simplified_blocks_still_cover_the_county() -> None:
    assert shapely.coverage_is_valid(SHEET.blocks)
    assert shapely.union_all(SHEET.blocks).area == pytest.approx((6 * SIDE_M) ** 2)


def test_outlines_hold_their_blocks_and_nothing_else() -> None:
    group = np.where(np.arange(36) < 12, 0, 2)
    first, none, rest = SHEET.outlines(group, 3)
    assert none is None
    assert first is not None
    assert rest is not None
    assert shape(first).area == 12 * SIDE_M**2
    assert shape(rest).area == 24 * SIDE_M**2


@given(st.lists(st.integers(0, 7), min_size=36, max_size=36))
def test_zones_that_touch_differ_in_color(zones: list[int]) -> None:
    zone = np.array(zones)
    colors = zone_colors(SHEET, [zone], 8)
    grid = zone.reshape(6, 6)
    for a, b in zip([*grid[1:].ravel(), *grid[:, 1:].ravel()], [*grid[:-1].ravel(), *grid[:, :-1].ravel()], strict=True):
        assert a == b or colors[a] != colors[b]


def test_lines_of_nothing_are_nothing() -> None:
    assert SHEET.lines(None) is None
    assert CASE.county.roads is not None
    assert SHEET.lines(CASE.county.roads.iloc[:0]) is None
