"""Share of the residents in school by grade, worked out a second time from the statement in `optimizer.population.enrolled`."""

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
    pupils: dict[tuple[int, int], int] = {}
    for row in sheets.rows(frame):
        if row["students"]:
            at = (sheets.whole(row["grade"]) or 0, sheets.whole(row["year"]) or 0)
            pupils[at] = pupils.get(at, 0) + (sheets.whole(row["students"]) or 0)
    there = [0.0] * (OLDEST + 2)
    for (_, age), count in start.counts.items():
        if age < len(there):
            there[age] += count
    later = start.months / 12
    of_age = [there[age] * ((12 - start.months) / 12) + there[age + 1] * later for age in range(OLDEST + 1)]
    found = {}
    for grade in rules.grades:
        ages = {year: start.year - year + rules.entry_age + grade - 1 for g, year in pupils if g == grade and year <= start.year}
        used = sorted(year for year, age in ages.items() if age <= OLDEST)[-YEARS:]
        residents = sum(of_age[ages[year]] for year in used)
        found[grade] = sum(pupils[grade, year] for year in used) / residents if residents > 0 else 1.0
    return found
