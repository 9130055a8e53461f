"""Ways in minutes, climb and by bus, gaps in the network, tables of distances, barriers by kind.

All are read, measured, and measured again by the checker.
"""

import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point

from optimizer.check import ways
from optimizer.check.roads import Road
from optimizer.inputs.pace import hiking
from optimizer.network import walk
from optimizer.problem import NO_WAY_M
from optimizer.run import Case
from tests.bureau_town import CRS, IDS, SCHOOLS, Town, area, line, noted, told

MAIN = line((0, 100), (800, 100))
UP = [line((100 + 200 * i, 100), (100 + 200 * i, 600)) for i in range(4)]
"""A street along the south, and one up each column of blocks."""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town.built(tmp_path)
    town.scenario["travel"] = {"mode": "roads"}
    return town


def streets(town: Town, *more: LineString, **columns: list[Any]) -> None:
    shapes = [MAIN, *UP, *more]
    crossed = [line(*[(x, 100) for x in (0, 100, 300, 500, 700, 800)]), *shapes[1:]]
    filled = {name: values + [""] * (len(crossed) - len(values)) for name, values in columns.items()}
    town.layer("roads", crossed, **({"name": [""] * len(crossed)} | filled))


def way(case: Case, block: str, school: str) -> int:
    problem = case.problem
    return int(problem.distance[problem.blocks.index(block), problem.sites.index(school)])


def test_streets_are_measured(town: Town) -> None:
    streets(town)
    run, _ = town.judged()
    # B08's middle lies on its street at 100, 500; East stands at 750, 50
    assert way(run.case, "B08", "East") == 400 + 650 + 50


def test_one_way_streets_do_not_bind_walkers(town: Town) -> None:
    streets(town, oneway=["yes", "-1", "yes"])
    run, _ = town.judged()
    assert way(run.case, "B08", "East") == 400 + 650 + 50


def test_minutes_win_over_metres(town: Town) -> None:
    streets(town, minutes=["", "10"])
    run, _ = town.judged()
    # 500 m of street take ten minutes, 800 m; the door is 400 m up
    assert way(run.case, "B08", "East") == 640 + 650 + 50
    assert noted(run.case)["ways_with_a_pace"][0] == 1


def test_a_climb_is_walked_as_hikers_do(town: Town) -> None:
    streets(town, climb_m=["", "50"])
    run, _ = town.judged()
    up, down = math.exp(3.5 * 0.15) / math.exp(3.5 * 0.05), math.exp(3.5 * 0.05) / math.exp(3.5 * 0.05)
    assert way(run.case, "B08", "East") == round(400 * (up + down) / 2 + 650 + 50)


def test_hiking_is_level_at_least_and_the_same_up_and_down() -> None:
    slope = np.linspace(-0.5, 0.5, 101)
    assert hiking(np.zeros(1))[0] == 1
    assert (hiking(slope) >= 1).all()
    assert np.allclose(hiking(slope), hiking(-slope))


def test_a_bus_is_taken_from_stop_to_stop_only(town: Town) -> None:
    # from the top of the western street to the eastern one by a loop road, passing the doors of B09 and B10
    loop = line((100, 600), (100, 520), (700, 520), (700, 600))
    streets(town, loop, bus=[""] * 5 + ["yes"], speed_kmh=[""] * 5 + ["24"])
    run, _ = town.judged()
    ridden = (80 + 600 + 80) / 400 * 80  # 24 km/h are 400 m a minute
    assert way(run.case, "B08", "East") == round(100 + ridden + 500 + 50 + 50)
    assert way(run.case, "B09", "East") == 400 + 450 + 50, "nobody gets on between the stops"


