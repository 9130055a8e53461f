"""What each variant or random draw does to births, migration and housing: from `optimizer.population.draws`, a second time."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimizer.scenario.model import Projection, Variant

BUILT_IN = {
    "low": Variant(births=0.85, migration=-0.005, housing=0.7),
    "medium": Variant(),
    "high": Variant(births=1.15, migration=0.005, housing=1.3),
}
"""Projection variants that every scenario knows (stated in `optimizer.population.variants`)."""


@dataclass(frozen=True)
class Path:
    """A variant or draw; by year where it may change from year to year."""

    weight: int
    births: Mapping[int, float]
    migration: Mapping[int, float]
    housing: Mapping[int, float]
    mortality: float


def paths(projection: Projection, first: int, last: int) -> dict[str, Path]:
    """Return the variants or draws by name, in order, for the years from ``first`` to ``last``."""
    years = range(first, last + 1)
    known = BUILT_IN | projection.define
    if projection.draws is None:
        return {name: steady(known[name], years) for name in projection.variants}
    middle, errors = known["medium"], projection.errors
    noise = np.random.default_rng(projection.seed).standard_normal((projection.draws, len(years), 3)).tolist()
    kinds = (errors.births, errors.migration, errors.housing)
    together = errors.correlation
    found = {}
    for number, draw in enumerate(noise, start=1):
        error, by_year = [0.0, 0.0, 0.0], {}
        for year, (one, two, three) in zip(years, draw, strict=True):
            mixed = _mixed(one, two, three, together.births_migration, together.births_housing, together.migration_housing)
            error = [kind.persistence * old + kind.sd * new for kind, old, new in zip(kinds, error, mixed, strict=True)]
            by_year[year] = error
        found[f"draw {number:0{len(str(projection.draws))}}"] = Path(
            1,
            {year: middle.births * math.exp(error[0]) for year, error in by_year.items()},
            {year: middle.migration + error[1] for year, error in by_year.items()},
            {year: middle.housing * math.exp(error[2]) for year, error in by_year.items()},
            middle.mortality,
        )
    return found


def steady(variant: Variant, years: range) -> Path:
    """Return a variant that does the same in every year."""
    births, migration, housing = (dict.fromkeys(years, n) for n in (variant.births, variant.migration, variant.housing))
    return Path(variant.weight, births, migration, housing, variant.mortality)


def medium(projection: Projection, first: int, last: int) -> Path:
    """Return the medium course."""
    return steady((BUILT_IN | projection.define)["medium"], range(first, last + 1))


def _mixed(one: float, two: float, three: float, a: float, b: float, c: float) -> tuple[float, float, float]:
    """Turn three independent numbers into ones with correlations ``a`` (1, 2), ``b`` (1, 3) and ``c`` (2, 3)."""
    own = math.sqrt(1 - a * a)
    across = (c - a * b) / own if own > 0 else 0.0
    rest = math.sqrt(max(1 - b * b - across * across, 0.0))
    return one, a * one + own * two, b * one + across * two + rest * three
