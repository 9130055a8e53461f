"""The linear relaxation with fractional separators, and what its prices prove: a bound, and pairs that no better plan uses.

HiGHS finds the prices in floating point; nothing is believed of them. They are rounded to whole fractions of a student-metre,
and the Lagrangian bound ``sum of y r + sum over columns of min(d l, d u)``, ``d = cost - y A``, is computed in integers: it holds
for any ``y`` of the right signs. A column whose reduced cost ``d`` lifts the bound to the price of a known plan cannot grow in a
better one (reduced-cost fixing, Dantzig, Fulkerson and Johnson 1954).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from optimizer.problem import Bools, Ints
from optimizer.solver.program import FREE, NONE, Program
from optimizer.solver.separators import Contiguity, Cut

SCALE = 64
"""Prices are whole fractions of a student-metre, this fine."""

WORK_PER_ENTRY = 1.0e-8
"""Work (about a second of CP-SAT's deterministic time) of one simplex iteration for each entry of the matrix."""

MAX_ROUNDS = 40
"""Rounds of cuts; seldom reached."""

LEAST_GAIN = 0.01
"""Rounds of cuts go on while one lifts the bound by this share of the gap that is left."""


class LinearError(RuntimeError):
    """HiGHS ended without an optimum where the program has one."""


@dataclass(frozen=True)
class Closed:
    """What the relaxation proved.

    Attributes
    ----------
    bound
        Lower bound on every plan's price.
    upper
        ``[N]`` upper bounds of the columns in any plan cheaper than the known one.
    cuts
        The separators that were binding on the way.
    infeasible
        No plan exists, or none is cheaper.
    work
        Counted work.
    """

    bound: int
    upper: Ints
    cuts: tuple[Cut, ...]
    infeasible: bool
    work: float


def clause(program: Program, cut: Cut) -> tuple[int, tuple[int, ...]] | None:
    """Return the columns ``(x, through)`` of a cut, or ``None`` where it always holds; ``x`` is ``NONE`` where it is 1 anyway."""
    left = int(program.pair[cut.block, cut.zone])
    if left == NONE and program.only[cut.block] != cut.zone:
        return None
    through = sorted({int(program.pair[b, cut.zone]) for b in cut.through} - {NONE})
    if left in through or any(program.only[b] == cut.zone for b in cut.through):
        return None
    return left, tuple(through)


def close(program: Program, contiguity: Contiguity, known: int | None, budget: float, cuts: Iterable[Cut] = ()) -> Closed:
    """Solve the relaxation, add separators while they lift the bound, and fix columns by the price of a known plan.

    Parameters
    ----------
    program, contiguity
        What is relaxed, and the finder of its cuts.
    known
        Price of a known plan: only cheaper ones are looked for.
    budget
        Most work.
    cuts
        Separators to start with.
    """
    relaxation = _Relaxation(program)
    relaxation.add(cuts)
    bound, upper, work = -int(FREE), program.upper, 0.0
    for _ in range(MAX_ROUNDS):
        if not relaxation.solve(budget - work):
            return Closed(bound, upper, tuple(relaxation.cuts), False, work + relaxation.work)
        work += relaxation.work
        total, reduced = relaxation.proof()
        price = program.constant - (-total // SCALE)
        gain, bound = price - bound, max(bound, price)
        if known is not None:
            if bound >= known:
                return Closed(bound, upper, tuple(relaxation.cuts), True, work)
            upper = _fix(program, upper, reduced, (known - 1 - program.constant) * SCALE - total)
        rest = known - bound if known is not None else abs(bound) // 100
        if gain < LEAST_GAIN * rest or work >= budget:
            break
        values = relaxation.values()
        if not relaxation.add(contiguity.broken_first_cuts(values)) and not relaxation.add(contiguity.fractional(values)):
            break
    upper = _propagate(program, upper)
    return Closed(bound, upper, tuple(relaxation.cuts), bool((upper < program.lower).any()), work)


def _fix(program: Program, upper: Ints, reduced: Ints, rest: int) -> Ints:
    """Lower the columns' upper bounds: what a column adds to the bound is at most ``rest``."""
    rising = reduced > 0
    room = program.lower[rising] + rest // reduced[rising]
    upper = upper.copy()
    upper[rising] = np.minimum(upper[rising], room)
    return upper


def _propagate(program: Program, upper: Ints) -> Ints:
    """Close pairs whose students alone break a row, everything else being as kind as it can be."""
    matrix = program.matrix.tocoo()
    least = np.where(matrix.data > 0, matrix.data * program.lower[matrix.col], matrix.data * upper[matrix.col])
    slack = program.row_upper - np.bincount(matrix.row, weights=least, minlength=len(program.row_upper)).astype(np.int64)
    never = (matrix.data > 0) & (program.row_upper[matrix.row] < FREE) & (matrix.data > slack[matrix.row])
    upper = upper.copy()
    pairs = matrix.col[never & (matrix.col <= program.pair.max(initial=NONE))]
    upper[pairs] = 0
    return upper


class QuietHighs(highspy.Highs):
    """HiGHS without its greeting on standard output, which enabling the callbacks prints; none is used here."""

    def enableCallbacks(self) -> None:  # noqa: N802 - HiGHS's name
        """Enable none."""


Options = tuple[tuple[str, bool | int | str], ...]
"""Options of HiGHS."""

SIMPLEX: Options = (("solver", "simplex"), ("random_seed", 0))
"""A vertex, and the same one each time."""


def quiet(options: Options, cost: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> QuietHighs:
    """Return HiGHS with columns and no rows, silent and on one thread."""
    solver = QuietHighs()  # type: ignore[no-untyped-call]
    for option, value in (("output_flag", False), ("log_to_console", False), ("threads", 1), *options):
        solver.setOptionValue(option, value)
    n = len(cost)
    solver.addVars(n, lower.astype(float), upper.astype(float))
    solver.changeColsCost(n, np.arange(n, dtype=np.int32), cost.astype(float))
    return solver


def add_rows(solver: QuietHighs, matrix: sparse.csr_array, lower: np.ndarray, upper: np.ndarray) -> None:
    """Add the rows ``lower <= matrix x <= upper``."""
    index = (matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32), matrix.data.astype(float))
    solver.addRows(matrix.shape[0], lower, upper, matrix.nnz, *index)


def pivots(solver: QuietHighs) -> float:
    """Return the work of the last run: rows times pivots, and the entries once."""
    return float(solver.getInfo().simplex_iteration_count) * solver.getNumRow() + solver.getNumNz()


class _Relaxation:
    """The linear program in HiGHS, with cut rows below the program's own."""

    def __init__(self, program: Program) -> None:
        self.cuts: list[Cut] = []
        self.work = 0.0
        self._program = program
        self._rows: dict[tuple[int, tuple[int, ...]], None] = {}
        options: Options = (("presolve", "off"), ("random_seed", 0))
        self._solver = quiet(options, program.cost, program.lower, program.upper)
        lower = np.where(program.row_lower <= -FREE, -highspy.kHighsInf, program.row_lower.astype(float))
        add_rows(self._solver, program.matrix, lower, program.row_upper.astype(float))

    def add(self, cuts: Iterable[Cut]) -> int:
        """Add the rows of new cuts; return how many."""
        new: dict[tuple[int, tuple[int, ...]], Cut] = {}
        for cut in cuts:
            row = clause(self._program, cut)
            if row is not None and row[0] != NONE and row not in self._rows:
                new[row] = cut
        if new:
            matrix = _cut_matrix(list(new), len(self._program.cost))
            add_rows(self._solver, matrix, np.zeros(len(new)), np.full(len(new), highspy.kHighsInf))
        self._rows.update(dict.fromkeys(new))
        self.cuts += new.values()
        return len(new)

    def solve(self, budget: float) -> bool:
        """Solve; false where the budget ended before, or HiGHS thinks that there is no solution (that, CP-SAT must prove)."""
        entries = self._program.matrix.nnz + 4 * len(self._rows) + len(self._program.cost) + 1
        self._solver.setOptionValue("simplex_iteration_limit", int(min(2**31 - 1, max(1.0, budget / (WORK_PER_ENTRY * entries)))))
        self._solver.run()
        self.work = WORK_PER_ENTRY * entries * self._solver.getInfo().simplex_iteration_count
        status = self._solver.getModelStatus()
        if status not in (
            highspy.HighsModelStatus.kOptimal,
            highspy.HighsModelStatus.kModelEmpty,
            highspy.HighsModelStatus.kInfeasible,
            highspy.HighsModelStatus.kIterationLimit,
        ):
            raise LinearError(f"HiGHS ended with {status}")
        return bool(status == highspy.HighsModelStatus.kOptimal)

    def values(self) -> np.ndarray:
        """Return ``[B, Z]`` the share of each block in each zone."""
        program = self._program
        found = np.array(self._solver.getSolution().col_value)
        values = np.zeros(program.pair.shape)
        values[program.pair != NONE] = found[program.pair[program.pair != NONE]]
        placed = np.nonzero(program.only != NONE)[0]
        values[placed, program.only[placed]] = 1
        return values

    def proof(self) -> tuple[int, Ints]:
        """Return the bound, constants left out, and the reduced costs, both in ``1 / SCALE``, from the rounded prices."""
        program, n = self._program, self._program.matrix.shape[0]
        price = np.round(np.array(self._solver.getSolution().row_dual) * SCALE).astype(np.int64)
        own = np.where((program.row_lower <= -FREE) & (price[:n] > 0), 0, price[:n])
        cut = np.maximum(price[n:], 0)
        reduced = program.cost * SCALE - program.matrix.T @ own
        if len(cut):
            reduced = reduced - _cut_matrix(list(self._rows), len(program.cost)).T @ cut
        side = np.where(own > 0, program.row_lower, program.row_upper)
        column = np.where(reduced > 0, program.lower, program.upper)
        total = int(own.astype(object) @ np.where(own == 0, 0, side)) + int(reduced.astype(object) @ column)
        return total, reduced


def _cut_matrix(rows: list[tuple[int, tuple[int, ...]]], n_columns: int) -> sparse.csr_array:
    """``sum of through - x >= 0``, one row a cut."""
    index = np.array([column for left, through in rows for column in (left, *through)], dtype=np.int64)
    data = np.array([sign for _, through in rows for sign in (-1, *([1] * len(through)))], dtype=np.int64)
    starts = np.cumsum([0, *(1 + len(through) for _, through in rows)])
    return sparse.csr_array((data, index, starts), shape=(len(rows), n_columns))


def open_pairs(program: Program, upper: Ints) -> Bools:
    """Return ``[B, Z]`` the pairs that the columns' upper bounds leave open."""
    allowed = np.zeros(program.pair.shape, dtype=bool)
    allowed[program.pair != NONE] = upper[program.pair[program.pair != NONE]] > 0
    placed = np.nonzero(program.only != NONE)[0]
    allowed[placed, program.only[placed]] = True
    return allowed
