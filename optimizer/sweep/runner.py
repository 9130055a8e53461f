"""Hands the runs to the workers and writes each row as it ends."""

import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from typing import Any

import yaml
from distributed import Client, Future, wait

from optimizer.sweep.cluster import connected
from optimizer.sweep.expand import Job, resolved
from optimizer.sweep.store import Store
from optimizer.sweep.task import Order, Outcome, answer

_LOOK_SECONDS = 0.5
"""How often Ctrl-C is looked for while nothing ends."""

_PATIENCE_SECONDS = 300
"""How long a cluster may be without any worker: a dead one is replaced, a queue may be slow."""

_AHEAD = 2
"""Runs a thread has at hand: the one it makes and the next. More would only grow the scheduler."""


class ClusterGoneError(RuntimeError):
    """The scheduler or all its workers went away while runs were under way; the rows that are written stay."""


@dataclass(frozen=True)
class Tally:
    """How far a sweep is.

    Attributes
    ----------
    wanted, kept, done, failed, running
        Runs asked for; finished by an earlier call; finished and failed in this one; under way.
    workers
        Threads that make runs.
    wall_seconds
        Since this call began, the start of its workers included.
    solve_seconds
        What this call's runs spent in the search, added up.
    """

    wanted: int
    kept: int
    done: int = 0
    failed: int = 0
    running: int = 0
    workers: int = 0
    wall_seconds: float = 0.0
    solve_seconds: float = 0.0

    @property
    def ratio(self) -> float:
        """Searches that went on at once, on average: at best the number of workers."""
        return self.solve_seconds / self.wall_seconds if self.wall_seconds else 0.0


Listener = Callable[[Tally], None]
"""Hears how far the sweep is whenever a run begins or ends."""


def run(
    jobs: Sequence[Job],
    store: Store,
    *,
    address: str | None,
    workers: int,
    verify: bool,
    listen: Listener,
    interrupted: Callable[[], bool],
) -> Tally:
    """Make every run that the store does not have.

    Parameters
    ----------
    jobs
        All runs that are wanted.
    store
        Takes the rows.
    address, workers
        See `optimizer.sweep.cluster.connected`.
    verify
        Whether each plan is checked again.
    listen
        Hears of every change.
    interrupted
        Once it is true no run is begun, those under way are dropped, and the rows that are written stay.

    Raises
    ------
    BadInputError
        If the cluster cannot be used.
    ClusterGoneError
        If it goes away.
    """
    began = time.monotonic()
    finished = store.begin(job.id for job in jobs)
    left = [job for job in jobs if job.id not in finished]
    errand = _Errand(store, listen, interrupted, Tally(len(jobs), len(finished)), began)
    for job in left:
        if job.resolved is None:
            errand.take(job, Outcome("bad_input", job.reason))
    able = [job for job in left if job.resolved is not None]
    if able and not interrupted():
        count = min(workers, len(able))
        with connected(address, count) as client:
            errand.send(client, able, verify=verify, threads=_threads(address, count))
    return errand.told(running=0)


def _threads(address: str | None, workers: int) -> int:
    """Return the threads of each search: two only where that leaves no core to two of them."""
    return 2 if address is None and workers * 2 <= (os.cpu_count() or 1) else 1


class _Errand:
    """One call's way through the runs."""

    def __init__(self, store: Store, listen: Listener, interrupted: Callable[[], bool], tally: Tally, began: float) -> None:
        self.store, self.listen, self.interrupted, self.tally, self.began = store, listen, interrupted, tally, began

    def send(self, client: Client, jobs: Sequence[Job], *, verify: bool, threads: int) -> None:
        """Keep every worker busy until all runs have ended."""
        left, sent = deque(jobs), dict[Future[Outcome], Job]()
        alive = time.monotonic()
        while (left or sent) and not self.interrupted():
            workers = sum(client.nthreads().values())
            alive = time.monotonic() if workers else alive
            if time.monotonic() - alive > _PATIENCE_SECONDS:
                raise ClusterGoneError("no worker is left")
            while left and len(sent) < max(workers, 1) * _AHEAD:
                job = left.popleft()
                sent[client.submit(answer, order(job, verify=verify, threads=threads), key=f"zoning-{job.id}", pure=False)] = job
            self.told(running=min(len(sent), workers), workers=workers)
            for future in _ended(client, list(sent)):
                self.take(sent.pop(future), _outcome(future))
        client.cancel(list(sent), force=True)

    def take(self, job: Job, outcome: Outcome) -> None:
        """Write a row and count it."""
        self.store.add(job, outcome)
        seconds = outcome.cells.get("solve_seconds")
        spent = self.tally.solve_seconds + (seconds if isinstance(seconds, float) else 0.0)
        good = outcome.status == "done"
        self.told(done=self.tally.done + good, failed=self.tally.failed + (not good), solve_seconds=spent)

    def told(self, **changes: Any) -> Tally:
        """Bring the tally up to date, and tell it."""
        self.tally = replace(self.tally, wall_seconds=time.monotonic() - self.began, **changes)
        self.listen(self.tally)
        return self.tally


def order(job: Job, *, verify: bool, threads: int) -> Order:
    """Return what a worker is sent for a run."""
    assert job.resolved is not None
    text = yaml.safe_dump(resolved(job.resolved, None), allow_unicode=True, sort_keys=False)
    return Order(job.scenario, text, verify, threads)


def _ended(client: Client, futures: list[Future[Outcome]]) -> set[Future[Outcome]]:
    """Wait a little; return the runs that have ended."""
    try:
        return set(wait(futures, timeout=_LOOK_SECONDS, return_when="FIRST_COMPLETED").done)
    except TimeoutError:
        if client.status not in ("running", "connecting"):
            raise ClusterGoneError("the scheduler has gone away") from None
        return set()
    except CancelledError:
        raise ClusterGoneError("the scheduler has gone away") from None


def _outcome(future: Future[Outcome]) -> Outcome:
    """Return what a worker sent back; what ended the worker itself is an error of the run."""
    error = future.exception()
    if error is None:
        outcome: Outcome = future.result()
        return outcome
    if isinstance(error, CancelledError):
        raise ClusterGoneError("the scheduler has gone away")
    return Outcome("error", f"{type(error).__name__}: {error}")
