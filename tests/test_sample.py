"""The sample county is what its README says, and the tracked copy is what the generator writes."""

from __future__ import annotations

import filecmp
from importlib.metadata import version
from itertools import combinations
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
import yaml

from optimizer.sample import write_county, write_scenarios, write_workspace
from optimizer.sample.county import make_county
from optimizer.sample.figures import CHINA_BIRTHS, POPULATION, SHARE_0_14_CARRIED, SHARE_0_15

ROOT = Path(__file__).parents[1]
TRACKED = ROOT / "inputs" / "sample"
TABLES = ("schools", "residents", "births", "housing", "housing_new_estate", "enrolment", "current_zones")
WRITTEN_WITH = {"numpy": "2.4", "scipy": "1.17", "shapely": "2.2"}
"""Versions behind the tracked tables: others may draw or round differently."""
SCENARIOS = {"baseline", "rezone", "low-births", "new-estate", "close-two-schools", "all-variants"}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """A fresh workspace, made once."""
    folder = tmp_path_factory.mktemp("county") / "new"
    write_workspace(folder)
    return folder


@pytest.fixture(scope="module")
def county(workspace):
    """All tables and layers of the fresh county by name."""
    folder = workspace / "inputs" / "sample"
    tables = {name: pd.read_csv(folder / f"{name}.csv") for name in TABLES}
    return tables | {name: gpd.read_file(folder / f"{name}.gpkg") for name in ("blocks", "roads", "barriers")}


@pytest.fixture(scope="module")
def neighbours(county):
    """Adjacency by the documented rule: ten metres of shared border left after the river."""
    blocks, river = county["blocks"], shapely.union_all(county["barriers"].geometry).buffer(1.0)
    graph = nx.Graph()
    graph.add_nodes_from(blocks.block_id)
    pairs = blocks.sindex.query(blocks.geometry, predicate="touches")
    for i, j in pairs.T[pairs[0] < pairs[1]]:
        shared = blocks.geometry[i].intersection(blocks.geometry[j])
        if shared.length >= 10 and shared.difference(river).length >= 10:
            graph.add_edge(blocks.block_id[i], blocks.block_id[j])
    return graph


@pytest.fixture(scope="module")
def zoned(county):
    """Zoned schools by level: special and private schools left out."""
    schools = county["schools"]
    open_to_all = schools[(schools.public == "yes") & schools.special_places.isna()]
    return {level: open_to_all[open_to_all.level.isin([level, "nine_year"])] for level in ("primary", "junior")}


def test_workspace_is_complete_and_never_overwrites(workspace):
    assert {path.stem for path in (workspace / "scenarios").glob("*.yaml")} == SCENARIOS
    assert (workspace / "maps" / "README.md").is_file()
    with pytest.raises(FileExistsError, match="not empty"):
        write_workspace(workspace)


def test_workspace_refuses_a_file(tmp_path):
    path = tmp_path / "file"
    path.write_text("kept")
    with pytest.raises(FileExistsError):
        write_workspace(path)
    assert path.read_text() == "kept"


def test_an_empty_folder_will_do(tmp_path, monkeypatch):
    monkeypatch.setattr("optimizer.sample.workspace.write_county", lambda folder: folder.mkdir(parents=True))
    write_workspace(tmp_path)
    assert (tmp_path / "scenarios" / "baseline.yaml").is_file()


def test_tracked_tables_are_what_the_generator_writes(county, workspace):
    found = {name: version(name) for name in WRITTEN_WITH}
    if any(not found[name].startswith(f"{wanted}.") for name, wanted in WRITTEN_WITH.items()):
        pytest.skip(f"the tracked tables were written with {WRITTEN_WITH}, here is {found}")
    fresh = workspace / "inputs" / "sample"
    for name in (*(f"{table}.csv" for table in TABLES), "README.md"):
        assert filecmp.cmp(fresh / name, TRACKED / name, shallow=False), f"{name} differs: run python -m optimizer.sample"
    for name in ("blocks", "roads", "barriers"):
        tracked = gpd.read_file(TRACKED / f"{name}.gpkg")
        assert tracked.crs == county[name].crs
        assert tracked.to_wkb().equals(county[name].to_wkb()), f"{name}.gpkg differs: run python -m optimizer.sample"


