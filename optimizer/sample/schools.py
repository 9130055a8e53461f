"""Where the schools stand and what kind they are; their rooms follow in `enrolment`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import networkx as nx
import numpy as np
import numpy.typing as npt

from optimizer.sample.blocks import Blocks
from optimizer.sample.communities import Places
from optimizer.sample.grow import spread
from optimizer.sample.names import COUNTY
from optimizer.sample.people import new_district
from optimizer.sample.settlements import Settlement
from optimizer.sample.terrain import CENTRE

CITY_PRIMARIES: Final = 8
"""Zoned primary schools of the seat besides the new district's; one is a nine-year school."""
CITY_JUNIORS: Final = 3
NINE_YEAR_TOWNS: Final = (5, 6)
BOARDING_TOWN: Final = 4
VILLAGE_PRIMARIES: Final = 11
SMALL_VILLAGES: Final = 3
"""Village schools besides the emptying one whose zones are kept small."""
TEACHING_POINTS: Final = 3
NUMBERS: Final = "一二三四五六七八九十"
CROWDED: Final = 4


@dataclass
class School:
    """A school; `role` says what the generator makes of it: see `enrolment.RULES`."""

    name: str
    level: str
    block: int
    role: str
    rooms: int = 0
    grades: str = ""
    parent: School | None = None
    group: str = ""
    beds: int = 0
    public: bool = True
    special_places: int = 0
    entrants: int = 0
    classes: dict[int, int] = field(default_factory=dict)
    students: dict[int, int] = field(default_factory=dict)

    def teaches(self, level: str) -> bool:
        """Whether it has a zone of the level, `primary` or `junior`."""
        return self.public and not self.special_places and self.level in (level, "nine_year")


def make_schools(
    blocks: Blocks,
    places: Places,
    settlements: tuple[Settlement, ...],
    children: npt.NDArray[np.int64],
    graph: nx.Graph[int],
    rng: np.random.Generator,
) -> list[School]:
    """All schools in the order of their ids: seat, towns, villages, teaching points, juniors, others."""
    weight = children.sum(axis=1).astype(np.float64)
    primaries, juniors = _city(blocks, weight, rng)
    for town in range(1, len(settlements)):
        primary, junior = _town(town, settlements[town], blocks)
        primaries.append(primary)
        juniors += junior
    villages = _villages(blocks, places, settlements, weight, rng)
    points = _teaching_points(blocks, places, primaries + villages, weight, graph)
    _form_groups(primaries, villages)
    return primaries + villages + points + juniors + _others(blocks, primaries + juniors)


def _form_groups(primaries: list[School], villages: list[School]) -> None:
    """Two groups in which an old school of the seat carries a weaker one and two village schools."""
    weak = [school for school in primaries if school.role == "new"], [school for school in primaries if school.role == "city"]
    for k, others in enumerate(weak):
        for school in [primaries[k], others[0], *villages[2 * k : 2 * k + 2]]:
            school.group = f"第{NUMBERS[k]}小学教育集团"


def _city(blocks: Blocks, weight: npt.NDArray[np.float64], rng: np.random.Generator) -> tuple[list[School], list[School]]:
    """Place the schools of the seat: crowded ones in the middle, a nine-year school, a new half-empty school in the east."""
    district = new_district(blocks)
    old = np.flatnonzero((blocks.settlement == 0) & ~district & (weight > 0))
    sites = old[spread(blocks.centroids[old], weight[old], CITY_PRIMARIES, rng)]
    away = np.linalg.norm(blocks.centroids[sites] - CENTRE, axis=1)
    sites = sites[np.argsort(away, kind="stable")]
    west = CROWDED + int(np.argmin(blocks.centroids[sites[CROWDED:], 0]))
    sites = np.append(np.delete(sites, west), sites[west])
    schools = [
        School(f"{COUNTY}第{NUMBERS[k]}小学", "primary", int(site), "crowded" if k < CROWDED else "city")
        for k, site in enumerate(sites[:-1])
    ]
    schools[0].role = "packed"
    schools.append(School(f"{COUNTY}西城学校", "nine_year", int(sites[-1]), "city"))
    new = np.flatnonzero(district)
    middle = np.linalg.norm(blocks.centroids[new] - blocks.centroids[new].mean(axis=0), axis=1)
    schools.append(School(f"{COUNTY}东湾小学", "primary", int(new[middle.argmin()]), "new"))
    free = np.setdiff1d(np.flatnonzero((blocks.settlement == 0) & (weight > 0)), [school.block for school in schools])
    far = np.linalg.norm(blocks.centroids[free] - blocks.centroids[sites[-1]], axis=1) > 1_000
    homes = free[far][spread(blocks.centroids[free[far]], weight[free[far]], CITY_JUNIORS, rng)]
    return schools, [School(f"{COUNTY}第{NUMBERS[k]}初级中学", "junior", int(block), "junior") for k, block in enumerate(homes)]


