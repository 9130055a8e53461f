"""The county seat and the towns: warped street grids and the cells between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, Polygon

from optimizer.sample import names
from optimizer.sample.terrain import CENTRE, harmonics

LANE_SHARE: Final = 0.09
"""Share of small streets that are lanes inside a block of two cells."""

Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """Where a settlement lies: km from the seat, grid spacing and radius in metres."""

    name: str
    setting: str
    at_km: tuple[float, float]
    spacing_m: float
    radius_m: float
    angle_deg: float


PLANS: Final = (
    Plan("栖云镇", "city", (0.0, 0.0), 150.0, 2_120.0, 14.0),
    Plan("竹坞镇", "town", (-9.4, 3.9), 170.0, 720.0, -20.0),
    Plan("麦溪镇", "town", (9.8, -2.9), 170.0, 720.0, -12.0),
    Plan("梨坪镇", "town", (8.0, 6.3), 170.0, 700.0, 35.0),
    Plan("双岔镇", "town", (-5.6, -5.6), 170.0, 690.0, 8.0),
    Plan("茶亭镇", "town", (-2.6, 7.4), 175.0, 670.0, 25.0),
    Plan("杉岭乡", "town", (5.2, -8.2), 175.0, 640.0, 50.0),
)


@dataclass(frozen=True)
class Street:
    """One straight piece of street; `border` pieces divide blocks, others are lanes inside one."""

    line: LineString
    name: str
    highway: str
    border: bool


@dataclass(frozen=True)
class Settlement:
    """A built-up place: its plan, its footprint (polygon, metres) and its streets."""

    plan: Plan
    footprint: Polygon
    streets: tuple[Street, ...]

    @property
    def centre(self) -> Points:
        """Middle of the settlement, shape `(2,)`, metres."""
        middle: Points = CENTRE + np.array(self.plan.at_km) * 1000
        return middle

    def main_streets(self) -> dict[str, LineString]:
        """Named primary and secondary streets, each as one line along its whole length."""
        pieces: dict[str, list[LineString]] = {}
        for street in self.streets:
            if street.highway in ("primary", "secondary"):
                pieces.setdefault(street.name, []).append(street.line)
        merged = {name: shapely.line_merge(shapely.MultiLineString(lines)) for name, lines in pieces.items()}
        return {name: line for name, line in merged.items() if isinstance(line, LineString)}


def make_settlements(rng: np.random.Generator) -> tuple[Settlement, ...]:
    """Lay out the seat (first) and the six towns."""
    street_names = names.streets(rng)
    return tuple(_settle(plan, street_names, rng) for plan in PLANS)


def _settle(plan: Plan, street_names: names.Pool, rng: np.random.Generator) -> Settlement:
    reach = int(plan.radius_m / plan.spacing_m) + 3
    nodes = _grid(plan, reach, rng)
    kept = _cells_within(plan, nodes, rng)
    rings = [_ring(nodes, i, j) for i, j in np.argwhere(kept)]
    parts = [part for part in shapely.get_parts(shapely.union_all(rings, grid_size=0.01)) if isinstance(part, Polygon)]
    footprint = Polygon(max(parts, key=lambda part: part.area).exterior)
    streets = _streets(plan, nodes, kept, reach, street_names, rng)
    return Settlement(plan, footprint, tuple(streets))


def _grid(plan: Plan, reach: int, rng: np.random.Generator) -> Points:
    """Corner points of the grid, shape `(2 reach + 1, 2 reach + 1, 2)`, bent and shaken."""
    steps = np.arange(-reach, reach + 1) * plan.spacing_m
    east, north = np.meshgrid(steps, steps, indexing="ij")
    bend = plan.spacing_m * 0.9
    waves = rng.uniform(0, 2 * np.pi, 2)
    length = plan.radius_m * 0.8
    bent = np.stack([east + bend * np.sin(north / length + waves[0]), north + bend * np.sin(east / length + waves[1])], axis=-1)
    bent += rng.uniform(-0.1, 0.1, bent.shape) * plan.spacing_m
    turn = np.radians(plan.angle_deg)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    grid: Points = np.round(bent @ rotation + CENTRE + np.array(plan.at_km) * 1000, 1)
    return grid


def _cells_within(plan: Plan, nodes: Points, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Cells whose middle lies inside a bumpy circle, shape `(2 reach, 2 reach)`."""
    middle = (nodes[:-1, :-1] + nodes[1:, 1:]) / 2 - CENTRE - np.array(plan.at_km) * 1000
    angle = np.arctan2(middle[..., 1], middle[..., 0])
    inside: npt.NDArray[np.bool_] = np.linalg.norm(middle, axis=-1) < plan.radius_m * harmonics(angle, rng, 0.05)
    return inside


def _ring(nodes: Points, i: int, j: int) -> Polygon:
    return Polygon([nodes[i, j], nodes[i + 1, j], nodes[i + 1, j + 1], nodes[i, j + 1]])


def _streets(
    plan: Plan,
    nodes: Points,
    kept: npt.NDArray[np.bool_],
    reach: int,
    street_names: names.Pool,
    rng: np.random.Generator,
) -> list[Street]:
    """All pieces of grid line that touch a kept cell; a few small streets become lanes inside a larger block."""
    streets = []
    merged = np.pad(np.zeros_like(kept), 1)
    padded = np.pad(kept, 1)
    for axis in (0, 1):
        for line in range(2 * reach + 1):
            pieces = [cells for step in range(2 * reach) if padded[cells := _sides(axis, line, step)].any()]
            if not pieces:
                continue
            highway = _rank(line - reach, plan.setting)
            name = street_names.take() if plan.setting == "city" or highway != "residential" else ""
            for cells in pieces:
                small = highway in ("residential", "tertiary") and padded[cells].all() and not merged[cells].any()
                border = not (small and rng.random() < LANE_SHARE)
                if not border:
                    merged[cells] = True
                i, j = int(cells[0][0]) - 1, int(cells[1][0]) - 1
                end = (i, j + 1) if axis == 0 else (i + 1, j)
                piece = LineString([nodes[i, j], nodes[end]])
                streets.append(Street(piece, name if border else "", highway if border else "footway", border))
    return streets


def _sides(axis: int, line: int, step: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Indexes, in the padded cell table, of the cells after and before a piece of grid line."""
    i, j = (line, step) if axis == 0 else (step, line)
    back = (1, 0) if axis == 0 else (0, 1)
    return np.array([i + 1, i + 1 - back[0]]), np.array([j + 1, j + 1 - back[1]])


def _rank(offset: int, setting: str) -> str:
    """Road class of the grid line that lies `offset` lines from the middle."""
    if offset == 0:
        return "primary" if setting == "city" else "secondary"
    if setting == "town":
        return "tertiary" if offset % 2 == 0 else "residential"
    if offset % 4 == 0:
        return "secondary"
    return "tertiary" if offset % 2 == 0 else "residential"
