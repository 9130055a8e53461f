# ruff: noqa: C901 - compiled loops
"""The compiled view of a problem that the layers share: units, their prices and loads, the sites' rules, the adjacency.

A *unit* is the blocks of one ``together`` group; most hold one block. A *cell* is a year, grade and variant in which students
are counted at a site. Where no site has rooms and every zone sits at one site, only a year's total matters, and the grades are
pooled into one cell. Cells of one variant and cohort stand together, in order of the years: a *run*. Cells of one year and
variant form a *group*, on which seats and size limits bear.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numba as nb
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from optimizer.problem import NO_RULE, Bools, Ints, Problem
from optimizer.solver.terms import InfeasibleError

NEVER = 1 << 50
"""Price of a pair that is not allowed: above any objective, and far enough from overflow to be scaled and summed in pairs."""

FREE = 1 << 40
"""A limit that never binds."""

HUGE = 1 << 62
"""Above every price, scaled or not."""


class Graph(NamedTuple):
    """Blocks, their neighbours, the units that hold them and the roots of the zones (all flat lists with offsets)."""

    offset: Ints
    neighbor: Ints
    unit_of: Ints
    member_offset: Ints
    member: Ints
    exempt: Bools
    root_offset: Ints
    root: Ints
    bound: Bools  # units that may not move: a root's, or with one allowed zone


class Sites(NamedTuple):
    """What a site's price depends on. ``N`` cells, ``M`` groups, ``J`` runs (the cohorts of each variant)."""

    row: Ints  # [U, N] students of a unit
    zone_site: Ints  # [Z, N] the site where a zone's students of that cell sit
    zone_sites: Ints  # [Z, Q] the zone's different sites, padded by -1
    stay: Ints  # [S, N]
    group: Ints  # [N]
    year: Ints  # [N]
    weight: Ints  # [N]
    group_weight: Ints  # [M]
    seats: Ints  # [S, M], FREE without
    limit: Ints  # [S], FREE without
    seat_price: int
    size_price: int
    has_rooms: Bools  # [S]
    rooms: Ints  # [S, V, T] rooms that the classes there are already leave
    run_offset: Ints  # [J + 1] cells of a run
    variant_offset: Ints  # [V + 1] runs of a variant
    run_first: Ints  # [S, J] first and last year of the run at the site, -1 where it never sits there
    run_last: Ints  # [S, J]
    least: Ints  # [S, J] classes there are already
    step_size: Ints  # [P] rising
    step_price: Ints  # [P]


@dataclass(frozen=True)
class Model:
    """A problem, compiled.

    Attributes
    ----------
    problem
        Where it comes from.
    cost
        ``[U, Z]`` price of a unit in a zone, ``NEVER`` where it may not go.
    graph, sites
        The arrays that the compiled loops read.
    """

    problem: Problem
    cost: Ints
    graph: Graph
    sites: Sites

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.cost)

    @property
    def n_zones(self) -> int:
        """Number of zones."""
        return int(self.cost.shape[1])

    def blocks(self, unit_zone: Ints) -> Ints:
        """Return the zone of each block."""
        return unit_zone[self.graph.unit_of]

    def units(self, block_zone: Ints) -> Ints:
        """Return the zone of each unit, read from its first block."""
        return np.asarray(block_zone, dtype=np.int64)[self.graph.member[self.graph.member_offset[:-1]]]


class Cluster(NamedTuple):
    """Zones and sites that hang together, because a zone uses several sites; mostly one of each."""

    zones: Ints
    sites: Ints


def clusters(model: Model) -> list[Cluster]:
    """Divide the zones and their sites into clusters: what a plan costs is the sum over them."""
    n_zones, n_sites = model.n_zones, len(model.sites.stay)
    zone, k = np.nonzero(model.sites.zone_sites >= 0)
    site = model.sites.zone_sites[zone, k]
    links = coo_array((np.ones(len(zone)), (zone, n_zones + site)), shape=(n_zones + n_sites,) * 2)
    n, label = connected_components(links, directed=False)
    of_zone, of_site = label[:n_zones], label[n_zones:]
    return [Cluster(np.flatnonzero(of_zone == k), np.flatnonzero(of_site == k)) for k in range(n)]


