"""Random draws: reproducible, correlated and persistent as asked, of equal weight; the checker draws the same."""

import numpy as np
import pytest

from optimizer.check import paths as checked
from optimizer.population.draws import cholesky, medium, paths
from optimizer.scenario.model import Correlation, Projection
from tests.three_blocks import county, projected


def asked(**keys: object) -> Projection:
    return Projection.model_validate(keys)


def test_the_same_seed_draws_the_same_and_another_one_not():
    first, again, other = (paths(asked(draws=5, seed=seed), 10) for seed in (3, 3, 4))
    assert np.array_equal(first.births, again.births)
    assert not np.array_equal(first.births, other.births)
    assert first.names == ("draw 1", "draw 2", "draw 3", "draw 4", "draw 5")
    assert first.weight.tolist() == [1] * 5


def test_errors_have_the_size_persistence_and_correlation_that_are_asked_for():
    errors = {"births": {"sd": 0.1, "persistence": 0.6}, "correlation": {"births_migration": -0.5, "migration_housing": 0.0}}
    drawn = paths(asked(draws=1000, errors=errors | {"migration": {"sd": 0.01, "persistence": 0.0}}), 30)
    births, migration, housing = np.log(drawn.births), drawn.migration, np.log(drawn.housing)
    assert births[:, 0].std() == pytest.approx(0.1, rel=0.1)
    assert births[:, -1].std() == pytest.approx(0.1 / np.sqrt(1 - 0.36), rel=0.1)
    assert np.corrcoef(births[:, -1], births[:, -2])[0, 1] == pytest.approx(0.6, abs=0.08)
    assert np.corrcoef(births[:, 0], migration[:, 0])[0, 1] == pytest.approx(-0.5, abs=0.08)
    assert np.corrcoef(migration[:, 5], housing[:, 5])[0, 1] == pytest.approx(0.0, abs=0.1)
    assert migration[:, 4].std() == pytest.approx(0.01, rel=0.1)


def test_the_medium_course_is_the_middle_of_the_draws():
    keys = {"define": {"medium": {"births": 0.9, "migration": 0.002, "housing": 1.1}}, "draws": 1000}
    drawn, middle = paths(asked(**keys), 12), medium(asked(**keys), 12)
    assert np.allclose(np.median(drawn.births, axis=0), middle.births, rtol=0.03)
    assert np.allclose(np.median(drawn.migration, axis=0), middle.migration, atol=0.0005)
    assert np.allclose(np.median(drawn.housing, axis=0), middle.housing, rtol=0.03)


def test_a_course_is_as_wide_as_its_errors():
    still = {name: {"sd": 0.0, "persistence": 0.5} for name in ("births", "migration", "housing")}
    data = county({("a", age): 100 for age in range(12)}, births={2026: 300}, housing=[("b", 2028, 900, "rental")])
    sure = projected(data, 10, draws=3, errors=still).students
    assert (sure == projected(data, 10).students).all()
    wide = projected(data, 10, draws=30).students.sum(axis=(0, 2))
    assert (np.diff(wide.std(axis=1)[[0, 4, 9]]) > 0).all()


@pytest.mark.parametrize("correlation", [{}, {"births_migration": 1.0, "births_housing": 0.4, "migration_housing": 0.4}])
def test_the_factor_of_the_correlation_gives_it_back(correlation: dict[str, float]):
    made = Correlation.model_validate(correlation)
    factor = cholesky(made)
    a, b, c = made.births_migration, made.births_housing, made.migration_housing
    assert np.allclose(factor @ factor.T, [[1, a, b], [a, 1, c], [b, c, 1]])


def test_impossible_correlations_are_told():
    with pytest.raises(ValueError, match="no three quantities"):
        Correlation(births_migration=0.9, births_housing=0.9, migration_housing=-0.9)


def test_the_checker_draws_the_same():
    projection = asked(draws=12, seed=7, define={"medium": {"births": 0.8, "mortality": 2.0}})
    ours, theirs = paths(projection, 9), checked.paths(projection, 2027, 2035)
    assert tuple(theirs) == ours.names
    for index, path in enumerate(theirs.values()):
        for driver in ("births", "migration", "housing"):
            assert np.allclose(list(getattr(path, driver).values()), getattr(ours, driver)[index], rtol=1e-12)
        assert path.mortality == ours.mortality[index] == 2.0
