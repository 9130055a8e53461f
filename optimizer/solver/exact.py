"""Proof that a plan is the best, or the best plan: CP-SAT on the whole program, contiguity added as it is missed.

Before the search the linear relaxation closes pairs that no better plan uses (``linear.py``), again and again while that pays.
The search then knows contiguity by "a block needs a neighbour in its zone", nearer the roots, and by the separators met so far;
an optimum of this relaxation that lies in one piece is the optimum, any other breaks new separators (logic-based Benders
decomposition, Hooker and Ottosson 2003). Every round's bound holds for the whole model. One worker and a budget in deterministic
time: the same answer on any machine. It pays for programs of up to about a million matrix entries.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from optimizer.problem import Bools, Ints, Plan, Problem
from optimizer.solver import plans
from optimizer.solver.linear import clause, close, open_pairs
from optimizer.solver.program import FREE, NONE, Limit, Program, build
from optimizer.solver.separators import Contiguity, Cut
from optimizer.solver.settle import Watch
from optimizer.solver.terms import never

LINEAR_SHARE = 0.3
"""Most of the budget left that the linear relaxation may use."""

HOPS = 3
"""Rings around each block whose separators the rounds that raise the bound know from the start."""

SCOUTS, SCOUT_WORK = 6, 1.5
"""Rounds that may end before their optimum, and what each may use: they tell separators cheaply, while bounds rise elsewhere."""


WORTH_CLOSING = 0.95
"""The relaxation is solved again where at most this share of its pairs is still open."""


@dataclass(frozen=True)
class Proof:
    """What was found and proved.

    Attributes
    ----------
    plan
        The best plan known: the incumbent or a cheaper one. None where there is none.
    objective
        Its price, or ``None``.
    bound
        Proved lower bound on the price of every plan that uses open pairs only; ``IMPOSSIBLE`` where there is no such plan.
    proved
        Nothing is left to be found: no plan that uses open pairs only is cheaper than ``plan``, or none exists.
    work
        Counted work: deterministic time of CP-SAT, about seconds.
    """

    plan: Plan | None
    objective: int | None
    bound: int
    proved: bool
    work: float


IMPOSSIBLE = int(FREE)
"""The bound of a problem without a plan."""


def prove(
    problem: Problem,
    incumbent: Plan | None,
    lower: int,
    budget: float,
    seed: int,
    candidates: Bools | None = None,
    interrupted: Callable[[], bool] = never,
    limits: Sequence[Limit] = (),
) -> Proof:
    """Look for the best plan until it is proved or the budget ends.

    Parameters
    ----------
    problem
        What is zoned.
    incumbent
        A plan that holds every rule (and limit), with its best classes, or ``None``. It may use closed pairs.
    lower
        A bound that is proved already, for all plans that use open pairs; 0 if none.
    budget
        Most work, in CP-SAT's deterministic time.
    seed
        Of CP-SAT.
    candidates
        ``[B, Z]`` the open pairs; all that the problem allows where it is ``None``.
    interrupted
        Asked now and then; once true, what is known is returned.
    limits
        Side limits.
    """
    known = None if incumbent is None else plans.price(problem, incumbent)
    search = _Search(problem, incumbent, known, lower, budget, interrupted)
    allowed = problem.allowed if candidates is None else problem.allowed & candidates
    search.run(allowed, limits, seed)
    return search.proof()


class _Search:
    """The state of one proof: the best plan, the bound, the work left."""

    def __init__(
        self,
        problem: Problem,
        plan: Plan | None,
        objective: int | None,
        lower: int,
        budget: float,
        interrupted: Callable[[], bool],
    ) -> None:
        self._problem = problem
        self._plan, self._objective = plan, objective
        self._bound, self._done = lower, False
        self._work, self._budget = 0.0, budget
        self._interrupted = interrupted

    def proof(self) -> Proof:
        proved = self._done or (self._objective is not None and self._bound >= self._objective)
        bound = self._bound
        if proved:
            bound = IMPOSSIBLE if self._objective is None else self._objective
        return Proof(self._plan, self._objective, bound, proved, self._work)

    def run(self, allowed: Bools, limits: Sequence[Limit], seed: int) -> None:
        """Close pairs, scout for separators and plans, close more pairs with what they taught, and climb to the proof."""
        stage = self._narrow(allowed, limits, [])
        if stage is None or self._scout(stage, seed):
            return
        if self._objective is not None:
            stage = self._narrow(stage.contiguity.allowed, limits, stage.model.cuts)
            if stage is None:
                return
            stage.model.extend(stage.contiguity.first_cuts(HOPS))
        while not self._over():
            self._round(stage, self._budget - self._work, seed, climb=self._objective is not None)

    def _over(self) -> bool:
        return self._work >= self._budget or self._interrupted() or self.proof().proved

    def _narrow(self, allowed: Bools, limits: Sequence[Limit], cuts: list[Cut]) -> "_Stage | None":
        """Close pairs by contiguity and by the linear relaxation; ``None`` where that is the whole proof."""
        most = self._work + LINEAR_SHARE * (self._budget - self._work)
        again = True
        while True:
            contiguity = Contiguity(self._problem, allowed)
            program = build(self._problem, contiguity.allowed, limits)
            if not program.feasible:
                self._done = True
                return None
            if not again or self._work >= most or not len(program.cost) or self._interrupted():
                break
            closed = close(program, contiguity, self._objective, most - self._work, cuts)
            self._work += closed.work
            self._bound = max(self._bound, closed.bound)
            if closed.infeasible:
                self._done = True
                return None
            cuts = list(closed.cuts)
            allowed = open_pairs(program, closed.upper)
            again = allowed.sum() <= WORTH_CLOSING * contiguity.allowed.sum()
        model = _Model(program)
        model.extend([*contiguity.first_cuts(1), *cuts])
        hint = None if self._plan is None or not _uses(program, self._plan) else program.values_of(self._plan)
        return _Stage(program, contiguity, model, hint)

    def _scout(self, stage: "_Stage", seed: int) -> bool:
        """Run short rounds while they tell new separators; return whether nothing is left to do."""
        unfinished = 0
        while unfinished < SCOUTS and not self._over():
            new, optimal = self._round(stage, min(self._budget - self._work, SCOUT_WORK), seed, climb=False)
            unfinished += not optimal
            if not new:
                break
        return self._over()

    def _round(self, stage: "_Stage", budget: float, seed: int, *, climb: bool) -> tuple[int, bool]:
        """Search once; return the number of new separators and whether the optimum of the relaxation was found.

        ``climb`` looks only for cheaper plans than the known one, by a tree over the lower bounds of its leaves; without it the
        search looks for good solutions, in pieces or not.
        """
        round_ = _Round(stage.model, stage.contiguity)
        known = self._objective if climb else None
        ended = stage.model.solve(round_, stage.hint, self._bound, known, budget, seed, self._interrupted, climb=climb)
        self._work += ended.work
        self._bound = max(self._bound, ended.bound)
        self._keep(stage.program, round_.best)
        self._done = ended.exhausted or (ended.optimal and round_.last_is_whole)
        if round_.best is not None:
            stage.hint = round_.best
        elif stage.hint is None:
            stage.hint = round_.last
        return stage.model.extend(list(round_.cuts)), ended.optimal

    def _keep(self, program: Program, values: Ints | None) -> None:
        """Keep a plan if it is the best."""
        if values is None:
            return
        objective = program.constant + int(program.cost @ values)
        if self._objective is None or objective < self._objective:
            self._objective, self._plan = objective, program.plan_of(self._problem, values)


def _uses(program: Program, plan: Plan) -> bool:
    """Whether a plan uses open pairs only."""
    blocks = np.arange(len(plan.zone))
    return bool(((program.pair[blocks, plan.zone] != NONE) | (program.only == plan.zone)).all())


@dataclass
class _Stage:
    """A program with its cuts, and the solution that the next round starts from."""

    program: Program
    contiguity: Contiguity
    model: "_Model"
    hint: Ints | None


@dataclass(frozen=True)
class _Ended:
    """How a round ended: the bound it proved, whether its optimum was found, or that nothing was left to find."""

    bound: int
    optimal: bool
    exhausted: bool
    work: float


class _Round(cp_model.CpSolverSolutionCallback):
    """Looks at every solution on the way: those in one piece are plans, the others tell which separators are missing."""

    def __init__(self, model: "_Model", contiguity: Contiguity) -> None:
        super().__init__()
        self._model, self._contiguity = model, contiguity
        self.cuts: dict[Cut, None] = {}
        self.best: Ints | None = None
        self.last: Ints | None = None
        self.last_is_whole = False

    def on_solution_callback(self) -> None:
        """Take the solution; CP-SAT's come in falling price."""
        self.last = np.array([self.value(column) for column in self._model.columns], dtype=np.int64)
        cuts = self._contiguity.cuts(self._model.program.zone_of(self.last))
        self.last_is_whole = not cuts
        if self.last_is_whole:
            self.best = self.last
        self.cuts.update(dict.fromkeys(cuts))


