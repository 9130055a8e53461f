"""Shapes as pages draw them: simplified so that neighbours still fit, in whole metres from the south-west corner."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray

from optimizer.inputs.county import County
from optimizer.problem import Ints

GEOMETRY = Any
"""A shapely geometry; shapely's arrays of them carry no type."""

PALETTE = ("#88ccee", "#cc6677", "#ddcc77", "#117733", "#332288", "#aa4499", "#44aa99", "#999933", "#882255")
"""Paul Tol's qualitative scheme "muted" (technical note SRON/EPS/TN/09-002): told apart by colour-blind readers."""

_DETAIL = 4000
"""Shapes are simplified to this fraction of the county's diagonal: a quarter of a pixel on a full screen."""


@dataclass(frozen=True)
class Drawing:
    """A county to draw.

    Attributes
    ----------
    origin
        South-west corner in the county's coordinates.
    width, height
        Metres.
    tolerance
        Metres of simplification.
    blocks
        ``[B]`` simplified polygons.
    """

    origin: tuple[float, float]
    width: float
    height: float
    tolerance: float
    blocks: NDArray[np.object_]

    @property
    def bounds(self) -> list[list[float]]:
        """Corners as Leaflet wants them: ``[[south, west], [north, east]]``."""
        return [[0.0, 0.0], [self.height, self.width]]

    def coordinates(self, shape: GEOMETRY) -> dict[str, Any]:
        """Return a shape as a GeoJSON geometry in whole metres from the corner."""
        moved = shapely.transform(shape, lambda xy: np.rint(xy - np.asarray(self.origin)))
        mapped: dict[str, Any] = shapely.geometry.mapping(moved)
        return {"type": mapped["type"], "coordinates": _whole(mapped["coordinates"])}

    def lines(self, layer: gpd.GeoDataFrame | None) -> dict[str, Any] | None:
        """Return a line layer as one GeoJSON geometry, or None if there is nothing to draw."""
        if layer is None or layer.empty:
            return None
        whole = shapely.line_merge(shapely.union_all(layer.geometry.to_numpy()))
        return self.coordinates(shapely.simplify(whole, self.tolerance))

    def outlines(self, group: Ints, count: int) -> list[dict[str, Any] | None]:
        """Return the outline of each group of blocks, None for an empty one.

        Parameters
        ----------
        group
            ``[B]`` the block's group, from 0 to ``count - 1``; other numbers are left out.
        """
        found: list[dict[str, Any] | None] = []
        for number in range(count):
            inside = self.blocks[group == number]
            found.append(self.coordinates(self._whole(shapely.union_all(inside))) if len(inside) else None)
        return found

    def _whole(self, shape: GEOMETRY) -> GEOMETRY:
        """Return a shape without the slits that blocks leave where they do not quite touch: holes too thin to be drawn."""
        parts = [
            shapely.Polygon(part.exterior, [ring for ring in part.interiors if not _is_slit(ring, self.tolerance)])
            for part in shapely.get_parts(shape)
        ]
        return shapely.union_all(parts)


def drawing(county: County) -> Drawing:
    """Simplify the county's blocks as a coverage, so that neighbours still share their borders."""
    west, south, east, north = county.blocks.total_bounds
    tolerance = float(np.hypot(east - west, north - south)) / _DETAIL
    shapes = np.asarray(county.blocks.geometry.to_numpy(), dtype=np.object_)
    simple = shapely.coverage_simplify(shapes, tolerance)
    return Drawing((west, south), east - west, north - south, tolerance, np.where(shapely.is_empty(simple), shapes, simple))


def zone_colors(sheet: Drawing, plans: Sequence[Ints], count: int) -> list[str]:
    """Return a color for each zone such that zones which touch in one of the plans differ, zones two apart too where possible.

    Zones touch on the paper, also across a river that parts neighbours in the problem.

    Parameters
    ----------
    sheet
        The shapes.
    plans
        ``[B]`` zone of each block, a plan each; `NO_RULE` where a block has none.
    count
        Number of zones.
    """
    first, second = shapely.STRtree(sheet.blocks).query(sheet.blocks, predicate="dwithin", distance=sheet.tolerance)
    graph: nx.Graph[int] = nx.empty_graph(count)
    for zone in plans:
        pairs = np.unique(np.stack([zone[first], zone[second]], axis=1), axis=0)
        graph.add_edges_from(map(tuple, pairs[(pairs[:, 0] < pairs[:, 1]) & (pairs >= 0).all(axis=1)].tolist()))
    wide = nx.greedy_color(nx.power(graph, 2), strategy="DSATUR")
    number = wide if max(wide.values()) < len(PALETTE) else nx.greedy_color(graph, strategy="DSATUR")
    return [PALETTE[number[zone] % len(PALETTE)] for zone in range(count)]


def _is_slit(ring: GEOMETRY, width: float) -> bool:
    return bool(shapely.is_empty(shapely.buffer(shapely.Polygon(ring), -width)))


def _whole(nested: Any) -> Any:
    if isinstance(nested, (tuple, list)):
        return [_whole(item) for item in nested]
    return int(nested)
