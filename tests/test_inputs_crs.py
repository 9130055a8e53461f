"""Coordinate systems that bureaus have: Gauss-Kruger zones, old datums, a town's own metres, the shifted degrees of web maps."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import prcoords
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point
from shapely.affinity import translate

from optimizer.check.places import plane
from optimizer.check.today import today
from optimizer.faults import Faults
from optimizer.inputs.crs import LOCAL, plane_crs
from optimizer.inputs.sheet import Sheet
from optimizer.inputs.shifted import system, unshifted
from tests.inputs_town import CRS, SOUTH, WEST, Town, line, notes, squares, told

X, Y = WEST + 50, SOUTH + 50


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town.built(tmp_path)


@pytest.mark.parametrize(
    ("crs", "measured_in"),
    [
        ("EPSG:4490", "EPSG:4543"),  # CGCS2000 degrees: the 3-degree zone of 102 E
        ("EPSG:4543", "EPSG:4543"),  # 3-degree zone, no prefix
        ("EPSG:4522", "EPSG:4522"),  # the same with the prefix 34
        ("EPSG:4506", "EPSG:4506"),  # 6-degree zone of 99 E, no prefix
        ("EPSG:4496", "EPSG:4496"),  # 6-degree zone 18 with its prefix
        ("EPSG:2379", "EPSG:2379"),  # Xian 1980, 3-degree, 102 E
        ("EPSG:2431", "EPSG:2431"),  # Beijing 1954, 3-degree, 102 E
        ("EPSG:4610", "EPSG:32647"),  # Xian 1980 degrees
        ("EPSG:3857", "EPSG:32647"),  # Web Mercator is not true to length
    ],
)
def test_readers_and_checker_measure_in_the_same_plane(town: Town, crs: str, measured_in: str) -> None:
    shapes = gpd.GeoSeries(squares(), crs=CRS).to_crs(crs)
    town.blocks(list(shapes), crs=crs)
    county = town.read(county={"schools": town.table("schools.csv", crs=CRS)})
    assert county.crs == measured_in
    assert plane(gpd.GeoDataFrame(geometry=shapes)) == measured_in
    assert county.blocks.area.between(9_960, 10_040).all()
    assert county.schools.within(county.blocks.geometry["B0"]).all()


@given(st.floats(74, 134.9), st.floats(19, 53))
@settings(max_examples=30, deadline=None)
def test_the_plane_of_cgcs2000_is_the_nearest_zone_for_both(lon: float, lat: float) -> None:
    degrees = gpd.GeoDataFrame(geometry=[Point(lon, lat).buffer(0.01)], crs="EPSG:4490")
    ours = plane_crs(degrees.geometry.iloc[0].centroid, pyproj.CRS("EPSG:4490"))
    assert ours == plane(degrees)
    middle = ours.coordinate_operation.params[1].value
    assert abs(middle - lon) <= 1.5 + 1e-6


@pytest.mark.parametrize("old", ["EPSG:2379", "EPSG:2431"])
def test_a_change_between_old_and_new_datums_says_how_far_off_it_may_be(town: Town, old: str) -> None:
    town.blocks(list(gpd.GeoSeries(squares(), crs=CRS).to_crs(old)), crs=old)
    said = notes(town.read(county={"schools": town.table("schools.csv", crs=CRS)}))
    assert said["datum_change_unknown"][1] == (f"{pyproj.CRS(CRS).name} -> {pyproj.CRS(old).name}", "±100 m")


def test_a_change_of_datum_with_a_published_transformation_says_its_accuracy(town: Town) -> None:
    """EPSG has one for the Ordos basin, none for Yunnan."""
    shapes = gpd.GeoSeries([Point(108, 38).buffer(0.002)], crs=4326).to_crs("EPSG:2433")
    town.blocks([*shapes], crs="EPSG:2433")
    town.csv("residents", "block_id,age,count", "B0,6,10")
    town.csv("schools", "school_id,lon,lat,classrooms", "S1,108,38,6")
    assert notes(town.read(county={"schools": None}))["datum_changed"][1][1] == "±1 m"


def test_a_towns_own_metres_need_no_place_on_earth(town: Town) -> None:
    here = [translate(shape, -WEST, -SOUTH) for shape in squares()]
    (town.folder / "blocks.gpkg").unlink()
    town.blocks(here, crs=LOCAL.to_wkt(), suffix="shp").with_suffix(".prj").unlink()
    town.csv("schools", "school_id,x,y,classrooms", "S1,50,50,6")
    county = town.read(
        county={"blocks": town.table("blocks.shp", crs="local"), "schools": town.table("schools.csv", crs="local")}
    )
    assert county.crs == LOCAL
    assert county.schools.within(county.blocks.geometry["B0"]).all()
    assert "local_plane" in notes(county)


def test_a_layer_that_declares_an_engineering_crs_is_local(town: Town) -> None:
    town.blocks([translate(shape, -WEST, -SOUTH) for shape in squares()], crs=LOCAL.to_wkt())
    town.csv("schools", "school_id,x,y,classrooms", "S1,50,50,6")
    town.layer("barriers", {"name": ["Wu"]}, [translate(line((0, 0), (9, 0)), -WEST, -SOUTH)], LOCAL.to_wkt())
    county = town.read(county={"schools": town.table("schools.csv", crs="local")})
    assert county.crs == LOCAL
    assert county.barriers is not None


@pytest.mark.parametrize(
    ("blocks", "schools", "what"),
    [
        (CRS, "local", "the blocks are georeferenced, these places are in the town's own coordinates"),
        ("local", CRS, "the blocks are in the town's own coordinates (`crs: local`), these places are georeferenced"),
    ],
)
def test_own_and_georeferenced_coordinates_do_not_mix(town: Town, blocks: str, schools: str, what: str) -> None:
    entries = {"blocks": town.table("blocks.gpkg", crs=blocks), "schools": town.table("schools.csv", crs=schools)}
    assert what in told(town.faults(county=entries))


def test_degrees_are_not_a_towns_own_metres(town: Town) -> None:
    town.blocks(list(gpd.GeoSeries(squares(), crs=CRS).to_crs(4326)), crs="EPSG:4326")
    entries = {"blocks": town.table("blocks.gpkg", crs="local"), "schools": town.table("schools.csv", crs="local")}
    assert "are degrees, not metres. Write `crs: EPSG:4490`" in told(town.faults(county=entries))


@pytest.mark.parametrize(("crs", "kind"), [("GCJ-02", "gcj02"), ("gcj02", "gcj02"), ("BD_09", "bd09"), ("EPSG:4326", None)])
def test_shifted_systems_are_known_by_name(crs: str, kind: str | None) -> None:
    assert system(crs) == kind


@given(st.lists(st.tuples(st.floats(97.5, 106.2), st.floats(21.1, 29.3)), min_size=1, max_size=20))
@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize(("crs", "shift"), [("GCJ-02", prcoords.wgs_gcj), ("BD-09", prcoords.wgs_bd)])
def test_shifted_degrees_come_back_to_half_a_metre(
    crs: str, shift: Callable[[tuple[float, float]], tuple[float, float]], places: list[tuple[float, float]]
) -> None:

    there = [shift((lat, lon)) for lon, lat in places]
    frame = pd.DataFrame({"lon": [repr(lon) for _, lon in there], "lat": [repr(lat) for lat, _ in there]}, dtype=object)
    back = unshifted(Sheet("schools", "s.csv", frame, crs, Faults(), [])).frame.astype(float)
    metres = gpd.GeoSeries(gpd.points_from_xy(back["lon"], back["lat"]), crs=4326).to_crs("EPSG:32647")
    exact = gpd.GeoSeries(gpd.points_from_xy(*zip(*places, strict=True)), crs=4326).to_crs("EPSG:32647")
    assert (metres.distance(exact) < 0.5).all()


def test_the_shift_agrees_with_an_independent_library() -> None:
    other = pytest.importorskip("geocoordinates_ffi")
    for lon, lat in np.random.default_rng(1).uniform((97.5, 21.1), (106.2, 29.3), (50, 2)):
        there = other.wgs84_to_gcj02(other.Wgs84(lat=lat, lon=lon))
        assert prcoords.wgs_gcj((lat, lon)) == pytest.approx((there.lat, there.lon), abs=1e-7)


def test_a_layer_of_a_web_map_is_turned_back_and_said(town: Town) -> None:
    def shift(xy: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> list[tuple[float, float]]:
        return [prcoords.wgs_gcj((lat, lon))[::-1] for lon, lat in xy]

    degrees = gpd.GeoSeries(squares(), crs=CRS).to_crs(4326)
    town.blocks([shapely.transform(shape, shift) for shape in degrees], crs="EPSG:4326")
    county = town.read(county={"blocks": town.table("blocks.gpkg", crs="GCJ-02")})
    exact = degrees.to_crs(county.crs)
    assert county.blocks.geometry.reset_index(drop=True).hausdorff_distance(exact).max() < 0.5
    assert notes(county)["shifted_back"][1] == ("GCJ-02",)
    assert "datum" not in " ".join(notes(county))


def test_swapped_degrees_of_a_web_map_are_turned(town: Town) -> None:
    lat, lon = prcoords.wgs_gcj(gpd.GeoSeries([Point(X, Y)], crs=CRS).to_crs(4326).iloc[0].coords[0][::-1])
    town.csv("schools", "school_id,lon,lat,classrooms", f"S1,{lat},{lon},6")
    county = town.read(county={"schools": town.table("schools.csv", crs="GCJ-02")})
    assert county.schools.distance(Point(X, Y)).max() < 0.5
    assert notes(county)["coordinates_swapped"][0] == 1


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4490", CRS])
def test_blocks_with_swapped_axes_are_turned_and_said(town: Town, crs: str) -> None:
    shapes = gpd.GeoSeries(squares(), crs=CRS).to_crs(crs)
    town.blocks([shapely.transform(shape, lambda xy: xy[:, ::-1]) for shape in shapes], crs=crs)
    county = town.read()
    assert notes(county)["coordinates_swapped"][0] == 9
    assert county.blocks.area.between(9_980, 10_020).all()
    assert county.schools.within(county.blocks.geometry["B0"]).all()


def test_roads_and_barriers_with_swapped_axes_are_turned_and_said(town: Town) -> None:
    for table in ("roads", "barriers"):
        town.layer(table, {"name": ["a"]}, [shapely.transform(line((0, 0), (90, 0)), lambda xy: xy[:, ::-1])])
    county = town.read(travel={"mode": "roads"})
    assert county.roads is not None
    assert county.barriers is not None
    assert county.roads.geometry.iloc[0].equals(line((0, 0), (90, 0)))
    assert county.barriers.geometry.iloc[0].equals(line((0, 0), (90, 0)))
    assert notes(county)["coordinates_swapped"][0] == 1


def test_zones_with_swapped_axes_are_turned_and_said(town: Town) -> None:
    zone = shapely.union_all(squares())
    town.layer("current_zones", {"school_id": ["S1"]}, [shapely.transform(zone, lambda xy: xy[:, ::-1])])
    county = town.read()
    assert county.current_zones is not None
    assert len(county.current_zones) == 9
    assert notes(county)["coordinates_swapped"][0] == 1
    assert today(town.scenario(), dict(county.blocks.geometry), county.crs) == dict.fromkeys(county.blocks.index, "S1")
