"""Neighbours on clean and dirty polygons, with barriers and bridges."""

from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon, box

from optimizer.network import neighbours

CRS = "EPSG:4543"
TOLERANCE_M, MIN_BORDER_M = 3, 10


def layer(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs=CRS)


def pairs(blocks: gpd.GeoDataFrame, barriers: gpd.GeoDataFrame | None = None, bridges: gpd.GeoDataFrame | None = None):
    found = neighbours(blocks, barriers, TOLERANCE_M, MIN_BORDER_M, bridges)
    return {(int(a), int(b)): int(metres) for (a, b), metres in zip(found.edges, found.border, strict=True)}


def grid(side: int) -> gpd.GeoDataFrame:
    return layer(*(box(100 * i, 100 * j, 100 * i + 100, 100 * j + 100) for j in range(side) for i in range(side)))


def test_squares_are_neighbours_across_sides_not_corners() -> None:
    # 100 m of side, and 3 m around each end
    assert pairs(grid(2)) == {(0, 1): 106, (0, 2): 106, (1, 3): 106, (2, 3): 106}


LEFT = box(0, 0, 100, 100)


@pytest.mark.parametrize(
    ("other", "are"),
    [
        (box(100, 0, 200, 100), True),
        (box(102, 0, 200, 100), True),  # a gap of 2 m
        (box(104, 0, 200, 100), False),  # a gap of 4 m
        (box(97, 0, 200, 100), True),  # an overlap
        (box(50, 0, 200, 100), True),
        (box(20, 20, 80, 80), True),  # a hole that was not cut
        (LEFT, True),  # the same shape twice
        (box(100, 98, 200, 200), False),  # 2 m of side, and 3 m around each end
        (box(100, 90, 200, 200), True),
        (box(100, 100, 200, 200), False),  # a corner
        (box(101, 101, 200, 200), False),
        (Polygon([(100, 0), (200, 0), (200, 100), (102, 100)]), True),  # a sliver that opens
        (Polygon([(100, 50), (200, 0), (200, 100)]), False),  # a tip
    ],
)
def test_pairs_of_blocks(other: Polygon, are: bool) -> None:
    assert bool(pairs(layer(LEFT, other))) is are
    assert bool(pairs(layer(other, LEFT))) is are


def test_a_block_in_two_parts_has_neighbours_at_both() -> None:
    parts = shapely.union(box(0, 0, 100, 100), box(500, 0, 600, 100))
    assert set(pairs(layer(parts, box(100, 0, 200, 100), box(400, 0, 500, 100)))) == {(0, 1), (0, 2)}


def test_edges_are_sorted_and_typed() -> None:
    found = neighbours(grid(5), None, TOLERANCE_M, MIN_BORDER_M)
    assert found.edges.dtype == found.border.dtype == np.int64
    assert found.edges.tolist() == sorted(map(list, {tuple(edge) for edge in found.edges.tolist()}))
    assert (found.edges[:, 0] < found.edges[:, 1]).all()


def test_no_neighbours_at_all() -> None:
    found = neighbours(layer(LEFT), None, TOLERANCE_M, MIN_BORDER_M)
    assert found.edges.shape == (0, 2)
    assert found.border.shape == (0,)


RIVER = LineString([(100, -50), (100, 250)])


@pytest.mark.parametrize(
    "river",
    [
        RIVER,
        LineString([(103, -50), (98, 250)]),  # drawn beside the border
        box(98, -50, 102, 250),  # drawn as an area
    ],
)
def test_a_river_parts_neighbours(river: shapely.Geometry) -> None:
    assert set(pairs(grid(2), layer(river))) == {(0, 2), (1, 3)}


def test_a_bridge_joins_the_blocks_at_its_ends() -> None:
    bridge = layer(LineString([(80, 30), (120, 30)]))
    assert set(pairs(grid(2), layer(RIVER), bridge)) == {(0, 1), (0, 2), (1, 3)}
    # a bridge along the bank, over a brook, opens nothing
    assert set(pairs(grid(2), layer(RIVER), layer(LineString([(90, 0), (90, 200)])))) == {(0, 2), (1, 3)}


def test_a_barrier_across_a_border_takes_its_width_only() -> None:
    assert pairs(layer(LEFT, box(100, 0, 200, 100)), layer(LineString([(0, 50), (200, 50)]))) == {(0, 1): 98}


def plain(blocks: gpd.GeoDataFrame) -> dict[tuple[int, int], int]:
    """The definition, written with plain shapely."""
    found = {}
    shapes = list(blocks.geometry)
    for a, first in enumerate(shapes):
        for b, second in enumerate(shapes[:a]):
            common = [
                x.boundary.intersection(y.buffer(TOLERANCE_M, quad_segs=8)).length for x, y in ((first, second), (second, first))
            ]
            if max(common) >= MIN_BORDER_M:
                found[b, a] = round(max(common))
    return found


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 6))
def test_dirty_layers_agree_with_the_plain_definition(seed: int, noise: float) -> None:
    """Every corner of every block is moved on its own: gaps, slivers and overlaps up to twice the tolerance and more."""
    rng = np.random.default_rng(seed)
    corners = np.array([shapely.get_coordinates(shape)[:4] for shape in grid(4).geometry])
    dirty = layer(*shapely.polygons(corners + rng.uniform(-noise, noise, corners.shape)))
    found = pairs(dirty)
    assert found == plain(dirty)
    if noise < 1:
        assert set(found) == set(pairs(grid(4)))


def test_zones_that_people_drew_in_baltimore_are_in_one_piece(shared_data: Path) -> None:
    blocks = gpd.read_file(shared_data / "bcps" / "blocks.geojson").set_index("block_id").to_crs("EPSG:32618")
    blocks = blocks[~blocks.is_empty]
    found = neighbours(blocks, None, TOLERANCE_M, MIN_BORDER_M)
    graph = nx.Graph([(blocks.index[a], blocks.index[b]) for a, b in found.edges.tolist()])
    plans = pd.read_csv(shared_data / "bcps" / "plans.csv", dtype=str).set_index("block_id").loc[blocks.index]
    zones = [members for plan in plans for members in plans.groupby(plan).groups.values()]
    assert len(zones) > 200
    assert all(nx.is_connected(graph.subgraph(members)) for members in zones)


def test_gongyi_agrees_with_the_published_neighbours_but_for_corners(shared_data: Path) -> None:
    blocks = gpd.read_file(shared_data / "gongyi" / "gongyi_blocks.shp")
    blocks["geometry"] = blocks.make_valid(method="structure", keep_collapsed=False)
    published = pd.read_csv(shared_data / "sap" / "gy2s_connectivity.txt")
    theirs = {(min(pair), max(pair)) for pair in zip(published["IN_FID"], published["NEAR_FID"], strict=True)}
    found = neighbours(blocks, None, TOLERANCE_M, MIN_BORDER_M)
    ours = {tuple(edge) for edge in found.edges.tolist()}
    assert (len(theirs), len(ours), len(ours - theirs)) == (3_910, 3_431, 0)
    assert nx.is_connected(nx.Graph(ours))
    # all that they have and we have not meet in points
    missed = np.array(sorted(theirs - ours))
    shapes = blocks.geometry.to_numpy()
    common = shapely.intersection(shapely.boundary(shapes[missed[:, 0]]), shapely.boundary(shapes[missed[:, 1]]))
    assert shapely.length(common).max() == 0
