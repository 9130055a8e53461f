"""The one way through the house: a scenario file becomes a case, a case becomes a run."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from optimizer import inputs, network, population, solver
from optimizer.build import build, plan_from_rows, zoned
from optimizer.build.references import check_plan, check_references
from optimizer.faults import Faults
from optimizer.inputs.county import County
from optimizer.metrics import Shapes, score
from optimizer.policy import rules
from optimizer.problem import NO_RULE, Ints
from optimizer.run import Case, Run
from optimizer.scenario import Loaded, load

Stage = Callable[[str], None]


def silent(_: str) -> None:
    """Say nothing."""


def read(path: Path, faults: Faults) -> tuple[Loaded, County] | None:
    """Read and validate all that a run would read.

    Parameters
    ----------
    path
        The scenario file.
    faults
        Takes every fault of the scenario and its tables.

    Returns
    -------
    None where too much is wrong to go on; else what was read (look into ``faults`` before using it).
    """
    loaded = load(path, faults)
    if loaded is None:
        return None
    county = inputs.read(loaded.scenario, faults)
    if county is None:
        return None
    check_references(loaded, county, rules(loaded.scenario.policy, loaded.scenario.level), faults)
    return loaded, county


def prepare(path: Path, faults: Faults, stage: Stage = silent) -> Case | None:
    """Read a scenario and build its problem.

    Parameters
    ----------
    path
        The scenario file.
    faults
        Takes every fault; if there is one, None is returned.
    stage
        Told the name of each step as it begins.
    """
    stage("read")
    found = read(path, faults)
    if found is None or len(faults):
        return None
    loaded, county = found
    scenario = loaded.scenario
    rule_set = rules(scenario.policy, scenario.level)
    stage("project")
    people = population.project(county, rule_set, scenario.horizon, scenario.projection)
    schools = zoned(county, rule_set, people.years, scenario.wishes)
    if not schools.ids:
        file, where = loaded.where("level")
        faults.add(
            file, where, f"no public school with rooms or seats teaches the level {scenario.level}", "Mend the schools table."
        )
        return None
    check_plan(loaded, county, schools.ids, faults)
    if len(faults):
        return None
    stage("neighbours")
    travel = scenario.travel
    adjacency = network.neighbours(county.blocks, county.barriers, travel.tolerance_m, travel.min_border_m)
    stage("distances")
    roads = county.roads if travel.mode == "roads" else None
    walk = network.walk(county.blocks, schools.frame, roads, county.barriers)
    problem, notes = build(scenario, county, rule_set, people, schools, adjacency.edges, adjacency.border, walk.distance)
    shapes = Shapes(county.blocks.area.to_numpy(), county.blocks.length.to_numpy())
    return Case(scenario, str(path), county, people, problem, shapes, (*county.notes, *walk.notes, *notes))


def answer(case: Case, stop: solver.Stop, listen: solver.Listener) -> Run:
    """Find the plan of a case, or take the one that is given, and score it.

    Parameters
    ----------
    case
        The question.
    stop
        When the search ends.
    listen
        Hears how it goes.

    Raises
    ------
    optimizer.solver.InfeasibleError
        If no plan can obey the hard wishes and be in one piece.
    """
    if case.scenario.plan == "optimise":
        result = solver.solve(case.problem, stop, case.scenario.solver.seed, listen)
        figures = score(case.problem, result.plan, case.shapes)
        handicap = {zone: float(metres) for zone, metres in zip(case.problem.zones, result.handicap_m, strict=True)}
        return Run(case, result.plan, figures, result.certificate, result.stopped, handicap, result.rule_share)
    return scored(case, given_zone(case))


def scored(case: Case, zone: Ints) -> Run:
    """Score a zoning that is given: only its classes are formed as well as they can be."""
    plan = solver.complete(case.problem, zone)
    return Run(case, plan, score(case.problem, plan, case.shapes), None, "given", {}, float("nan"))


def given_zone(case: Case) -> Ints:
    """Return ``[B]`` the zones of the plan that the scenario gives.

    A block without a zone of today (or whose school a wish closes) counts for the zone that costs it least.
    """
    if case.county.plan is not None:
        return plan_from_rows(case.problem, case.county.plan)
    cheapest = np.where(case.problem.allowed, case.problem.linear_cost(), np.iinfo(np.int64).max).argmin(axis=1)
    return np.where(case.problem.current == NO_RULE, cheapest, case.problem.current)
