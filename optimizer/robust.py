"""Plans that hold: walks count as the mean over the projection variants, crowding as in the worst share of them (CVaR).

Let ``L(x)`` be what a zoning ``x`` costs whatever the schools hold (walks, moves, wishes), the mean over the variants by their
weights ``w``, and ``C_v(x)`` what crowding costs in variant ``v`` with the best classes. The conditional value at risk of a
share ``s`` is the mean of the worst ``s`` of the variants (Rockafellar and Uryasev 2000):
``CVaR_s(C) = max { sum(q_v C_v) : 0 <= q_v <= w_v / (s sum(w)), sum(q) = 1 }``. The plan minimises ``L + CVaR_s(C)``;
``hold: all`` is the share at which the worst variant alone counts.

For any fixed ``q`` the mean over ``q`` is a problem that the solver knows: the variants with ``q_v > 0``, weighted by ``q``, and
``L`` put into the prices of pairs. Its optimum is at most that of the whole, so **its proved bound is a proved bound here**.
The search alternates (a heuristic): solve for a ``q``, see which variants are now the worst, put them into the mean of the
``q`` so far, solve again. What is stated as the objective is that of the plan itself, under its own worst variants.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd

import numpy as np

from optimizer import solver
from optimizer.metrics.variants import pressure
from optimizer.problem import Certificate, Ints, Plan, Problem
from optimizer.scenario.model import Projection
from optimizer.solver.terms import Reason

FIRST = "medium"
"""The variant that a planner who looks at one only would take."""

_SECONDS = (0.35, 0.7, 1.0)
"""Shares of what seconds are left for the plan of one variant and each round; each may use the whole work, for one long cooling
finds more than two short ones."""

_ENOUGH = 0.001
"""No further round where the plan's worst variants cost it so little more than those it was made for."""


@dataclass(frozen=True)
class Held:
    """A plan that holds, and the one it is held against.

    Attributes
    ----------
    result
        What the solver would return; the certificate is on the objective with the tail.
    nominal
        The plan for `variant` alone, with classes for every variant.
    variant
        The variant the nominal plan was made for.
    """

    result: solver.Result
    nominal: Plan
    variant: str


def tail_share(problem: Problem, projection: Projection) -> Fraction | None:
    """Return the share of the variants in which crowding counts, or None where it counts as the mean over all."""
    if projection.hold == "mean" or len(problem.variants) == 1:
        return None
    if projection.hold == "all":
        return Fraction(int(problem.weight.min()), int(problem.weight.sum()))
    return Fraction(str(projection.tail))


def worst(weight: Ints, crowding: Ints, share: Fraction) -> Ints:
    """Return how the variants weigh in the tail.

    Parameters
    ----------
    weight
        ``[V]`` weights of the variants, ``W`` in all.
    crowding
        ``[V]`` what crowding costs in each.
    share
        Share of the weights that is the tail, ``a / b`` in lowest terms.

    Returns
    -------
    ``[V]`` integers that sum to ``a W``; none is above ``b`` times its weight; the dearest variants are filled first.
    """
    left, units = share.numerator * int(weight.sum()), np.zeros_like(weight)
    for variant in np.argsort(-crowding, kind="stable"):
        units[variant] = min(left, share.denominator * int(weight[variant]))
        left -= int(units[variant])
    return units


def objective(problem: Problem, plan: Plan, share: Fraction) -> int:
    """Return ``L + CVaR(C)`` of a plan over the whole horizon: an exact integer, ``share.numerator`` times the weights' total."""
    crowding = _crowding(problem, plan)
    return share.numerator * _linear(problem, plan.zone) + int(worst(problem.weight, crowding, share) @ crowding)


def solve(problem: Problem, share: Fraction, stop: solver.Stop, seed: int, listen: solver.Listener = solver.silent) -> Held:
    """Find a plan whose walks are short in the mean and whose crowding is low in the tail.

    Parameters
    ----------
    problem
        What is zoned, with several variants.
    share
        Share of the variants that is the tail.
    stop
        Its work is that of each search (one for a single variant, one or two for the tail), its seconds are for all of them.
    seed, listen
        As in `optimizer.solver.solve`.

    Raises
    ------
    optimizer.solver.InfeasibleError
        If no plan can exist.
    """
    start, nominal, rounds = time.monotonic(), nominal_variant(problem), _Rounds(problem, share)
    found = solver.solve(_only(problem, nominal), _part(stop, start, 0), seed, _named(listen, problem.variants[nominal]))
    first, work = solver.complete(problem, found.plan.zone), found.work
    rounds.look(first)
    for number in range(1, len(_SECONDS)):
        part, told = _part(stop, start, number), _named(listen, f"tail {number}")
        found = solver.solve(rounds.mean_problem(), part, seed, told, rounds.best_zone)
        rounds.take(solver.complete(problem, found.plan.zone), found)
        work += found.work
        if rounds.settled() or found.stopped in ("clock", "interrupted"):
            break
    return Held(rounds.result(found, stop, work), first, problem.variants[nominal])


def nominal_variant(problem: Problem) -> int:
    """Return the index of the medium variant; without one, that of the variant in the middle by its students."""
    if FIRST in problem.variants:
        return problem.variants.index(FIRST)
    students = problem.students.sum(axis=(0, 1, 2))
    order = np.argsort(students, kind="stable")
    return int(order[np.searchsorted(np.cumsum(problem.weight[order]), problem.weight.sum() / 2)])