def test_limits_may_be_in_minutes(town: Town) -> None:
    streets(town)
    town.scenario["policy"] = {"walk_limit_min": 5}
    town.scenario["wishes"] = {"max_minutes": 12}
    run, _ = town.judged()
    assert set(run.case.problem.walk_limit.tolist()) == {400}
    assert not run.case.problem.allowed[IDS.index("B08"), run.case.problem.zones.index("East")]
    town.scenario["policy"] = {"walk_limit_min": 5, "walk_limit_m": 400}
    assert "give one of the two" in told(town.faults())


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"minutes": ["soon"]}, "feature 1: minutes is 'soon'"),
        ({"minutes": ["-3"]}, "feature 1: minutes is '-3'"),
        ({"bus": ["yes"], "speed_kmh": ["0"]}, "feature 1: speed_kmh is '0'"),
        ({"climb_m": ["900"]}, "feature 1: climb_m is 900, on a road of 800 m"),
    ],
)
def test_wrong_paces_are_told(town: Town, columns: dict[str, list[str]], what: str) -> None:
    streets(town, **columns)
    assert what in told(town.faults())


def gapped(*, gap: float) -> list[LineString]:
    """The western street stops short of the main street."""
    return [MAIN, line((100, 100 + gap), (100, 600)), line((700, 100), (700, 600))]


@pytest.mark.parametrize("join_m", [5.0, 0.0])
def test_ends_that_stop_just_short_are_joined(town: Town, join_m: float) -> None:
    town.layer("roads", gapped(gap=4), name=[""] * 3)
    town.scenario["travel"]["join_m"] = join_m
    run, _ = town.judged()
    if join_m:
        assert way(run.case, "B08", "East") == 400 + 650 + 50
        # the eastern street ends on the main one, but no vertex is there
        assert noted(run.case)["road_ends_joined"][0] == 2
    else:
        assert noted(run.case)["road_pieces_left_out"][0] == 2


def test_a_gap_that_is_a_river_stays_open(town: Town) -> None:
    town.layer("roads", gapped(gap=4), name=[""] * 3, bridge=["", "", "yes"])
    town.layer("barriers", [line((-50, 102), (650, 102))], kind=["river"])
    run, _ = town.judged()
    assert noted(run.case)["road_ends_joined"][0] == 1


def test_pieces_that_stay_apart_are_named(town: Town) -> None:
    long = line((100, 300), (100, 2_500))
    town.layer("roads", [line((0, 100), (2_600, 100)), long], name=["", ""])
    run, _ = town.judged()
    assert noted(run.case)["road_pieces_apart"] == (3, ("B04", "B08", "B09"))


def table(**gone: str) -> list[str]:
    rows = [(block, school, 100 * (i + 1) + 10 * j) for i, block in enumerate(IDS) for j, school in enumerate(sorted(SCHOOLS))]
    return [f"{block},{school},{metres}" for block, school, metres in rows if gone.get(block) != school]


def test_a_table_of_distances(town: Town) -> None:
    town.scenario["travel"] = {"mode": "matrix"}
    town.csv("distances", "block_id,school_id,distance_m", *table(B05="East"))
    run, _ = town.judged()
    assert way(run.case, "B02", "West") == 320
    assert way(run.case, "B05", "East") == NO_WAY_M, "a pair that is missing cannot be assigned"
    assert not run.case.problem.allowed[5, 0]
    assert "distances_given" in noted(run.case)
    town.csv("distances", "block_id,school_id,minutes", *table())
    run, _ = town.judged()
    assert way(run.case, "B02", "West") == 320 * 80


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (
            ["block_id,school_id,distance_m", *(row for row in table() if row[:3] != "B07")],
            "no way to any school is given for B07",
        ),
        (["block_id,school_id,distance_m", *table(), "B00,East,5"], "block_id and school_id B00, East are in row 2 already"),
        (["block_id,school_id,distance_m", *table(), "B00,Est,5"], "school_id Est is not in the schools (did you mean East?)"),
        (["block_id,school_id,distance_m", *table()[1:], "B00,East,far"], "distance_m is 'far', not a number"),
        (["block_id,school_id,km", *table()], "there is no column distance_m"),
        (None, "`travel: {mode: matrix}` has no table distances"),
    ],
)
def test_wrong_tables_of_distances_are_told(town: Town, lines: list[str] | None, what: str) -> None:
    town.scenario["travel"] = {"mode": "matrix"}
    if lines is not None:
        town.csv("distances", *lines)
    assert what in told(town.faults())


