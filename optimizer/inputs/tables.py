"""Raw reading of one table or layer: a path in, a frame of strings with the row numbers a person sees out.

Nothing here knows what a block or a school is. The independent verifier shares this module, and only this one, with the
readers; a further format is one more entry of `_FORMATS`.
"""

import csv
import hashlib
import io
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from optimizer.faults import Faults

TABLE_SUFFIXES = (".csv", ".tsv", ".txt")
"""Tables of text: separator and encoding are found out."""

LAYER_SUFFIXES = (".gpkg", ".geojson", ".json", ".shp", ".shp.zip", ".zip", ".osm.pbf", ".pbf")
"""Layers that GDAL reads."""

SUFFIXES = LAYER_SUFFIXES + TABLE_SUFFIXES
"""Every ending a table may have in the inputs folder."""

_SEPARATORS = ",;\t"
_ENCODINGS = ("utf-8-sig", "gb18030")
_UNREADABLE = (
    *(pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError, pyogrio.errors.GeometryError),
    *(pyogrio.errors.CRSError, pyogrio.errors.FieldError, UnicodeDecodeError),
)
"""What GDAL says of a file that it cannot read."""

_OSM_LAYER = "lines"
_OSM_COLUMNS = ["name", "highway", "other_tags"]


def read_frame(
    path: str,
    faults: Faults,
    layer: str | None = None,
    prefer: str = "",
    near: tuple[shapely.Polygon, str] | None = None,
) -> pd.DataFrame | None:
    """Read a table or layer as it is.

    Parameters
    ----------
    path
        The file, relative to the working directory; a `.zip` holds a shapefile.
    faults
        Receives why the file cannot be read.
    layer
        Layer of a file with several.
    prefer
        Layer that is taken where the file has several and none is named.
    near
        An area and its CRS as WKT: only shapes that meet its bounding box are read (large road files).

    Returns
    -------
    Every column as strings without surrounding blanks, the empty string where there is no value. The index, named ``row`` or
    ``feature``, holds the number a person sees: the header of a table is row 1, the first shape of a layer is feature 1. A layer
    with shapes is a GeoDataFrame, its geometry in two dimensions and the CRS that the file declares, or none. ``None`` where
    the file cannot be read.
    """
    file = Path(path)
    if not file.exists():
        faults.add(path, "", "the file does not exist", f"Correct the path, or put the file there{_like(file)}")
        return None
    if file.is_dir():
        faults.add(path, "", "this is a folder, not a file", "Name the file itself")
        return None
    if file.suffix.lower() in TABLE_SUFFIXES:
        return _read_text(path, faults)
    if file.name.lower().endswith(LAYER_SUFFIXES):
        return _read_layer(path, faults, layer, prefer, near)
    known = ", ".join(SUFFIXES)
    faults.add(path, "", f"files ending in {file.suffix or 'nothing'} cannot be read", f"Save it as one of {known}")
    return None


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


def _read_text(path: str, faults: Faults) -> pd.DataFrame | None:
    text = _decode(path, faults)
    if text is None:
        return None
    separator = _separator(text)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        faults.add(path, "", f"the quotation marks do not pair up ({error})", "Save the table again as CSV from the spreadsheet")
        return None
    if not lines or not any(cell.strip() for cell in lines[0]):
        faults.add(path, "row 1", "there are no column names", "Put the names of the columns into the first row")
        return None
    header = [cell.strip() for cell in lines[0]]
    if not _names_once(path, header, faults):
        return None
    return _rows_to_frame(path, header, lines[1:], faults)


def _decode(path: str, faults: Faults) -> str | None:
    """Decode a text file: UTF-16 where its byte order mark says so, else UTF-8, else GB18030."""
    data = Path(path).read_bytes()
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else _ENCODINGS
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    faults.add(path, "", "the text is neither UTF-8 nor GB18030", "Save it again as CSV UTF-8")
    return None


def _separator(text: str) -> str:
    """Return the separator that the header uses most; a comma where it has one column only."""
    header = text.lstrip("\r\n").split("\n", 1)[0]
    return max(_SEPARATORS, key=header.count)


