"""The one way through the house: a scenario file becomes a case, a case becomes a run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from optimizer import folder, inputs, network, population, robust, solver
from optimizer.build import build, plan_from_rows, zoned
from optimizer.build.references import check_plan, check_references
from optimizer.check import Report, verify
from optimizer.faults import BadInputError, Faults
from optimizer.inputs.county import County
from optimizer.metrics import Shapes, score
from optimizer.policy import rules
from optimizer.problem import NO_RULE, Ints
from optimizer.run import Case, Nominal, Run
from optimizer.scenario import Loaded, Scenario, load

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


def prepare(path: Path, faults: Faults, stage: Stage = silent, seed: int | None = None) -> Case | None:
    """Read a scenario and build its problem.

    Parameters
    ----------
    path
        The scenario file.
    faults
        Takes every fault; if there is one, None is returned.
    stage
        Told the name of each step as it begins.
    seed
        Wins over the scenario's seed.
    """
    stage("read")
    own = Faults()
    found = read(path, own)
    faults.extend(own)
    if found is None or len(own):
        return None
    loaded, county = found
    scenario = _seeded(loaded.scenario, seed)
    rule_set = rules(scenario.policy, scenario.level)
    stage("project")
    rates = population.learned(county, rule_set) if scenario.projection.history == "learn" else []
    people = population.project(county, rule_set, scenario.horizon, scenario.projection, population.enrolled(rates))
    schools = zoned(county, rule_set, people.years, scenario.wishes)
    if not schools.ids:
        file, where = loaded.where("level")
        faults.add(
            file, where, f"no public school with rooms or seats teaches the level {scenario.level}", "Mend the schools table."
        )
        return None
    check_plan(loaded, county, schools.ids, own)
    faults.extend(own)
    if len(own):
        return None
    stage("neighbours")
    travel = scenario.travel
    roads = county.roads if travel.mode != "straight_line" else None
    bridges = None if roads is None else roads[roads["bridge"]]
    adjacency = network.neighbours(county.blocks, county.barriers, travel.tolerance_m, travel.min_border_m, bridges)
    stage("distances")
    if county.distances is not None:
        walk = network.given(county.blocks, schools.frame, county.distances)
    else:
        walk = network.walk(county.blocks, schools.frame, roads, county.barriers, travel.join_m)
    going = population.attending(people, county, scenario, rule_set, schools.ids, schools.site_of)
    ways = (adjacency.edges, adjacency.border, walk.distance)
    problem, notes = build(scenario, county, rule_set, going.people, schools, *ways, going.guests)
    shapes = Shapes(county.blocks.geometry.to_numpy(), travel.tolerance_m)
    return Case(scenario, str(path), county, people, problem, shapes, (*county.notes, *walk.notes, *notes))


def _seeded(scenario: Scenario, seed: int | None) -> Scenario:
    if seed is None:
        return scenario
    return scenario.model_copy(update={"solver": scenario.solver.model_copy(update={"seed": seed})})


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
        result, nominal = _searched(case, stop, listen)
        figures = score(case.problem, result.plan, case.shapes)
        handicap = {zone: float(metres) for zone, metres in zip(case.problem.zones, result.handicap_m, strict=True)}
        return Run(case, result.plan, figures, result.certificate, result.stopped, handicap, result.rule_share, nominal)
    return scored(case, given_zone(case))


def _searched(case: Case, stop: solver.Stop, listen: solver.Listener) -> tuple[solver.Result, Nominal | None]:
    """Search for the plan that is best in the mean over the variants, or with crowding as in the worst of them."""
    seed, share = case.scenario.solver.seed, robust.tail_share(case.problem, case.scenario.projection)
    if share is None:
        return solver.solve(case.problem, stop, seed, listen), None
    held = robust.solve(case.problem, share, stop, seed, listen)
    return held.result, Nominal(held.variant, held.nominal)


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


def reopen(target: Path, faults: Faults, stage: Stage = silent) -> Run | None:
    """Read a finished run back: its case from the raw inputs, its plan from its folder.

    Parameters
    ----------
    target
        Folder of the run.
    faults
        Takes what is wrong, also inputs that have changed since the run.
    stage
        Told the name of each step as it begins.
    """
    own = Faults()
    data = folder.read_result(target, own)
    case = None if data is None else prepare(folder.scenario_of(target, data), own, stage, data.get("seed"))
    if data is not None and case is not None:
        _check_unchanged(case, data, target, own)
    faults.extend(own)
    if data is None or case is None or len(own):
        return None
    rows = pd.read_csv(target / folder.ASSIGNMENT, dtype=str)
    plan = solver.complete(case.problem, plan_from_rows(case.problem, rows))
    figures = score(case.problem, plan, case.shapes)
    proof = None if data["certificate"] is None else folder.certificate(data["certificate"])
    share = float("nan") if data["rule_share"] is None else float(data["rule_share"])
    return Run(case, plan, figures, proof, str(data["stopped"]), dict(data["handicap_m"]), share)


def _check_unchanged(case: Case, data: dict[str, Any], target: Path, faults: Faults) -> None:
    then = {entry["table"]: entry["sha256"] for entry in data["inputs"]}
    for source in case.county.sources:
        if then.get(source.table) != source.sha256:
            faults.add(str(target), "", f"{source.path} has changed since this run", "Run the scenario again.")


def verified(path: Path, assignment: Path, data: dict[str, Any] | None, faults: Faults) -> Report | None:
    """Check a plan again with the independent checker.

    Parameters
    ----------
    path
        The scenario file.
    assignment
        Table of ``block_id, school_id``.
    data
        The run's `result.json`, whose figures are checked too, or None.
    faults
        Takes what is wrong with the scenario or its tables; then None is returned.
    """
    loaded = load(path, faults)
    if loaded is None or len(faults):
        return None
    try:
        return verify(loaded.scenario, assignment, data)
    except BadInputError as error:
        faults.extend(error.faults)
        return None
