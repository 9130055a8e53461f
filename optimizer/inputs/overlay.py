"""Zones drawn as areas, laid over the blocks: which zone holds most of each block, and which blocks their lines cut.

A block's shares are its parts in each zone, by area; where homes are known in a block (layer ``homes``), by the people or
dwellings counted there. Parts of less than 5 % of the block are slivers and count for nothing. The block belongs to the zone with
the largest share (to a millionth; then the lower school id). If zones hold less than half of its area, it has no zone.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

SLIVER = 0.05
"""Own: a part of a block smaller than this is where two digitised lines do not quite meet."""

COVERED = 0.5
"""Own: a block of which zones hold less than this lies outside them."""

OVERLAP = 0.001
"""Own: zones that overlap by less than this of the smaller one meet in a line drawn twice."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Overlay:
    """What lies where.

    Attributes
    ----------
    school
        Index ``block_id``: the school whose zone holds most of the block; blocks outside all zones are missing.
    cut
        ``block_id, school_id, share, by`` (``area`` or ``homes``): the parts of each block that a zone's line cuts, the largest
        first.
    overlaps
        Pairs of school ids whose zones overlap by more than slivers, with the square metres.
    """

    school: "pd.Series[str]"
    cut: pd.DataFrame
    overlaps: tuple[tuple[str, str, float], ...]


def overlay(blocks: gpd.GeoDataFrame, zones: "gpd.GeoSeries", homes: gpd.GeoDataFrame | None) -> Overlay:
    """Lay zones over blocks.

    Parameters
    ----------
    blocks
        Valid polygons, indexed by id.
    zones
        Valid areas, indexed by school id, each id once; they may overlap and leave gaps. The same plane CRS in metres.
    homes
        Points with ``count``, or None.
    """
    parts = _parts(blocks, zones)
    covered = parts.groupby("block_id")["area_share"].sum()
    parts = parts[(parts["area_share"] >= SLIVER) & parts["block_id"].map(covered).ge(COVERED)]
    parts = parts.assign(share=parts["area_share"] / parts.groupby("block_id")["area_share"].transform("sum"), by="area")
    parts = parts[["block_id", "school_id", "share", "by"]]
    several = parts["block_id"].duplicated(keep=False)
    if homes is not None and several.any():
        parts = pd.concat([parts[~several], _by_homes(parts[several], blocks, zones, homes)])
    parts["share"] = parts["share"].round(6)
    parts = parts.sort_values(["block_id", "share", "school_id"], ascending=[True, False, True], ignore_index=True)
    school = parts.drop_duplicates("block_id").set_index("block_id")["school_id"]
    return Overlay(school, parts[parts["block_id"].duplicated(keep=False)].reset_index(drop=True), _overlaps(zones))


def _parts(blocks: gpd.GeoDataFrame, zones: "gpd.GeoSeries") -> pd.DataFrame:
    """Return ``block_id, school_id, area_share`` of all parts."""
    shapes, areas = blocks.geometry.to_numpy(), zones.to_numpy()
    block, zone = shapely.STRtree(areas).query(shapes, predicate="intersects")
    common = shapely.area(shapely.intersection(shapes[block], areas[zone]))
    return pd.DataFrame(
        {
            "block_id": blocks.index.to_numpy()[block],
            "school_id": zones.index.to_numpy()[zone],
            "area_share": common / shapely.area(shapes)[block],
        }
    )


def _by_homes(parts: pd.DataFrame, blocks: gpd.GeoDataFrame, zones: "gpd.GeoSeries", homes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Weigh the parts of cut blocks by their homes; a block without homes in any of them keeps its shares by area."""
    points, count = homes.geometry.to_numpy(), homes["count"].to_numpy(dtype=np.float64)
    lived = np.zeros(len(parts))
    tree = shapely.STRtree(points)
    for row, (block, school) in enumerate(zip(parts["block_id"], parts["school_id"], strict=True)):
        part = shapely.intersection(blocks.geometry[block], zones[school])
        lived[row] = count[tree.query(part, predicate="intersects")].sum()
    total = parts.assign(lived=lived).groupby("block_id")["lived"].transform("sum").to_numpy()
    known = total > 0
    share = np.where(known, lived / np.where(known, total, 1), parts["share"])
    weighed = parts.assign(share=share, by=np.where(known, "homes", "area"))
    return weighed[weighed["share"] > 0]


def _overlaps(zones: "gpd.GeoSeries") -> tuple[tuple[str, str, float], ...]:
    areas, ids = zones.to_numpy(), zones.index.to_numpy()
    first, second = shapely.STRtree(areas).query(areas, predicate="intersects")
    first, second = first[ids[first] < ids[second]], second[ids[first] < ids[second]]
    common = shapely.area(shapely.intersection(areas[first], areas[second]))
    smaller = np.minimum(shapely.area(areas[first]), shapely.area(areas[second]))
    large = common > smaller * OVERLAP
    found = sorted(zip(ids[first[large]], ids[second[large]], common[large], strict=True))
    return tuple((str(a), str(b), float(metres)) for a, b, metres in found)
