"""Names: communities of neighbouring blocks, and one name for each block."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import networkx as nx
import numpy as np

from optimizer.sample import names
from optimizer.sample.blocks import Blocks
from optimizer.sample.grow import grow, spread
from optimizer.sample.settlements import Settlement

BLOCKS_PER_COMMUNITY: Final = {"city": 11, "town": 9, "rural": 5}
EMPTY_SHARE: Final = 0.03
EMPTY_KINDS: Final = ("公园", "市场", "工业园")


@dataclass(frozen=True)
class Places:
    """Community and name of each block, and which blocks nobody lives in (parks, markets)."""

    community: list[str]
    name: list[str]
    empty: list[bool]


def name_places(blocks: Blocks, settlements: tuple[Settlement, ...], graph: nx.Graph[int], rng: np.random.Generator) -> Places:
    """Group the blocks of each settlement, and the rural ones, into connected communities."""
    pools = {"city": names.wards(rng), "rural": names.villages(rng)}
    community = [""] * len(blocks.polygons)
    for place in range(-1, len(settlements)):
        members = [i for i, home in enumerate(blocks.settlement) if home == place]
        setting = blocks.setting[members[0]]
        pool = pools.get(setting) or names.lanes(settlements[place].plan.name, rng)
        for area in _areas(graph.subgraph(members), blocks, BLOCKS_PER_COMMUNITY[setting], rng):
            name = pool.take()
            for block in area:
                community[block] = name
    empty = [setting == "city" and rng.random() < EMPTY_SHARE for setting in blocks.setting]
    return Places(community, _block_names(blocks, community, empty, rng), empty)


def _areas(graph: nx.Graph[int], blocks: Blocks, size: int, rng: np.random.Generator) -> list[list[int]]:
    """Return connected groups of about `size` blocks, in a fixed order."""
    areas: dict[int, list[int]] = {}
    for part in sorted(nx.connected_components(graph), key=min):
        members = sorted(part)
        points = blocks.centroids[members]
        count = max(1, round(len(members) / size))
        starts = [members[k] for k in spread(points, np.ones(len(members)), count, rng)] if count > 1 else members[:1]
        for block, start in grow(graph.subgraph(members), dict.fromkeys(starts, 0.0)).items():
            areas.setdefault(start, []).append(block)
    return [sorted(areas[start]) for start in sorted(areas)]


def _block_names(blocks: Blocks, community: list[str], empty: list[bool], rng: np.random.Generator) -> list[str]:
    """Courts in the seat, numbered groups in towns, hamlets elsewhere."""
    courts, hamlets = names.courts(rng), names.hamlets(rng)
    numbers: Counter[str] = Counter()
    result = []
    for block, setting in enumerate(blocks.setting):
        if setting == "rural":
            result.append(hamlets.take())
        elif setting == "town":
            numbers[community[block]] += 1
            result.append(f"{community[block]}{numbers[community[block]]}组")
        else:
            court = courts.take()
            result.append(court[:2] + EMPTY_KINDS[block % len(EMPTY_KINDS)] if empty[block] else court)
    return result
