"""The independent checker: reads the raw tables again and judges an assignment by them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optimizer.check import classes, compare, figures, rules, sheets, shortfalls, spelled, tail
from optimizer.check.report import Finding, Report
from optimizer.check.survey import survey
from optimizer.check.world import World
from optimizer.faults import BadInputError
from optimizer.scenario.model import Scenario, Table

COLUMNS = ("block_id", "school_id")


def verify(scenario: Scenario, assignment: Path, result: Mapping[str, Any] | None = None) -> Report:
    """Check a plan from the raw inputs, sharing with the rest only the table readers, the scenario and the rule sets' numbers.

    Parameters
    ----------
    scenario
        The resolved scenario: its paths are relative to the working directory.
    assignment
        A table of ``block_id, school_id``.
    result
        What ``result.json`` states, whose figures, classes and certificate are checked too. Without it classes are formed here.

    Raises
    ------
    BadInputError
        If a file of the scenario cannot be read.
    """
    given, unreadable = _rows(assignment)
    if unreadable:
        return Report((unreadable,), ())
    world = survey(scenario)
    blocks, schools = ([row[at] for row in given] for at in (0, 1))
    known = {*world.blocks, *world.shapeless}
    given = list(zip(spelled.rejoined(blocks, known), spelled.rejoined(schools, world.schools), strict=True))
    wishes = scenario.wishes
    broken = rules.rows(world, wishes, given)
    zone_of = {block: school for block, school in given if block in world.blocks and school in world.zones}
    astray = rules.pieces(world, zone_of)
    wished, not_met = rules.wished(world, wishes, zone_of)
    broken += astray + rules.ways(world, wishes, zone_of) + wished
    if set(zone_of) != set(world.blocks):
        return Report(tuple(broken), tuple(not_met))
    n_astray = len({finding.ids[0] for finding in astray})
    scored = _scored(world, scenario, zone_of, n_astray, result)
    if result is not None:
        broken += scored.disagreements(result) + compare.inputs(result.get("inputs"), assignment.parent)
    short = [
        *shortfalls.over_full(world, scored.grades),
        *shortfalls.over_seats_and_size(world, scored.schools),
        *shortfalls.far(world, scored.plan),
        *not_met,
        *shortfalls.cut_off(world),
    ]
    return Report(tuple(broken), tuple(short), scored.headline)


def _rows(assignment: Path) -> tuple[list[tuple[str, str]], Finding | None]:
    try:
        frame = sheets.opened(Table(file=str(assignment)), "plan")
    except BadInputError as error:
        return [], Finding("assignment_unreadable", {"why": "; ".join(str(fault) for fault in error.faults)})
    missing = [column for column in COLUMNS if column not in frame.columns]
    if missing:
        return [], Finding("assignment_unreadable", {"why": f"no column {', '.join(missing)}"})
    return list(zip(frame["block_id"], frame["school_id"], strict=True)), None


class _Scored:
    """All figures of one plan."""

    def __init__(self, world: World, scenario: Scenario, plan: figures.Plan, astray: int) -> None:
        self.world, self.plan = world, plan
        self.grades = figures.by_grade(world, plan)
        self.schools = figures.by_school(world, self.grades)
        self.zones = figures.by_zone(world, plan)
        self.terms = figures.terms(world, plan, rules.unmet_m(world, scenario.wishes, dict(plan.zone_of)))
        self.objective = tail.objective(world, plan, self.terms, tail.share(world, scenario.projection))
        self.headline = figures.headline(world, plan, sum(self.terms.values()), self.schools, self.zones, astray)

    def disagreements(self, result: Mapping[str, Any]) -> list[Finding]:
        """Hold a result against the figures."""
        means = {name: total / self.world.divisor for name, total in self.terms.items()}
        return [
            *classes.check(self.world, self.plan.students, self.plan.classes),
            *compare.figures("headline", result.get("headline"), self.headline),
            *compare.figures("terms", result.get("terms"), means),
            *compare.rows("by_grade", result.get("by_grade"), ("variant", "year", "school_id", "grade"), self.grades),
            *compare.rows("by_school", result.get("by_school"), ("variant", "year", "school_id"), self.schools),
            *compare.rows("by_zone", result.get("by_zone"), ("zone",), {(zone,): row for zone, row in self.zones.items()}),
            *compare.rows(
                "by_variant", result.get("by_variant"), ("variant",), tail.by_variant(self.world, self.plan, self.schools)
            ),
            *compare.certificate(self.world, result.get("certificate"), *self.objective),
        ]


def _scored(world: World, scenario: Scenario, zone_of: dict[str, str], astray: int, result: Mapping[str, Any] | None) -> _Scored:
    students = classes.students_by_school(world, zone_of)
    formed = classes.suggest(world, students) if result is None else compare.classes(result)
    plan = figures.Plan(zone_of, students, formed)
    return _Scored(world, scenario, plan, astray)
