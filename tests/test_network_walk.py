"""Ways to school: the road graph, stubs, rivers and bridges, and what is done where there is no way."""

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from optimizer.network import Walk, walk
from optimizer.network.roads import Joined, Roads, join, road_graph, shortest, without_fragments
from optimizer.network.walk import nearest_stretch
from optimizer.problem import NO_WAY_M

CRS = "EPSG:4543"
NO_WALLS = np.empty(0, dtype=object)

Line = Sequence[tuple[float, float]]


def roads(*lines: Line, bridges: Sequence[int] = ()) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"bridge": [i in bridges for i in range(len(lines))]}, geometry=[LineString(line) for line in lines], crs=CRS
    )


def at(*places: tuple[float, float]) -> gpd.GeoDataFrame:
    """Blocks of 2 m around these places."""
    return gpd.GeoDataFrame(
        geometry=[box(x - 1, y - 1, x + 1, y + 1) for x, y in places], index=[f"B{i}" for i in range(len(places))], crs=CRS
    )


def schools(*places: tuple[float, float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[Point(place) for place in places], index=[f"S{i}" for i in range(len(places))], crs=CRS)


def noted(way: Walk) -> dict[str, tuple[int, tuple[str, ...]]]:
    return {note.what: (note.count, note.names) for note in way.notes}


def networkx_graph(network: Joined) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(network.n_nodes))
    for (a, b), metres in zip(network.edges.tolist(), network.length_m.tolist(), strict=True):
        if not graph.has_edge(a, b) or graph[a][b]["weight"] > metres:
            graph.add_edge(a, b, weight=metres)
    return graph


def agrees_with_networkx(graph: Roads, places: np.ndarray) -> None:
    stretch, _ = nearest_stretch(graph, places, NO_WALLS)
    network = join(graph, stretch, places)
    half = len(places) // 2
    ours = shortest(network, network.node[:half], network.node[half:])
    other = networkx_graph(network)
    for i, origin in enumerate(network.node[:half].tolist()):
        metres = nx.single_source_dijkstra_path_length(other, origin)
        theirs = [metres.get(node, np.inf) for node in network.node[half:].tolist()]
        assert np.allclose(ours[i], theirs, atol=1e-6)


def test_lines_meet_at_shared_vertices_only() -> None:
    # a T at a vertex inside a line; a crossing without a vertex; an end 5 mm off
    graph, cut = road_graph(
        roads([(0, 0), (50, 0), (100, 0)], [(50, 0), (50, 70)], [(20, -50), (20, 50)], [(100.005, 0), (130, 40)]), NO_WALLS
    )
    assert cut == 0
    assert sorted(np.rint(graph.length_m).tolist()) == [50, 50, 50, 70, 100]
    assert len(graph.xy) == 7
    assert nx.number_connected_components(nx.Graph(graph.edges.tolist())) == 2


def test_bends_are_measured_and_loops_are_kept() -> None:
    graph, _ = road_graph(
        roads([(0, 0), (30, 40), (60, 0)], [(60, 0), (60, 10), (70, 10), (70, 0), (60, 0)], [(5, 5), (5, 5)]), NO_WALLS
    )
    assert sorted(graph.length_m.tolist()) == [40, 100]


def test_a_place_joins_along_a_stretch() -> None:
    way = walk(at((20, 10), (80, -5)), schools((50, 30)), roads([(0, 0), (100, 0)]))
    assert way.distance.tolist() == [[10 + 30 + 30], [5 + 30 + 30]]
    assert way.distance.dtype == np.int64
    assert not way.notes


def test_many_places_on_one_stretch_in_any_order() -> None:
    xs = [90, 10, 50, 50, 0, 100, -20]
    way = walk(at(*((x, 0) for x in xs)), schools((0, 0), (100, 0)), roads([(0, 0), (100, 0)]))
    assert way.distance[:, 0].tolist() == [90, 10, 50, 50, 0, 100, 20]
    assert way.distance[:, 1].tolist() == [10, 90, 50, 50, 100, 0, 120]


