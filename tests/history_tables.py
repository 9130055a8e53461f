"""Tiny histories for the tests."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from optimizer.history import History
from optimizer.history.table import Reals


def history(students: list[list[list[float | None]]] | Reals, first_year: int = 2001, grades: str = "") -> History:
    """Return a history of ``[S][T][G]`` children; None where nobody was counted."""
    counted = np.array(students, dtype=float)
    n_schools, n_years, n_grades = counted.shape
    return History(
        schools=tuple(f"S{place + 1:02d}" for place in range(n_schools)),
        names=tuple(f"School {place + 1}" for place in range(n_schools)),
        years=tuple(range(first_year, first_year + n_years)),
        grades=tuple(grades) or tuple(str(place + 1) for place in range(n_grades)),
        students=counted,
    )


@st.composite
def histories(draw: st.DrawFn, least_years: int = 2) -> History:
    """Draw histories with gaps, zeros, empty years and schools that come and go."""
    shape = draw(st.tuples(st.integers(1, 7), st.integers(least_years, 6), st.integers(1, 4)))
    counts = draw(hnp.arrays(np.float64, shape, elements=st.integers(0, 400).map(float), fill=st.nothing()))
    gone = draw(hnp.arrays(np.bool_, shape, elements=st.sampled_from([False, False, False, True]), fill=st.nothing()))
    return history(np.where(gone, np.nan, counts))


def county(seed: int, n_schools: int = 30, n_years: int = 9, n_grades: int = 4) -> History:
    """Return schools whose entrants wander and whose ratios differ."""
    random = np.random.default_rng(seed)
    students = np.zeros((n_schools, n_years, n_grades))
    students[:, 0] = random.uniform(60, 300, (n_schools, 1)) * random.uniform(0.8, 1.2, (n_schools, n_grades))
    ratio, growth = random.normal(0.95, 0.08, (n_schools, n_grades)), random.normal(-0.03, 0.04, n_schools)
    for year in range(1, n_years):
        students[:, year, 0] = students[:, year - 1, 0] * np.exp(growth + random.normal(0, 0.08, n_schools))
        students[:, year, 1:] = (
            students[:, year - 1, :-1] * ratio[:, 1:] * np.exp(random.normal(0, 0.04, (n_schools, n_grades - 1)))
        )
    return history(np.round(students))
