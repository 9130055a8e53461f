"""The Baltimore County boundary study: its four measured optima, proved.

``python -m benchmarks.study DIR [--seconds N]`` reads ``blocks.geojson``, ``schools.csv`` and ``plans.csv`` and prints one JSON
line for each objective.
"""

from pathlib import Path

import geopandas
import numpy as np
import pandas as pd

from benchmarks.pooled import Pooled

TOLERANCE_M = 3.0
"""Blocks whose borders come this near have a common border: the layer has slivers."""


def read_study(folder: Path) -> Pooled:
    """Read the study against the seats of 2017, distances straight from a point inside each block."""
    blocks = geopandas.read_file(folder / "blocks.geojson").astype({"block_id": str}).sort_values("block_id", ignore_index=True)
    crs = blocks.estimate_utm_crs()
    shapes = blocks.geometry.to_crs(crs)
    inside = shapes.representative_point()
    schools = pd.read_csv(folder / "schools.csv").sort_values("school_id", ignore_index=True)
    at = geopandas.GeoSeries(geopandas.points_from_xy(schools["lon"], schools["lat"]), crs="EPSG:4326").to_crs(crs)
    plans = pd.read_csv(folder / "plans.csv", dtype={"block_id": str}).set_index("block_id")
    number = {school: z for z, school in enumerate(schools["school_id"])}
    left, right = shapes.sindex.query(shapes, predicate="dwithin", distance=TOLERANCE_M)
    pairs = np.array([(i, j) for i, j in zip(left, right, strict=True) if i < j and _share_a_border(shapes[i], shapes[j])])
    return Pooled(
        students=blocks["students"].to_numpy(dtype=np.int64),
        distance=np.array([np.round(inside.distance(point)) for point in at], dtype=np.int64).T.copy(),
        edges=pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].astype(np.int64),
        root=np.array([int(shapes.distance(point).argmin()) for point in at], dtype=np.int64),
        seats=schools["seats_2017"].to_numpy(dtype=np.int64),
        current=plans.loc[blocks["block_id"], "current"].map(number).to_numpy(dtype=np.int64),
    )


def _share_a_border(a: object, b: object) -> bool:
    return a.buffer(TOLERANCE_M).intersection(b.boundary).length > 10  # type: ignore[attr-defined]
