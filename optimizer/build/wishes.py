"""Wishes as masks and prices."""

from dataclasses import dataclass

import numpy as np

from optimizer.inputs.county import County
from optimizer.policy import WALK_M_PER_MIN
from optimizer.problem import NO_WAY_M, Bools, Ints
from optimizer.scenario.model import Forbid, Lock, Wishes


@dataclass(frozen=True)
class Bounds:
    """What the wishes leave open, and what the soft ones cost.

    Attributes
    ----------
    allowed
        ``[B, Z]``.
    metres
        ``[B, Z]`` price per student in metres.
    together
        ``[B]`` number of the group that stays together.
    """

    allowed: Bools
    metres: Ints
    together: Ints


def bounds(wishes: Wishes, county: County, zones: tuple[str, ...], furthest: Ints) -> Bounds:
    """Turn wishes into arrays.

    Parameters
    ----------
    wishes
        Their ids are known to exist.
    county
        For the columns that ``keep_together`` may name.
    zones
        Ids of the zones.
    furthest
        ``[B, Z]`` metres to the zone's school, the furthest one if its grades sit at several.
    """
    blocks = {str(block): index for index, block in enumerate(county.blocks.index)}
    allowed = furthest < NO_WAY_M
    metres = np.zeros(furthest.shape, dtype=np.int64)
    if wishes.max_distance_m is not None:
        allowed &= furthest <= wishes.max_distance_m
    if wishes.max_minutes is not None:
        allowed &= furthest <= round(wishes.max_minutes * WALK_M_PER_MIN)
    both: tuple[Lock | Forbid, ...] = (*wishes.lock, *wishes.forbid)
    for wish in both:
        if wish.school not in zones:
            continue  # a closed school: nobody goes there anyway, and a lock to it was refused
        rows = np.array([blocks[block] for block in wish.blocks])
        _apply(wish, rows, zones.index(wish.school), allowed, metres)
    return Bounds(allowed, metres, _together(wishes, county, blocks))


def _apply(wish: Lock | Forbid, rows: Ints, zone: int, allowed: Bools, metres: Ints) -> None:
    other = np.arange(allowed.shape[1]) != zone
    barred = other if isinstance(wish, Lock) else ~other
    if wish.weight_m is None:
        allowed[np.ix_(rows, np.flatnonzero(barred))] = False
    else:
        metres[np.ix_(rows, np.flatnonzero(barred))] += wish.weight_m


def _together(wishes: Wishes, county: County, blocks: dict[str, int]) -> Ints:
    """Return the number of each block's group; overlapping groups become one."""
    group = np.arange(len(blocks), dtype=np.int64)
    for members in kept_together(wishes, county):
        merged = np.isin(group, group[[blocks[block] for block in members]])
        group[merged] = group[merged].min()
    return group


def kept_together(wishes: Wishes, county: County) -> list[tuple[str, ...]]:
    """Return the ids of the blocks of each group that stays together."""
    chosen, blocks = wishes.keep_together, county.blocks
    if chosen is None:
        return []
    if isinstance(chosen, list):
        return [tuple(members) for members in chosen]
    by_value = blocks.groupby(chosen, sort=True).indices
    groups = [tuple(map(str, blocks.index[rows])) for value, rows in by_value.items() if value != ""]
    return [members for members in groups if len(members) > 1]
