"""A layer with all the dirt that digitising leaves: each repair alone, and all of them at once."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.affinity import scale, translate

from optimizer import network
from optimizer.check.places import mended
from optimizer.faults import Faults
from optimizer.inputs import read
from optimizer.inputs.county import County
from tests.inputs_town import CRS, IDS, SOUTH, WEST, Town, notes, squares, told

Dirt = Callable[[Polygon], shapely.Geometry | None]


def gap(shape: Polygon) -> Polygon:
    """A hand is missing all around: slivers between it and its neighbors."""
    return scale(shape, 0.996, 0.996)


def overlap(shape: Polygon) -> Polygon:
    """A hand too much all around."""
    return scale(shape, 1.004, 1.004)


def loop(shape: Polygon) -> Polygon:
    """The ring crosses itself near a corner: a loop of half a square meter."""
    corners = list(shape.exterior.coords)
    x, y = corners[0]
    return Polygon([(x, y + 1), *corners[1:4], (x + 1, y), (x, y - 1)])


def spike(shape: Polygon) -> Polygon:
    """A vertex far outside, to which the ring goes and comes back."""
    corners = list(shape.exterior.coords)
    x, y = corners[0]
    return Polygon([(x, y), (x - 300, y - 300), *corners[:4]])


def twice(shape: Polygon) -> Polygon:
    """Every vertex twice."""
    return Polygon(np.repeat(np.asarray(shape.exterior.coords), 2, axis=0))


def backwards(shape: Polygon) -> Polygon:
    """The ring runs the other way."""
    return Polygon(shape.exterior.coords[::-1])


def with_height(shape: Polygon) -> Polygon:
    return shapely.force_3d(shape, 1900.0)


def with_line(shape: Polygon) -> shapely.GeometryCollection:
    """A line and a point lie in the same feature."""
    return shapely.GeometryCollection([shape, LineString(shape.exterior.coords[:2]), Point(shape.exterior.coords[0])])


def with_crumb(shape: Polygon) -> MultiPolygon:
    """A part of a tenth of a square meter next to it."""
    return MultiPolygon([shape, translate(scale(shape, 0.003, 0.003), 50.4)])


def with_slit(shape: Polygon) -> Polygon:
    """A hole too thin to see."""
    x, y = shape.centroid.coords[0]
    return Polygon(shape.exterior, [[(x, y), (x + 20, y + 0.01), (x + 20, y)]])


DIRT: list[tuple[Dirt, str | None]] = [
    (gap, None),
    (overlap, "overlapping_blocks"),
    (loop, "invalid_polygons_repaired"),
    (spike, "invalid_polygons_repaired"),
    (twice, None),
    (backwards, None),
    (with_height, None),
    (with_line, None),
    (with_crumb, "multi_part_blocks"),
    (with_slit, None),
]


def neighbors(county: County) -> list[tuple[int, int]]:
    found = network.neighbours(county.blocks, None, 3.0, 10.0)
    return sorted(map(tuple, np.asarray(found.edges).tolist()))


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town.built(tmp_path)


@pytest.mark.parametrize(("dirt", "said"), DIRT, ids=lambda value: getattr(value, "__name__", ""))
def test_each_kind_of_dirt_is_repaired_or_borne(town: Town, dirt: Dirt, said: str | None) -> None:
    clean = neighbors(town.read())
    shapes: list[shapely.Geometry | None] = [*squares()]
    shapes[4] = dirt(squares()[4])
    town.blocks(shapes)
    county = town.read()
    assert county.blocks.is_valid.all()
    assert set(county.blocks.geom_type) <= {"Polygon", "MultiPolygon"}
    assert neighbors(county) == clean
    assert county.blocks.geometry["B4"].area == pytest.approx(10_000, rel=0.05)
    found = notes(county)
    assert said is None or any("B4" in name for name in found[said][1])
    assert county.blocks.geometry["B4"].equals(mended(shapely.force_2d(shapes[4])))


def test_all_dirt_at_once(town: Town) -> None:
    """And a doubled shape, an empty and a missing one without children, and no .prj."""
    clean = neighbors(town.read())
    kinds = [dirt for dirt, _ in DIRT if dirt is not with_line]  # which no shapefile can hold
    shapes = [dirt(shape) for dirt, shape in zip(kinds, squares(), strict=True)]
    extra = [shapes[3], Polygon(), None]
    (town.folder / "blocks.gpkg").unlink()
    path = town.layer("blocks", {"block_id": [*IDS, "D1", "E1", "E2"]}, [*shapes, *extra], suffix="shp")
    path.with_suffix(".prj").unlink()
    assert "no coordinate system" in told(town.faults())
    county = town.read(county={"blocks": town.table("blocks.shp", crs=CRS)})
    found = notes(county)
    assert county.blocks.index.tolist() == [*IDS, "D1"]
    assert found["blocks_without_shape"] == (2, ("E1", "E2"))
    assert found["duplicate_shapes"][1] == ("D1",)
    assert found["invalid_polygons_repaired"][0] >= 3
    assert [pair for pair in neighbors(county) if max(pair) < 9] == clean


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([dirt for dirt, _ in DIRT]), min_size=9, max_size=9))
def test_any_mixture_has_the_neighbors_of_the_clean_layer(town: Town, mixture: list[Dirt]) -> None:
    town.blocks([dirt(shape) for dirt, shape in zip(mixture, squares(), strict=True)])
    faults = Faults()
    county = read(town.scenario(), faults)
    assert county is not None, list(map(str, faults))
    assert county.blocks.is_valid.all()
    side = [(i, i + 1) for i in range(9) if i % 3 < 2] + [(i, i + 3) for i in range(6)]
    assert neighbors(county) == sorted(side)


def test_a_layer_of_mixed_types_keeps_its_areas_and_tells_the_rest(town: Town) -> None:
    shapes = [*squares()[:6], MultiPolygon([squares()[6]]), Point(WEST, SOUTH), LineString([(WEST, SOUTH), (WEST + 9, SOUTH)])]
    gpd.GeoDataFrame({"block_id": IDS}, geometry=shapes, crs=CRS).to_file(town.folder / "blocks.gpkg", layer="blocks")
    faults = told(town.faults())
    assert "feature 8: block B7 is a Point, not an area" in faults
    assert "feature 9: block B8 is a LineString, not an area" in faults
