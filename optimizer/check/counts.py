"""The tables of numbers: children, births, housing, enrolment."""

import datetime as dt
from dataclasses import dataclass

from optimizer.check import sheets
from optimizer.check.dwellers import read_dwellers
from optimizer.check.people import Estate
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
    births
        By calendar year; empty without a table.
    estates
        New housing.
    enrolment
        None without a table.
    """

    residents: dict[tuple[str, int], int] | None
    by_status: dict[tuple[str, str], int] | None
    date: dt.date
    births: dict[int, int]
    estates: list[Estate]
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
    births = sheets.sheet(scenario, "births")
    return Counts(
        residents=None if dwellers is None else dwellers.by_age,
        by_status=None if dwellers is None else dwellers.by_status,
        date=stated or dt.date(scenario.horizon.base_year, 8, 31),
        births={} if births is None else {_whole(row, "year"): _whole(row, "births") for row in sheets.rows(births)},
        estates=_estates(scenario),
        enrolment=_enrolment(scenario),
    )


def _whole(row: dict[str, str], column: str) -> int:
    return sheets.whole(row.get(column, "")) or 0


def _estates(scenario: Scenario) -> list[Estate]:
    frame = sheets.sheet(scenario, "housing")
    if frame is None:
        return []
    return [
        Estate(row["block_id"], _whole(row, "year"), _whole(row, "dwellings"), row.get("type", "")) for row in sheets.rows(frame)
    ]


def _enrolment(scenario: Scenario) -> list[Enrolled] | None:
    frame = sheets.sheet(scenario, "enrolment")
    if frame is None:
        return None
    return [
        Enrolled(row["school_id"], _whole(row, "grade"), _whole(row, "classes"), _whole(row, "students"))
        for row in sheets.rows(frame)
    ]
