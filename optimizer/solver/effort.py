"""The numbers of the search: how its default budget is made, and how much of it each layer gets."""

from dataclasses import dataclass
from typing import NamedTuple

from optimizer.solver.whole import Pace

THOROUGH = Pace(iterations=1_500, factor=2.0, patience=25, decay=0.85, least=0.0005)
"""How the bound by whole units rises for the whole problem."""


class Herd(NamedTuple):
    """First temperatures of plans cooled together, in the unit of `cooling.heat_scale`, and each one's share of the budget."""

    hots: tuple[float, ...]
    share: float


@dataclass(frozen=True)
class Effort:
    """How the default budget is made and spent. A step is one move tried in the local search.

    Attributes
    ----------
    steps_per_unit, least_steps, most_steps, most_steps_classed
        Default budget: so many steps a unit, within limits (the last where there are classes); but for large counties
    unit_steps
        so many steps a unit at least.
    cells_per_step
        A step on a site of so many cells counts twice.
    chunk
        Moves of a plan between two looks at it, the clock and the listener, in whole sweeps; at least two a unit.
    bred, classed, large
        Herds where plans are crossed, where there are classes, and where there are too many pairs; the last is repeated.
    moves_classed
        Moves a unit that each plan of a herd needs where there are classes; with fewer, only two are cooled, for longer.
    cold
        Last temperature.
    thorough, thorough_classed, thorough_large
        Steps a unit below which a cooling only mends the plan that the prices gave, and starts cold; the last where there
        are too many pairs.
    prove_pairs
        Open pairs (times cells) up to which the exact finish is tried.
    prove_work
        Its deterministic time, for the default budget.
    close_gap, close_steps
        Gap from which on pairs are closed by the bound of whole units, and steps that a pair counts as.
    climb_pairs, climb_work
        Pairs (times cells) up to which the exact solver raises the bound over all pairs at the end, where no tree is grown, and
        its deterministic time.
    tree_share, tree_trial, tree_steps
        Share of the budget for the tree after a herd, twice as much whenever the plan stayed the same; share after which it must
        have closed a quarter as much of the gap, or the next herds go without; and what a pair counts as.
    whole_pairs, whole_pace
        Largest number of pairs for the bound by whole units, and how it rises each time.
    cross_work
        Deterministic time for a child.
    partition_units, partition_work
        Most units a zone, on average, for plans put together from zones seen to pay, and deterministic time of each.
    regroup_cells, regroup_share, regroup_work, regroup_idle
        Most cells for crossing and large neighbourhoods to pay; shares of the budget for the latter after a herd, deterministic
        time of each, and how many (times zones) may be in vain.
    steps_per_work, call_work
        Steps that count as much as a unit of deterministic time, and what a call costs beyond it.
    steps_per_pivot, first_rounds_share, rounds_share
        Steps that a pivot of the linear program counts as, for each of its rows, and the share of the budget for separators
        before the first herd and beside each.
    sites_steps, site_work, steps_per_site_work
        Steps of the bound by whole classes after a herd (the first five only find the way), deterministic time of each site's
        problem, and the steps that a unit of it counts as.
    """

    steps_per_unit: int = 240_000
    least_steps: int = 2_000_000
    most_steps: int = 160_000_000
    most_steps_classed: int = 480_000_000
    unit_steps: int = 8_000
    cells_per_step: float = 10.0
    chunk: int = 10_000
    bred: tuple[Herd, ...] = (Herd((1.5, 1.0), 0.02), Herd((1.5, 1.0, 2.0, 1.0, 1.5, 1.0, 2.0, 1.0), 0.02))
    classed: tuple[Herd, ...] = (Herd((60.0, 150.0, 60.0, 150.0), 0.13), Herd((15.0, 60.0, 15.0, 60.0), 0.13))
    large: tuple[Herd, ...] = (Herd((20.0, 2.0), 0.05), Herd((20.0, 2.0), 0.45))
    moves_classed: float = 3_000.0
    cold: float = 0.05
    thorough: float = 2_500.0
    thorough_classed: float = 900.0
    thorough_large: float = 100_000.0
    prove_pairs: int = 3_000
    prove_work: float = 20.0
    close_gap: float = 0.001
    close_steps: float = 400.0
    climb_pairs: int = 12_000
    climb_work: float = 25.0
    tree_share: float = 0.3
    tree_trial: float = 0.15
    tree_steps: float = 0.12
    whole_pairs: int = 200_000
    whole_pace: Pace = THOROUGH
    regroup_cells: int = 4
    cross_work: float = 5.0
    partition_units: int = 20
    partition_work: float = 2.0
    regroup_share: tuple[float, ...] = (0.1, 0.2)
    regroup_work: float = 5.0
    regroup_idle: float = 3.0
    steps_per_work: float = 4e6
    call_work: float = 0.05
    steps_per_pivot: float = 0.5
    first_rounds_share: float = 0.03
    rounds_share: float = 0.3
    sites_steps: int = 8
    site_work: float = 2.0
    steps_per_site_work: float = 8e6
