"""The order of the layers: price, construct, improve, fix and prove, until the wanted gap, a proof, or the end of the work."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import ceil
from threading import Event

import numpy as np

from optimizer.problem import Bools, Certificate, Ints, Problem
from optimizer.solver import breed, exact, fractional
from optimizer.solver.capacity import plan_price
from optimizer.solver.closing import still_open
from optimizer.solver.construct import construct
from optimizer.solver.contiguity import stray
from optimizer.solver.cooling import Leaning, Member, Schedule, cool, mild, towards_prices, towards_shares
from optimizer.solver.effort import Effort, Herd
from optimizer.solver.model import NEVER, Model, compile_model
from optimizer.solver.partition import Pool
from optimizer.solver.plans import complete
from optimizer.solver.prices import SCALE, Ascent, Prices, ascend, reduced_costs, zone_prices
from optimizer.solver.regroup import Reach, choose_apart, open_pairs
from optimizer.solver.sitewise import Sitewise
from optimizer.solver.terms import InfeasibleError, Listener, Map, Meter, Progress, Reason, Result, Stop, silent
from optimizer.solver.tree import Tree
from optimizer.solver.whole import Whole, applies, begin, raise_whole


@dataclass
class _Ration:
    """When the tree is grown next, and for how much of the budget.

    Attributes
    ----------
    least, share
        Share of the budget for a new plan, and what was given last; twice that where the plan stayed the same.
    cycle
        The next cycle in which the tree is grown.
    price
        Price of the plan it was grown for last.
    paid
        Whether growing ever paid.
    """

    least: float
    share: float = 0.0
    cycle: int = 1
    price: int = 0
    paid: bool = False

    def at(self, price: int) -> float:
        """Return the share of the budget to spend on the tree for a plan of this price."""
        self.share = self.least if price != self.price else 2 * self.share
        return self.share

    def spent(self, cycle: int, price: int, *, pays: bool) -> None:
        """Take note of how it went: what did not pay is left alone for a while, longer where it never did."""
        self.price, self.paid = price, self.paid or pays
        self.cycle = cycle + (1 if pays else 2 if self.paid else cycle + 3)


def solve(problem: Problem, stop: Stop, seed: int, listen: Listener = silent, start: Ints | None = None) -> Result:
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
    start
        ``[B]`` zones of a plan to begin with, or None; left aside if it breaks a rule.

    Raises
    ------
    InfeasibleError
        If no plan exists, or none was found for an instance too large to decide.
    """
    model = compile_model(problem)
    search = _Search(model, stop, seed, listen)
    search.begin_with(start)
    return search.run()


