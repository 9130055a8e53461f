"""The lie of the land: the county's outline and its two rivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from scipy.interpolate import CubicSpline
from shapely import LineString, MultiLineString, Point, Polygon

CRS: Final = "EPSG:4543"
"""CGCS2000 / 3-degree Gauss-Kruger, central meridian 102 E, metres."""

CENTRE: Final = np.array([470_000.0, 2_690_000.0])
"""Middle of the county seat; all plans below are metres from here."""

RIVER_STEP_M: Final = 20.0
"""Spacing of river vertices: bridges cut the barrier at whole vertices."""

MAIN_COURSE: Final = (
    (-24, 9.5),
    (-15, 5.2),
    (-9, 3.0),
    (-4, 1.1),
    (-1.5, 0.2),
    (0.6, -0.45),
    (2.6, -0.5),
    (5.5, -1.9),
    (9, -3.4),
    (15, -4.6),
    (24, -9.5),
)
SIDE_COURSE: Final = ((8.4, 18), (8.9, 11.5), (7.3, 7.6), (7.2, 4.2), (6.2, 1.2), (5.8, -2.0))


@dataclass(frozen=True)
class River:
    """A river as the line of its middle, metres, vertices every `RIVER_STEP_M`."""

    name: str
    line: LineString


@dataclass(frozen=True)
class Terrain:
    """Outline of the county (polygon, metres) and its rivers, main river first."""

    outline: Polygon
    rivers: tuple[River, ...]

    @property
    def water(self) -> MultiLineString:
        """All rivers as one geometry."""
        return MultiLineString([river.line for river in self.rivers])


def make_terrain(rng: np.random.Generator) -> Terrain:
    """Draw the outline of a mountain basin 34 km long and the rivers through it."""
    outline = _outline(rng)
    main = _course(MAIN_COURSE, rng, meander_m=260.0)
    side = _course(SIDE_COURSE, rng, meander_m=160.0)
    side = _stop_at(side, main)
    return Terrain(
        outline=outline,
        rivers=(
            River("映川河", _inside(main, outline)),
            River("白石溪", _inside(side, outline)),
        ),
    )


def _outline(rng: np.random.Generator) -> Polygon:
    """Return an ellipse of 17 by 12 km, tilted along the main valley, with ridges as bumps."""
    angle = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    radius = 1 / np.hypot(np.cos(angle) / 17_000, np.sin(angle) / 12_000)
    for wave in range(3, 22):
        radius *= 1 + rng.normal(0, 0.16 / wave**0.9) * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    tilt = np.radians(-16)
    points = np.column_stack([radius * np.cos(angle + tilt), radius * np.sin(angle + tilt)])
    return Polygon(np.round(points + CENTRE, 1))


def _course(plan_km: tuple[tuple[float, float], ...], rng: np.random.Generator, meander_m: float) -> LineString:
    """Smooth line through the plan, with meanders that fade near the seat."""
    plan = np.array(plan_km) * 1000
    knots = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(plan, axis=0).T))])
    along = np.arange(0, knots[-1], RIVER_STEP_M)
    spline = CubicSpline(knots, plan)
    middle, heading = spline(along), spline(along, 1)
    heading /= np.linalg.norm(heading, axis=1, keepdims=True)
    across = np.column_stack([-heading[:, 1], heading[:, 0]])
    fade = np.clip((np.linalg.norm(middle, axis=1) - 2_200) / 2_000, 0, 1)
    wave = sum(np.sin(along / length + rng.uniform(0, 6)) for length in (420.0, 730.0)) / 2
    return LineString(middle + CENTRE + across * (meander_m * fade * wave)[:, None])


def _stop_at(side: LineString, main: LineString) -> LineString:
    """Cut a side river where it first meets the main one, ending on a main vertex."""
    meeting = shapely.get_coordinates(side.intersection(main))
    reach = side.project(Point(meeting[0])) if len(meeting) else side.length
    points = shapely.get_coordinates(side)
    along = np.array([side.project(Point(p)) for p in points])
    kept = points[along < reach - RIVER_STEP_M]
    mouths = shapely.get_coordinates(main)
    mouth = mouths[np.argmin(np.linalg.norm(mouths - kept[-1], axis=1))]
    return LineString(np.vstack([kept, mouth]))


def _inside(line: LineString, outline: Polygon) -> LineString:
    """Return the longest part of the line within the outline."""
    parts = shapely.get_parts(line.intersection(outline))
    longest: LineString = max(parts, key=lambda part: part.length)
    return longest


def harmonics(angle: npt.NDArray[np.float64], rng: np.random.Generator, size: float) -> npt.NDArray[np.float64]:
    """Random smooth factor near 1 around a circle, for footprints that are not discs."""
    factor = np.ones_like(angle)
    for wave in (2, 3, 5):
        factor += rng.normal(0, size) * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    return factor
