"""What travels from the rooms that compute to the rooms that print: a case (the question) and a run (the answer)."""

from dataclasses import dataclass

from optimizer.inputs.county import County, Note
from optimizer.metrics import Score, Shapes
from optimizer.population import Population
from optimizer.problem import Certificate, Plan, Problem
from optimizer.scenario.model import Scenario


@dataclass(frozen=True)
class Case:
    """A scenario with all that was read and built for it.

    Attributes
    ----------
    scenario
        The resolved scenario.
    source
        Path of the scenario file.
    county
        The validated inputs. ``county.blocks`` is in the order of ``problem.blocks``.
    population
        The projected residents.
    problem
        The arrays.
    shapes
        Geometry of the blocks, for compactness.
    notes
        What was repaired, assumed or left out on the whole way, the county's notes first.
    """

    scenario: Scenario
    source: str
    county: County
    population: Population
    problem: Problem
    shapes: Shapes
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Run:
    """A case with its plan.

    Attributes
    ----------
    case
        The question.
    plan
        The zoning.
    score
        Its figures.
    certificate
        What was proved; None for a plan that was given, not searched for.
    stopped
        ``proof, gap, work, clock, interrupted``, or ``given``.
    handicap_m
        Metres by zone id: a block goes to the school with the least distance plus handicap (the solver's prices); may be empty.
    rule_share
        Share of students for whom that rule alone gives their school.
    nominal
        The plan made for one variant alone that a plan which holds is held against; None where there is none.
    """

    case: Case
    plan: Plan
    score: Score
    certificate: Certificate | None
    stopped: str
    handicap_m: dict[str, float]
    rule_share: float
    nominal: "Nominal | None" = None


@dataclass(frozen=True)
class Nominal:
    """What a planner who looks at one variant only would have drawn.

    Attributes
    ----------
    variant
        The variant.
    plan
        The zoning, with classes for every variant.
    """

    variant: str
    plan: Plan