def _town(town: int, place: Settlement, blocks: Blocks) -> tuple[School, list[School]]:
    """Place a central primary and a junior school, or one nine-year school."""
    mine = np.flatnonzero(blocks.settlement == town)
    order = mine[np.argsort(np.linalg.norm(blocks.centroids[mine] - place.centre, axis=1), kind="stable")]
    name, first = place.plan.name, int(order[0])
    if town in NINE_YEAR_TOWNS:
        return School(f"{name}九年一贯制学校", "nine_year", first, "town"), []
    primary = School(f"{name}中心小学", "primary", first, "town")
    second = int(order[len(order) // 3])
    if town == BOARDING_TOWN:
        return primary, [School(f"{name}寄宿制初级中学", "junior", second, "junior", beds=720)]
    return primary, [School(f"{name}初级中学", "junior", second, "junior")]


def _villages(
    blocks: Blocks,
    places: Places,
    settlements: tuple[Settlement, ...],
    weight: npt.NDArray[np.float64],
    rng: np.random.Generator,
) -> list[School]:
    """Spread village schools by children over the land far from the towns; the one with fewest around is emptying."""
    middle = blocks.centroids
    away = np.min([np.linalg.norm(middle - place.centre, axis=1) - place.plan.radius_m for place in settlements], axis=0)
    land = np.flatnonzero((blocks.settlement < 0) & (away > 1_700))
    sites = land[spread(middle[land], weight[land], VILLAGE_PRIMARIES, rng)]
    nearest = np.argmin(np.linalg.norm(middle[land][:, None] - middle[sites][None], axis=2), axis=1)
    order = np.argsort(np.bincount(nearest, weight[land], len(sites)), kind="stable")
    schools = [School(f"{places.name[site]}完全小学", "primary", int(site), "village") for site in sites[order]]
    schools[0].role = "emptying"
    for school in schools[1 : 1 + SMALL_VILLAGES]:
        school.role = "small"
    return schools


def _teaching_points(
    blocks: Blocks,
    places: Places,
    primaries: list[School],
    weight: npt.NDArray[np.float64],
    graph: nx.Graph[int],
) -> list[School]:
    """Place three points of grades 1-3 in the peopled hamlets farthest from any school."""
    points: list[School] = []
    rural = np.flatnonzero((blocks.settlement < 0) & (weight > np.median(weight[blocks.settlement < 0])))
    while len(points) < TEACHING_POINTS:
        far = nx.multi_source_dijkstra_path_length(graph, {school.block for school in primaries + points}, weight="metres")
        site = max(rural.tolist(), key=lambda block: (far[block], -block))
        reach = nx.single_source_dijkstra_path_length(graph, site, weight="metres")
        parent = min((s for s in primaries if s.role != "emptying"), key=lambda school: reach[school.block])
        points.append(School(f"{places.name[site]}教学点", "primary", site, "point", grades="1-3", parent=parent))
    return points


def _others(blocks: Blocks, taken: list[School]) -> list[School]:
    """One special school and one private school: no zone."""
    used = {school.block for school in taken}
    city = [int(block) for block in np.flatnonzero(blocks.settlement == 0) if int(block) not in used]
    away = np.linalg.norm(blocks.centroids[city] - CENTRE, axis=1)
    order = [city[k] for k in np.argsort(away, kind="stable")]
    special = School(f"{COUNTY}特殊教育学校", "nine_year", order[len(order) // 2], "other", special_places=120)
    private = School(f"{COUNTY}育苗学校", "primary", order[-len(order) // 4], "other", rooms=12, public=False)
    return [special, private]