def compile_model(problem: Problem) -> Model:
    """Compile a problem.

    Raises
    ------
    InfeasibleError
        If a unit has no zone left that its roots, wishes and the map allow.
    ValueError
        If a cohort sits at a site in two separate runs of years, or a site has rooms in some years only.
    """
    unit_of, member_offset, member = _units(problem.together)
    n_units = len(member_offset) - 1
    cost = problem.linear_cost()
    allowed = problem.allowed.copy()
    students = problem.students
    if n_units < len(problem.blocks):
        cost = np.add.reduceat(cost[member], member_offset[:-1], axis=0)
        students = np.add.reduceat(students[member], member_offset[:-1], axis=0)
        allowed = np.logical_and.reduceat(allowed[member], member_offset[:-1], axis=0)
    _keep_roots(problem, unit_of, allowed)
    offset, neighbor = _neighbors(problem)
    root_offset = np.cumsum([0, *(len(held) for held in problem.roots)]).astype(np.int64)
    root = np.array([b for held in problem.roots for b in held], dtype=np.int64)
    unbound = np.zeros(n_units, dtype=np.bool_)
    graph = Graph(offset, neighbor, unit_of, member_offset, member, problem.exempt.copy(), root_offset, root, unbound)
    forbid_unreached(graph, allowed)
    _need_zone(problem, allowed, member, member_offset)
    cost[~allowed] = NEVER
    return Model(problem, cost, graph._replace(bound=allowed.sum(axis=1) == 1), _sites(problem, students))


def _units(together: Ints) -> tuple[Ints, Ints, Ints]:
    """Group blocks into units, in order of their first block, so that names of groups do not matter."""
    _, first, inverse = np.unique(together, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    unit_of = rank[inverse].astype(np.int64)
    member = np.argsort(unit_of, kind="stable").astype(np.int64)
    offset = np.concatenate([[0], np.cumsum(np.bincount(unit_of))]).astype(np.int64)
    return unit_of, offset, member


def _keep_roots(problem: Problem, unit_of: Ints, allowed: Bools) -> None:
    """Leave a root's unit its zone only."""
    held: dict[int, int] = {}
    for zone, roots in enumerate(problem.roots):
        for block in roots:
            unit = int(unit_of[block])
            if held.setdefault(unit, zone) != zone:
                both = f"{problem.zones[held[unit]]} and {problem.zones[zone]}"
                raise InfeasibleError(f"block {problem.blocks[block]} would have to lie in both zones {both}")
            if not allowed[unit, zone]:
                raise InfeasibleError(f"zone {problem.zones[zone]} may not hold the block of its school, {problem.blocks[block]}")
    for unit, zone in held.items():
        allowed[unit, :] = False
        allowed[unit, zone] = True


def _neighbors(problem: Problem) -> tuple[Ints, Ints]:
    ends = np.concatenate([problem.edges, problem.edges[:, ::-1]])
    ends = ends[np.lexsort((ends[:, 1], ends[:, 0]))]
    counts = np.bincount(ends[:, 0], minlength=len(problem.blocks))
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), np.ascontiguousarray(ends[:, 1])


def _need_zone(problem: Problem, allowed: Bools, member: Ints, member_offset: Ints) -> None:
    lost = np.flatnonzero(~allowed.any(axis=1))
    if len(lost):
        names = ", ".join(problem.blocks[member[member_offset[u]]] for u in lost[:10])
        raise InfeasibleError(f"no zone can reach {len(lost)} block(s): {names}")


@nb.njit(cache=True, nogil=True)
def forbid_unreached(graph: Graph, allowed: Bools) -> None:
    """Forbid the zones ``[U, Z]`` that a unit's blocks cannot be tied to through allowed blocks, until nothing changes."""
    n = len(graph.unit_of)
    seen = np.zeros(n, dtype=np.bool_)
    stack = np.empty(n, dtype=np.int64)
    for zone in range(allowed.shape[1]):
        changed = True
        while changed:
            changed = False
            seen[:] = graph.exempt
            top = 0
            for i in range(graph.root_offset[zone], graph.root_offset[zone + 1]):
                if not seen[graph.root[i]]:
                    seen[graph.root[i]] = True
                    stack[top] = graph.root[i]
                    top += 1
            while top > 0:
                top -= 1
                block = stack[top]
                for i in range(graph.offset[block], graph.offset[block + 1]):
                    other = graph.neighbor[i]
                    if not seen[other] and allowed[graph.unit_of[other], zone]:
                        seen[other] = True
                        stack[top] = other
                        top += 1
            for unit in range(len(allowed)):
                if allowed[unit, zone]:
                    for i in range(graph.member_offset[unit], graph.member_offset[unit + 1]):
                        if not seen[graph.member[i]]:
                            allowed[unit, zone] = False
                            changed = graph.member_offset[unit + 1] - graph.member_offset[unit] > 1 or changed
                            break


def block_sites(problem: Problem) -> Sites:
    """Compile the sites' rules alone, with every block a unit of its own."""
    return _sites(problem, problem.students)


