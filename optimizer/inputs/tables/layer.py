"""Layers: what GDAL reads, zipped shapefiles among them."""

import shutil
import tempfile
import warnings
import zipfile
from pathlib import Path, PurePosixPath

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyproj.exceptions import ProjError

from optimizer.faults import Faults
from optimizer.inputs.tables import letters
from optimizer.inputs.tables.osm import read_obstacles
from optimizer.inputs.tables.raw import Expected, Raw
from optimizer.inputs.tables.strings import strings

Near = tuple[shapely.Polygon, str]
"""An area and its CRS as WKT."""

UNREADABLE = (
    *(pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError, pyogrio.errors.GeometryError),
    *(pyogrio.errors.CRSError, pyogrio.errors.FieldError, UnicodeDecodeError),
)
"""What GDAL says of a file that it cannot read."""

_FORMATS = {".gpkg": "geopackage", ".geojson": "geojson", ".json": "geojson", ".shp": "shapefile", ".pbf": "openstreetmap"}
_ENCODINGS = {"utf-8": "UTF-8", "gb18030": "GB18030"}
_OSM_LAYER = "lines"
_OSM_COLUMNS = ["name", "highway", "other_tags"]


def read_layer(path: str, layer: str | None, expected: Expected, near: Near | None, faults: Faults) -> Raw | None:
    """Read a layer, strings and shapes in two dimensions; None where it cannot be read, or where several could be meant."""
    if path.lower().endswith(".shp") and not _whole(path, faults):
        return None
    try:
        with warnings.catch_warnings():
            # GDAL warns of broken rings and odd winding; the readers judge the shapes themselves
            warnings.simplefilter("ignore")
            return _opened(path, layer, expected, near, faults)
    except (*UNREADABLE, zipfile.BadZipFile) as error:
        faults.add(path, "", f"the file cannot be opened ({error})", "Open it in a GIS and save it again, best as GeoPackage")
        return None


def _opened(path: str, layer: str | None, expected: Expected, near: Near | None, faults: Faults) -> Raw | None:
    suffix = Path(path).suffix.lower()
    if suffix == ".shp":
        return _shapefile(Path(path), "shapefile", near)
    if suffix == ".zip":
        return _zipped(path, layer, expected, near, faults)
    if suffix == ".pbf" and layer is None and expected.table == "barriers":
        box = None if near is None else _box(path, near, {"layer": _OSM_LAYER})
        return Raw(strings(read_obstacles(path, box)), _FORMATS[suffix], "", "")
    several, name = _chosen(path, layer, expected, faults)
    if name is None:
        return None
    return Raw(strings(_read(path, near, layer=name)), _FORMATS[suffix], "", name if several else "")


def _part(file: Path, suffix: str) -> Path | None:
    """Return a shapefile's part, whatever the case of its ending."""
    same = (other for other in file.parent.iterdir() if other.stem == file.stem and other.suffix.lower() == suffix)
    return next(same, None)


def _whole(path: str, faults: Faults) -> bool:
    missing = [end for end in (".shx", ".dbf") if _part(Path(path), end) is None]
    if missing:
        what = f"the parts {' and '.join(missing)} of the shapefile are missing"
        faults.add(path, "", what, "Copy all files of that name (.shp, .shx, .dbf, .prj) into the folder")
    return not missing


def _shapefile(file: Path, form: str, near: Near | None, part: str = "") -> Raw:
    """Read a shapefile; the letters of one without `.cpg` are found out, half letters where a text was cut are left out."""
    cpg, dbf = _part(file, ".cpg"), _part(file, ".dbf")
    if dbf is None:
        return Raw(strings(_read(str(file), near)), form, "", part)
    table = dbf.read_bytes()
    found = letters.encoding(table)
    said = _ENCODINGS[found] if cpg is None else cpg.read_text("ascii", "replace").strip()
    options = {"encoding": found} if cpg is None else {}
    mended = letters.whole(table, found)
    if mended == table:
        return Raw(strings(_read(str(file), near, **options)), form, said, part)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "layer.shp"
        for suffix in (".shp", ".shx", ".prj", ".cpg"):
            if (other := _part(file, suffix)) is not None:
                shutil.copyfile(other, copy.with_suffix(suffix))
        copy.with_suffix(".dbf").write_bytes(mended)
        return Raw(strings(_read(str(copy), near, **options)), form, said, part)


