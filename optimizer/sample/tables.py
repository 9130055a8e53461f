"""Write the county as the tables and layers of an inputs folder."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from optimizer.sample.borders import as_line
from optimizer.sample.terrain import CRS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from optimizer.sample.county import County
    from optimizer.sample.housing import Estate

STAMP: Final = "2026-01-01T00:00:00.000Z"
"""Time written into the layers instead of the clock's, so that equal layers are equal files."""


def write_tables(county: County, folder: Path) -> None:
    """Write all files of the inputs folder, which must exist."""
    block_ids = [f"B{k + 1:04d}" for k in range(len(county.blocks.polygons))]
    school_ids = {school.name: f"S{k + 1:02d}" for k, school in enumerate(county.schools)}
    _write_layers(county, folder, block_ids)
    tables = {
        "schools": _schools(county, school_ids),
        "residents": _residents(county, block_ids),
        "births": pd.DataFrame({"year": county.births.keys(), "births": county.births.values()}),
        "housing": _housing(county.estates, block_ids),
        "housing_new_estate": _housing([*county.estates, county.extra_estate], block_ids),
        "enrolment": _enrolment(county, school_ids),
        "current_zones": _zones(county, block_ids, school_ids),
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    text = (resources.files("optimizer.sample") / "about_inputs.md").read_text(encoding="utf-8")
    (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")


def _write_layers(county: County, folder: Path, block_ids: list[str]) -> None:
    blocks = gpd.GeoDataFrame(
        {
            "block_id": block_ids,
            "name": county.places.name,
            "community": county.places.community,
            "setting": county.blocks.setting,
        },
        geometry=county.blocks.polygons,
        crs=CRS,
    )
    roads = gpd.GeoDataFrame(
        {
            "name": [road.name for road in county.roads],
            "highway": [road.highway for road in county.roads],
            "bridge": [int(road.bridge) for road in county.roads],
        },
        geometry=[road.line for road in county.roads],
        crs=CRS,
    )
    stretches = [(river, line) for river in county.terrain.rivers for line in _stretches(county, river.line)]
    barriers = gpd.GeoDataFrame(
        {"name": [river.name for river, _ in stretches], "kind": ["river"] * len(stretches)},
        geometry=[line for _, line in stretches],
        crs=CRS,
    )
    with _fixed_clock():
        for name, layer in (("blocks", blocks), ("roads", roads), ("barriers", barriers)):
            path = folder / f"{name}.gpkg"
            path.unlink(missing_ok=True)
            layer.to_file(path, layer=name, driver="GPKG", engine="pyogrio")


def _stretches(county: County, river: shapely.LineString) -> list[shapely.LineString]:
    """Parts of the barrier that belong to this river, from bridge to bridge."""
    near = river.buffer(1.0)
    shapely.prepare(near)
    mine = [segment for segment in county.barrier if near.covers(shapely.LineString(segment))]
    return sorted(shapely.get_parts(as_line(mine)), key=lambda line: line.bounds)


@contextmanager
def _fixed_clock() -> Iterator[None]:
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _schools(county: County, school_ids: dict[str, str]) -> pd.DataFrame:
    points = gpd.GeoSeries(shapely.points(county.blocks.centroids), crs=CRS).to_crs("EPSG:4490")
    rows = [
        {
            "school_id": school_ids[school.name],
            "name": school.name,
            "level": school.level,
            "lon": round(points[school.block].x, 6),
            "lat": round(points[school.block].y, 6),
            "classrooms": school.rooms,
            "grades": school.grades,
            "parent_school": school_ids[school.parent.name] if school.parent else "",
            "group": school.group,
            "beds": school.beds or "",
            "public": "yes" if school.public else "no",
            "special_places": school.special_places or "",
        }
        for school in county.schools
    ]
    return pd.DataFrame(rows)


def _residents(county: County, block_ids: list[str]) -> pd.DataFrame:
    block, age = np.nonzero(county.children)
    return pd.DataFrame({"block_id": [block_ids[k] for k in block], "age": age, "count": county.children[block, age]})


def _housing(estates: list[Estate], block_ids: list[str]) -> pd.DataFrame:
    rows = [
        {
            "estate_id": f"E{k + 1:02d}",
            "name": estate.name,
            "block_id": block_ids[estate.block],
            "year": estate.year,
            "dwellings": estate.dwellings,
            "type": estate.kind,
        }
        for k, estate in enumerate(estates)
    ]
    return pd.DataFrame(rows)


def _enrolment(county: County, school_ids: dict[str, str]) -> pd.DataFrame:
    rows = [
        {"school_id": school_ids[school.name], "grade": grade, "classes": school.classes[grade], "students": students}
        for school in county.schools
        for grade, students in sorted(school.students.items())
    ]
    return pd.DataFrame(rows)


def _zones(county: County, block_ids: list[str], school_ids: dict[str, str]) -> pd.DataFrame:
    rows = [
        {"block_id": block_ids[block], "level": level, "school_id": school_ids[zone[block].name]}
        for level, zone in county.zones.items()
        for block in range(len(block_ids))
    ]
    return pd.DataFrame(rows)