def _names_once(path: str, header: list[str], faults: Faults) -> bool:
    twice = sorted({name for name in header if name and header.count(name) > 1})
    for name in twice:
        faults.add(path, "row 1", f"the column {name} stands there twice", "Rename or delete one of them")
    return not twice


def _rows_to_frame(path: str, header: list[str], lines: list[list[str]], faults: Faults) -> pd.DataFrame | None:
    """Cut or fill the rows to the header's width; blank rows are skipped but counted."""
    width, rows, numbers, good = len(header), [], [], True
    for number, line in enumerate(lines, start=2):
        cells = [cell.strip() for cell in line]
        if not any(cells):
            continue
        if any(cells[width:]):
            what = f"there are {len(cells)} values, but {width} column names"
            faults.add(path, f"row {number}", what, "Put values that hold the separator into quotation marks")
            good = False
        rows.append((cells + [""] * width)[:width])
        numbers.append(number)
    if not good:
        return None
    index = pd.Index(numbers, name="row", dtype=np.int64)
    frame = pd.DataFrame(rows, columns=header, index=index, dtype=object)
    return frame.loc[:, [name != "" for name in header]]


def _read_layer(
    path: str, faults: Faults, layer: str | None, prefer: str, near: tuple[shapely.Polygon, str] | None
) -> pd.DataFrame | None:
    if Path(path).suffix.lower() == ".shp" and not _shapefile_whole(path, faults):
        return None
    try:
        with warnings.catch_warnings():
            # GDAL warns of broken rings and odd winding; the readers judge the shapes themselves
            warnings.simplefilter("ignore")
            layer = _choose_layer(path, faults, layer, prefer)
            if layer is None:
                return None
            frame = _read_ogr(path, layer, near)
    except _UNREADABLE as error:
        faults.add(path, "", f"the file cannot be opened ({error})", "Open it in a GIS and save it again, best as GeoPackage")
        return None
    return _strings(frame)


def _shapefile_whole(path: str, faults: Faults) -> bool:
    missing = [
        end
        for end in (".shx", ".dbf")
        if not (Path(path).with_suffix(end).exists() or Path(path).with_suffix(end.upper()).exists())
    ]
    if missing:
        what = f"the parts {' and '.join(missing)} of the shapefile are missing"
        faults.add(path, "", what, "Copy all files of that name (.shp, .shx, .dbf, .prj) into the folder")
    return not missing


def _choose_layer(path: str, faults: Faults, layer: str | None, prefer: str) -> str | None:
    names = [str(name) for name, _ in pyogrio.list_layers(path)]
    if path.lower().endswith(".pbf") and layer is None:
        return _OSM_LAYER
    if layer is not None and layer not in names:
        faults.add(path, "", f"there is no layer {layer}", f"Name one of {', '.join(names)}")
        return None
    if layer is None and len(names) > 1 and prefer not in names:
        faults.add(path, "", f"there are several layers: {', '.join(names)}", "Name one of them as `layer` beside `file`")
        return None
    return layer or (names[0] if len(names) == 1 else prefer)


def _read_ogr(path: str, layer: str, near: tuple[shapely.Polygon, str] | None) -> pd.DataFrame:
    only: dict[str, object] = {}
    if path.lower().endswith(".pbf"):
        only = {"columns": _OSM_COLUMNS, "where": "highway IS NOT NULL"}
    if near is not None:
        crs = pyogrio.read_info(path, layer=layer)["crs"]
        if crs is not None:
            only["bbox"] = tuple(gpd.GeoSeries([near[0]], crs=near[1]).to_crs(crs).total_bounds)
    frame: pd.DataFrame = pyogrio.read_dataframe(path, layer=layer, on_invalid="fix", **only)
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="feature")
    if isinstance(frame, gpd.GeoDataFrame):
        frame = frame.set_geometry(shapely.force_2d(frame.geometry.to_numpy()), crs=frame.crs)
    return frame


def _strings(frame: pd.DataFrame) -> pd.DataFrame:
    for name in frame.columns:
        if name != "geometry":
            frame[name] = pd.Series([_string(value) for value in frame[name]], index=frame.index, dtype=object)
    return frame


def _string(value: object) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