def _zipped(path: str, layer: str | None, expected: Expected, near: Near | None, faults: Faults) -> Raw | None:
    """Read the shapefile in an archive: unpacked under plain names, since old archives spell theirs in GBK."""
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
        members = {PurePosixPath(_name(item)): item for item in archive.infolist() if not item.is_dir()}
        layers = sorted(name for name in members if name.suffix.lower() == ".shp")
        names = [name.stem for name in layers]
        chosen = _of_several(path, names, layer, expected, faults) if names else None
        if not names:
            faults.add(path, "", "there is no shapefile in the archive", "Unpack it, and name the file itself")
        if chosen is None:
            return None
        shp = layers[names.index(chosen)]
        for name, item in members.items():
            if name.parent == shp.parent and name.stem == shp.stem:
                (Path(folder) / f"layer{name.suffix.lower()}").write_bytes(archive.read(item))
        unpacked = Path(folder) / "layer.shp"
        if not _whole(str(unpacked), inside := Faults()):
            faults.add(path, "", next(iter(inside)).what, "Put all files of that name into the archive")
            return None
        return _shapefile(unpacked, "zip", near, chosen)


def _name(item: zipfile.ZipInfo) -> str:
    """Return a member's name; an archive that does not say UTF-8 was made on a Chinese Windows, or holds plain letters."""
    if item.flag_bits & 0x800 or item.filename.isascii():
        return item.filename
    return item.filename.encode("cp437", "replace").decode("gb18030", "replace")


def _chosen(path: str, layer: str | None, expected: Expected, faults: Faults) -> tuple[bool, str | None]:
    """Return whether there are several layers, and which one is meant."""
    names = [str(name) for name, _ in pyogrio.list_layers(path)]
    if path.lower().endswith(".pbf") and layer is None:
        return True, _OSM_LAYER
    return len(names) > 1, _of_several(path, names, layer, expected, faults)


def _of_several(path: str, names: list[str], layer: str | None, expected: Expected, faults: Faults) -> str | None:
    if layer is not None and layer not in names:
        faults.add(path, "", f"there is no layer {layer}", f"Name one of {', '.join(names)}")
        return None
    if layer is None and len(names) > 1 and expected.table not in names:
        faults.add(path, "", f"there are several layers: {', '.join(names)}", "Name one of them as `layer` beside `file`")
        return None
    return layer or (names[0] if len(names) == 1 else expected.table)


def _read(path: str, near: Near | None, **options: object) -> pd.DataFrame:
    only = dict(options)
    if path.lower().endswith(".pbf"):
        only |= {"columns": _OSM_COLUMNS, "where": "highway IS NOT NULL"}
    box = None if near is None else _box(path, near, options)
    if box is not None:
        only["bbox"] = box
    frame: pd.DataFrame = pyogrio.read_dataframe(path, on_invalid="fix", **only)
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="feature")
    if isinstance(frame, gpd.GeoDataFrame):
        frame = frame.set_geometry(shapely.force_2d(frame.geometry.to_numpy()), crs=frame.crs)
    return frame


def _box(path: str, near: Near, options: dict[str, object]) -> tuple[float, ...] | None:
    """Return the box around an area in the layer's own CRS; None where the layer has none that the area can be put into."""
    crs = pyogrio.read_info(path, **options)["crs"]
    if crs is None:
        return None
    try:
        return tuple(gpd.GeoSeries([near[0]], crs=near[1]).to_crs(crs).total_bounds)
    except ProjError:
        return None
