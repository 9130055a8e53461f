"""Who follows the zones, and who sits at a school whatever they say: from `optimizer.population.attending`, a second time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from optimizer.check import sheets
from optimizer.check.whole import whole
from optimizer.check.world import Block, Cell
from optimizer.scenario.model import Attendance, OtherSeats, Scenario

FROM_ELSEWHERE = ("", "outside", "县外", "区外", "外县", "外地")
"""Words for a zone of residence that is none of the county's."""

LAST = "\U0010ffff"
"""Sorts after every id and community: the guests are made whole as a last community, a school for a block."""

NOWHERE = "-"
"""The zone of a block that has none."""

Children = Mapping[tuple[str, int, int], int]
"""Children by block, year and grade in one variant."""

Parts = dict[tuple[str, int, int], float]


@dataclass(frozen=True)
class Ground:
    """What the answer depends on beside the children.

    Attributes
    ----------
    blocks
        The blocks.
    by_status
        Residents by block and status; None where no status is given.
    today
        Today's zone by block, of any school; None where not known.
    zoned
        Ids of the zoned schools.
    sits_at
        School of each zone's grade.
    years, grades
        Of the horizon and the level; one grade 0 where children are pooled, whose school is the zone's own.
    of_level
        Grades of the table of attendance that count.
    enrolled
        Whether a table says who is enrolled where.
    """

    blocks: Mapping[str, Block]
    by_status: Mapping[tuple[str, str], int] | None
    today: Mapping[str, str] | None
    zoned: Sequence[str]
    sits_at: Mapping[tuple[str, int], str]
    years: Sequence[int]
    grades: Sequence[int]
    of_level: Sequence[int]
    enrolled: bool


def attending(scenario: Scenario, ground: Ground, children: Children) -> tuple[Children, dict[tuple[str, int, int], int]]:
    """Return the children who follow the zoning by block, year and grade, and the guests by school, year and grade.

    Raises
    ------
    BadInputError
        If the table of attendance cannot be read.
    """
    wishes = scenario.attendance
    table = None if ground.today is None else _table(scenario, ground)
    if not (wishes.status and ground.by_status is not None) and not wishes.other_seats and table is None:
        return children, {}
    entering = _entering(ground, wishes)
    parts: Parts = {key: n * entering[key[0]] for key, n in children.items()}
    for seats in wishes.other_seats:
        _take_seats(ground, parts, seats)
    seated = {} if table is None else _transfer(scenario, ground, parts, table)
    by_cell: dict[tuple[int, int], dict[str, float]] = {}
    for (block, year, grade), n in parts.items():
        by_cell.setdefault((year, grade), {})[block] = n
    for cell, at in seated.items():
        by_cell[cell].update({LAST + school: n for school, n in at.items()})
    community = {name: block.row.get("community", "") for name, block in ground.blocks.items()}
    community |= {LAST + school: LAST for at in seated.values() for school in at}
    found = whole(by_cell, ground.years, ground.grades, community)
    guests = {(name.removeprefix(LAST), year, grade): n for (name, year, grade), n in found.items() if name.startswith(LAST)}
    return {key: n for key, n in found.items() if not key[0].startswith(LAST)}, guests


def all_variants(
    scenario: Scenario, ground: Ground, courses: Mapping[str, Children], word: Callable[[int], str]
) -> tuple[dict[str, Children], dict[str, dict[Cell, int]]]:
    """Return the children who follow the zoning in each variant, and the guests of each school by cell.

    ``word`` turns a grade into its name.
    """
    found: dict[str, Children] = {}
    guests: dict[str, dict[Cell, int]] = {}
    for variant, course in courses.items():
        found[variant], seated = attending(scenario, ground, course)
        for (school, year, grade), n in seated.items():
            guests.setdefault(school, {})[year, word(grade), variant] = n
    return found, guests


def _entering(ground: Ground, wishes: Attendance) -> dict[str, float]:
    """Return by block the share of its children who enter public schools of their zone."""
    if ground.by_status is None or not wishes.status:
        return dict.fromkeys(ground.blocks, 1.0)
    shares = {str(status): share for status, share in wishes.status.items()}
    found = {}
    for name in (*ground.blocks, ""):  # "" stands for the whole county
        rows = [(n, shares.get(status, 1.0)) for (block, status), n in ground.by_status.items() if name in ("", block)]
        total = sum(n for n, _ in rows)
        found[name] = sum(n * share for n, share in rows) / total if total else -1.0
    return {name: share if share >= 0 else max(found[""], 0.0) for name, share in found.items() if name}


