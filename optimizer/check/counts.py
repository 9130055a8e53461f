"""The tables of numbers: children, enrolment."""

import datetime as dt
from dataclasses import dataclass

from optimizer.check import sheets
from optimizer.check.dwellers import read_dwellers
from optimizer.scenario.model import Scenario


@dataclass(frozen=True)
class Enrolled:
    """Children of one grade of a school before the plan begins."""

    school: str
    grade: int
    classes: int
    students: int


@dataclass(frozen=True)
class Counts:
    """The numbers of a county.

    Attributes
    ----------
    residents
        Children by block and age, 0 to 17; None where the blocks carry pooled students.
    by_status
        Children by block and status; None where no status is given.
    date
        The day the ages stand for.
    enrolment
        None without a table.
    """

    residents: dict[tuple[str, int], int] | None
    by_status: dict[tuple[str, str], int] | None
    date: dt.date
    enrolment: list[Enrolled] | None


def read_counts(scenario: Scenario) -> Counts:
    """Read the numbers of a scenario.

    Raises
    ------
    BadInputError
        If a file cannot be read.
    """
    place = sheets.entry(scenario, "residents") or sheets.entry(scenario, "population")
    stated = None if place is None else place.date
    dwellers = read_dwellers(scenario)
    return Counts(
        residents=None if dwellers is None else dwellers.by_age,
        by_status=None if dwellers is None else dwellers.by_status,
        date=stated or dt.date(scenario.horizon.base_year, 8, 31),
        enrolment=_enrolment(scenario),
    )


def _whole(row: dict[str, str], column: str) -> int:
    return sheets.whole(row.get(column, "")) or 0


def _enrolment(scenario: Scenario) -> list[Enrolled] | None:
    frame = sheets.sheet(scenario, "enrolment")
    if frame is None:
        return None
    return [
        Enrolled(row["school_id"], _whole(row, "grade"), _whole(row, "classes"), _whole(row, "students"))
        for row in sheets.rows(frame)
    ]