class _Search:
    """The best plan and bound so far, and what has been spent on them."""

    def __init__(self, model: Model, stop: Stop, seed: int, listen: Listener) -> None:
        self.model, self.stop, self.seed, self.listen = model, stop, seed, listen
        self.effort = Effort()
        self.classed = bool(model.sites.has_rooms.any())
        n_cells = model.sites.row.shape[1]
        self.step_weight = 1.0 + (n_cells - 1) / self.effort.cells_per_step
        effort, n_units = self.effort, model.n_units
        most = effort.most_steps_classed if self.classed else effort.most_steps
        steps = min(max(effort.steps_per_unit * n_units, effort.least_steps), max(most, effort.unit_steps * n_units))
        self.meter = Meter(stop, float(steps))
        self.zone: Ints | None = None
        self.price: int | None = None
        self.bound, self.proof, self.unavoidable = 0, "prices", 0
        self.proved = False
        self.prices: Prices | None = None
        self.rounds: fractional.Rounds | None = None
        self.sitewise: Sitewise | None = None
        self._sites_spent, self._sites_cost = False, 0.0
        self.whole: Whole | None = None
        self.tree: Tree | None = None
        self._ration = _Ration(effort.tree_share)
        self.pool = Pool(model) if model.n_units <= effort.partition_units * model.n_zones else None
        self.first: Ints | None = None
        self.elite: list[breed.Found] = []
        self._tried: tuple[int, int] | None = None

    def begin_with(self, start: Ints | None) -> None:
        """Keep a plan that is known before, if it obeys the rules."""
        if start is None:
            return
        zone = self.model.units(start)
        allowed = (self.model.cost[np.arange(len(zone)), zone] < NEVER).all()
        if allowed and (self.model.blocks(zone) == start).all():
            self._keep(zone)

    def run(self) -> Result:
        """Run the layers in order."""
        self._first_prices()
        self._first_plan()
        self._count_unavoidable()
        self._finish(small=True)
        self._first_cuts()
        cycle, n_cells, effort = 0, self.model.sites.row.shape[1], self.effort
        while self._over() is None:
            if self.rounds is not None:
                herd = self._improve_and_tighten(cycle)
                self._settle_sites()
            else:
                herd = self._improve_alone(cycle)
                if cycle == 0:
                    self._raise_bound()
            if cycle == 0:
                self._raise_whole()
                self._finish(small=False)
            elif cycle < self._ration.cycle:
                self._raise_whole()
            self._piece_together(herd)
            if self._breeds():
                self._cross(herd)
                self._regroup(cycle)
            if cycle >= self._ration.cycle:
                self._grow(cycle)
            if cycle == 1 and self.tree is None and self.model.cost.size * n_cells <= effort.climb_pairs and self._climbing():
                self._prove(effort.climb_work, self.model.cost < NEVER)
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

    def _climbing(self) -> bool:
        """Whether a proof is still wanted: all but the work may go on."""
        return self._over() in (None, "work")

    def _hurried(self) -> bool:
        return self.stop.interrupted() or self.meter.seconds_left <= 0

    def _tell(self, stage: str) -> None:
        gap = None
        if self.price is not None:
            gap = (self.price - self.bound) / max(1, self.price - self.unavoidable)
        self.listen(Progress(stage, self.price, self.bound, gap, self.meter.share))

    def _raise_bound(self) -> None:
        self.prices = ascend(self.model, Ascent(), None if self.price is None else float(self.price), self.prices)
        self.bound = max(self.bound, self.prices.bound)
        self._tell("prices")

    def _raise_whole(self) -> None:
        """Raise the bound by whole units where it is made for the problem and a plan is known."""
        model, effort = self.model, self.effort
        if self.price is None or self.prices is None or self.proved or not applies(model) or model.cost.size > effort.whole_pairs:
            return
        if self._hurried():
            return
        start = begin(model, self.prices) if self.whole is None else self.whole
        self.whole = raise_whole(model, start, self.price * SCALE, effort.whole_pace)
        self._lift(self.whole.bound, "knapsacks")
        self._tell("knapsacks")
        self._close()

    def _close(self) -> None:
        """Close the pairs that no better plan uses by the bound of whole units, and prove the rest, if few are left."""
        assert self.price is not None
        assert self.whole is not None
        near = self.price - self.whole.bound <= self.effort.close_gap * self.price
        if not near or not self._climbing() or self._tried == (self.price, self.whole.bound):
            return
        self._tried = (self.price, self.whole.bound)
        keep = still_open(self.model, self.whole, self.price)
        self.meter.add(self.effort.close_steps * keep.size)
        if int(keep.sum()) - len(keep) <= self.effort.prove_pairs:
            keep[np.arange(len(keep)), self.zone] = True
            self._prove(self.effort.prove_work, keep)

    def _grow(self, cycle: int) -> None:
        """Grow the tree for a share of the budget, where there is a bound by whole units to grow it from and while it pays."""
        if self.whole is None or self._over() is not None:
            return
        assert self.price is not None
        if self.tree is None:
            self.tree = Tree(self.model, self.whole, self.price, self._hurried)
        share = self._ration.at(self.price)
        self.tree.improve(self.price)
        spent, start, pays = 0.0, self.bound, True
        with ThreadPoolExecutor(self.stop.threads) as pool:
            while spent < share and pays and not self.tree.full and self._over() is None:
                steps = self.effort.tree_steps * self.tree.grow(pool.map)
                spent += steps / self.meter.budget
                self.meter.add(steps)
                if self.tree.plan is not None and self.tree.price < self.price:
                    self._keep(self.tree.plan)
                self._lift(self.tree.bound, "model")
                self._tell("tree")
                pays = spent < self.effort.tree_trial or self.bound - start > 0.25 * spent * (self.price - start)
        self._ration.spent(cycle, self.price, pays=pays)

    def _lift(self, bound: int, proof: str) -> None:
        """Take note of a better bound; none is above the price of the plan in hand."""
        assert self.price is not None
        bound = min(bound, self.price)
        if bound > self.bound:
            self.bound, self.proof = bound, proof

    def _breeds(self) -> bool:
        """Whether herds, crossing and large neighbourhoods pay: the exact solver must be quick to set up."""
        return self.model.sites.row.shape[1] <= self.effort.regroup_cells and self.model.cost.size <= self.effort.whole_pairs

    def _regroup(self, cycle: int) -> None:
        """Divide a few adjoining zones anew, two neighbourhoods at a time, for a share of the budget or until little is found."""
        assert self.prices is not None
        model, effort = self.model, self.effort
        rng = np.random.default_rng((self.seed, cycle))
        score, reach = reduced_costs(model, self.prices), Reach()
        left, idle = effort.regroup_share[min(cycle, len(effort.regroup_share) - 1)] * self.meter.budget, 0
        with ThreadPoolExecutor(self.stop.threads) as pool:
            while left > 0 and idle < effort.regroup_idle * model.n_zones and self._over() is None:
                assert self.zone is not None
                before, zone = self.price, self.zone
                chosen = choose_apart(model, zone, reach.zones, rng)
                keeps = [open_pairs(model, zone, score, zones, reach.width) for zones in chosen]
                proofs = list(pool.map(self._divided, keeps))
                merged = zone.copy()
                for zones, proof in zip(chosen, proofs, strict=True):
                    reach.learn(proved=proof.proved, work=proof.work, budget=effort.regroup_work)
                    inside = np.isin(zone, zones)
                    if proof.plan is not None:
                        merged[inside] = model.units(proof.plan.zone)[inside]
                    left -= self._count(proof)
                self._keep(merged)
                idle = idle + 1 if self.price == before else 0
                self._tell("regroup")

    def _divided(self, keep: Bools) -> exact.Proof:
        return self._asked(self.effort.regroup_work, keep, 0, self.zone)

    def _first_prices(self) -> None:
        """Find the first prices: by the linear program where there are classes, else by the volume algorithm."""
        if self.classed:
            self.rounds = fractional.Rounds(self.model)
            solved = self.rounds.solve()
            self._take_rounds(0.0)
            if solved:
                return
            self.rounds = None  # too large, or HiGHS failed
        self._raise_bound()

    def _first_cuts(self) -> None:
        """Tighten the linear program a little before its shares are felt: without separators its zones are in pieces."""
        if self.rounds is not None and self._over() is None:
            before = self.rounds.work
            self.rounds.tighten(self.effort.first_rounds_share * self.meter.budget / self.effort.steps_per_pivot, self._hurried)
            self._take_rounds(before)

    def _take_rounds(self, before: float) -> None:
        """Count the work on the linear program beyond ``before``, and take its prices."""
        assert self.rounds is not None
        self.meter.add((self.rounds.work - before) * self.effort.steps_per_pivot)
        if self.rounds.prices is not None:
            self.prices = self.rounds.prices
            self.bound = max(self.bound, self.prices.bound)
            self._tell("prices")

    def _improve_and_tighten(self, cycle: int) -> list[breed.Found]:
        """Cool a herd, and tighten the linear program beside it: neither knows of the other.

        Where the herd already ends the search by its gap, what the program proved by then is left aside: it depends on the
        machine.
        """
        assert self.rounds is not None
        before, steps = self.rounds.work, min(self.effort.rounds_share * self.meter.budget, self.meter.left)
        enough = Event()
        with ThreadPoolExecutor(self.stop.threads) as pool:
            most = steps / self.effort.steps_per_pivot
            beside = pool.submit(self.rounds.tighten, most, lambda: enough.is_set() or self._hurried())
            herd = self._improve(cycle, pool.map)
            if self._over() in ("gap", "proof"):
                enough.set()
                return herd
            beside.result()
        self._take_rounds(before)
        return herd

    def _settle_sites(self) -> None:
        """Raise the bound by whole classes, where sites are settled at once and as long as it pays.

        The steps are done to the end, even beyond the budget: the first of them only find the way.
        """
        assert self.rounds is not None
        if self.rounds.prices is None or self._over() is not None or self._sites_spent or self.meter.left < self._sites_cost:
            return
        assert self.price is not None
        effort = self.effort
        if self.sitewise is None:
            self.sitewise = Sitewise(self.model, self.rounds.continuous, self.rounds.prices, effort.site_work, self._hurried)
            if not self.sitewise.quick():
                self._sites_spent = True
                return
        start, used = self.bound, self.meter.used
        with ThreadPoolExecutor(self.stop.threads) as pool:
            for _ in range(effort.sites_steps):
                before = self.sitewise.work
                self.sitewise.step(self.price, pool.map)
                self.meter.add((self.sitewise.work - before) * effort.steps_per_site_work)
                self._lift(self.sitewise.bound, "classes")
                self._tell("classes")
                if not self._climbing():
                    return
        self._sites_spent, self._sites_cost = self.bound == start, self.meter.used - used

    def _first_plan(self) -> None:
        assert self.prices is not None
        zone = construct(self.model, reduced_costs(self.model, self.prices))
        if zone is not None:
            self._keep(zone)
        if self.zone is None:
            zone = construct(self.model, self.model.cost * SCALE)
            if zone is not None:
                self._keep(zone)
        if self.zone is None:
            self._prove(self.effort.prove_work, None)
            if self.zone is None:
                raise InfeasibleError("no plan was found that keeps every zone in one piece under the wishes")
        self.first = self.zone
        self._tell("construct")

    def _count_unavoidable(self) -> None:
        """Prove how much of the sites' prices no plan can avoid: the bound of the same problem without walks."""
        if self.zone is None or self._site_price(self.zone) == 0:
            return
        free = replace(self.model, cost=np.where(self.model.cost == NEVER, NEVER, 0))
        self.unavoidable = min(max(0, ascend(free, Ascent(200), float(self._site_price(self.zone))).bound), self.bound)

    def _site_price(self, zone: Ints) -> int:
        return int(plan_price(self.model, zone) - self.model.cost[np.arange(len(zone)), zone].sum())

    def _keep(self, zone: Ints) -> None:
        """Keep a plan if it is whole and the best."""
        price = plan_price(self.model, zone)
        if (self.price is None or price < self.price) and not stray(self.model.graph, zone, self.model.n_zones).any():
            self.zone, self.price = zone.copy(), price

    def _improve_alone(self, cycle: int) -> list[breed.Found]:
        with ThreadPoolExecutor(self.stop.threads) as pool:
            return self._improve(cycle, pool.map)

    def _improve(self, cycle: int, run: Map) -> list[breed.Found]:
        """Cool a herd and return what its members found. Plans to be crossed begin at the first plan, so that they differ."""
        assert self.zone is not None
        assert self.first is not None
        assert self.prices is not None
        schedule, thorough = self._schedule(cycle)
        start = self.first if self._breeds() and thorough else self.zone
        herd = cool(self.model, self.prices, self._leaning(cycle), start, schedule, run, self._heard)
        return [(member.price, member.best.copy()) for member in herd]

    def _schedule(self, cycle: int) -> tuple[Schedule, bool]:
        """Say how a herd is cooled, and whether that is more than mending a plan."""
        effort, n_units = self.effort, self.model.n_units
        herds, enough = self._herds()
        hots, share = herds[min(cycle, len(herds) - 1)]
        most = len(hots) * share * self.meter.budget
        if self.classed:
            most = min(most, self.meter.left)  # a herd that is cut off while it is hot was in vain
            if not self._breeds() and most < len(hots) * effort.moves_classed * n_units * self.step_weight:
                hots = hots[:2]
        each = most / len(hots) / self.step_weight
        thorough = each / n_units / enough
        hots, cold = mild(hots, effort.cold, thorough)
        part = n_units * max(2, effort.chunk // n_units)  # whole sweeps: each part begins with one
        return Schedule(hots, cold, max(1, ceil(each)), part, self.seed * 1009 + cycle), thorough >= 1

    def _herds(self) -> tuple[tuple[Herd, ...], float]:
        """Return the herds of this kind of county, and the moves a unit that are more than mending a plan."""
        effort, bred = self.effort, self._breeds()
        if self.classed:
            return (effort.bred, effort.thorough) if bred else (effort.classed, effort.thorough_classed)
        enough = effort.thorough_large if self.model.cost.size > effort.whole_pairs else effort.thorough
        return (effort.bred if bred else effort.large), enough

    def _leaning(self, cycle: int) -> Leaning:
        """Say what is felt while cooling: where there are classes the shares of the linear program, then half the best plan."""
        assert self.prices is not None
        if not self.classed:
            return towards_prices(self.model, self.prices)
        share = np.zeros(self.model.cost.shape) if self.rounds is None else self.rounds.share
        if cycle == 0:
            return towards_shares(share)
        plan = np.zeros(share.shape)
        plan[np.arange(len(plan)), self.zone] = 1.0
        return towards_shares((share + plan) / 2)

    def _heard(self, member: Member, n: int) -> bool:
        """Count what a member of the herd did, and keep its best plan; say whether to go on."""
        self.meter.add(n * self.step_weight)
        assert self.price is not None
        if self.pool is not None:
            self.pool.take(member.zone, member.now)
        if member.price < self.price:
            self._keep(member.best)
        self._tell("improve")
        return self._over() is None

    def _piece_together(self, herd: list[breed.Found]) -> None:
        """Put the best plan together from the zones seen."""
        if self.pool is None or self._over() is not None:
            return
        assert self.zone is not None
        assert self.price is not None
        for price, zone in (*herd, *self.elite, (self.price, self.zone)):
            self.pool.take(zone, price)
        chosen = self.pool.best(self.zone, self.effort.partition_work, self._hurried)
        self.meter.add(chosen.pivots * self.effort.steps_per_pivot + chosen.work * self.effort.steps_per_work)
        if chosen.plan is not None:
            self._keep(chosen.plan)
        self._tell("partition")

    def _cross(self, herd: list[breed.Found]) -> None:
        """Cross the herd with the best of earlier ones, family by family, then the children, until one plan is left."""
        plans = breed.different([*herd, *self.elite])
        elders: list[breed.Found] = []
        with ThreadPoolExecutor(self.stop.threads) as pool:
            while len(plans) > 1 and self._over() is None:
                families = breed.families(plans)
                proofs = list(pool.map(self._child, families))
                plans = breed.different([self._born(*pair) for pair in zip(families, proofs, strict=True)])
                elders += plans
                self._tell("cross")
        self.elite = breed.different(elders)[: breed.PARENTS - 1]

    def _child(self, parents: list[breed.Found]) -> exact.Proof:
        return self._asked(self.effort.cross_work, breed.choices(parents, self.model.n_zones), 0, parents[0][1])

    def _born(self, parents: list[breed.Found], proof: exact.Proof) -> breed.Found:
        """Return the child, or the best parent if the exact solver found none better."""
        self._count(proof)
        if proof.plan is None:
            return parents[0]
        zone = self.model.units(proof.plan.zone)
        self._keep(zone)
        return min(parents[0], (plan_price(self.model, zone), zone), key=lambda found: found[0])

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

    def _prove(self, work: float, keep: Bools | None) -> None:
        proof = self._ask(work, keep, self.bound)
        if proof.proved and self.zone is None:
            raise InfeasibleError("no plan keeps every zone in one piece under the wishes")
        if self.price is None:
            return
        self.proved = self.proved or proof.proved
        self._lift(self.price if self.proved else proof.bound, "model")
        self._tell("prove")

    def _ask(self, work: float, keep: Bools | None, lower: int) -> exact.Proof:
        """Ask the exact solver about the open pairs, and keep a better plan."""
        proof = self._asked(work, keep, lower, self.zone)
        self._count(proof)
        if proof.plan is not None:
            self._keep(self.model.units(proof.plan.zone))
        return proof

    def _asked(self, work: float, keep: Bools | None, lower: int, known: Ints | None) -> exact.Proof:
        problem = self.model.problem
        plan = None if known is None else complete(problem, self.model.blocks(known))
        pairs = None if keep is None else keep[self.model.graph.unit_of]
        return exact.prove(problem, plan, lower, work, self.seed, pairs, self._hurried)

    def _count(self, proof: exact.Proof) -> float:
        """Count the work of a proof; return its steps."""
        steps = (proof.work + self.effort.call_work) * self.effort.steps_per_work
        self.meter.add(steps)
        return steps

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
    """Handicap of each zone in metres, and the share of students whose zone has the least distance on foot plus handicap."""
    problem, sites = model.problem, model.sites
    total = max(1, int((sites.row * sites.weight).sum()))
    per_zone = zone_prices(sites, prices.cell, prices.group) @ sites.row.sum(axis=0)
    handicap = np.rint(per_zone / SCALE / total).astype(np.int64)
    by_grade = np.einsum("btgv,v->bg", problem.students, problem.weight)
    students = by_grade.sum(axis=1)
    walk = np.zeros((len(problem.blocks), model.n_zones), dtype=np.int64)
    for grade in range(len(problem.grades)):
        walk += by_grade[:, grade, None] * problem.distance[:, problem.site_of[:, grade]]
    chosen = (walk + students[:, None] * handicap).argmin(axis=1)
    return handicap, float(students[chosen == model.blocks(zone)].sum() / total)
