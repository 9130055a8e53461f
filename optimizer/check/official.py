"""Official totals of the residents by age, met a second time: from `optimizer.population.controls`."""

from collections.abc import Mapping, Sequence

from optimizer.check import people
from optimizer.check.drivers import Control
from optimizer.check.paths import Path
from optimizer.check.whole import Exact

ROUNDS = 10_000
CLOSE = 1e-9

Factors = Mapping[int, list[float]]
"""By year, factors by age."""


def courses(
    start: people.Start,
    years: Sequence[int],
    grades: Sequence[int],
    routes: Mapping[str, Path],
    middle: Path,
    controls: list[Control],
) -> dict[str, tuple[people.Course, list[Exact]]]:
    """Return for each variant its course, and the years and grades whose totals are whole already.

    A variant with totals of its own meets those; the medium course meets those without a variant (or of the variant ``medium``),
    and its factors scale all other variants.

    Parameters
    ----------
    routes
        The variants.
    middle
        The medium course, whether it is among them or not.
    """
    of_medium = [c for c in controls if c.variant == "medium"] or [c for c in controls if not c.variant]
    factors: dict[int, list[float]] = {}
    if of_medium:
        for _ in people.followed(start, years[-1], middle, _meet(of_medium, factors)):
            pass
    found = {}
    for name, path in routes.items():
        own = of_medium if name == "medium" else [c for c in controls if c.variant == name]
        scale = _meet(own, {}) if own else (lambda year, _: factors.get(year))
        lowest = start.entry_age - 1
        spans = [(c.year, c.first - lowest, c.last - lowest) for c in own]
        whole = [(year, a, b) for year, a, b in spans if year in years and a >= grades[0] and b <= grades[-1]]
        found[name] = people.course(start, years, grades, path, scale), whole
    return found


def _meet(controls: Sequence[Control], factors: dict[int, list[float]]) -> people.Scale:
    def scale(year: int, totals: list[float]) -> list[float] | None:
        due = [control for control in controls if control.year == year]
        if not due:
            return None
        factors[year] = fitted(totals, due)
        return factors[year]

    return scale


def fitted(totals: Sequence[float], due: Sequence[Control]) -> list[float]:
    """Return factors by age that scale the county's children to the totals of a year: one after the other, again and again."""
    factor = [1.0] * len(totals)
    for _ in range(ROUNDS):
        off = 0.0
        for control in due:
            ages = range(control.first, control.last + 1)
            there = sum(totals[age] * factor[age] for age in ages)
            off = max(off, abs(there - control.count))
            if there > 0:
                for age in ages:
                    factor[age] *= control.count / there
        if off <= CLOSE:
            break
    return factor