def _sites(problem: Problem, students: Ints) -> Sites:
    n_sites, n_years, n_grades, n_variants = problem.stay.shape
    has_rooms = (problem.rooms != NO_RULE).all(axis=1)
    if (has_rooms != (problem.rooms != NO_RULE).any(axis=1)).any():
        raise ValueError("a site has rooms in some years only")
    pooled = not has_rooms.any() and bool((problem.site_of == problem.site_of[:, :1]).all())
    stay, cohort, site_of = problem.stay, problem.cohort, problem.site_of
    if pooled:
        students, stay = students.sum(axis=2, keepdims=True), stay.sum(axis=2, keepdims=True)
        cohort, site_of = np.arange(n_years)[:, None], site_of[:, :1]
        n_grades = 1
    year, grade = (a.ravel() for a in np.indices((n_years, n_grades)))
    order = np.lexsort((year, cohort[year, grade]))
    year, grade = np.tile(year[order], n_variants), np.tile(grade[order], n_variants)
    variant = np.repeat(np.arange(n_variants), n_years * n_grades)
    n_runs = int(cohort.max()) + 1
    run = variant * n_runs + cohort[year, grade]
    seats = np.where((problem.seats == NO_RULE) | has_rooms[:, None], FREE, problem.seats)
    first, last = _run_years(problem, has_rooms, year, grade, variant, run, n_runs * n_variants)
    runs_of = (n_sites, n_variants * n_runs)
    least = np.zeros(runs_of, dtype=np.int64) if pooled else problem.least_classes.transpose(0, 2, 1).reshape(runs_of)
    rooms = _rooms_left(problem, has_rooms, first, last, least, n_runs)
    zone_site = site_of[:, grade]
    return Sites(
        row=np.ascontiguousarray(students[:, year, grade, variant]),
        zone_site=np.ascontiguousarray(zone_site),
        zone_sites=_different(zone_site),
        stay=np.ascontiguousarray(stay[:, year, grade, variant]),
        group=(variant * n_years + year).astype(np.int64),
        year=year.astype(np.int64),
        weight=problem.weight[variant],
        group_weight=np.repeat(problem.weight, n_years),
        seats=np.tile(seats, (1, n_variants)),
        limit=np.where(problem.size_limit == NO_RULE, FREE, problem.size_limit),
        seat_price=int(problem.prices.seat_price),
        size_price=int(problem.prices.size_price),
        has_rooms=has_rooms,
        rooms=rooms,
        run_offset=np.searchsorted(run, np.arange(n_variants * n_runs + 1)).astype(np.int64),
        variant_offset=np.arange(n_variants + 1, dtype=np.int64) * n_runs,
        run_first=first,
        run_last=last,
        least=np.ascontiguousarray(least),
        step_size=np.sort(problem.prices.step_size),
        step_price=problem.prices.step_price[np.argsort(problem.prices.step_size)],
    )


def _run_years(
    problem: Problem, has_rooms: Bools, year: Ints, grade: Ints, variant: Ints, run: Ints, n_runs: int
) -> tuple[Ints, Ints]:
    """First and last year in which each run sits at each site with rooms; -1 and -2 where it never does."""
    n_sites = len(problem.sites)
    first = np.full((n_sites, n_runs), -1, dtype=np.int64)
    last = np.full((n_sites, n_runs), -2, dtype=np.int64)
    for site in np.flatnonzero(has_rooms):
        sits = (problem.site_of == site).any(axis=0)[grade] | (problem.stay[site, year, grade, variant] > 0)
        n = np.bincount(run[sits], minlength=n_runs)
        some = n > 0
        least, most = np.full(n_runs, FREE), np.full(n_runs, -1)
        np.minimum.at(least, run[sits], year[sits])
        np.maximum.at(most, run[sits], year[sits])
        if (most - least + 1 != n)[some].any():
            raise ValueError(f"a cohort sits at site {problem.sites[site]} in two separate runs of years")
        first[site, some], last[site, some] = least[some], most[some]
    return first, last


def _rooms_left(problem: Problem, has_rooms: Bools, first: Ints, last: Ints, least: Ints, n_runs: int) -> Ints:
    n_variants = len(problem.variants)
    rooms = np.repeat(problem.rooms[:, None, :], n_variants, axis=1).copy()
    for site, run in zip(*np.nonzero((least > 0) & has_rooms[:, None] & (first >= 0)), strict=True):
        rooms[site, run // n_runs, first[site, run] : last[site, run] + 1] -= least[site, run]
    if (rooms[has_rooms] < 0).any():
        site = np.flatnonzero(has_rooms & (rooms < 0).any(axis=(1, 2)))[0]
        raise InfeasibleError(f"the classes that exist do not fit the rooms of {problem.sites[site]}")
    return rooms


def _different(zone_site: Ints) -> Ints:
    sites = [np.unique(row) for row in zone_site]
    table = np.full((len(sites), max(len(s) for s in sites)), -1, dtype=np.int64)
    for zone, held in enumerate(sites):
        table[zone, : len(held)] = held
    return table