def test_of_parallel_roads_the_shorter_counts() -> None:
    way = walk(
        at((0, 0)), schools((100, 0)), roads([(0, 0), (50, 80), (100, 0)], [(0, 0), (100, 0)], [(0, 0), (50, -20), (100, 0)])
    )
    assert way.distance.tolist() == [[100]]


RIVER = gpd.GeoDataFrame(geometry=[LineString([(-2_000, 50), (2_000, 50)])], crs=CRS)


def test_a_river_is_crossed_by_the_bridge() -> None:
    banks = roads([(-1_000, 0), (1_000, 0)], [(-1_000, 100), (1_000, 100)], [(1_000, 0), (1_000, 100)], bridges=[2])
    way = walk(at((0, 0)), schools((0, 100)), banks, RIVER)
    assert way.distance.tolist() == [[2_100]]


def test_a_road_that_is_no_bridge_does_not_cross_a_river() -> None:
    lines = [
        [(-1_000, 0), (0, 0), (1_000, 0)],
        [(-1_000, 100), (0, 100), (1_000, 100)],
        [(1_000, 0), (1_000, 100)],
        [(0, 0), (0, 100)],
    ]
    way = walk(at((0, 0)), schools((0, 100)), roads(*lines, bridges=[2]), RIVER)
    assert way.distance.tolist() == [[2_100]]
    assert noted(way)["roads_cut_by_barriers"] == (1, ())
    # a layer that marks no bridge at all is believed: its roads cross where they cross
    assert walk(at((0, 0)), schools((0, 100)), roads(*lines), RIVER).distance.tolist() == [[100]]


def test_roads_may_end_on_the_river_where_its_bridge_begins() -> None:
    lines = [[(0, 0), (0, 50)], [(0, 50), (0, 60)], [(0, 60), (0, 100)], [(300, 0), (300, 50)], [(300, 50), (300, 100)]]
    shore = gpd.GeoDataFrame(geometry=[LineString([(-2_000, 50), (0, 50), (2_000, 50)])], crs=CRS)
    way = walk(at((0, 0), (300, 0)), schools((0, 100), (300, 100)), roads(*lines, bridges=[1]), shore)
    assert way.distance[0, 0] == 100
    assert noted(way)["roads_cut_by_barriers"] == (2, ()), "the other road crosses without a bridge"


def test_a_road_may_run_along_a_barrier() -> None:
    along = roads([(-1_000, 50), (1_000, 50)], [(2_500, 0), (2_500, 100)], bridges=[1])
    way = walk(at((0, 45)), schools((500, 45)), along, RIVER)
    assert "roads_cut_by_barriers" not in noted(way)


def test_a_stub_stays_on_its_side_of_the_river() -> None:
    banks = roads([(-2_000, 0), (2_000, 0)], [(-2_000, 55), (2_000, 55)], [(2_000, 0), (2_000, 55)], bridges=[2])
    # the road on the other bank is 10 m away, the one on this side 45 m
    way = walk(at((0, 45)), schools((0, -5)), banks, RIVER)
    assert way.distance.tolist() == [[45 + 5]]
    assert "reached_across_barrier" not in noted(way)


def test_a_place_with_roads_behind_the_river_only_is_named() -> None:
    way = walk(at((0, 45)), schools((0, 70)), roads([(-2_000, 60), (2_000, 60)]), RIVER)
    assert way.distance.tolist() == [[15 + 10]]
    assert noted(way)["reached_across_barrier"] == (1, ("B0",))


def test_small_pieces_of_network_strand_nobody() -> None:
    lines = [[(0, 0), (3_000, 0)], [(100, 50), (200, 50)], [(500, 40), (600, 40)]]
    way = walk(at((150, 60)), schools((550, 45)), roads(*lines))
    assert way.distance.tolist() == [[60 + 400 + 45]]
    assert noted(way)["road_pieces_left_out"] == (2, ())


