"""The nouns of the solver seen from outside: when to stop, what is told on the way, what comes back."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from optimizer.problem import Certificate, Ints, Plan

Reason = Literal["proof", "gap", "work", "clock", "interrupted"]
"""Why a run ended; only the last two may differ between two runs with the same seed."""


class InfeasibleError(Exception):
    """No plan can exist: the hard wishes and the connectedness of zones cannot hold together."""


def never() -> bool:
    """Neither interrupt nor hurry."""
    return False


@dataclass(frozen=True)
class Stop:
    """When the search ends.

    Attributes
    ----------
    gap
        Wanted distance to the bound, as a share of the objective without its unavoidable part; 0 goes on until proof.
    work
        Budget relative to the default one, which grows with the instance; ``None`` is unlimited.
    seconds
        A ceiling for impatient people, or ``None``. The only clock that the solver looks at.
    interrupted
        Asked between steps; once true, the best plan so far is returned.
    threads
        Independent tasks done at once; the result is the same, whatever the number. One is right where other runs fill the cores.
    """

    gap: float = 0.001
    work: float | None = 1.0
    seconds: float | None = None
    interrupted: Callable[[], bool] = never
    threads: int = 2


@dataclass(frozen=True)
class Progress:
    """What a listener hears: the stage, the best objective and bound so far, their gap, and the share of work used."""

    stage: str
    incumbent: int | None
    bound: int
    gap: float | None
    work: float


Listener = Callable[[Progress], None]


Map = Callable[..., Iterable[Any]]
"""Does independent tasks, perhaps at once, and gives their results in order."""


def silent(_: Progress) -> None:
    """Listen to nothing."""


@dataclass(frozen=True)
class Result:
    """A plan, what was proved about it, and why the search ended.

    Attributes
    ----------
    plan, certificate
        The best plan found and its proof.
    stopped
        ``proof``, ``gap``, ``work``, ``clock`` or ``interrupted``.
    work
        Counted work, relative to the default budget.
    handicap_m
        ``[Z]`` metres that the prices of the bound add to the way to each zone's school, the mean over the students it decides.
    rule_share
        Share of the students whose zone is the one with the least distance plus handicap.
    """

    plan: Plan
    certificate: Certificate
    stopped: Reason
    work: float
    handicap_m: Ints
    rule_share: float


@dataclass
class Meter:
    """Counts work and says when to stop. Work is counted in basic steps (a pair priced, a move tried), never in time."""

    stop: Stop
    budget: float
    used: float = 0.0
    _start: float = field(default_factory=time.monotonic)

    def add(self, steps: float) -> None:
        """Count ``steps`` basic steps."""
        self.used += steps

    @property
    def share(self) -> float:
        """Work used, as a share of the default budget."""
        return self.used / self.budget

    @property
    def left(self) -> float:
        """Steps left of the budget; infinite if it has no limit."""
        return float("inf") if self.stop.work is None else self.stop.work * self.budget - self.used

    @property
    def seconds_left(self) -> float:
        """Seconds left of the ceiling; infinite if there is none."""
        return float("inf") if self.stop.seconds is None else self.stop.seconds - (time.monotonic() - self._start)

    def broken(self) -> Reason | None:
        """Say why the search must end now whatever was proved, or ``None``."""
        if self.stop.interrupted():
            return "interrupted"
        if self.seconds_left <= 0:
            return "clock"
        return "work" if self.left <= 0 else None
