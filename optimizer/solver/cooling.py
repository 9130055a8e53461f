"""Plans cooled side by side from one start: a herd. How hot, how much what the bound knows is felt, and in which order.

Members of a herd differ by their chance (and heat) alone; two are cooled at a time, in parts, so that a listener hears of
better plans on the way. The herd is the same whatever the number of threads.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.problem import Floats, Ints
from optimizer.solver.anneal import anneal
from optimizer.solver.capacity import plan_price
from optimizer.solver.model import NEVER, Model
from optimizer.solver.prices import SCALE, Prices, reduced_costs
from optimizer.solver.terms import Map

LEAN = 0.8
"""Share of the bound's prices that is felt while cooling: with all of them zones stay short of their seats, with none they fill
up in the order of the draw. Measured on Gongyi, 98 % of whose seats are taken: 0.8 is the best of 0.4 to 1."""

DRAW = 0.8
"""How much the shares of the linear program are felt where there are classes: a unit wholly in a zone there is this many
temperatures better off in it, so that plans are drawn with odds of ``exp(DRAW)`` for what it says, hot or cold. Measured at
2,000 x 30 with 6 million moves: 2,400 M without, 2,336 M with 0.7, 2,342 M with 1.1, 2,357 M with 1.5."""

EAGER = 0.33
"""Factor to begin with on the price of sites, as a share of the bound's prices."""


Leaning = Callable[[float], Floats]
"""What is felt ``[U, Z]`` on top of the pairs' costs at a temperature, both in student-metres."""


@dataclass
class Member:
    """A plan in cooling: where it is, the best it met, the prices of both, its temperature, the factors on sites' prices."""

    zone: Ints
    best: Ints
    prices: Ints
    heat: Floats
    factor: Floats

    @property
    def price(self) -> int:
        """Price of the best plan."""
        return int(self.prices[0])

    @property
    def now(self) -> int:
        """Price of the plan where it is."""
        return int(self.prices[1])


@dataclass(frozen=True)
class Schedule:
    """How a herd is cooled.

    Attributes
    ----------
    hots
        First temperature of each member, in the unit of `heat_scale`.
    cold
        Last temperature.
    steps
        Steps of each member.
    part
        Steps between two looks at the clock and the listener.
    seed
        Of all chance.
    """

    hots: tuple[float, ...]
    cold: float
    steps: int
    part: int
    seed: int


def towards_prices(model: Model, prices: Prices) -> Leaning:
    """Lean away from schools that everybody wants: each pair pays by the bound's prices for its load."""
    paid = reduced_costs(model, prices) / SCALE - model.cost
    felt = np.where(model.cost < NEVER, LEAN * paid, 0.0)
    return lambda _: felt


def towards_shares(share: Floats) -> Leaning:
    """Lean towards the zones in which a linear program has units, by their shares ``[U, Z]``.

    Where there are classes, prices mislead: what a student pays depends on the others.
    """
    return lambda heat: -DRAW * heat * share


def mild(hots: tuple[float, ...], cold: float, share: float) -> tuple[tuple[float, ...], float]:
    """Lower the temperatures where there are only a ``share`` of the steps of a thorough cooling: a plan is only mended."""
    if share >= 1.0:
        return hots, cold
    return tuple(share / 2 / (1 + k % 2 * 1.5) for k in range(2)), cold * 0.05 * share


def cool(
    model: Model,
    prices: Prices,
    leaning: Leaning,
    zone: Ints,
    schedule: Schedule,
    run: Map,
    between: Callable[[Member, int], bool],
) -> list[Member]:
    """Cool a herd from one plan.

    Parameters
    ----------
    model, prices
        The problem and the bound's prices.
    leaning
        What is felt on top of the costs.
    zone
        ``[U]`` the plan.
    schedule
        How.
    run
        Cools members, perhaps at the same time.
    between
        Told of a member after each part and of the steps done; says whether to go on.

    Returns
    -------
    The members cooled so far, in order.
    """
    scale, price = heat_scale(model, zone), plan_price(model, zone)
    factor = _first_factors(model, prices)
    herd: list[Member] = []
    for first in range(0, len(schedule.hots), 2):
        pair = [
            Member(zone.copy(), zone.copy(), np.array([price, price]), np.array([hot * scale]), factor.copy())
            for hot in schedule.hots[first : first + 2]
        ]
        herd += pair
        done = 0
        while done < schedule.steps:
            n = min(schedule.part, schedule.steps - done)
            jobs = [(model, leaning, member, schedule, n, first + lane, done) for lane, member in enumerate(pair)]
            list(run(_part, *zip(*jobs, strict=True)))
            done += n
            on = [between(member, n) for member in pair]
            if not all(on):
                return herd
    return herd


def _part(model: Model, leaning: Leaning, member: Member, schedule: Schedule, n: int, place: int, done: int) -> None:
    """Cool a member for ``n`` steps."""
    cooling = (schedule.cold / schedule.hots[place]) ** (model.n_units / schedule.steps)
    seed = np.random.SeedSequence((schedule.seed, place, done)).generate_state(1)[0]
    anneal(
        model.graph,
        model.sites,
        model.cost,
        leaning(float(member.heat[0])),
        member.zone,
        member.best,
        member.prices,
        member.heat,
        member.factor,
        cooling,
        n,
        int(seed),
    )


def heat_scale(model: Model, zone: Ints) -> float:
    """Return the unit of temperature: the price of a student too many where there are classes, else what a move walks further.

    Classes are filled by prices that are a hundred times those of a walk; a search that is not warm enough to pay them for
    a while ends in the first plan that no single move makes better.
    """
    sites = model.sites
    if not sites.has_rooms.any():
        return move_scale(model, zone)
    years = len(sites.weight) / np.count_nonzero(np.diff(sites.run_offset))  # of a cohort, on average
    return float(max(1.0, sites.step_price[0] * model.problem.weight.sum() * years))


def move_scale(model: Model, zone: Ints) -> float:
    """Median change of the walks when a unit on a border changes sides: the unit of temperature."""
    graph, cost = model.graph, model.cost
    ends = model.problem.edges
    one, two = graph.unit_of[ends[:, 0]], graph.unit_of[ends[:, 1]]
    one, two = np.concatenate([one, two]), np.concatenate([two, one])
    here, there = cost[one, zone[one]], cost[one, zone[two]]
    change = np.abs(there - here)[(zone[one] != zone[two]) & (there < NEVER)]
    return float(max(1.0, np.median(change))) if len(change) else 1.0


def _first_factors(model: Model, prices: Prices) -> Floats:
    """Start the price of each site low; at full price where it has rooms."""
    problem, sites = model.problem, model.sites
    top = max(problem.prices.seat_price, problem.prices.size_price, 1) * int(problem.weight.max())
    asked = prices.group.max(axis=1) / SCALE
    return np.where(sites.has_rooms, 1.0, np.clip(EAGER * asked / top, 1e-6, 1.0))
