"""Estates to be built: the new district's, a few elsewhere, and one large extra one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import KDTree

from optimizer.sample.blocks import Blocks
from optimizer.sample.people import new_district
from optimizer.sample.terrain import CENTRE

DISTRICT_ESTATES: Final = (
    ("东湾一期", 2026, 620, "commercial"),
    ("东湾二期", 2027, 680, "commercial"),
    ("安和家苑", 2027, 540, "resettlement"),
    ("映川府", 2028, 760, "commercial"),
    ("青年公寓", 2028, 420, "rental"),
    ("东湾三期", 2029, 700, "commercial"),
    ("云上城", 2030, 820, "commercial"),
    ("安和新苑", 2031, 480, "resettlement"),
    ("云上城二期", 2032, 640, "commercial"),
)
TOWN_ESTATES: Final = (
    ("竹坞安置点", 1, 2027, 160, "resettlement"),
    ("麦溪新居", 2, 2028, 220, "commercial"),
)
OLD_TOWN_ESTATES: Final = (
    ("老城改造一片", 2026, 460, "resettlement"),
    ("老城改造二片", 2027, 520, "resettlement"),
    ("书香里", 2027, 480, "commercial"),
    ("老城改造三片", 2028, 380, "resettlement"),
)
"""Old quarters of the seat that are rebuilt higher: where the schools are crowded."""
OLD_TOWN_M: Final = 900.0
EXTRA_ESTATE: Final = ("西山新城", 2028, 2400, "commercial")
EXTRA_AT_M: Final = (-1_650.0, 700.0)


@dataclass(frozen=True)
class Estate:
    """Dwellings of one type that are handed over in one year in one block."""

    name: str
    block: int
    year: int
    dwellings: int
    kind: str


def make_estates(blocks: Blocks, rng: np.random.Generator) -> tuple[list[Estate], Estate]:
    """Return the planned estates in order of year, and the extra one of scenario new-estate."""
    plots = rng.permutation(np.flatnonzero(new_district(blocks))).tolist()
    estates = [Estate(name, plots.pop(), year, dwellings, kind) for name, year, dwellings, kind in DISTRICT_ESTATES]
    away = np.linalg.norm(blocks.centroids - CENTRE, axis=1)
    old = rng.permutation(np.flatnonzero((blocks.settlement == 0) & (away < OLD_TOWN_M))).tolist()
    estates += [Estate(name, old.pop(), year, dwellings, kind) for name, year, dwellings, kind in OLD_TOWN_ESTATES]
    for name, town, year, dwellings, kind in TOWN_ESTATES:
        last = int(np.flatnonzero(blocks.settlement == town)[-1])
        estates.append(Estate(name, last, year, dwellings, kind))
    estates.sort(key=lambda estate: (estate.year, estate.name))
    name, year, dwellings, kind = EXTRA_ESTATE
    city = np.flatnonzero(blocks.settlement == 0)
    _, nearest = KDTree(blocks.centroids[city]).query(CENTRE + np.array(EXTRA_AT_M))
    return estates, Estate(name, int(city[nearest]), year, dwellings, kind)
