"""The rules that an assignment must keep: each function names what is broken."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import networkx as nx

from optimizer.check.ground import graph_of
from optimizer.check.report import Finding, listed
from optimizer.check.world import School, World
from optimizer.policy import WALK_M_PER_MIN
from optimizer.scenario.model import Wishes

FIRST_JUNIOR_GRADE = 7


def teaches(school: School, level: str) -> bool:
    """Say whether a school of the table has grades of a level, all or some."""
    return school.first_grade < FIRST_JUNIOR_GRADE if level == "primary" else school.last_grade >= FIRST_JUNIOR_GRADE


def rows(world: World, wishes: Wishes, given: Sequence[tuple[str, str]]) -> list[Finding]:
    """Check the rows ``(block, school)`` of an assignment: every block once, each to a school that may take it."""
    times = Counter(block for block, _ in given)
    found = [Finding("block_left_out", {"block": block}, (block,)) for block in sorted(set(world.blocks) - set(times))]
    for block, count in sorted(times.items()):
        if block not in world.blocks and block not in world.shapeless:
            found.append(Finding("block_unknown", {"block": block}, (block,)))
        if count > 1:
            found.append(Finding("block_twice", {"block": block, "times": count}, (block,)))
    for block, school in given:
        rule = _why_not(world, wishes, school)
        if rule:
            values = {"block": block, "school": school, "level": world.level}
            found.append(Finding(rule, values, (block, school)))
    return found


def _why_not(world: World, wishes: Wishes, name: str) -> str | None:
    """Return the rule that forbids sending anybody to this school, if any."""
    school = world.schools.get(name)
    if school is None:
        return "school_unknown"
    if name in wishes.close:
        return "school_closed"
    if not teaches(school, world.level):
        return "school_of_another_level"
    if school.special:
        return "school_special"
    if not school.public:
        return "school_private"
    return None if name in world.zones else "school_without_seats"


def pieces(world: World, zone_of: Mapping[str, str]) -> list[Finding]:
    """Check that each zone holds its school's block and is in one piece.

    Blocks on a component of the neighbourhood that holds no school's block are exempt.
    """
    graph = graph_of(world.blocks, world.border)
    exempt = exempt_blocks(world)
    found = []
    for school in world.zones:
        root = world.root.get(school)
        members = {block for block, zone in zone_of.items() if zone == school}
        if root is not None and root not in members:
            found.append(Finding("zone_without_its_block", {"school": school, "block": root}, (school, root)))
        bound = graph.subgraph(members - exempt)
        held = set(nx.node_connected_component(bound, root)) if root is not None and root in bound else set()
        if root not in members:  # the largest piece counts as the zone, so that only what is cut off is named
            parts: list[set[str]] = list(nx.connected_components(bound))
            held = max(parts, key=len, default=set())
        astray = sorted(set(bound) - held)
        if astray:
            values: dict[str, str | int | float] = {"school": school, "count": len(astray), "blocks": listed(astray)}
            found.append(Finding("zone_in_pieces", values, (school, *astray)))
    return found


def exempt_blocks(world: World) -> set[str]:
    """Return the blocks from which no root can be reached over neighbours."""
    graph = graph_of(world.blocks, world.border)
    rooted = set(world.root.values())
    return {block for part in nx.connected_components(graph) if not part & rooted for block in part}


def ways(world: World, wishes: Wishes, zone_of: Mapping[str, str]) -> list[Finding]:
    """Check that every block can walk to its schools, and no further than the hard wish says."""
    limits = [metres for metres in (wishes.max_distance_m, _metres(wishes.max_minutes)) if metres is not None]
    limit = min(limits, default=None)
    found = []
    for block, zone in sorted(zone_of.items()):
        for school in sorted({world.sits_at[zone, grade] for grade in world.grades}):
            metres = world.distance.get((block, school))
            values: dict[str, str | int | float] = {"block": block, "school": school}
            if metres is None:
                found.append(Finding("no_way", values, (block, school)))
            elif limit is not None and metres > limit:
                values |= {"metres": metres, "limit": limit}
                found.append(Finding("wish_max_distance", values, (block, school)))
    return found


def _metres(minutes: int | None) -> int | None:
    return None if minutes is None else round(minutes * WALK_M_PER_MIN)


def wished(world: World, wishes: Wishes, zone_of: Mapping[str, str]) -> tuple[list[Finding], list[Finding]]:
    """Check locks, forbidden pairs and blocks that stay together; returns what is broken, and which soft ones are not met."""
    broken, short = [], []
    for kind, wish, is_lock in [("lock", w, True) for w in wishes.lock] + [("forbid", w, False) for w in wishes.forbid]:
        for block in sorted(set(wish.blocks)):
            goes = zone_of.get(block, "")
            if (goes == wish.school) == is_lock:
                continue
            values: dict[str, str | int | float] = {"block": block, "school": wish.school, "other": goes}
            if wish.weight_m is None:
                broken.append(Finding(f"wish_{kind}", values, (block, wish.school)))
            else:
                short.append(Finding(f"soft_{kind}", values, (block, wish.school)))
    for name, blocks in together(world, wishes):
        schools = sorted({zone_of[block] for block in blocks if block in zone_of})
        if len(schools) > 1:
            values = {"group": name, "schools": listed(schools)}
            broken.append(Finding("wish_keep_together", values, tuple(sorted(blocks))))
    return broken, short


def unmet_m(world: World, wishes: Wishes, zone_of: Mapping[str, str]) -> int:
    """Return the price of the soft wishes that are not met, in student-metres over the horizon and all weighted variants."""
    total = 0
    for wish, is_lock in [(w, True) for w in wishes.lock] + [(w, False) for w in wishes.forbid]:
        for block in sorted(set(wish.blocks)):
            if wish.weight_m is not None and wish.school in world.zones and (zone_of[block] == wish.school) != is_lock:
                total += wish.weight_m * sum(world.student_years(block, grade) for grade in world.grades)
    return total


def together(world: World, wishes: Wishes) -> Iterator[tuple[str, list[str]]]:
    """Yield the name and the blocks of each group that stays together."""
    wish = wishes.keep_together
    if isinstance(wish, str):
        groups: dict[str, list[str]] = {}
        for block in world.blocks.values():
            groups.setdefault(block.row.get(wish, ""), []).append(block.block_id)
        yield from ((name, blocks) for name, blocks in sorted(groups.items()) if name)
    else:
        yield from ((listed(blocks), blocks) for blocks in wish or [])
