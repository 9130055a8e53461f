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

from optimizer.faults import Faults
from optimizer.inputs.tables import SUFFIXES, read_frame
from optimizer.scenario.model import Scenario, Table

Around = tuple[shapely.Polygon, str]
"""An area and its CRS: large layers are read near it only."""


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
    return None if place is None else opened(place, table, around)


def opened(place: Table, table: str, around: Around | None = None) -> pd.DataFrame:
    """Read this file as that table.

    Raises
    ------
    BadInputError
        If the file cannot be read, or lacks a column that the scenario maps.
    """
    faults = Faults()
    near = around if place.crs is None else None
    frame = read_frame(place.file, faults, place.layer, prefer=table, near=near)
    if frame is not None:
        for ours, theirs in place.columns.items():
            if theirs not in frame.columns:
                faults.add(place.file, "", f"there is no column {theirs}, which `columns` maps to {ours}", "Correct the scenario")
    faults.raise_if_any()
    assert frame is not None
    mapped = {theirs: ours for ours, theirs in place.columns.items()}
    hidden = [name for name in frame.columns if name in place.columns and place.columns[name] != name and name not in mapped]
    renamed: pd.DataFrame = frame.drop(columns=hidden).rename(columns=mapped)
    return with_crs(renamed, place.crs)


def with_crs(frame: Any, crs: str | None) -> pd.DataFrame:
    """Return a layer in the CRS that the scenario states; a plain table, and a layer with its own CRS, as they are."""
    stated: pd.DataFrame = (
        frame.set_crs(crs, allow_override=True) if crs is not None and isinstance(frame, gpd.GeoDataFrame) else frame
    )
    return stated


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
