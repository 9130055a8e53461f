"""Children by block and single year of age on 31 August 2026."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from optimizer.sample.blocks import Blocks
from optimizer.sample.communities import Places
from optimizer.sample.figures import AGES, by_age
from optimizer.sample.settlements import Settlement
from optimizer.sample.terrain import CENTRE

SHARE: Final = {"city": 0.45, "town": 0.20, "rural": 0.35}
"""Children by setting: a county seat that fills and villages that empty."""

YOUTH: Final = {"city": 0.06, "town": 0.0, "rural": -0.05}
"""Relative surplus of each younger year of age: young families move to the seat."""

DISTRICT_YOUTH: Final = 0.075
DISTRICT_DENSITY: Final = 0.4
ROUGHNESS: Final = 40.0
"""Shape of the gamma noise on each block and age; larger is smoother."""


def new_district(blocks: Blocks) -> npt.NDArray[np.bool_]:
    """Blocks of the seat's eastern edge, where the new estates go up."""
    offset = blocks.centroids - CENTRE
    angle = np.degrees(np.arctan2(offset[:, 1], offset[:, 0]))
    outer = np.linalg.norm(offset, axis=1) > 1_150
    inside: npt.NDArray[np.bool_] = (blocks.settlement == 0) & outer & (angle > -10) & (angle < 50)
    return inside


def make_residents(
    blocks: Blocks,
    places: Places,
    settlements: tuple[Settlement, ...],
    births: dict[int, int],
    rng: np.random.Generator,
) -> npt.NDArray[np.int64]:
    """Return the number of children, shape `(blocks, 18)`; each age sums to what `births` give."""
    district = new_district(blocks)
    weight = _weights(blocks, settlements, district, rng)
    weight[np.array(places.empty)] = 0.0
    setting = np.array(blocks.setting)
    for kind, share in SHARE.items():
        weight[setting == kind] *= share / weight[setting == kind].sum()
    youth = np.array([YOUTH[kind] for kind in blocks.setting])
    youth[district] = DISTRICT_YOUTH
    ages = np.arange(AGES)
    expected = weight[:, None] * np.exp(-youth[:, None] * (ages - 9)) * rng.gamma(ROUGHNESS, 1 / ROUGHNESS, (len(weight), AGES))
    expected = _rake(expected, weight, np.round(by_age(births)))
    return np.column_stack([_whole(expected[:, age]) for age in ages])


def _weights(
    blocks: Blocks,
    settlements: tuple[Settlement, ...],
    district: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> npt.NDArray[np.float64]:
    """Relative number of children by block: area times density, fading from each centre."""
    area = np.array([polygon.area for polygon in blocks.polygons])
    middle = blocks.centroids
    weight = rng.lognormal(0, 0.3, len(area))
    for k, place in enumerate(settlements):
        mine = blocks.settlement == k
        away = np.linalg.norm(middle[mine] - place.centre, axis=1) / place.plan.radius_m
        weight[mine] *= area[mine] * (0.45 + np.exp(-1.6 * away**2))
    rural = blocks.settlement < 0
    near = np.min([np.linalg.norm(middle - place.centre, axis=1) for place in settlements], axis=0)
    weight[rural] *= np.sqrt(area[rural]) * (0.25 + np.exp(-near[rural] / 4_000))
    weight[district] *= DISTRICT_DENSITY
    return weight


def _rake(
    table: npt.NDArray[np.float64],
    rows: npt.NDArray[np.float64],
    columns: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Fit proportionally and iteratively to the given row shares and column sums."""
    wanted = rows * columns.sum()
    for _ in range(30):
        sums = table.sum(axis=1)
        table = table * np.divide(wanted, sums, out=np.zeros_like(sums), where=sums > 0)[:, None]
        table = table * (columns / table.sum(axis=0))
    return table


def _whole(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Round to integers with the same sum, largest remainders first."""
    whole = np.floor(values).astype(np.int64)
    missing = round(values.sum()) - int(whole.sum())
    order = np.argsort(-(values - whole), kind="stable")
    whole[order[:missing]] += 1
    return whole