def test_an_island_with_its_own_roads_has_no_way_off() -> None:
    lines = [[(0, 0), (3_000, 0)], [(0, 9_000), (2_500, 9_000)]]
    way = walk(at((0, 0), (0, 9_000)), schools((1_000, 0), (1_000, 9_000)), roads(*lines))
    assert way.distance.tolist() == [[1_000, NO_WAY_M], [NO_WAY_M, 1_000]]
    assert noted(way) == {"road_pieces_apart": (1, ("B1",))}


def test_places_without_any_way_get_the_straight_line_and_are_named() -> None:
    lines = [[(0, 0), (3_000, 0)], [(0, 9_000), (2_500, 9_000)]]
    way = walk(at((0, 0), (0, 9_000)), schools((1_000, 0)), roads(*lines))
    assert way.distance.tolist() == [[1_000], [round(1.4 * np.hypot(1_000, 9_000))]]
    assert noted(way)["blocks_without_way"] == (1, ("B1",))
    way = walk(at((0, 0)), schools((1_000, 0), (0, 9_000)), roads(*lines))
    assert way.distance.tolist() == [[1_000, 12_600]]
    assert noted(way)["schools_without_way"] == (1, ("S1",))


def test_a_school_in_a_block_is_always_reached_from_it() -> None:
    lines = [[(0, 0), (3_000, 0)], [(0, 9_000), (2_500, 9_000)]]
    blocks = gpd.GeoDataFrame(geometry=[box(0, 0, 100, 8_000), box(500, 0, 600, 100)], index=["B0", "B1"], crs=CRS)
    way = walk(blocks, schools((50, 7_900), (500, 0)), roads(*lines))
    assert way.distance[0, 0] == round(1.4 * 3_900)
    assert noted(way)["schools_without_way"] == (1, ("S0",))


def test_places_far_from_roads_are_named() -> None:
    assert noted(walk(at((0, 1_500)), schools((0, 0)), roads([(0, 0), (3_000, 0)])))["far_from_roads"] == (1, ("B0",))


@pytest.mark.parametrize("layer", [None, roads()])
def test_without_roads_the_line_is_straight_and_noted(layer: gpd.GeoDataFrame | None) -> None:
    way = walk(at((0, 0), (30, 40)), schools((300, 400)), layer)
    assert way.distance.tolist() == [[500], [450]]
    assert noted(way) == {"straight_line": (1, ())}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000), st.integers(2, 30))
def test_ways_on_random_roads(seed: int, n_lines: int) -> None:
    """They agree with networkx, and none is shorter than the straight line."""
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 6, (n_lines, 3, 2)) * 100.0
    layer = roads(*(line for line in corners.tolist()))
    graph, _ = road_graph(layer, NO_WALLS)
    if not len(graph.edges):
        return
    graph, _ = without_fragments(graph)
    spots = rng.uniform(-50, 650, (12, 2))
    agrees_with_networkx(graph, shapely.points(spots))
    blocks, points = at(*map(tuple, spots[:6])), schools(*map(tuple, spots[6:]))
    assert (walk(blocks, points, layer).distance >= walk(blocks, points, None).distance - 1).all()


def test_helsinki_agrees_with_networkx_to_the_metre(shared_data: Path) -> None:
    lines = gpd.read_file(shared_data / "osm" / "helsinki.osm.pbf", layer="lines", where="highway IS NOT NULL").to_crs(
        "EPSG:32635"
    )
    lines["bridge"] = lines["other_tags"].str.contains('"bridge"=>"yes"', regex=False)
    graph, _ = road_graph(lines, NO_WALLS)
    graph, left_out = without_fragments(graph)
    assert len(graph.edges) > 4_000
    assert left_out < 60
    west, south, east, north = lines.total_bounds
    rng = np.random.default_rng(2)
    agrees_with_networkx(graph, shapely.points(rng.uniform((west, south), (east, north), (200, 2))))
