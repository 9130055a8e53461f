"""Share of the residents in school by grade, worked out a second time from the statement in `optimizer.population.enrolled`."""

import re
import unicodedata

import pandas as pd

from optimizer.check import sheets
from optimizer.check.people import Start
from optimizer.policy import Rules
from optimizer.scenario.model import Scenario

YEARS = 3
OLDEST = 16


def rates(scenario: Scenario, start: Start, rules: Rules) -> dict[int, float]:
    """Return the rate of each grade; empty where nothing is to be learned.

    Raises
    ------
    BadInputError
        If the table cannot be read.
    """
    frame = sheets.sheet(scenario, "history") if scenario.projection.history == "learn" else None
    if frame is None:
        return {}
    pupils = _pupils(scenario, frame)
    there = [0.0] * (OLDEST + 2)
    for (_, age), count in start.counts.items():
        if age < len(there):
            there[age] += count
    later = start.months / 12
    of_age = [there[age] * ((12 - start.months) / 12) + there[age + 1] * later for age in range(OLDEST + 1)]
    known = {age for age in range(OLDEST + 1) if there[age] > 0 and (there[age + 1] > 0 or not start.months)}
    found = {}
    for grade in rules.grades:
        ages = {year: start.year - year + rules.entry_age + grade - 1 for g, year in pupils if g == grade and year <= start.year}
        used = sorted(year for year, age in ages.items() if age in known)[-YEARS:]
        residents = sum(of_age[ages[year]] for year in used)
        found[grade] = sum(pupils[grade, year] for year in used) / residents if residents > 0 else 1.0
    return found


def _pupils(scenario: Scenario, frame: pd.DataFrame) -> dict[tuple[int, int], int]:
    """Return the county's children by grade and year, without those in which a school that had a number before has none."""
    copies = set()
    numbers: dict[tuple[str, int, int], int] = {}
    for row in sheets.rows(frame):
        grade, year, students = _grade(row["grade"]), int(_plain(row["year"])[:4]), _students(row["students"])
        school = row.get("school_id", "") or row.get("name", "")
        copy = (school, row.get("name", "") or school, grade, year, students)
        if grade and students is not None and copy not in copies:
            copies.add(copy)
            numbers[school, grade, year] = numbers.get((school, grade, year), 0) + students
    table = sheets.sheet(scenario, "schools")
    here = set() if table is None else {row["school_id"] for row in sheets.rows(table)}
    found: dict[tuple[int, int], int] = {}
    for (_, grade, year), n in numbers.items():
        found[grade, year] = found.get((grade, year), 0) + n
    for grade, year in list(found):
        before = {school for school, of, then in numbers if school in here and of == grade and then < year}
        if any((school, grade, year) not in numbers for school in before):
            del found[grade, year]
    return found


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _grade(text: str) -> int:
    """Read ``3``, ``grade 3`` or ``3rd``; 0 for what lies before grade 1, and for totals."""
    plain = _plain(text).lower()
    number = re.search(r"\d+", plain)
    return int(number[0]) if number and not plain.startswith("p") else 0


def _students(text: str) -> int | None:
    """Read a number of children; None where it is blank or withheld (``*``, ``<10``, ``n/a``)."""
    number = re.fullmatch(r"\+?([\d, ]+)(\.0*)?", _plain(text))
    return int(re.sub(r"[, ]", "", number[1])) if number else None