def test_the_same_seed_writes_the_same_bytes(workspace, tmp_path):
    write_county(tmp_path)
    first = workspace / "inputs" / "sample"
    names = [path.name for path in first.iterdir()]
    assert filecmp.cmpfiles(first, tmp_path, names, shallow=False) == (names, [], [])


def test_tracked_scenarios_are_the_shipped_ones(tmp_path):
    write_scenarios(tmp_path)
    for name in SCENARIOS:
        assert filecmp.cmp(tmp_path / f"{name}.yaml", ROOT / "scenarios" / f"{name}.yaml", shallow=False)


def test_size_in_git():
    assert sum(path.stat().st_size for path in TRACKED.iterdir()) < 6_000_000


def test_blocks_are_a_clean_coverage(county):
    blocks = county["blocks"]
    assert blocks.crs.to_epsg() == 4543
    assert 1_100 <= len(blocks) <= 1_300
    assert set(blocks.geom_type) == {"Polygon"}
    assert shapely.coverage_is_valid(blocks.geometry.to_numpy())
    whole = shapely.union_all(blocks.geometry)
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0
    area = blocks.area.groupby(blocks.setting).median()
    assert area["city"] < area["town"] < area["rural"] / 20


def test_names_and_ids_are_unique(county):
    for table, columns in {
        "blocks": ("block_id", "name"),
        "schools": ("school_id", "name"),
        "housing_new_estate": ("estate_id", "name"),
    }.items():
        for column in columns:
            assert county[table][column].is_unique, f"{table}.{column}"
            assert (county[table][column] != "").all()


def test_communities_are_whole(county, neighbours):
    for name, blocks in county["blocks"].groupby("community").block_id:
        assert nx.is_connected(neighbours.subgraph(blocks)), name


def test_children_follow_the_published_age_structure(county):
    residents = county["residents"]
    assert residents["count"].min() > 0
    assert set(residents.age) == set(range(18))
    share = residents[residents.age <= 15]["count"].sum() / POPULATION
    assert share == pytest.approx(SHARE_0_15, rel=0.10)
    share = residents[residents.age <= 14]["count"].sum() / POPULATION
    assert share == pytest.approx(SHARE_0_14_CARRIED, rel=0.01)


def test_ages_follow_the_births(county):
    births = county["births"].set_index("year").births
    assert list(births.index) == list(range(2008, 2041))
    scale = births[2016] / CHINA_BIRTHS[2016]
    for year, china in CHINA_BIRTHS.items():
        assert births[year] == pytest.approx(scale * china, abs=1)
    ages = county["residents"].groupby("age")["count"].sum()
    for age in range(17):
        assert ages[age] == pytest.approx(births[2025 - age] * 4 / 12 + births[2026 - age] * 8 / 12, abs=1)
    assert births.loc[2016:2017].min() > births.drop([2016, 2017]).max()
    assert births.loc[2025] < births.loc[2016] / 2
    assert (births.loc[2025:].diff().dropna() < 0).all()


def test_primary_empties_while_junior_fills_until_2029(county):
    ages = county["residents"].groupby("age")["count"].sum()
    primary = [ages[6 - k : 11 - k].sum() for k in range(5)]
    junior = [ages[12 - k : 14 - k].sum() for k in range(5)]
    assert primary == sorted(primary, reverse=True)
    assert max(junior) == junior[3]


