"""A history as an array: children by school, year and grade."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimizer.inputs.county import Note

Reals = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

NO_GRADE = -1
"""Stands for the first and last grade of a school that has never had a child."""


@dataclass(frozen=True)
class History:
    """Enrolment of past years.

    Attributes
    ----------
    schools, years, grades
        Ids behind the axes ``S, T, G``. Years follow one another without a gap: a year of which the file has nothing is empty.
        Grades stand in their order; ids of schools are sorted.
    names
        ``S`` names of the schools, their ids where the file has none.
    students
        ``[S, T, G]`` children; NaN where nobody was counted (a grade that is not taught, a missing row).
    notes
        What the reader repaired, assumed or left out.
    """

    schools: tuple[str, ...]
    names: tuple[str, ...]
    years: tuple[int, ...]
    grades: tuple[str, ...]
    students: Reals
    notes: tuple[Note, ...] = ()

    def until(self, year: int) -> "History":
        """Return the history as it was known in a year: later years are gone, and schools and grades that only they have."""
        kept = [place for place, each in enumerate(self.years) if each <= year]
        students = self.students[:, kept]
        counted = np.isfinite(students)
        schools, grades = np.flatnonzero(counted.any(axis=(1, 2))), np.flatnonzero(counted.any(axis=(0, 1)))
        return replace(
            self,
            schools=tuple(self.schools[place] for place in schools),
            names=tuple(self.names[place] for place in schools),
            years=tuple(self.years[place] for place in kept),
            grades=tuple(self.grades[place] for place in grades),
            students=students[schools][:, :, grades],
        )

    def aligned(self, other: "History") -> Reals:
        """Return ``[S, T, G]`` another history's children on this one's schools and grades, and on the other's years.

        What the other one does not have is NaN.
        """
        found = np.full((len(self.schools), len(other.years), len(self.grades)), np.nan)
        schools = {school: place for place, school in enumerate(other.schools)}
        grades = {grade: place for place, grade in enumerate(other.grades)}
        for row, school in enumerate(self.schools):
            for column, grade in enumerate(self.grades):
                if school in schools and grade in grades:
                    found[row, :, column] = other.students[schools[school], :, grades[grade]]
        return found

    def whole(self) -> "History":
        """Return the sums of all schools as a history of one school."""
        counted = np.isfinite(self.students).any(axis=0)
        sums = np.where(counted, np.nansum(self.students, axis=0), np.nan)
        return replace(self, schools=("*",), names=("*",), students=sums[None])


def counted_years(students: Reals) -> Bools:
    """Return ``[T]`` the years in which anybody was counted."""
    return np.asarray(np.isfinite(students).any(axis=(0, 2)), dtype=np.bool_)


def spans(students: Reals) -> tuple[Ints, Ints]:
    """Return ``[S]`` the first and last grade of each school as an index, or `NO_GRADE`.

    A school's grades run from the lowest to the highest that it ever had. One that is still growing upwards, because it is not
    in the first year and its top grade rose since it came, or came in the last year with one grade, will grow to the top grade
    that most of the settled schools with its first grade have (the lower of two as frequent), if that is higher.

    Parameters
    ----------
    students
        ``[S, T, G]`` children; NaN where nobody was counted.
    """
    taught = students > 0
    ever = np.asarray(taught.any(axis=1), dtype=np.bool_)
    n_grades = ever.shape[1]
    there = np.asarray(ever.any(axis=1), dtype=np.bool_)
    first = np.where(there, ever.argmax(axis=1), NO_GRADE)
    last = np.where(there, n_grades - 1 - ever[:, ::-1].argmax(axis=1), NO_GRADE)
    growing = _growing(taught)
    for grade in np.unique(first[growing]):
        settled = (first == grade) & ~growing
        if settled.any():
            usual = np.bincount(last[settled], minlength=n_grades).argmax()
            same = growing & (first == grade)
            last[same] = np.maximum(last[same], usual)
    return first.astype(np.int64), last.astype(np.int64)


def _growing(taught: Bools) -> Bools:
    """Return ``[S]`` which schools are still adding grades at their top."""
    n_years, n_grades = taught.shape[1:]
    year = np.asarray(taught.any(axis=2), dtype=np.bool_)
    came = year.argmax(axis=1)
    top = np.where(year, n_grades - 1 - taught[:, :, ::-1].argmax(axis=2), -1)
    at_start = np.take_along_axis(top, came[:, None], axis=1)[:, 0]
    latest = top[:, -1]
    opened = (came == n_years - 1) & (taught[:, -1].sum(axis=1) == 1)
    return np.asarray(year[:, -1] & (came > 0) & ((latest > at_start) | opened) & (latest == top.max(axis=1)))
