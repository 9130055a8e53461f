"""A small choice settled by CP-SAT, alike on any machine: one worker, deterministic time; stopped soon after it is asked to."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from optimizer.problem import Ints

POLL_SECONDS = 0.1
"""How often a running search asks whether it is interrupted."""

_LEVELS = (("linearization_level", 2), ("cp_model_probing_level", 0), ("symmetry_level", 0))
"""Settings for many rows and few columns; probing and symmetries took half the time in vain on sites' knapsacks."""


class Watch:
    """Stops a running search soon after the interruption."""

    def __init__(self, solver: cp_model.CpSolver, interrupted: Callable[[], bool]) -> None:
        self._solver, self._interrupted = solver, interrupted
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(POLL_SECONDS):
            if self._interrupted():
                self._solver.stop_search()
                return


@dataclass(frozen=True)
class Settled:
    """What was chosen: places of the columns that are 1, or None if there is no choice yet; the proof, and the work.

    Attributes
    ----------
    bound
        Proved least price of any choice.
    optimal
        Whether there is no better choice.
    work
        Deterministic time.
    """

    chosen: Ints | None
    bound: int
    optimal: bool
    work: float


def settle(program: cp_model.CpModel, columns: Sequence[cp_model.IntVar], budget: float, hurried: Callable[[], bool]) -> Settled:
    """Settle a program within a budget of deterministic time, and read which of its columns are 1."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.random_seed = 1, 0
    solver.parameters.max_deterministic_time = budget
    for name, level in _LEVELS:
        setattr(solver.parameters, name, level)
    with Watch(solver, hurried):
        status = solver.solve(program)
    found, chosen = solver.response_proto, None
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        chosen = np.flatnonzero([solver.boolean_value(column) for column in columns])
    return Settled(chosen, found.inner_objective_lower_bound, status == cp_model.OPTIMAL, found.deterministic_time)
