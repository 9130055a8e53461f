"""Raw reading of one table or layer: a path in, a frame of strings with the row numbers a person sees out.

Nothing here knows what a block or a school is, but for the names that bureaus give to columns (`words.yaml`), by which a header
is known. The independent verifier shares this package, and only this one, with the readers. A further format is a module that
returns a `Raw`, an entry of `FORMATS` and a line of `read_raw`.
"""

import hashlib
from pathlib import Path

import pandas as pd

from optimizer.faults import Faults
from optimizer.inputs.tables.layer import Near, read_layer
from optimizer.inputs.tables.parquet import read_parquet
from optimizer.inputs.tables.raw import Expected, Raw, Remark
from optimizer.inputs.tables.text import read_text
from optimizer.inputs.tables.workbook import read_workbook

TABLE_SUFFIXES = (".csv", ".tsv", ".txt")
"""Tables of text: separator and encoding are found out."""

WORKBOOK_SUFFIXES = (".xlsx", ".xls", ".ods")
"""Workbooks: one sheet is the table."""

PARQUET_SUFFIXES = (".parquet", ".geoparquet")
"""Parquet, with shapes or without."""

LAYER_SUFFIXES = (".gpkg", ".geojson", ".json", ".shp", ".shp.zip", ".zip", ".osm.pbf", ".pbf")
"""Layers that GDAL reads."""

SUFFIXES = LAYER_SUFFIXES + PARQUET_SUFFIXES + TABLE_SUFFIXES + WORKBOOK_SUFFIXES
"""Every ending a table may have in the inputs folder."""

FORMATS = {
    "csv": {"en": "text", "zh": "文本表"},
    "excel": {"en": "workbook", "zh": "工作簿"},
    "parquet": {"en": "Parquet", "zh": "Parquet"},
    "geoparquet": {"en": "GeoParquet", "zh": "GeoParquet"},
    "geopackage": {"en": "GeoPackage", "zh": "GeoPackage"},
    "geojson": {"en": "GeoJSON", "zh": "GeoJSON"},
    "shapefile": {"en": "Shapefile", "zh": "Shapefile"},
    "zip": {"en": "zipped Shapefile", "zh": "Shapefile 压缩包"},
    "openstreetmap": {"en": "OpenStreetMap", "zh": "OpenStreetMap"},
}
"""`Raw.format`, as people call it."""

__all__ = ["FORMATS", "SUFFIXES", "Expected", "Near", "Raw", "Remark", "read_frame", "read_raw", "sha256"]


def read_raw(
    path: str, faults: Faults, part: str | None = None, expected: Expected | None = None, near: Near | None = None
) -> Raw | None:
    """Read a table or layer as it is.

    Parameters
    ----------
    path
        The file, relative to the working directory; a `.zip` holds a shapefile.
    faults
        Receives why the file cannot be read.
    part
        Layer or sheet of a file with several.
    expected
        What is known of the table: which layer or sheet it is, and by which names its header is known. Without it the header is
        the first row.
    near
        An area and its CRS as WKT: only shapes that meet its bounding box are read (large road files).

    Returns
    -------
    Every column as strings without surrounding blanks, the empty string where there is no value. The frame's index, named ``row``
    or ``feature``, holds the number a person sees: rows as a spreadsheet counts them (the header is row 1 where nothing stands
    above it), the first shape of a layer is feature 1. A layer with shapes is a GeoDataFrame, its geometry in two dimensions and
    the CRS that the file declares, or none. ``None`` where the file cannot be read.
    """
    file, known = Path(path), expected or Expected()
    if not file.exists():
        faults.add(path, "", "the file does not exist", f"Correct the path, or put the file there{_like(file)}")
    elif file.is_dir():
        faults.add(path, "", "this is a folder, not a file", "Name the file itself")
    else:
        return _read(path, faults, part, known, near)
    return None


def _read(path: str, faults: Faults, part: str | None, expected: Expected, near: Near | None) -> Raw | None:
    name = path.lower()
    if name.endswith(TABLE_SUFFIXES):
        return read_text(path, expected, faults)
    if name.endswith(WORKBOOK_SUFFIXES):
        return read_workbook(path, part, expected, faults)
    if name.endswith(PARQUET_SUFFIXES):
        return read_parquet(path, faults)
    if name.endswith(LAYER_SUFFIXES):
        return read_layer(path, part, expected, near, faults)
    listed = ", ".join(SUFFIXES)
    faults.add(path, "", f"files ending in {Path(path).suffix or 'nothing'} cannot be read", f"Save it as one of {listed}")
    return None


def read_frame(
    path: str, faults: Faults, layer: str | None = None, prefer: str = "", near: Near | None = None
) -> pd.DataFrame | None:
    """Read a table or layer as `read_raw` does, and return its frame only; ``prefer`` is the layer that is taken of several."""
    raw = read_raw(path, faults, layer, Expected(prefer), near)
    return None if raw is None else raw.frame


def sha256(path: str) -> str:
    """Return the hash of a file's bytes, as hexadecimal digits.

    The parts of a shapefile (.shp, .dbf, .prj ...) are hashed one after the other, by name.
    """
    file = Path(path)
    parts = [file]
    if file.suffix.lower() == ".shp":
        parts = sorted(part for part in file.parent.iterdir() if part.stem == file.stem and part.is_file())
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes())
    return digest.hexdigest()


def _like(file: Path) -> str:
    """Name the files of the same folder that have the same stem, or nothing."""
    if not file.parent.is_dir():
        return f" (there is no folder {file.parent})"
    same = sorted(other.name for other in file.parent.iterdir() if other.stem.lower() == file.stem.lower())
    return f" (there is {', '.join(same)})" if same else ""
