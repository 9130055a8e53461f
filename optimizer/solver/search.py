"""The order of the layers: price, construct, improve, fix and prove, until the wanted gap, a proof, or the end of the work."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from optimizer.problem import Certificate, Ints, Problem
from optimizer.solver import exact
from optimizer.solver.anneal import anneal
from optimizer.solver.construct import construct
from optimizer.solver.contiguity import stray
from optimizer.solver.model import NEVER, Model, compile_model
from optimizer.solver.plans import complete
from optimizer.solver.prices import SCALE, Ascent, Prices, ascend, exact_bound, reduced_costs, zone_prices
from optimizer.solver.terms import InfeasibleError, Listener, Meter, Progress, Reason, Result, Stop, silent

BIG = np.int64(1) << 62


@dataclass(frozen=True)
class Effort:
    """How the default budget is made and spent. A step is one move tried in the local search.

    Attributes
    ----------
    steps_per_unit, least_steps, most_steps
        Default budget: so many steps a unit, within limits.
    cells_per_step
        A step on a site of so many cells counts twice.
    chunk
        Steps between two looks at the clock and the listener.
    cycle
        Shares of the budget that the coolings take; the last is repeated.
    hot, cold
        First and last temperature of a cooling, in mean price changes of a move.
    prove_pairs
        Open pairs (times cells) up to which the exact finish is tried.
    prove_work
        Its deterministic time, for the default budget.
    """

    steps_per_unit: int = 20_000
    least_steps: int = 500_000
    most_steps: int = 40_000_000
    cells_per_step: float = 30.0
    chunk: int = 200_000
    cycle: tuple[float, ...] = (0.2, 0.8)
    hot: float = 8.0
    cold: float = 0.02
    prove_pairs: int = 3_000
    prove_work: float = 20.0


def solve(problem: Problem, stop: Stop, seed: int, listen: Listener = silent) -> Result:
    """Zone a county.

    Parameters
    ----------
    problem
        What is zoned.
    stop
        When to stop.
    seed
        Of all chance. The same seed gives the same result on any machine unless ``stop.seconds`` or an interruption ends it.
    listen
        Hears of every new stage, plan and bound.

    Raises
    ------
    InfeasibleError
        If no plan exists, or none was found for an instance too large to decide.
    """
    return _Search(compile_model(problem), stop, seed, listen).run()


class _Search:
    """The best plan and bound so far, and what has been spent on them."""

    def __init__(self, model: Model, stop: Stop, seed: int, listen: Listener) -> None:
        self.model, self.stop, self.seed, self.listen = model, stop, seed, listen
        self.effort = Effort()
        n_cells = model.sites.row.shape[1]
        self.step_weight = 1.0 + (n_cells - 1) / self.effort.cells_per_step
        steps = min(max(self.effort.steps_per_unit * model.n_units, self.effort.least_steps), self.effort.most_steps)
        self.meter = Meter(stop, float(steps))
        self.zone: Ints | None = None
        self.price: int | None = None
        self.bound, self.proof, self.unavoidable = 0, "prices", 0
        self.proved = False
        self.prices: Prices | None = None

    def run(self) -> Result:
        """Run the layers in order."""
        self._raise_bound()
        self._first_plan()
        self._count_unavoidable()
        self._finish(small=True)
        cycle = 0
        while self._over() is None:
            self._improve(cycle)
            if cycle == 0:
                self._raise_bound()
                self._finish(small=False)
            cycle += 1
        return self._result(self._over() or "work")

    def _over(self) -> Reason | None:
        if self.price is None:
            return None
        if self.proved or self.bound >= self.price:
            return "proof"
        rest = self.price - self.unavoidable
        if self.stop.gap > 0 and self.price - self.bound <= self.stop.gap * rest:
            return "gap"
        return self.meter.broken()

    def _tell(self, stage: str) -> None:
        gap = None
        if self.price is not None:
            gap = (self.price - self.bound) / max(1, self.price - self.unavoidable)
        self.listen(Progress(stage, self.price, self.bound, gap, self.meter.share))

    def _raise_bound(self) -> None:
        self.prices = ascend(self.model, Ascent(), None if self.price is None else float(self.price), self.prices)
        self.bound = max(self.bound, self.prices.bound)
        self._tell("prices")

    def _first_plan(self) -> None:
        assert self.prices is not None
        zone = construct(self.model, reduced_costs(self.model, self.prices))
        if zone is None:
            zone = construct(self.model, self.model.cost * SCALE)
        if zone is None:
            self._prove(self.effort.prove_work, None)
            if self.zone is None:
                raise InfeasibleError("no plan was found that keeps every zone in one piece under the wishes")
            return
        self._keep(zone)
        self._tell("construct")

    def _count_unavoidable(self) -> None:
        """Prove how much of the sites' prices no plan can avoid: the bound of the same problem without walks."""
        if self.zone is None or self._site_price(self.zone) == 0:
            return
        free = replace(self.model, cost=np.where(self.model.cost == NEVER, NEVER, 0))
        self.unavoidable = min(max(0, ascend(free, Ascent(200), float(self._site_price(self.zone))).bound), self.bound)

    def _site_price(self, zone: Ints) -> int:
        return int(self._price_of(zone) - self.model.cost[np.arange(len(zone)), zone].sum())

    def _price_of(self, zone: Ints) -> int:
        unmoved = zone.copy()
        heat = np.array([1.0, 1.0])
        return int(anneal(self.model.graph, self.model.sites, self.model.cost, unmoved, unmoved.copy(), BIG, heat, 1.0, 0, 0))

    def _keep(self, zone: Ints) -> None:
        """Keep a plan if it is whole and the best."""
        price = self._price_of(zone)
        if (self.price is None or price < self.price) and not stray(self.model.graph, zone, self.model.n_zones).any():
            self.zone, self.price = zone.copy(), price

    def _improve(self, cycle: int) -> None:
        """Cool two plans side by side; the better one goes on."""
        assert self.zone is not None
        assert self.price is not None
        effort, budget = self.effort, self.meter.budget
        share = effort.cycle[min(cycle, len(effort.cycle) - 1)]
        steps = int(share * budget / self.step_weight / 2)
        cooling = (effort.cold / effort.hot) ** (self.model.n_units / steps)
        scale = self._move_scale()
        zones = [self.zone.copy(), self.zone.copy()]
        bests = [self.zone.copy(), self.zone.copy()]
        prices = [self.price, self.price]
        heats = [np.array([effort.hot * scale, self._first_factor()]) for _ in zones]

        def go(lane: int, n: int, seed: int) -> None:
            model = self.model
            prices[lane] = anneal(
                model.graph, model.sites, model.cost, zones[lane], bests[lane], prices[lane], heats[lane], cooling, n, seed
            )

        done, part = 0, 0
        with ThreadPoolExecutor(2) as pool:
            while done < steps and self._over() is None:
                n = min(steps - done, max(1, int(effort.chunk / self.step_weight)))
                seeds = [((self.seed * 1009 + cycle) * 10007 + part * 2 + lane) % 2**32 for lane in range(2)]
                list(pool.map(go, range(2), [n, n], seeds))
                done, part = done + n, part + 1
                self.meter.add(2 * n * self.step_weight)
                for lane in range(2):
                    if prices[lane] < self.price:
                        self._keep(bests[lane])
                self._tell("improve")

    def _move_scale(self) -> float:
        """Median change of the walks when a unit on a border changes sides: the unit of temperature."""
        graph, cost = self.model.graph, self.model.cost
        assert self.zone is not None
        ends = self.model.problem.edges
        one, two = graph.unit_of[ends[:, 0]], graph.unit_of[ends[:, 1]]
        one, two = np.concatenate([one, two]), np.concatenate([two, one])
        here, there = cost[one, self.zone[one]], cost[one, self.zone[two]]
        change = np.abs(there - here)[(self.zone[one] != self.zone[two]) & (there < NEVER)]
        return float(max(1.0, np.median(change))) if len(change) else 1.0

    def _first_factor(self) -> float:
        """Start the price of sites where the bound's prices are."""
        assert self.prices is not None
        prices = self.model.problem.prices
        top = max(prices.seat_price, prices.size_price, int(prices.step_price.max(initial=0)), 1)
        asked = max(int(self.prices.group.max()), int(self.prices.cell.max())) / SCALE / int(self.model.problem.weight.max())
        return float(min(1.0, max(0.5 * asked / top, 1e-5)))

    def _finish(self, *, small: bool) -> None:
        """Close the pairs that no better plan uses and prove the rest, if few are left."""
        if self._over() is not None or self.price is None or self.prices is None:
            return
        allowed = self.model.cost < NEVER
        reduced = reduced_costs(self.model, self.prices)
        room = (self.price - self.prices.bound) * SCALE + SCALE
        keep = allowed & (reduced - reduced.min(axis=1, keepdims=True) <= room)
        size = int(keep.sum() - len(keep)) * self.model.sites.row.shape[1]
        if size <= (self.effort.prove_pairs // 20 if small else self.effort.prove_pairs):
            self._prove(self.effort.prove_work / (4 if small else 1), keep)

    def _prove(self, work: float, keep: Ints | None) -> None:
        problem = self.model.problem
        plan = None if self.zone is None else complete(problem, self.model.blocks(self.zone))
        pairs = None if keep is None else keep[self.model.graph.unit_of]
        proof = exact.prove(problem, plan, self.bound, work, self.seed, pairs, self.stop.interrupted)
        if proof.plan is not None:
            self._keep(self.model.units(proof.plan.zone))
        elif proof.proved and self.zone is None:
            raise InfeasibleError("no plan keeps every zone in one piece under the wishes")
        if self.price is None:
            return
        self.proved = self.proved or proof.proved
        bound = self.price if self.proved else min(self.price, proof.bound)
        if bound > self.bound:
            self.bound, self.proof = bound, "model"
        self._tell("prove")

    def _result(self, stopped: Reason) -> Result:
        assert self.zone is not None
        assert self.price is not None
        assert self.prices is not None
        model, problem = self.model, self.model.problem
        plan = complete(problem, model.blocks(self.zone))
        students = int((problem.students.sum(axis=(0, 1, 2)) * problem.weight).sum())
        certificate = Certificate(self.price, self.bound, self.unavoidable, problem.divisor, students, self.proof)
        handicap, share = _rule(model, self.prices, self.zone)
        return Result(plan, certificate, stopped, self.meter.share, handicap, share)


def _rule(model: Model, prices: Prices, zone: Ints) -> tuple[Ints, float]:
    """Handicap of each zone in metres, and the share of students whose zone has the least distance plus handicap."""
    weight = model.sites.row * model.sites.weight
    by_cell = model.sites.row.sum(axis=0)
    per_zone = zone_prices(model.sites, prices.cell, prices.group) @ by_cell
    total = max(1, int(weight.sum()))
    handicap = np.rint(per_zone / SCALE / total).astype(np.int64)
    students = weight.sum(axis=1)
    chosen = (model.cost + students[:, None] * handicap).argmin(axis=1)
    return handicap, float(students[chosen == zone].sum() / total)
