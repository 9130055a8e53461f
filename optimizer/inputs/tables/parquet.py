"""Parquet tables and GeoParquet layers."""

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from optimizer.faults import Faults
from optimizer.inputs.tables.raw import Raw
from optimizer.inputs.tables.strings import strings


def read_parquet(path: str, faults: Faults) -> Raw | None:
    """Read a Parquet file; one with the metadata of GeoParquet is a layer. None where it cannot be read."""
    try:
        layer = b"geo" in (pq.read_schema(path).metadata or {})
        frame = gpd.read_parquet(path) if layer else pd.read_parquet(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        faults.add(path, "", f"the file cannot be opened ({error})", "Save it again as Parquet, or as CSV or GeoPackage")
        return None
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="feature" if layer else "row")
    if isinstance(frame, gpd.GeoDataFrame):
        frame = frame if frame.geometry.name == "geometry" else frame.rename_geometry("geometry")
        frame = frame.set_geometry(shapely.force_2d(frame.geometry.to_numpy()), crs=frame.crs)
    frame.columns = pd.Index([str(name) for name in frame.columns])
    return Raw(strings(frame), "geoparquet" if layer else "parquet")