def _take_seats(ground: Ground, parts: Parts, seats: OtherSeats) -> None:
    area = {
        name
        for name, block in ground.blocks.items()
        if seats.community in (None, block.row.get("community", "")) and seats.setting in (None, block.setting)
    }
    for year in ground.years:
        if year < (seats.first_year or ground.years[0]) or (seats.last_year is not None and year > seats.last_year):
            continue
        mine = [key for key in parts if key[0] in area and key[1] == year]
        there = sum(parts[key] for key in mine)
        for key in mine:
            parts[key] *= max(0.0, 1 - seats.students / there) if there > 0 else 1.0


def _table(scenario: Scenario, ground: Ground) -> dict[tuple[str, int], dict[str, int]] | None:
    """Return by zone of residence and grade how many study at each school; the zone "" is outside the county."""
    frame = sheets.sheet(scenario, "attendance")
    if frame is None:
        return None
    found: dict[tuple[str, int], dict[str, int]] = {}
    for row in sheets.rows(frame):
        grade = sheets.whole(row["grade"]) or 0
        zone = row.get("zone", "")
        zone = "" if zone in FROM_ELSEWHERE else zone
        if not zone and row.get("block_id"):
            zone = (ground.today or {}).get(row["block_id"], NOWHERE)
        if grade not in ground.of_level or zone == NOWHERE:
            continue
        grade = 0 if tuple(ground.grades) == (0,) else grade
        there = found.setdefault((zone, grade), {})
        there[row["school_id"]] = there.get(row["school_id"], 0) + (sheets.whole(row["students"]) or 0)
    return found


def _transfer(
    scenario: Scenario, ground: Ground, parts: Parts, table: Mapping[tuple[str, int], Mapping[str, int]]
) -> dict[tuple[int, int], dict[str, float]]:
    """Take those who transfer out of ``parts``; returns by year and grade how many sit at each school."""
    seated: dict[tuple[int, int], dict[str, float]] = {}
    zones = sorted({zone for zone, _ in table})
    inside = {zone: [block for block in ground.blocks if (ground.today or {}).get(block) == zone] for zone in zones if zone}
    for year in ground.years:
        for grade in ground.grades:
            here = seated.setdefault((year, grade), dict.fromkeys(ground.zoned, 0.0))
            fading, counted = _how_far(scenario, ground, year, grade)
            for zone in zones:
                own = ground.sits_at.get((zone, grade), zone)
                leaving = 0.0
                children = sum(parts[block, year, grade] for block in inside.get(zone, []))
                for school, share in _shares(table, zone, grade, ground.grades).items():
                    if school in scenario.wishes.close or (zone and school == own):
                        continue
                    leaving += share
                    if school in ground.zoned and counted:
                        at = ground.sits_at.get((school, grade), school)
                        here[at] += (children if zone else 1) * share * fading
                for block in inside.get(zone, []):
                    parts[block, year, grade] *= 1 - leaving * fading
    return seated


def _how_far(scenario: Scenario, ground: Ground, year: int, grade: int) -> tuple[float, bool]:
    """Return how far a cohort still transfers, and whether its guests are counted here, not by the table of enrolment."""
    entered = year - (grade - ground.grades[0]) - ground.years[0]
    stays = entered < 0 and scenario.rollout == "new_entrants"
    mode = scenario.attendance.transfers
    if mode == "end":
        return (1.0 if stays else 0.0), not (stays and ground.enrolled)
    fading = max(0.0, 1 - max(entered, 0) / scenario.attendance.phase_out_years) if mode == "phase_out" else 1.0
    return fading, not (stays and ground.enrolled)


def _shares(table: Mapping[tuple[str, int], Mapping[str, int]], zone: str, grade: int, grades: Sequence[int]) -> dict[str, float]:
    """Return what part of a zone's children of a grade studies at each school; from outside the county, how many do."""
    rows = table.get((zone, grade), {})
    if not zone:
        return {school: float(n) for school, n in rows.items()}
    if not sum(rows.values()):
        summed: dict[str, int] = {}
        for each in grades:
            for school, n in table.get((zone, each), {}).items():
                summed[school] = summed.get(school, 0) + n
        rows = summed
    total = sum(rows.values())
    return {school: n / total for school, n in rows.items()} if total else {}