def test_schools_are_those_of_the_brief(county, zoned):
    schools = county["schools"]
    points = schools[schools.grades == "1-3"]
    assert len(points) == 3
    assert points.parent_school.isin(zoned["primary"].school_id).all()
    assert not points.parent_school.isin(points.school_id).any()
    assert len(zoned["primary"]) == 26 + 3
    assert len(zoned["junior"]) == 10
    assert (zoned["primary"].level == "nine_year").sum() == 3
    assert (schools.beds > 0).sum() == 1
    assert (schools.public == "no").sum() == 1
    assert schools[schools.special_places > 0].classrooms.tolist() == [0]
    grades = np.where(schools.grades == "1-3", 3, schools.level.map({"primary": 6, "junior": 3, "nine_year": 9}))
    assert (schools.classrooms >= grades)[schools.special_places.isna()].all()


def test_zones_are_in_one_piece_and_hold_their_school(county, neighbours, zoned):
    blocks, zones = county["blocks"], county["current_zones"]
    assert nx.is_connected(neighbours)
    for level, schools in zoned.items():
        mine = zones[zones.level == level]
        assert sorted(mine.block_id) == sorted(blocks.block_id)
        at = gpd.GeoDataFrame(schools, geometry=gpd.points_from_xy(schools.lon, schools.lat), crs="EPSG:4490").to_crs(blocks.crs)
        home = gpd.sjoin(at, blocks[["block_id", "geometry"]], predicate="within").set_index("school_id").block_id
        assert home.is_unique
        members = mine.groupby("school_id").block_id.agg(set)
        assert set(members.index) == set(schools.school_id)
        for school, zone in members.items():
            assert home[school] in zone
            assert nx.is_connected(neighbours.subgraph(zone)), school


def test_enrolment_is_the_residents_of_the_zones(county):
    zones, residents = county["current_zones"], county["residents"]
    parent = county["schools"].set_index("school_id").parent_school.dropna().to_dict()
    expected = residents.merge(zones, on="block_id").assign(grade=lambda rows: rows.age - 6)
    in_level = np.where(expected.level == "primary", expected.grade.between(1, 6), expected.grade.between(7, 9))
    expected = expected[in_level]
    upper = expected.grade.between(4, 6) & expected.school_id.isin(parent)
    expected.loc[upper, "school_id"] = expected.school_id[upper].map(parent)
    students = county["enrolment"].set_index(["school_id", "grade"]).students
    assert students.to_dict() == expected.groupby(["school_id", "grade"])["count"].sum().to_dict()


def test_four_schools_are_crowded_and_two_half_empty(county):
    enrolment = county["enrolment"].merge(county["schools"], on="school_id")
    assert (enrolment.groupby("school_id").classes.sum() <= enrolment.groupby("school_id").classrooms.first()).all()
    primary = enrolment[enrolment.grade <= 6]
    fullest = (primary.students / primary.classes).groupby(primary.school_id).max()
    assert (fullest > 45).sum() == 4
    assert (fullest >= 56).sum() == 1
    whole = primary[(primary.level == "primary") & primary.grades.isna()].groupby("school_id")
    used = whole.students.sum() / (45 * whole.classrooms.first())
    assert (used <= 0.5).sum() == 2
    junior = enrolment[enrolment.grade >= 7]
    assert (junior.students / junior.classes).max() <= 50


def test_rooms_suffice_for_all_entrants_but_not_in_the_crowded_zones(county):
    """Rooms that fall free in 2026, with those unused, hold each level's entrants in the county, not in every zone."""
    enrolment, schools = county["enrolment"], county["schools"].set_index("school_id")
    zones = county["current_zones"].query("level == 'primary'").set_index("block_id").school_id
    six = county["residents"].query("age == 6")
    entrants = six["count"].groupby(six.block_id.map(zones)).sum()
    last = enrolment[enrolment.grade == enrolment.school_id.map(schools.grades.eq("1-3")).map({True: 3, False: 6})]
    free = last.set_index("school_id").classes + schools.classrooms - enrolment.groupby("school_id").classes.sum()
    city = [school for school in entrants.index if school <= "S09"]
    assert (entrants[city] > 45 * free[city]).sum() == 4
    assert entrants[city].sum() < 45 * free[city].sum() * 0.9


