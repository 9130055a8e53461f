"""What may bar the way in OpenStreetMap: water, railways, motorways and level crossings, from the layers GDAL makes of a .pbf."""

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

_TAGS = ("natural", "waterway", "railway", "highway", "bridge", "tunnel")
_LAYERS = {
    "lines": "waterway IN ('river', 'canal') OR highway = 'motorway' OR other_tags LIKE '%\"natural\"=>\"coastline\"%'"
    " OR railway IS NOT NULL OR other_tags LIKE '%\"railway\"=>%'",
    "multipolygons": "natural = 'water'",
    "points": 'other_tags LIKE \'%"railway"=>%crossing"%\'',
}
"""What is asked of each layer; GDAL puts tags without a column of their own into ``other_tags``, as ``"railway"=>"rail"``."""


def read_obstacles(path: str, box: tuple[float, ...] | None) -> gpd.GeoDataFrame:
    """Read whatever may be a barrier, and the crossings of railways.

    Parameters
    ----------
    path
        An OpenStreetMap .pbf.
    box
        West, south, east, north in degrees, or None for all.

    Returns
    -------
    Columns ``layer`` (lines, multipolygons, points), ``name`` and the tags ``natural, waterway, railway, highway, bridge,
    tunnel`` as strings, with shapes; a polygon with broken rings that GEOS cannot hold is left out.
    """
    found = []
    for layer, where in _LAYERS.items():
        frame = pyogrio.read_dataframe(path, layer=layer, where=_known(path, layer, where), bbox=box, on_invalid="ignore")
        tags = {tag: _tag(frame, tag) for tag in _TAGS}
        found.append(gpd.GeoDataFrame({"layer": layer, "name": _tag(frame, "name"), **tags}, geometry=frame.geometry))
    frame = pd.concat(found, ignore_index=True)
    frame = frame[~shapely.is_missing(frame.geometry.to_numpy())]
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="feature")
    return frame


def _known(path: str, layer: str, where: str) -> str:
    """Return the question without columns that this GDAL keeps in ``other_tags``."""
    columns = set(pyogrio.read_info(path, layer=layer)["fields"])
    return " OR ".join(part for part in where.split(" OR ") if part.split()[0] in columns)


def _tag(frame: gpd.GeoDataFrame, key: str) -> "pd.Series[str]":
    own = frame[key] if key in frame else pd.Series("", index=frame.index, dtype=object)
    other = frame["other_tags"] if "other_tags" in frame else pd.Series("", index=frame.index, dtype=object)
    hidden = other.fillna("").astype(str).str.extract(f'"{key}"=>"([^"]*)"', expand=False)
    return own.fillna(hidden).where(own.fillna("") != "", hidden).fillna("").astype(object)
