"""What the variants and the random draws do to births, migration and housing, year by year.

A *draw* strays from the medium course by errors that go on for some years. With ``Z`` the standard normal numbers
``[draws, years, 3]`` of numpy's ``default_rng(seed)`` in this order (the first year is the one after the residents were counted;
the three are births, migration, housing), ``L`` the lower Cholesky factor of their correlation, and ``e = 0`` before the first
year::

    shock[t] = sd * (L Z[t])                e[t] = persistence * e[t - 1] + shock[t]
    births x exp(e_births)                  migration + e_migration                    housing x exp(e_housing)

so the medium course is the median of each. Draws have equal weights.

Sources of the defaults. Births: sd 0.08, persistence 0.9. China's births 2016-2025 (1786, 1723, 1523, 1465, 1200, 1062, 956, 902,
954, 792 in 10,000; National Bureau of Statistics) changed by -9 % a year on the log scale with a standard deviation of 0.08; with
this persistence the error has a standard deviation of 0.17 after ten years. Migration: 0.003 a year and 0.7, 0.4 % a year in the
long run, the width between our low and high variants (own). Housing: 0.15 and 0.5, projects that slip or stand empty (own).
Correlations of the year's shocks 0.3 (births, migration), 0.2 (births, housing), 0.5 (migration, housing): young families come
where there are jobs, buy, and have children (own). An autoregression of the log rate is the usual model of such errors: Lee,
"Stochastic demographic forecasting", International Journal of Forecasting 8 (1992).
"""

from dataclasses import dataclass

import numpy as np

from optimizer.population.rounding import Reals
from optimizer.population.variants import BUILT_IN, variant
from optimizer.problem import Ints
from optimizer.scenario.model import Correlation, Projection


@dataclass(frozen=True)
class Paths:
    """What each variant does in each year after the residents were counted.

    Attributes
    ----------
    names
        ``V`` names.
    weight
        ``[V]`` integer weights.
    births, housing
        ``[V, Y]`` factors.
    migration
        ``[V, Y]`` added to the net rates.
    mortality
        ``[V]`` factor on the deaths.
    """

    names: tuple[str, ...]
    weight: Ints
    births: Reals
    migration: Reals
    housing: Reals
    mortality: Reals

    def part(self, chosen: slice) -> "Paths":
        """Return some of the variants."""
        drivers = (self.births[chosen], self.migration[chosen], self.housing[chosen], self.mortality[chosen])
        return Paths(self.names[chosen], self.weight[chosen], *drivers)


def paths(projection: Projection, n_years: int) -> Paths:
    """Return the variants, or the draws where the scenario asks for them.

    Raises
    ------
    KeyError
        If there is no variant of a name.
    """
    if projection.draws is not None:
        return _drawn(projection, projection.draws, n_years)
    chosen = [(name, variant(projection, name)) for name in projection.variants]
    found = [(name, each) for name, each in chosen if each is not None]
    if len(found) < len(chosen):
        raise KeyError(next(name for name, each in chosen if each is None))

    def every_year(values: list[float]) -> Reals:
        return np.repeat(np.array(values, dtype=np.float64)[:, None], n_years, axis=1)

    return Paths(
        tuple(name for name, _ in found),
        np.array([each.weight for _, each in found], dtype=np.int64),
        every_year([each.births for _, each in found]),
        every_year([each.migration for _, each in found]),
        every_year([each.housing for _, each in found]),
        np.array([each.mortality for _, each in found]),
    )


def medium(projection: Projection, n_years: int) -> Paths:
    """Return the medium variant alone."""
    return paths(projection.model_copy(update={"draws": None, "variants": ["medium"]}), n_years)


def names(draws: int) -> tuple[str, ...]:
    """Return the names of draws: ``draw 01`` ..."""
    width = len(str(draws))
    return tuple(f"draw {number:0{width}}" for number in range(1, draws + 1))


def _drawn(projection: Projection, draws: int, n_years: int) -> Paths:
    middle = projection.define.get("medium", BUILT_IN["medium"])
    errors = projection.errors
    normal = np.random.default_rng(projection.seed).standard_normal((draws, n_years, 3))
    kinds = (errors.births, errors.migration, errors.housing)
    shock = normal @ cholesky(errors.correlation).T * np.array([kind.sd for kind in kinds])
    persistence = np.array([kind.persistence for kind in kinds])
    error = np.zeros((draws, n_years, 3))
    for year in range(n_years):
        error[:, year] = shock[:, year] + (persistence * error[:, year - 1] if year else 0.0)
    births, migration, housing = np.moveaxis(error, 2, 0)
    return Paths(
        names(draws),
        np.ones(draws, dtype=np.int64),
        middle.births * np.exp(births),
        middle.migration + migration,
        middle.housing * np.exp(housing),
        np.full(draws, middle.mortality),
    )


def cholesky(correlation: Correlation) -> Reals:
    """Return ``[3, 3]`` the lower factor of the correlation of births, migration and housing."""
    a, b, c = correlation.births_migration, correlation.births_housing, correlation.migration_housing
    second = np.sqrt(1 - a * a)
    across = (c - a * b) / second if second > 0 else 0.0
    return np.array([[1, 0, 0], [a, second, 0], [b, across, np.sqrt(max(1 - b * b - across * across, 0.0))]])
