"""The whole county, made step by step from one seeded generator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from optimizer.sample.blocks import Blocks, make_blocks
from optimizer.sample.borders import Segment, adjacency, find_borders, open_at
from optimizer.sample.bridges import GAP_M, place_bridges
from optimizer.sample.communities import Places, name_places
from optimizer.sample.enrolment import draw_zones, fill_schools
from optimizer.sample.figures import county_births
from optimizer.sample.housing import Estate, make_estates
from optimizer.sample.people import make_residents
from optimizer.sample.roads import Road, make_roads
from optimizer.sample.schools import School, make_schools
from optimizer.sample.settlements import make_settlements
from optimizer.sample.terrain import Terrain, make_terrain

LEVELS: Final = ("primary", "junior")


@dataclass(frozen=True)
class County:
    """Everything the tables are written from."""

    terrain: Terrain
    blocks: Blocks
    places: Places
    barrier: list[Segment]
    roads: list[Road]
    births: dict[int, int]
    children: npt.NDArray[np.int64]
    schools: list[School]
    zones: dict[str, dict[int, School]]
    estates: list[Estate]
    extra_estate: Estate


def make_county(seed: int) -> County:
    """Invent the county; the same seed gives the same county.

    Each subject draws from its own stream, so that a change in one leaves the others as they are.
    """
    land, towns, parts, words, ways, homes, sites, plots = np.random.default_rng(seed).spawn(8)
    terrain = make_terrain(land)
    settlements = make_settlements(towns)
    blocks = make_blocks(terrain, settlements, parts)
    borders = find_borders(blocks.polygons, terrain)
    bridges = place_bridges(terrain, settlements, blocks, borders)
    opened, barrier = open_at(borders, bridges.points, GAP_M)
    graph = adjacency(blocks.polygons, borders, opened)
    places = name_places(blocks, settlements, graph, words)
    roads = make_roads(terrain, settlements, blocks, borders, bridges, ways)
    births = county_births()
    children = make_residents(blocks, places, settlements, births, homes)
    schools = make_schools(blocks, places, settlements, children, graph, sites)
    zones = {level: draw_zones(graph, schools, level, children) for level in LEVELS}
    fill_schools(schools, zones, children)
    estates, extra = make_estates(blocks, plots)
    return County(terrain, blocks, places, barrier, roads, births, children, schools, zones, estates, extra)
