"""From which year each driver of the projection can be felt in each grade."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from optimizer.inputs.county import County
from optimizer.policy import Rules
from optimizer.population.controls import Control, controls_of
from optimizer.population.draws import Paths
from optimizer.population.setup import Setup
from optimizer.scenario.model import Projection


@dataclass(frozen=True)
class Reach:
    """From which year a driver of the projection can reach a grade.

    Attributes
    ----------
    driver
        ``births``, ``migration``, ``housing``; and where the county has them ``fertility``, ``survival``, ``demolition``,
        ``controls``.
    grade
        The grade's name.
    year
        First year, or None if the horizon ends before or the county has no such driver.
    """

    driver: str
    grade: str
    year: int | None


def reach(
    county: County, rules: Rules, years: Sequence[int], projection: Projection, setup: Setup, paths: Paths
) -> tuple[Reach, ...]:
    """Return the first year for each driver and grade.

    A driver that moves children of every age is felt in its own first year. Births reach a grade when the children have grown to
    its age; a control total does so at once in the ages it names, and in the higher ones with the children it was set for.
    """
    first = setup.year + 1
    controls = controls_of(county, rules)
    found = []
    for grade in rules.grades:
        age = rules.entry_age + grade - 1
        when: dict[str, int | None] = {
            "births": first + age,
            "migration": first if _moving(county, projection, paths) else None,
            "housing": _first_home(setup),
        }
        if setup.women is not None:
            last_given = setup.given.last if setup.given is not None else setup.year
            when["fertility"] = max(first, last_given + 1) + age
        if (setup.survival < 1).any():
            when["survival"] = first
        if setup.demolition:
            when["demolition"] = min((year for year in setup.demolition if year >= first), default=None)
        if controls:
            when["controls"] = _first_control(controls, age, setup.year)
        for driver, year in when.items():
            inside = year is not None and year <= years[-1]
            found.append(Reach(driver, str(grade), max(year, years[0]) if year is not None and inside else None))
    return tuple(found)


def _moving(county: County, projection: Projection, paths: Paths) -> bool:
    table = county.drivers.migration
    return bool(any(projection.migration.values()) or paths.migration.any() or (table is not None and table["rate"].any()))


def _first_home(setup: Setup) -> int | None:
    if setup.estates is None:
        return None
    length = len(setup.estates.arrival)
    return min((max(int(year), setup.year + 1) for year in setup.estates.year if year + length - 1 > setup.year), default=None)


def _first_control(controls: Iterable[Control], age: int, start: int) -> int | None:
    felt = [control.year + max(0, age - control.last) for control in controls if control.year >= start and control.first <= age]
    return min(felt, default=None)
