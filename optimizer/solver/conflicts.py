"""Why wishes cannot hold together: an irreducible set of them, and the fewest to give up.

The irreducible set is found by halving (QuickXplain, Junker 2004), so its cost grows with the set, not with the wishes. The least
relaxation comes from the duality of conflicts and repairs (Reiter 1987): a cheapest set that meets every conflict known so far is
given up; if the rest still conflicts, that is one conflict more, otherwise nothing cheaper can do. Each question "is there any
plan?" is answered by the exact solver on the problem without prices.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from ortools.sat.python import cp_model

from optimizer.problem import NO_RULE, Bools, Ints, Problem
from optimizer.solver.exact import prove
from optimizer.solver.program import Limit


@dataclass(frozen=True, eq=False)
class Wish:
    """One hard wish or limit, as the planner would name it.

    Two wishes are the same only if they are one object. A limit that may be loosened is a ladder of wishes: ``at most 3,000 m``
    beside ``at most 3,500 m``; giving up the first leaves the second.

    Attributes
    ----------
    name
        In the planner's words.
    allowed
        ``[B, Z]`` the pairs it leaves open, or ``None``.
    together
        Groups of blocks that it sends to one zone.
    limit
        A side limit, such as no student above the seats, or ``None``.
    weight
        What giving it up costs, at least 1.
    """

    name: str
    allowed: Bools | None = None
    together: tuple[Ints, ...] = ()
    limit: Limit | None = None
    weight: int = 1


@dataclass(frozen=True)
class Conflict:
    """What cannot hold together.

    Attributes
    ----------
    wishes
        An irreducible set: without any one of them the others hold. Empty where the problem has no plan even without wishes.
    give_up
        A set of least weight whose loss lets all other wishes hold. Empty where no loss helps.
    """

    wishes: tuple[Wish, ...]
    give_up: tuple[Wish, ...]


class UndecidedError(Exception):
    """The budget ended before it was known whether a plan exists."""


def feasible(problem: Problem, wishes: Sequence[Wish] = (), budget: float = 60.0, seed: int = 1) -> bool:
    """Say whether any plan holds the problem's rules and the wishes.

    Parameters
    ----------
    problem, wishes
        The rules.
    budget, seed
        Most deterministic time of CP-SAT for this question, and its seed.

    Raises
    ------
    UndecidedError
        If the budget ended before.
    """
    allowed, group = problem.allowed.copy(), problem.together.copy()
    for wish in wishes:
        if wish.allowed is not None:
            allowed &= wish.allowed
        for blocks in wish.together:
            group[np.isin(group, group[blocks])] = group[blocks[0]]
    if not allowed.any(axis=1).all():
        return False
    limits = [wish.limit for wish in wishes if wish.limit is not None]
    proof = prove(_without_prices(problem, allowed, group), None, 0, budget, seed, limits=limits)
    if proof.plan is None and not proof.proved:
        raise UndecidedError("the budget ended before it was known whether a plan exists")
    return proof.plan is not None


def explain(problem: Problem, wishes: Sequence[Wish], budget: float = 60.0, seed: int = 1) -> Conflict | None:
    """Explain why no plan holds all wishes, or return ``None`` where one does.

    Parameters
    ----------
    problem
        The problem without the wishes.
    wishes
        In the order of their importance: conflicts are told by the first that suffice.
    budget, seed
        For each of the questions that are asked.

    Raises
    ------
    UndecidedError
        If a question could not be answered within the budget.
    """
    court = _Court(problem, budget, seed)
    if court.holds(wishes):
        return None
    if not court.holds(()):
        return Conflict((), ())
    first = court.conflict(wishes)
    conflicts = [first]
    while True:
        lost = _cheapest_repair(conflicts)
        rest = [wish for wish in wishes if wish not in lost]
        if court.holds(rest):
            return Conflict(tuple(first), tuple(wish for wish in wishes if wish in lost))
        conflicts.append(court.conflict(rest))


class _Court:
    """Answers questions about sets of wishes."""

    def __init__(self, problem: Problem, budget: float, seed: int) -> None:
        self._problem, self._budget, self._seed = problem, budget, seed

    def holds(self, wishes: Sequence[Wish]) -> bool:
        return feasible(self._problem, wishes, self._budget, self._seed)

    def conflict(self, wishes: Sequence[Wish]) -> list[Wish]:
        """Return an irreducible part of wishes that do not hold together."""
        return self._needed([], list(wishes), asked=True)

    def _needed(self, given: list[Wish], wishes: list[Wish], *, asked: bool) -> list[Wish]:
        """Return a least part of ``wishes`` that conflicts beside ``given``; ``asked``: ``given`` alone is known to hold."""
        if not asked and not self.holds(given):
            return []
        if len(wishes) == 1:
            return wishes
        half = len(wishes) // 2
        early, late = wishes[:half], wishes[half:]
        from_late = self._needed(given + early, late, asked=False)
        from_early = self._needed(given + from_late, early, asked=not from_late)
        return from_early + from_late


def _cheapest_repair(conflicts: list[list[Wish]]) -> list[Wish]:
    """Return wishes of least weight, at least one of each conflict."""
    model = cp_model.CpModel()
    members: list[Wish] = []
    for wish in (wish for conflict in conflicts for wish in conflict):
        if wish not in members:
            members.append(wish)
    lost = [model.new_bool_var("") for _ in members]
    for conflict in conflicts:
        model.add_bool_or([lost[members.index(wish)] for wish in conflict])
    model.minimize(cp_model.LinearExpr.weighted_sum(lost, [wish.weight for wish in members]))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.solve(model)
    return [wish for wish, gone in zip(members, lost, strict=True) if solver.boolean_value(gone)]


def _without_prices(problem: Problem, allowed: Bools, group: Ints) -> Problem:
    """Return the problem with all that is hard in it and nothing that is priced."""
    prices = replace(
        problem.prices,
        step_price=np.zeros_like(problem.prices.step_price),
        seat_price=0,
        size_price=0,
        beyond_price=0,
        change_price=0,
    )
    return replace(
        problem,
        allowed=allowed,
        together=group,
        distance=np.zeros_like(problem.distance),
        penalty=np.zeros_like(problem.penalty),
        walk_limit=np.full_like(problem.walk_limit, NO_RULE),
        prices=prices,
    )
