"""The raw tables of a scenario, with our column names: the only module here that opens files."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from optimizer.check import coordinates, spelled
from optimizer.faults import Faults
from optimizer.inputs.tables import SUFFIXES, read_raw
from optimizer.inputs.tables.words import words
from optimizer.scenario.model import Scenario, Table

Around = tuple[shapely.Polygon, str]
"""An area and its CRS: large layers are read near it only."""

ID_COLUMNS = {"block_id": "blocks", "school_id": "schools", "zone": "schools"}
"""Columns of ids, and the table whose rows they name."""


def entry(scenario: Scenario, table: str) -> Table | None:
    """Return where a table is: the scenario's own entry, else the file of that name in the inputs folder, else None."""
    stated: Table | None = getattr(scenario.county, table)
    if stated is not None or scenario.inputs is None:
        return stated
    names = [f"{table}{suffix}" for suffix in SUFFIXES]
    here = [path for path in sorted(Path(scenario.inputs).iterdir()) if path.name.lower() in names]
    return Table(file=str(here[0])) if here else None


def sheet(scenario: Scenario, table: str, around: Around | None = None) -> pd.DataFrame | None:
    """Read a table with its columns renamed to ours; None where the scenario has no such table.

    Raises
    ------
    BadInputError
        If the file cannot be read.
    """
    place = entry(scenario, table)
    if place is None:
        return None
    return rejoined(scenario, opened(place, table, around), table)


def rejoined(scenario: Scenario, frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return a table with its ids of blocks and schools as their own tables write them."""
    for column, of in ID_COLUMNS.items():
        if column in frame.columns and of != table and spelled.may_be_numbers(frame[column]):
            frame[column] = spelled.rejoined(frame[column], _ids(scenario, of))
    if table == "schools" and "parent_school" in frame.columns:
        frame["parent_school"] = spelled.rejoined(frame["parent_school"], frame["school_id"])
    return frame


def _ids(scenario: Scenario, table: str) -> list[str]:
    place = entry(scenario, table)
    column = next(column for column, of in ID_COLUMNS.items() if of == table)
    return [] if place is None else list(opened(place, table)[column])


def opened(place: Table, table: str, around: Around | None = None) -> pd.DataFrame:
    """Read this file as that table; a layer in the coordinate system that it is given in.

    Raises
    ------
    BadInputError
        If the file cannot be read, lacks a column that the scenario maps, or leaves open which column is meant.
    """
    faults = Faults()
    expected = words(table).expected(table, place.columns.values())
    raw = read_raw(place.file, faults, place.part, expected, around if place.crs is None else None)
    if raw is not None and raw.frame.empty and around is not None:
        raw = read_raw(place.file, faults, place.part, expected)
    there = [] if raw is None else list(raw.frame.columns)
    for ours, theirs in place.columns.items():
        if raw is not None and theirs not in there:
            faults.add(place.file, "", f"there is no column {theirs}, which `columns` maps to {ours}", "Correct the scenario")
    faults.raise_if_any()
    assert raw is not None
    try:
        frame = spelled.in_our_words(raw.frame, table, place.columns)
    except spelled.AmbiguousError as error:
        faults.add(place.file, "", f"these columns could mean the same: {error}", "Say which ones are meant in `columns`")
        faults.raise_if_any()
    return with_crs(frame, place.crs, around)


def with_crs(frame: Any, crs: str | None, around: Around | None = None) -> pd.DataFrame:
    """Return a layer in the system that the scenario states or its own; one that lies near only the other way round is turned.

    A plain table is returned as it is.
    """
    plain: pd.DataFrame = frame
    if not isinstance(frame, gpd.GeoDataFrame):
        return plain
    placed = coordinates.in_system(frame.geometry, crs)
    if around is not None and placed.crs is not None:
        box = gpd.GeoSeries([around[0]], crs=around[1]).total_bounds
        here, there = (coordinates.near(way.to_crs(around[1]), box) for way in (placed, coordinates.turned(placed)))
        if any(there) and not any(here):
            placed = coordinates.turned(placed)
    located: pd.DataFrame = frame.set_geometry(placed)
    return located


def shapes(layer: Any, crs: CRS) -> list[BaseGeometry]:
    """Return the shapes of a layer in a CRS."""
    return list(layer.to_crs(crs).geometry)


def rows(frame: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Yield each row as a dictionary of texts; columns that are absent give the empty text."""
    columns = [str(name) for name in frame.columns if name != "geometry"]
    for values in frame[columns].itertuples(index=False, name=None):
        yield dict(zip(columns, (str(value) for value in values), strict=True))


def whole(text: str) -> int | None:
    """Read a whole number as a bureau writes it: full-width digits, separators of thousands, ``12.0``; None if empty."""
    plain = re.sub(r"(?<=\d)[, ](?=\d{3}\b)", "", unicodedata.normalize("NFKC", text)).strip()
    return round(float(plain)) if plain else None


def number(text: str) -> float:
    """Read a coordinate."""
    return float(unicodedata.normalize("NFKC", text).strip())
