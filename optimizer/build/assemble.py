"""Puts the problem together."""

import numpy as np
import pandas as pd

from optimizer.build.roots import exempt, roots
from optimizer.build.schools import Zoned
from optimizer.build.students import Shares, cohorts, everybody, new_entrants
from optimizer.build.wishes import bounds
from optimizer.inputs.county import County, Note
from optimizer.policy import Rules
from optimizer.population import Population
from optimizer.problem import NO_RULE, Bools, Ints, Prices, Problem
from optimizer.scenario.model import Scenario


def build(
    scenario: Scenario,
    county: County,
    rules: Rules,
    population: Population,
    schools: Zoned,
    edges: Ints,
    border: Ints,
    distance: Ints,
    guests: Ints | None = None,
) -> tuple[Problem, list[Note]]:
    """Build the problem.

    Parameters
    ----------
    scenario, county, rules, population, schools
        What was read, projected (those who follow the zones) and selected.
    edges, border
        ``[E, 2]`` and ``[E]``: the adjacency.
    distance
        ``[B, S]`` metres on foot to the zoned schools.
    guests
        ``[S, T, G, V]`` children who sit at a school whatever the zones, or None without any.

    Returns
    -------
    The problem, and what had to be assumed.
    """
    rooted, notes = roots(county.blocks, schools.frame, edges, distance)
    current = _current(county, schools)
    shares = _shares(scenario, county, rules, population, schools, current)
    furthest = distance[:, schools.site_of].max(axis=2)  # a teaching point's older children walk to its parent school
    wished = bounds(scenario.wishes, county, schools.ids, furthest)
    loose = exempt(len(county.blocks), edges, rooted)
    if loose.any():
        notes.append(Note("assumed", "blocks", "blocks_cut_off", int(loose.sum()), _names(population.blocks, loose)))
    rooms, short = _rooms(schools, shares)
    if short.any():
        notes.append(Note("assumed", "enrolment", "more_classes_than_rooms", int(short.sum()), _names(schools.ids, short)))
    notes.extend(_who_stays(scenario, county))
    weighted = np.einsum("btgv,v->b", shares.decided, population.weight)
    problem = Problem(
        blocks=population.blocks,
        zones=schools.ids,
        sites=schools.ids,
        years=population.years,
        grades=population.grades,
        variants=population.variants,
        weight=population.weight,
        students=shares.decided,
        stay=shares.stay if guests is None else shares.stay + guests,
        site_of=_site_of(schools, population),
        cohort=shares.cohort,
        least_classes=shares.least_classes,
        rooms=rooms,
        seats=schools.seats,
        size_limit=schools.size_limit,
        distance=distance,
        walk_limit=np.full(len(population.blocks), rules.walk_limit_m or NO_RULE, dtype=np.int64),
        allowed=wished.allowed,
        penalty=weighted[:, None] * wished.metres,
        current=current,
        edges=edges,
        border=border,
        roots=tuple((int(block),) for block in rooted),
        exempt=loose,
        together=wished.together,
        prices=_prices(scenario, rules, population, rooms),
    )
    return problem, notes


def plan_from_rows(problem: Problem, rows: pd.DataFrame) -> Ints:
    """Return ``[B]`` the zone of each block from a table whose ids are known and whose blocks are complete.

    Parameters
    ----------
    rows
        ``block_id, school_id``.
    """
    zone = pd.Series(pd.Index(problem.zones).get_indexer(pd.Index(rows["school_id"])), index=rows["block_id"])
    return zone.reindex(list(problem.blocks)).to_numpy(dtype=np.int64)


def _names(ids: tuple[str, ...], chosen: Bools) -> tuple[str, ...]:
    return tuple(ids[i] for i in np.flatnonzero(chosen)[:20])


def _site_of(schools: Zoned, population: Population) -> Ints:
    if len(population.grades) == schools.site_of.shape[1]:
        return schools.site_of
    return np.arange(len(schools.ids), dtype=np.int64)[:, None]  # one pooled grade: everybody sits at the zone's own school


def _current(county: County, schools: Zoned) -> Ints:
    if county.current_zones is None:
        return np.full(len(county.blocks), NO_RULE, dtype=np.int64)
    school = county.current_zones["school_id"].reindex(county.blocks.index)
    return np.asarray(pd.Index(schools.ids).get_indexer(pd.Index(school)), dtype=np.int64)


def _shares(scenario: Scenario, county: County, rules: Rules, population: Population, schools: Zoned, current: Ints) -> Shares:
    n_years, n_grades = population.students.shape[1:3]
    if scenario.rollout == "all_grades" or county.residents is None:
        return everybody(population, len(schools.ids), cohorts(n_years, n_grades, rules.reform_classes))
    return new_entrants(county, population, rules, schools, current)


def _who_stays(scenario: Scenario, county: County) -> list[Note]:
    if scenario.rollout == "all_grades" or county.residents is None or county.enrolment is not None:
        return []
    key = "enrolment_from_residents" if county.current_zones is not None else "everybody_follows_the_plan"
    return [Note("assumed", "enrolment", key, 1)]


def _rooms(schools: Zoned, shares: Shares) -> tuple[Ints, Bools]:
    """Give a school at least the rooms of the classes it has in the grades it teaches; say which schools needed more."""
    grades = shares.cohort.shape[1]
    teaches = np.stack([(schools.site_of[:, :grades] == site).any(axis=0) for site in range(len(schools.ids))])
    needed = (shares.least_classes[:, shares.cohort] * teaches[:, None, :, None]).sum(axis=2).max(axis=2)
    short = (needed > schools.rooms) & (schools.rooms != NO_RULE)
    return np.where(short, needed, schools.rooms), short.any(axis=1)


def _prices(scenario: Scenario, rules: Rules, population: Population, rooms: Ints) -> Prices:
    weights = scenario.weights
    oversized = weights.oversized_m
    limit = rules.class_size or rules.big_class
    steps = [(limit, oversized if rules.class_size else 0)]
    steps += [
        (size, price * oversized if rules.class_size else 0) for size, price in ((rules.big_class, 10), (rules.huge_class, 100))
    ]
    if weights.uneven_m:
        total = np.einsum("btgv,v->", population.students, population.weight)
        room_years = int(np.maximum(rooms, 0).sum()) * int(population.weight.sum())
        steps.append((-(-int(total) // max(room_years, 1)), weights.uneven_m))
    return Prices(
        step_size=np.array([size for size, _ in steps], dtype=np.int64),
        step_price=np.array([price for _, price in steps], dtype=np.int64),
        seat_price=oversized,
        size_price=weights.school_size_m,
        beyond_price=weights.beyond_limit_m,
        change_price=weights.change_m,
    )