def test_roads_join_everything_and_cross_water_only_on_bridges(county):
    roads, blocks = county["roads"], county["blocks"]
    graph = nx.MultiGraph([(line.coords[0], line.coords[-1]) for line in roads.geometry])
    assert nx.is_connected(graph)
    assert 2_000 < len(roads) < 8_000
    assert set(roads.highway) == {"primary", "secondary", "tertiary", "residential", "footway"}
    reached = blocks.sindex.query(roads.geometry, predicate="intersects")[1]
    assert set(reached) == set(range(len(blocks)))
    river = shapely.union_all(county["barriers"].geometry)
    assert not roads.intersects(river).any()
    bridges = roads[roads.bridge == 1]
    assert 6 <= len(bridges) <= 20
    banks = shapely.union_all(blocks.geometry.to_numpy()).difference(river.buffer(0.5))
    assert bridges.distance(river).max() < 100
    assert banks.buffer(1).covers(shapely.union_all(bridges.geometry))


def test_roads_without_bridges_leave_the_banks_apart(county):
    roads = county["roads"]
    dry = roads[roads.bridge == 0]
    graph = nx.MultiGraph([(line.coords[0], line.coords[-1]) for line in dry.geometry])
    large = [part for part in nx.connected_components(graph) if len(part) > 100]
    assert len(large) == 3


def test_roads_are_noded_at_junctions(county):
    lines = county["roads"].geometry
    tree = lines.sindex
    for i, j in tree.query(lines, predicate="crosses").T:
        meeting = lines[i].intersection(lines[j])
        ends = [shapely.Point(line.coords[k]) for line in (lines[i], lines[j]) for k in (0, -1)]
        assert all(min(point.distance(end) for end in ends) < 1e-6 for point in shapely.get_parts(meeting))


def test_the_new_district_grows(county):
    housing, extra = county["housing"], county["housing_new_estate"]
    assert housing.year.between(2026, 2032).all()
    assert set(housing.type) <= {"commercial", "resettlement", "rental"}
    assert housing.block_id.isin(county["blocks"].block_id).all()
    pd.testing.assert_frame_equal(extra.iloc[:-1], housing)
    assert extra.dwellings.iloc[-1] > 2 * housing.dwellings.max()


def test_scenarios_name_schools_that_fit_their_question(county):
    def wishes(name: str) -> dict:
        return yaml.safe_load((ROOT / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8"))["wishes"]

    schools, enrolment = county["schools"].set_index("school_id"), county["enrolment"]
    villages = schools[schools.name.str.contains("完全小学")]
    used = enrolment.groupby("school_id").students.sum() / (45 * villages.classrooms)
    used = used.drop(schools.parent_school.dropna().unique(), errors="ignore").dropna()
    assert set(wishes("close-two-schools")["close"]) == set(used.nsmallest(2).index)

    at = gpd.GeoSeries.from_xy(schools.lon, schools.lat, crs="EPSG:4490", index=schools.index).to_crs(4543)
    estate = county["blocks"].set_index("block_id").geometry[county["housing_new_estate"].block_id.iloc[-1]]
    assert wishes("new-estate")["rooms"][0]["school"] == at.distance(estate).idxmin()


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_scenarios_begin_with_their_question(name):
    text = (ROOT / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8")
    first = text.splitlines()[0]
    assert first.startswith("# ")
    assert first.endswith("?")
    assert yaml.safe_load(text)["name"] == name


def test_another_seed_makes_a_sound_county():
    other = make_county(7)
    assert shapely.coverage_is_valid(np.array(other.blocks.polygons))
    assert len(set(other.places.name)) == len(other.places.name)
    assert all(len(zone) == len(other.blocks.polygons) for zone in other.zones.values())
    assert not any(a.block == b.block for a, b in combinations([s for s in other.schools if s.teaches("primary")], 2))
