"""What `zoning sweep` shows and writes around the runs: the bar, the page, the sums."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from optimizer import folder
from optimizer.cli import show
from optimizer.cli.interrupt import Interrupt
from optimizer.faults import BadInputError, Fault, Faults
from optimizer.pages import sweep as sweep_page
from optimizer.pages.texts import Texts
from optimizer.sweep import expand, load, runner
from optimizer.sweep.expand import Job
from optimizer.sweep.load import Asked
from optimizer.sweep.runner import ClusterGoneError, Tally
from optimizer.sweep.store import Store

PAGE = "sweep.html"
STOPPED = 130
"""Exit code after Ctrl-C."""


def sweep(path: Path, out: Path, cluster: str | None, workers: int | None, lang: str) -> None:
    """Make the runs of a sweep file that are not there yet; write the rows and the page; exit 130 after Ctrl-C."""
    if cluster is not None and workers is not None:
        what = "--workers counts processes on this machine"
        raise BadInputError((Fault("--cluster", "", what, "Leave one of the two out: a cluster has the workers it has."),))
    asked, jobs = _jobs(path)
    store, texts = Store(out / asked.sweep.name), Texts(lang)
    tally, ended = Tally(len(jobs), 0), 0
    with Interrupt() as interrupt, _bar(asked.sweep.name, len(jobs)) as show_bar:

        def hear(now: Tally) -> None:
            nonlocal tally
            tally = now
            show_bar(now)

        try:
            runner.run(
                jobs,
                store,
                address=cluster,
                workers=workers or os.cpu_count() or 1,
                verify=asked.sweep.verify,
                listen=hear,
                interrupted=lambda: interrupt.asked,
            )
        except ClusterGoneError:
            ended = 1
        except KeyboardInterrupt:
            ended = STOPPED
    ended = STOPPED if interrupt.asked else ended
    _write(asked, jobs, store, tally, lang)
    if ended:
        left = tally.wanted - tally.kept - tally.done - tally.failed
        show.line(texts("cli.sweep.stopped" if ended == STOPPED else "cli.sweep.gone", left=left))
        sys.exit(ended)


def _jobs(path: Path) -> tuple[Asked, list[Job]]:
    faults = Faults()
    with show.working("read", path.stem):
        asked = load.load(path, faults)
        jobs = [] if asked is None else expand.expand(asked, faults)
    faults.raise_if_any()
    assert asked is not None
    return asked, jobs


@contextmanager
def _bar(name: str, total: int) -> Iterator[Callable[[Tally], None]]:
    """Show a bar with what is done, failed and under way, and how long it may still take."""
    said = TextColumn("{task.fields[failed]} failed, {task.fields[running]} running")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), said, TimeElapsedColumn(), TextColumn("ETA"))
    with Progress(*columns, TimeRemainingColumn(), console=show.ERR) as progress:
        task = progress.add_task(name, total=total, failed=0, running=0)
        told = 0

        def hear(tally: Tally) -> None:
            nonlocal told
            ended = tally.kept + tally.done + tally.failed
            progress.update(task, completed=ended, failed=tally.failed, running=tally.running)
            if not show.ERR.is_terminal and ended * 10 // max(total, 1) > told:
                told = ended * 10 // max(total, 1)
                show.ERR.print(f"{name}: {ended}/{total} runs, {tally.failed} failed, {tally.wall_seconds:.0f} s")

        yield hear


def _write(asked: Asked, jobs: list[Job], store: Store, tally: Tally, lang: str) -> None:
    """Gather the rows, write the page, and print the sums."""
    texts = Texts(lang)
    with show.working("pages", asked.sweep.name):
        rows = store.gather(jobs)
        page = folder.write_page(store.folder, PAGE, sweep_page.render(asked.sweep, rows, store.schools(), tally, lang))
    failed = int((rows["status"] != "done").sum())
    show.line(texts("cli.sweep.rows", name=asked.sweep.name, rows=len(rows), wanted=tally.wanted, kept=tally.kept, failed=failed))
    if tally.done + tally.failed:
        show.line(
            texts(
                "cli.sweep.seconds",
                made=tally.done + tally.failed,
                wall=f"{tally.wall_seconds:,.1f}",
                solve=f"{tally.solve_seconds:,.1f}",
                ratio=f"{tally.ratio:.2f}",
                workers=tally.workers,
            )
        )
    for file in (store.folder / "runs.parquet", page):
        show.line(f"  {file}")
