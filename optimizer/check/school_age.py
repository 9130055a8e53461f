"""The projected school-age residents of a scenario in each variant or draw."""

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.check import official, people
from optimizer.check.counts import Counts
from optimizer.check.drivers import Drivers, read_drivers
from optimizer.check.paths import medium, paths
from optimizer.check.places import Places
from optimizer.check.schooling import rates
from optimizer.check.whole import whole
from optimizer.policy import Rules
from optimizer.scenario.model import Scenario

Whole = Mapping[tuple[str, int, int], int]
"""Whole children by block, year and grade."""


@dataclass(frozen=True)
class SchoolAge:
    """Children and weight of each variant, in order."""

    children: dict[str, Whole]
    weight: dict[str, int]


def school_age(scenario: Scenario, places: Places, counts: Counts, rules: Rules) -> SchoolAge:
    """Work out the residents of school age.

    Raises
    ------
    BadInputError
        If a file cannot be read.
    """
    horizon, projection = scenario.horizon, scenario.projection
    years = range(horizon.base_year, horizon.base_year + horizon.years)
    drivers = read_drivers(scenario, places.blocks, rules, counts.by_status)
    start = _start(scenario, places, counts, rules, drivers)
    routes = paths(projection, start.year + 1, years[-1])
    middle = medium(projection, start.year + 1, years[-1])
    community = {name: block.row.get("community", "") for name, block in places.blocks.items()}
    rate = rates(scenario, start, rules)
    found: dict[str, Whole] = {
        name: whole(_in_school(course, rate), years, rules.grades, community, [] if rate else exact)
        for name, (course, exact) in official.courses(start, years, rules.grades, routes, middle, drivers.controls).items()
    }
    return SchoolAge(found, {name: path.weight for name, path in routes.items()})


def _in_school(course: people.Course, rate: Mapping[int, float]) -> people.Course:
    """Return the children of each grade who are in school."""
    return {
        (year, grade): {block: count * rate.get(grade, 1.0) for block, count in blocks.items()}
        for (year, grade), blocks in course.items()
    }


def _start(scenario: Scenario, places: Places, counts: Counts, rules: Rules, drivers: Drivers) -> people.Start:
    dwellings = scenario.projection.dwellings
    return people.Start(
        counts={key: n for key, n in (counts.residents or {}).items() if key[0] in places.blocks},
        date=counts.date,
        births=drivers.births,
        births_area=drivers.births_area,
        estates=drivers.estates,
        rate=drivers.rate,
        survival=drivers.survival,
        cut_off_month=rules.cut_off_month,
        entry_age=rules.entry_age,
        women=drivers.women,
        women_area=drivers.women_area,
        fertility=drivers.fertility,
        children_per_dwelling=people.CHILDREN_PER_DWELLING | dwellings.children,
        arrivals=dwellings.arrival,
        weights=dwellings.profile or people.ARRIVAL_WEIGHTS,
    )