def write(program: Program) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """Write the program in CP-SAT's terms; return the model and its columns."""
    model = cp_model.CpModel()
    columns = [model.new_int_var(int(low), int(high), "") for low, high in zip(program.lower, program.upper, strict=True)]
    for choice in program.choices:
        model.add_exactly_one([columns[c] for c in choice])
    matrix = program.matrix
    for row in np.flatnonzero(program.row_lower <= -FREE):
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        total = cp_model.LinearExpr.weighted_sum([columns[c] for c in matrix.indices[part]], matrix.data[part].tolist())
        model.add(total <= int(program.row_upper[row]))
    model.minimize(cp_model.LinearExpr.weighted_sum(columns, program.cost.tolist()))
    return model, columns


class _Model:
    """The program in CP-SAT."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._model, self.columns = write(program)
        self._clauses: set[tuple[int, tuple[int, ...]]] = set()
        self.cuts: list[Cut] = []

    def extend(self, cuts: Sequence[Cut]) -> int:
        """Add the cuts that do not always hold and are not there; return how many."""
        before = len(self._clauses)
        for cut in cuts:
            row = clause(self.program, cut)
            if row is not None and row not in self._clauses:
                self._clauses.add(row)
                self.cuts.append(cut)
                literals: list[cp_model.LiteralT] = [self.columns[c] for c in row[1]]
                if row[0] != NONE:
                    literals.append(~self.columns[row[0]])
                self._model.add_bool_or(literals)
        return len(self._clauses) - before

    def solve(
        self,
        round_: _Round,
        hint: Ints | None,
        lower: int,
        known: int | None,
        budget: float,
        seed: int,
        interrupted: Callable[[], bool],
        *,
        climb: bool,
    ) -> _Ended:
        """Look for the cheapest solution, cheaper than ``known`` if given; ``climb``: raise the bound rather than find any."""
        self._model.clear_hints()  # type: ignore[no-untyped-call]
        for column, value in zip(self.columns, hint if hint is not None else (), strict=hint is not None):
            self._model.add_hint(column, int(value))
        domain = self._model.proto.objective.domain
        domain.clear()
        most = IMPOSSIBLE if known is None else known - 1 - self.program.constant
        domain.extend([lower - self.program.constant, most])
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        solver.parameters.optimize_with_lb_tree_search = climb
        solver.parameters.random_seed = seed
        solver.parameters.max_deterministic_time = budget
        with Watch(solver, interrupted):
            status = solver.solve(self._model, round_)
        found = solver.response_proto
        if status == cp_model.MODEL_INVALID:
            raise ValueError(self._model.validate())
        exhausted = status == cp_model.INFEASIBLE
        bound = lower if exhausted else self.program.constant + found.inner_objective_lower_bound
        return _Ended(bound, status == cp_model.OPTIMAL, exhausted, found.deterministic_time)