def _part(stop: solver.Stop, start: float, number: int) -> solver.Stop:
    """Return a stop with a share of the seconds that are left."""
    if stop.seconds is None:
        return stop
    return replace(stop, seconds=max(_SECONDS[number] * (stop.seconds - time.monotonic() + start), 1e-9))


class _Rounds:
    """The worst variants of the plans so far, the best plan, and the best bound."""

    def __init__(self, problem: Problem, share: Fraction) -> None:
        self.problem, self.share = problem, share
        self.units: list[Ints] = []
        self.best: Plan | None = None
        self.price = self.bound = self.unavoidable = 0
        self.proof = "prices"
        self.excess = 1.0

    def look(self, plan: Plan) -> None:
        """Keep a plan if it is the best, and remember its worst variants."""
        crowding = _crowding(self.problem, plan)
        units = worst(self.problem.weight, crowding, self.share)
        price = self.share.numerator * _linear(self.problem, plan.zone) + int(units @ crowding)
        if self.best is None or price < self.price:
            self.best, self.price = plan, price
        if self.units:
            expected = sum(self.units)
            self.excess = float((units - expected / len(self.units)) @ crowding) / max(price, 1)
        self.units.append(units)

    @property
    def best_zone(self) -> Ints | None:
        """Zones of the best plan so far."""
        return None if self.best is None else self.best.zone

    def settled(self) -> bool:
        """Whether the last plan's worst variants are those it was made for, or as good."""
        return self.excess <= _ENOUGH

    def mean_problem(self) -> Problem:
        return tail_problem(self.problem, self._weights(), self._times())

    def take(self, plan: Plan, found: solver.Result) -> None:
        """Take over a round's bound (it was proved on a mean of the weights) and its plan."""
        times = len(self.units)
        scale = Fraction(times * self.share.numerator, self._times())
        bound = -(-found.certificate.bound * scale.numerator // (scale.denominator * times))
        if bound > self.bound:
            self.bound, self.proof = bound, found.certificate.proof
            self.unavoidable = found.certificate.unavoidable * scale.numerator // (scale.denominator * times)
        self.look(plan)

    def _weights(self) -> Ints:
        total = np.asarray(np.sum(self.units, axis=0), dtype=np.int64)
        return total // self._common(total)

    def _times(self) -> int:
        total = np.asarray(np.sum(self.units, axis=0), dtype=np.int64)
        return len(self.units) * self.share.numerator // self._common(total)

    def _common(self, total: Ints) -> int:
        return gcd(len(self.units) * self.share.numerator, *(int(unit) for unit in total))

    def result(self, last: solver.Result, stop: solver.Stop, work: float) -> solver.Result:
        """Return the best plan with the certificate on the objective with the tail."""
        assert self.best is not None
        problem, times = self.problem, self.share.numerator
        students = times * int((problem.students.sum(axis=(0, 1, 2)) * problem.weight).sum())
        bound = min(self.bound, self.price)
        proof = Certificate(self.price, bound, min(self.unavoidable, bound), times * problem.divisor, students, self.proof)
        stopped: Reason = last.stopped if last.stopped in ("clock", "interrupted") else "work"
        if proof.objective == proof.bound:
            stopped = "proof"
        elif proof.gap <= stop.gap:
            stopped = "gap"
        return solver.Result(self.best, proof, stopped, work, last.handicap_m, last.rule_share)


def tail_problem(problem: Problem, units: Ints, times: int) -> Problem:
    """Return the problem in which crowding counts by other weights than walks.

    Parameters
    ----------
    problem
        With the variants' own weights, which walks, moves and wishes keep.
    units
        ``[V]`` weights of crowding; variants without one are left out.
    times
        How often walks, moves and wishes count: the objective is ``times L + sum(units C)``.
    """
    keep = np.flatnonzero(units)
    free = replace(_sliced(problem, keep), weight=units[keep], penalty=np.zeros_like(problem.penalty))
    return replace(free, penalty=times * problem.linear_cost() - free.linear_cost())


def _only(problem: Problem, variant: int) -> Problem:
    """Return the problem as it is to somebody who knows one variant only; wishes keep their price a student."""
    weighted = np.einsum("btgv,v->b", problem.students, problem.weight)
    alone = problem.students[..., variant].sum(axis=(1, 2))
    part = np.where(weighted > 0, alone / np.maximum(weighted, 1), 1.0)
    penalty = np.rint(problem.penalty * part[:, None]).astype(np.int64)
    return replace(_sliced(problem, np.array([variant])), weight=np.ones(1, dtype=np.int64), penalty=penalty)


def _sliced(problem: Problem, keep: Ints) -> Problem:
    return replace(
        problem,
        variants=tuple(problem.variants[v] for v in keep),
        weight=problem.weight[keep],
        students=problem.students[..., keep],
        stay=problem.stay[..., keep],
        least_classes=problem.least_classes[..., keep],
    )


def _crowding(problem: Problem, plan: Plan) -> Ints:
    return np.asarray(np.sum(list(pressure(problem, plan).values()), axis=0), dtype=np.int64)


def _linear(problem: Problem, zone: Ints) -> int:
    return int(problem.linear_cost()[np.arange(len(zone)), zone].sum())


def _named(listen: solver.Listener, what: str) -> Callable[[solver.Progress], None]:
    return lambda progress: listen(replace(progress, stage=f"{what}: {progress.stage}"))
