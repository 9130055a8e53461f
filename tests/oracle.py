# ruff: noqa: S311 - chance is for drawing problems, not for secrets
"""Small random zoning problems and their optimum by trying everything: plain Python that shares nothing with the solver."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import TypeAlias

import numpy as np
from hypothesis import strategies as st

from optimizer.problem import NO_RULE, NO_WAY_M, Plan, Prices, Problem

Assignment: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class Kinds:
    """How often each kind of rule is switched on in a random problem (a chance from 0 to 1)."""

    rooms: float = 0.5
    seats: float = 0.6
    keep_cohorts: float = 0.5
    stay: float = 0.4
    existing: float = 0.4
    size_limit: float = 0.3
    walk_limit: float = 0.3
    current: float = 0.6
    forbidden: float = 0.3
    together: float = 0.3
    island: float = 0.3
    teaching_point: float = 0.3
    penalty: float = 0.3
    more_roots: float = 0.25
    closed_site: float = 0.2
    no_way: float = 0.2
    rootless: float = 0.05


def problems(
    blocks: tuple[int, int] = (3, 8), zones: tuple[int, int] = (1, 3), kinds: Kinds | None = None
) -> st.SearchStrategy[Problem]:
    """Hypothesis strategy of random problems; the seed is what is drawn, so a failure is repeated by its seed."""
    return st.integers(0, 2**32 - 1).map(lambda seed: random_problem(seed, blocks, zones, kinds or Kinds()))


def random_problem(
    seed: int, blocks: tuple[int, int] = (3, 8), zones: tuple[int, int] = (1, 3), kinds: Kinds | None = None
) -> Problem:
    """Draw a problem; some have no plan at all."""
    rng = random.Random(seed)
    on = {name: rng.random() < chance for name, chance in vars(kinds or Kinds()).items()}
    n_blocks = rng.randint(*blocks)
    n_zones = min(rng.randint(*zones), n_blocks)
    n_sites = n_zones + on["closed_site"]
    size = rng.choice([(1, 1, 1), (1, 1, 1), (2, 2, 1), (1, 2, 2), (2, 1, 2), (3, 2, 1), (2, 3, 1)])
    n_years, n_grades, n_variants = size
    place, edges = _map(rng, n_blocks, island=on["island"])
    roots = _roots(rng, n_blocks, n_zones, more=on["more_roots"])
    site_of = _site_of(rng, n_zones, n_grades, teaching_point=on["teaching_point"])
    distance, allowed = _ways(rng, _distance(rng, place, roots, n_sites), site_of, roots, on)
    if on["rootless"] and n_zones > 1:
        roots = (*roots[:-1], ())
    return Problem(
        blocks=tuple(f"b{i:02d}" for i in range(n_blocks)),
        zones=tuple(f"z{i}" for i in range(n_zones)),
        sites=tuple(f"s{i}" for i in range(n_sites)),
        years=tuple(range(2026, 2026 + n_years)),
        grades=tuple(str(g + 1) for g in range(n_grades)),
        variants=tuple(f"v{i}" for i in range(n_variants)),
        weight=_ints([rng.randint(1, 3) for _ in range(n_variants)]),
        students=_students(rng, n_blocks, size),
        site_of=site_of,
        distance=distance,
        walk_limit=_ints([rng.randint(100, 900) if on["walk_limit"] else NO_RULE for _ in range(n_blocks)]),
        allowed=allowed,
        penalty=_ints(
            [[on["penalty"] * rng.choice([0, 0, rng.randint(1, 3000)]) for _ in range(n_zones)] for _ in range(n_blocks)]
        ),
        current=_ints([rng.randrange(n_zones) if on["current"] and rng.random() < 0.8 else NO_RULE for _ in range(n_blocks)]),
        edges=_ints(edges).reshape(-1, 2),
        border=_ints([rng.randint(10, 500) for _ in edges]),
        roots=roots,
        exempt=_exempt(n_blocks, edges, roots),
        together=_ints(_together(rng, n_blocks, on=on["together"])),
        prices=_prices(rng),
        **_sites(rng, n_sites, size, on),
    )


def reorder_blocks(problem: Problem, order: list[int]) -> Problem:
    """Return the same problem with block ``order[i]`` at index ``i``; ids go along."""
    new = {old: i for i, old in enumerate(order)}
    ends = sorted((*sorted((new[int(i)], new[int(j)])), int(m)) for (i, j), m in zip(problem.edges, problem.border, strict=True))
    rows = {
        name: getattr(problem, name)[order]
        for name in ("students", "distance", "walk_limit", "allowed", "penalty", "current", "exempt", "together")
    }
    return replace(
        problem,
        **rows,
        blocks=tuple(problem.blocks[i] for i in order),
        edges=_ints([e[:2] for e in ends]).reshape(-1, 2),
        border=_ints([e[2] for e in ends]),
        roots=tuple(tuple(sorted(new[r] for r in held)) for held in problem.roots),
    )


def brute_force(problem: Problem) -> tuple[int | None, Assignment | None]:
    """Try every assignment with every class vector; return the least price and an assignment that has it, or two Nones."""
    best: int | None = None
    best_zone: Assignment | None = None
    cheapest = cache(lambda site, variant, load: _site_price(problem, site, variant, load))
    for zone in plans(problem):
        price: int | None = _block_price(problem, zone)
        for site, variant in product(range(len(problem.sites)), range(len(problem.variants))):
            part = cheapest(site, variant, _load(problem, zone, site, variant))
            price = None if price is None or part is None else price + part
        if price is not None and (best is None or price < best):
            best, best_zone = price, zone
    return best, best_zone


def plans(problem: Problem) -> Iterator[Assignment]:
    """Give every assignment that breaks no rule."""
    options = [
        [z for z in range(len(problem.zones)) if problem.allowed[b, z] and _may_hold(problem, b, z)]
        for b in range(len(problem.blocks))
    ]
    return (zone for zone in product(*options) if not broken_rules(problem, zone))


def plan_price(problem: Problem, plan: Plan) -> int:
    """Return the price of a plan with the classes it states; raise ``AssertionError`` where it breaks a rule."""
    zone = tuple(int(z) for z in plan.zone)
    assert broken_rules(problem, zone) == []
    price = _block_price(problem, zone)
    for site, variant in product(range(len(problem.sites)), range(len(problem.variants))):
        classes = [int(c) for c in plan.classes[site, :, variant]]
        assert _classes_fit(problem, site, variant, classes), f"classes {classes} do not fit site {site}, variant {variant}"
        price += _excess_price(problem, site, variant, _load(problem, zone, site, variant), classes)
    return price


def broken_rules(problem: Problem, zone: Assignment) -> list[str]:
    """Name the rules that an assignment breaks: ``allowed``, ``together``, roots and contiguity."""
    n_blocks = len(problem.blocks)
    broken = [f"block {b} may not go to zone {zone[b]}" for b in range(n_blocks) if not problem.allowed[b, zone[b]]]
    groups: dict[int, set[int]] = {}
    for b in range(n_blocks):
        groups.setdefault(int(problem.together[b]), set()).add(zone[b])
    broken += [f"group {group} is split" for group, held in groups.items() if len(held) > 1]
    for z, roots in enumerate(problem.roots):
        broken += [f"zone {z} lacks its root {root}" for root in roots if zone[root] != z]
        members = {b for b in range(n_blocks) if zone[b] == z and not problem.exempt[b]}
        broken += [f"zone {z} has a part without a root" for part in _parts(members, problem.edges) if not part & set(roots)]
    return broken


def _block_price(problem: Problem, zone: Assignment) -> int:
    total = 0
    for b, z in enumerate(zone):
        total += int(problem.penalty[b, z])
        for t, g, v in product(range(len(problem.years)), range(len(problem.grades)), range(len(problem.variants))):
            metres = int(problem.distance[b, problem.site_of[z, g]])
            if problem.walk_limit[b] != NO_RULE and metres > problem.walk_limit[b]:
                metres += problem.prices.beyond_price
            if problem.current[b] != NO_RULE and problem.current[b] != z:
                metres += problem.prices.change_price
            total += int(problem.weight[v]) * int(problem.students[b, t, g, v]) * metres
    return total


def _load(problem: Problem, zone: Assignment, site: int, variant: int) -> tuple[tuple[int, ...], ...]:
    """Students by year and grade at a site."""
    load = [[int(n) for n in row] for row in problem.stay[site, :, :, variant]]
    for b, z in enumerate(zone):
        for t, g in product(range(len(problem.years)), range(len(problem.grades))):
            if problem.site_of[z, g] == site:
                load[t][g] += int(problem.students[b, t, g, variant])
    return tuple(tuple(row) for row in load)


def _site_price(problem: Problem, site: int, variant: int, load: tuple[tuple[int, ...], ...]) -> int | None:
    """Least price over all class vectors, or None where none fits the rooms. More classes than rooms are never possible."""
    most = max(0, *(int(r) for r in problem.rooms[site]), 0)
    options = [
        range(int(problem.least_classes[site, k, variant]), max(most, int(problem.least_classes[site, k, variant])) + 1)
        for k in range(problem.n_cohorts)
    ]
    prices = [
        _excess_price(problem, site, variant, load, list(classes))
        for classes in product(*options)
        if _classes_fit(problem, site, variant, list(classes))
    ]
    return min(prices, default=None)


def _classes_fit(problem: Problem, site: int, variant: int, classes: list[int]) -> bool:
    for k, n in enumerate(classes):
        if n < problem.least_classes[site, k, variant]:
            return False
    for t in range(len(problem.years)):
        used = 0
        for g in range(len(problem.grades)):
            taught = any(problem.site_of[z, g] == site for z in range(len(problem.zones)))
            if taught or problem.stay[site, t, g, variant] > 0:
                used += classes[problem.cohort[t, g]]
        if problem.rooms[site, t] != NO_RULE and used > problem.rooms[site, t]:
            return False
    return True


def _excess_price(problem: Problem, site: int, variant: int, load: tuple[tuple[int, ...], ...], classes: list[int]) -> int:
    prices = problem.prices
    total = 0
    for t, row in enumerate(load):
        if problem.rooms[site, t] != NO_RULE:
            for g, n in enumerate(row):
                for size, price in zip(prices.step_size, prices.step_price, strict=True):
                    total += int(price) * max(0, n - int(size) * classes[problem.cohort[t, g]])
        elif problem.seats[site, t] != NO_RULE:
            total += prices.seat_price * max(0, sum(row) - int(problem.seats[site, t]))
        if problem.size_limit[site] != NO_RULE:
            total += prices.size_price * max(0, sum(row) - int(problem.size_limit[site]))
    return int(problem.weight[variant]) * total


def _may_hold(problem: Problem, block: int, zone: int) -> bool:
    """Whether no other zone is rooted in the block: only saves time, ``broken_rules`` decides."""
    return all(block not in roots or z == zone for z, roots in enumerate(problem.roots))


def _parts(members: set[int], edges: np.ndarray) -> list[set[int]]:
    left, parts = set(members), []
    while left:
        part, grow = set(), [min(left)]
        while grow:
            b = grow.pop()
            if b in part:
                continue
            part.add(b)
            grow += [int(j) for i, j in edges if i == b and j in left] + [int(i) for i, j in edges if j == b and i in left]
        left -= part
        parts.append(part)
    return parts


def _ints(values: object) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def _students(rng: random.Random, n_blocks: int, size: tuple[int, int, int]) -> np.ndarray:
    base = _ints([rng.choice([0, 1, 1, 2, 2, 3, 4, 6]) for _ in range(n_blocks * size[0] * size[1])]).reshape(n_blocks, *size[:2])
    return np.stack(
        [base + (_ints([rng.randint(0, 2) for _ in range(base.size)]).reshape(base.shape) if v else 0) for v in range(size[2])], 3
    )


def _sites(rng: random.Random, n_sites: int, size: tuple[int, int, int], on: dict[str, bool]) -> dict[str, np.ndarray]:
    """Stays, cohorts, existing classes, rooms, seats and size limits."""
    n_years, n_grades, n_variants = size
    cohort = np.arange(n_years * n_grades, dtype=np.int64).reshape(n_years, n_grades)
    if on["keep_cohorts"]:
        cohort = _ints([[t - g + n_grades - 1 for g in range(n_grades)] for t in range(n_years)])
    stay = np.zeros((n_sites, *size), dtype=np.int64)
    least = np.zeros((n_sites, cohort.max() + 1, n_variants), dtype=np.int64)
    for site, year, grade in product(range(n_sites), range(n_years), range(n_grades)):
        if on["stay"] and rng.random() < 0.5:
            stay[site, year, grade] = [rng.randint(1, 6) for _ in range(n_variants)]
    for site, k in product(range(n_sites), range(least.shape[1])):
        if on["existing"] and rng.random() < 0.3:
            least[site, k] = rng.randint(0, 1)
    rooms = [
        [rng.randint(n_grades - 1, n_grades + 2) for _ in range(n_years)]
        if on["rooms"] and rng.random() < 0.8
        else [NO_RULE] * n_years
        for _ in range(n_sites)
    ]
    return {
        "stay": stay,
        "cohort": cohort,
        "least_classes": least,
        "rooms": _ints(rooms),
        "seats": _ints(
            [[rng.randint(1, 9 * n_grades) if on["seats"] else NO_RULE for _ in range(n_years)] for _ in range(n_sites)]
        ),
        "size_limit": _ints([rng.randint(3, 12 * n_grades) if on["size_limit"] else NO_RULE for _ in range(n_sites)]),
    }


def _prices(rng: random.Random) -> Prices:
    steps = sorted(rng.sample(range(2, 8), rng.randint(1, 3)))
    unit = rng.choice([50, 500, 5000])
    return Prices(
        step_size=_ints(steps),
        step_price=_ints([unit * 10**i for i in range(len(steps))]),
        seat_price=unit,
        size_price=rng.choice([0, 70, 700]),
        beyond_price=rng.choice([0, 200, 2000]),
        change_price=rng.choice([0, 30, 300]),
    )


def _ways(
    rng: random.Random, distance: np.ndarray, site_of: np.ndarray, roots: tuple[tuple[int, ...], ...], on: dict[str, bool]
) -> tuple[np.ndarray, np.ndarray]:
    """Cut some ways and forbid some pairs, but leave each root its zone and each block one zone."""
    n_blocks, n_zones = len(distance), len(site_of)
    if on["no_way"]:
        for block, site in product(range(n_blocks), range(distance.shape[1])):
            if rng.random() < 0.1:
                distance[block, site] = NO_WAY_M
    allowed = np.ones((n_blocks, n_zones), dtype=bool)
    for block, zone in product(range(n_blocks), range(n_zones)):
        if (distance[block, site_of[zone]] == NO_WAY_M).any() or (on["forbidden"] and rng.random() < 0.2):
            allowed[block, zone] = False
    free = [(b, z) for z, held in enumerate(roots) for b in held]
    free += [(b, rng.randrange(n_zones)) for b in range(n_blocks) if not allowed[b].any()]
    for block, zone in free:
        allowed[block, zone] = True
        distance[block, site_of[zone]] = np.minimum(distance[block, site_of[zone]], 950)
    return distance, allowed


def _map(rng: random.Random, n: int, *, island: bool) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Cells of a grid in random order; most neighbours by a side, some by a corner, touch. The last block may be an island."""
    wide = rng.randint(2, 4)
    place = [(i % wide, i // wide) for i in range(n)]
    rng.shuffle(place)
    edges = []
    for i, j in product(range(n), range(n)):
        if i >= j or (island and j == n - 1):
            continue
        dx, dy = abs(place[i][0] - place[j][0]), abs(place[i][1] - place[j][1])
        if (dx + dy == 1 and rng.random() < 0.9) or (dx == dy == 1 and rng.random() < 0.1):
            edges.append((i, j))
    return place, edges


def _roots(rng: random.Random, n_blocks: int, n_zones: int, *, more: bool) -> tuple[tuple[int, ...], ...]:
    blocks = rng.sample(range(n_blocks), min(n_blocks, n_zones + more))
    held = [[b] for b in blocks[:n_zones]]
    for b in blocks[n_zones:]:
        held[rng.randrange(n_zones)].append(b)
    return tuple(tuple(sorted(h)) for h in held)


def _site_of(rng: random.Random, n_zones: int, n_grades: int, *, teaching_point: bool) -> np.ndarray:
    site_of = np.repeat(np.arange(n_zones, dtype=np.int64)[:, None], n_grades, axis=1)
    if teaching_point and n_zones > 1 and n_grades > 1:
        point, parent = rng.sample(range(n_zones), 2)
        site_of[point, rng.randint(1, n_grades - 1) :] = parent
    return site_of


def _distance(rng: random.Random, place: list[tuple[int, int]], roots: tuple[tuple[int, ...], ...], n_sites: int) -> np.ndarray:
    at = [place[roots[s][0]] if s < len(roots) else rng.choice(place) for s in range(n_sites)]
    return _ints([[200 * (abs(x - u) + abs(y - w)) + rng.randint(0, 300) for u, w in at] for x, y in place])


def _exempt(n_blocks: int, edges: list[tuple[int, int]], roots: tuple[tuple[int, ...], ...]) -> np.ndarray:
    rooted = {b for held in roots for b in held}
    exempt = np.zeros(n_blocks, dtype=bool)
    for part in _parts(set(range(n_blocks)), _ints(edges).reshape(-1, 2)):
        exempt[list(part)] = not part & rooted
    return exempt


def _together(rng: random.Random, n_blocks: int, *, on: bool) -> list[int]:
    group = list(range(n_blocks))
    if on and n_blocks > 3:
        for _ in range(rng.randint(1, 2)):
            i, j = rng.sample(range(n_blocks), 2)
            group = [group[i] if g == group[j] else g for g in group]
    return group