def test_barriers_count_by_kind(town: Town) -> None:
    streets(town, bridge=["yes"])
    walls = [line((400, -50), (400, 650)), area(0, 195, 800, 205)]
    town.layer("barriers", walls, kind=["river", "railway"])
    town.scenario["travel"]["barriers"] = ["river"]
    run, _ = town.judged()
    edges = {(IDS[a], IDS[b]) for a, b in run.case.problem.edges.tolist()}
    assert ("B01", "B05") in edges
    assert ("B09", "B10") not in edges, "the river parts them"
    assert ("B01", "B02") in edges, "the bridge joins them"
    assert noted(run.case)["barriers_not_chosen"][0] == 1
    town.scenario["travel"]["barriers"] = ["river", "railways"]
    assert "no barrier is of the kind railways, which `travel: barriers:` names (did you mean railway?)" in told(town.faults())


def test_an_island_and_a_block_in_two_parts(town: Town) -> None:
    parts = [area(200 * (i % 4), 200 * (i // 4), 200 * (i % 4 + 1), 200 * (i // 4 + 1)) for i in range(12)]
    parts[11] = area(3_000, 0, 3_200, 200)  # no neighbour
    parts[4] = parts[4].union(area(800, 0, 900, 200))  # a second part beyond B03
    town.layer("blocks", parts, block_id=IDS, name=IDS, community=["C"] * 12, setting=["city"] * 12)
    town.scenario["travel"] = {"mode": "straight_line"}
    run, report = town.judged()
    edges = {(IDS[a], IDS[b]) for a, b in run.case.problem.edges.tolist()}
    assert {("B00", "B04"), ("B03", "B04")} <= edges
    assert noted(run.case)["blocks_cut_off"] == (1, ("B11",))
    assert noted(run.case)["multi_part_blocks"] == (1, ("B04",))
    assert [finding.ids for finding in report.shortfalls if finding.rule == "exempt"] == [("B11",)]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000), st.integers(3, 25))
def test_the_checker_walks_the_same_ways(seed: int, n_lines: int) -> None:
    """Roads at random with gaps, paces, rides, bridges and a river: both measure every way alike."""
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 5, (n_lines, 3, 2)) * 150.0 + rng.choice([0, 0, 0, 3], (n_lines, 3, 2))
    lines = [LineString(xy) for xy in corners if (np.diff(xy, axis=0) != 0).any(axis=1).all()]
    n = len(lines)
    pace, ride, bridge = rng.choice([1, 1, 0.3, 2], n), rng.random(n) < 0.1, rng.random(n) < 0.1
    lines = [
        LineString([xy.coords[0], xy.coords[-1]]) if on and xy.coords[0] != xy.coords[-1] else xy
        for xy, on in zip(lines, ride, strict=True)
    ]
    layer = gpd.GeoDataFrame({"bridge": bridge & ~ride, "pace": pace, "bus": ride}, geometry=lines, crs=CRS)
    wall = LineString([(-50, 301), (700, 297)])
    spots = rng.uniform(-50, 650, (12, 2))
    homes = {f"B{i}": Point(x, y).buffer(5) for i, (x, y) in enumerate(spots[:6])}
    points = {f"S{i}": Point(x, y) for i, (x, y) in enumerate(spots[6:])}
    ours = walk(
        gpd.GeoDataFrame(geometry=list(homes.values()), index=list(homes), crs=CRS),
        gpd.GeoDataFrame(geometry=list(points.values()), index=list(points), crs=CRS),
        layer,
        gpd.GeoDataFrame(geometry=[wall], crs=CRS),
        join_m=5.0,
    ).distance
    roads = [Road(*each) for each in zip(lines, (bridge & ~ride).tolist(), pace.tolist(), ride.tolist(), strict=True)]
    theirs = ways.along_roads(homes, points, roads, [wall], 5.0)
    assert ours.tolist() == [[theirs.get((b, s), NO_WAY_M) for s in points] for b in homes]
