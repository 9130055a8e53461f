"""The workers: processes of our own on this machine, or a cluster that is there already. What runs on them is the same."""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import dask
from distributed import Client, LocalCluster

from optimizer import __version__
from optimizer.faults import BadInputError, Fault

LOOPBACK = "127.0.0.1"
"""The embedded scheduler is heard on this machine only: whoever reaches a scheduler can run code on its workers."""

_CONNECT_SECONDS = 10
_CONFIG = {
    "distributed.scheduler.allowed-failures": 1,  # a run that kills its worker twice is a failed run
    "distributed.scheduler.worker-ttl": "15 minutes",  # a worker deep in a search may be silent for long
    "distributed.admin.tick.limit": "1h",  # and need not be told of
}


@contextmanager
def connected(address: str | None, workers: int) -> Iterator[Client]:
    """Give a client of a cluster; what was started here ends here.

    Parameters
    ----------
    address
        ``tcp://host:port`` of a scheduler, or None for processes on this machine.
    workers
        How many processes, each with one thread; of no meaning with an address.

    Raises
    ------
    BadInputError
        If nobody answers at the address, or its workers do not have this version of the program.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is told by us
    if address is None:
        with dask.config.set(_CONFIG), _embedded(workers) as cluster, Client(cluster) as client:
            yield client
        return
    try:
        client = Client(address, timeout=_CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        what = f"no scheduler answers ({error})"
        raise BadInputError((Fault(f"--cluster {address}", "", what, "Start one: `dask scheduler --host 127.0.0.1`."),)) from None
    with client:
        _check_workers(client, address)
        yield client


@contextmanager
def _embedded(workers: int) -> Iterator[LocalCluster]:
    with _deaf():
        cluster = LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host=LOOPBACK,
            dashboard_address=None,
            memory_limit=0,
            silence_logs=logging.CRITICAL,
        )
    with cluster:
        yield cluster


@contextmanager
def _deaf() -> Iterator[None]:
    """Start processes that do not hear Ctrl-C: this one does, and ends them in order."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _check_workers(client: Client, address: str) -> None:
    """Raise if there is no worker, or one that cannot run the program as it is here."""
    where = f"--cluster {address}"
    try:
        client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
    except TimeoutError:
        todo = f"Start some: `dask worker {address} --nthreads 1`."
        raise BadInputError((Fault(where, "", "the scheduler has no workers", todo),)) from None
    told = client.run(_version, on_error="return")
    odd = {worker: said for worker, said in told.items() if said != __version__}
    if odd:
        todo = f"Install version {__version__} of the program in the workers' environment."
        raise BadInputError(
            tuple(Fault(where, worker, f"this worker says: {said}", todo) for worker, said in sorted(odd.items()))
        )


def _version() -> str:
    return __version__
