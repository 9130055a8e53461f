"""The commands. Each is thin: it parses, calls a room of the house, and prints."""

import enum
import sys
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from optimizer import __version__, folder, pipeline
from optimizer.cli import backtesting, show, show_check
from optimizer.cli.interrupt import Interrupt
from optimizer.cross import cross
from optimizer.explain import explain as explain_block
from optimizer.faults import BadInputError, Fault, Faults
from optimizer.pages import checked as checked_page
from optimizer.reasons import reasons
from optimizer.run import Case, Run
from optimizer.solver import InfeasibleError, Stop
from optimizer.solver.conflicts import UndecidedError

app = typer.Typer(
    help="Draws school zones: near, whole, within class and school size, with a proof of how far from the optimum they are.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


COMPARISON = "compare"
"""Folder of a comparison, beside those of the runs."""


class Lang(enum.StrEnum):
    """Languages of the pages."""

    EN = "en"
    ZH = "zh"


Scenarios = Annotated[list[Path], typer.Argument(help="Scenario files, such as scenarios/rezone.yaml.", show_default=False)]
Runs = Annotated[list[Path], typer.Argument(help="Folders of finished runs, such as maps/rezone.", show_default=False)]
Language = Annotated[Lang, typer.Option("--lang", help="Language of the pages.")]
Out = Annotated[Path, typer.Option("--out", help="Folder that gets one folder a run.")]


def main() -> None:
    """Run the command; turn what may go wrong into the exit codes 2 (bad input), 3 (no plan), 130 (stopped) and 1."""
    try:
        app()
    except BadInputError as error:
        show.faults(error.faults)
        sys.exit(2)
    except InfeasibleError as error:
        show.line(f"[red]No plan can exist:[/red] {error}")
        sys.exit(3)
    except KeyboardInterrupt:
        show.line("Stopped; nothing was written.")
        sys.exit(130)


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        show.line(__version__)
        raise typer.Exit


@app.command(epilog="Example: `zoning new mycounty`")
def new(target: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.", show_default=False)]) -> None:
    """Make a workspace with the sample county and its scenarios, ready to run."""
    from optimizer import sample  # noqa: PLC0415 - `check` and the other commands do not wait for it

    with show.working("sample"):
        try:
            sample.write_workspace(target)
        except FileExistsError:
            raise BadInputError(_one(str(target), "the folder is not empty", "Name a new folder.")) from None
    show.line(f"Wrote {target}. Next: [bold]cd {target} && zoning run scenarios/baseline.yaml scenarios/rezone.yaml[/bold]")


@app.command(epilog="Example: `zoning check scenarios/*.yaml`")
def check(
    scenarios: Scenarios,
    out: Annotated[Path | None, typer.Option("--out", help="Folder that gets the same as a page, check.html.")] = None,
    lang: Language = Lang.EN,
) -> None:
    """Read all that a run would read, run nothing, and say what was read, repaired, assumed and missing."""
    faults = Faults()
    found = []
    for path in scenarios:
        read = pipeline.read(path, faults)
        if read is not None and not len(faults):
            loaded, county = read
            found.append(checked_page.checked(path, loaded.scenario, county, lang.value))
            show_check.page(found[-1], lang.value)
    faults.raise_if_any()
    if out is not None:
        show.line(f"Wrote {folder.write_page(out, 'check.html', checked_page.render(found, lang.value))}")


@app.command(epilog="Example: `zoning run scenarios/baseline.yaml scenarios/rezone.yaml --lang zh`")
def run(
    scenarios: Scenarios,
    out: Out = Path("maps"),
    seconds: Annotated[float | None, typer.Option(help="Ceiling for each search; wins over the scenario.", min=0.1)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of each search; wins over the scenario.")] = None,
    lang: Language = Lang.EN,
) -> None:
    """Project, optimise (or take the given plan), verify, and write the maps folder of each scenario."""
    cases = _cases(scenarios, seed)
    finished: list[Run] = []
    with Interrupt() as interrupt:
        for case in cases:
            done = _answered(case, seconds, interrupt, lang.value)
            finished.append(done)
            _written(done, out, lang.value)
            if interrupt.asked:
                break
    show.side_by_side(finished, lang.value)
    if interrupt.asked:
        sys.exit(130)


def _answered(case: Case, seconds: float | None, interrupt: Interrupt, lang: str) -> Run:
    chosen = case.scenario.solver
    stop = Stop(gap=chosen.gap, work=chosen.work, seconds=seconds or chosen.seconds, interrupted=lambda: interrupt.asked)
    try:
        with show.searching(case.scenario.name) as listen:
            return pipeline.answer(case, stop, listen)
    except InfeasibleError as error:
        _explained(case, error, lang)
        raise


def _explained(case: Case, error: InfeasibleError, lang: str) -> None:
    """Say which wishes cannot hold together, and end; return where that cannot be told."""
    try:
        with show.working("reasons", case.scenario.name):
            found = reasons(case)
    except UndecidedError:
        return
    if found is not None:
        show.no_plan(case, found, str(error), lang)
        sys.exit(3)


def _written(done: Run, out: Path, lang: str) -> None:
    name = done.case.scenario.name
    with show.working("pages", name):
        from optimizer.pages import map as map_page  # noqa: PLC0415 - `check` and the other commands do not wait for it
        from optimizer.pages import report as report_page  # noqa: PLC0415 - `check` and the other commands do not wait for it

        pages = {"map.html": map_page.render(done, lang), "report.html": report_page.render(done, lang)}
        target = folder.write(done, out, pages)
    faults = Faults()
    data = folder.read_result(target, faults)
    with show.working("verify", name):
        report = pipeline.verified(Path(done.case.source), target / folder.ASSIGNMENT, data, faults)
    faults.raise_if_any()
    assert report is not None
    show.written(done, target, report, lang)
    if report.broken and done.stopped != "given":
        raise RuntimeError("the independent checker does not agree with the plan; this is a fault of the program")


@app.command(epilog="Example: `zoning project scenarios/low-births.yaml`")
def project(scenarios: Scenarios, out: Out = Path("maps"), lang: Language = Lang.EN) -> None:
    """Project the school-age population only: a table, and a page with charts."""
    cases = _cases(scenarios, None)
    for case in cases:
        show.population(case, lang.value)
    with show.working("pages"):
        from optimizer.pages import project as project_page  # noqa: PLC0415 - `check` and the other commands do not wait for it

        page = project_page.render(cases, lang.value)
    show.line(f"Wrote {folder.write_page(out, 'projection.html', page)}")


@app.command(epilog="Example: `zoning compare maps/baseline maps/rezone`")
def compare(runs: Runs, out: Out = Path("maps"), lang: Language = Lang.EN) -> None:
    """Put 2 to 12 runs side by side: a page, its tables as CSV and as one Excel workbook, in `maps/compare/`."""
    target = out / COMPARISON
    runs = [run for run in runs if run.resolve() != target.resolve()]  # of `maps/*`, what an earlier comparison wrote
    if not 2 <= len(runs) <= 12:
        raise BadInputError(_one("compare", f"{len(runs)} runs were named", "Name 2 to 12 folders of runs."))
    if (target / folder.RESULT).exists():
        raise BadInputError(_one(str(target), "a run bears this name", "Name another folder with --out."))
    found = _runs(runs)
    with show.working("compare") as stage:
        from optimizer.pages import compare as compare_page  # noqa: PLC0415 - `check` and the other commands do not wait for it

        files = compare_page.files(found, cross(found, stage), lang.value)
    show.side_by_side(found, lang.value)
    show.line(f"Wrote {folder.write_folder(target, files) / 'compare.html'}, and its tables beside it")


@app.command(epilog="Example: `zoning verify maps/rezone`, or `zoning verify scenarios/rezone.yaml --assignment plan.csv`")
def verify(
    target: Annotated[
        Path, typer.Argument(metavar="RUN|SCENARIO", help="Folder of a run, or a scenario file.", show_default=False)
    ],
    assignment: Annotated[Path | None, typer.Option(help="Table of block_id, school_id to check under the scenario.")] = None,
    lang: Language = Lang.EN,
) -> None:
    """Check a plan again from the raw inputs; exit 3 if a rule is broken."""
    faults = Faults()
    data = None
    path, table = target, assignment
    if assignment is None:
        data = folder.read_result(target, faults)
        faults.raise_if_any()
        assert data is not None
        path, table = folder.scenario_of(target, data), target / folder.ASSIGNMENT
    with show.working("verify"):
        report = pipeline.verified(path, table or target, data, faults)
    faults.raise_if_any()
    assert report is not None
    show.verdict(report, lang.value)
    if report.broken:
        sys.exit(3)


@app.command(epilog="Example: `zoning explain maps/rezone B0042`")
def explain(
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a finished run.", show_default=False)],
    block: Annotated[str, typer.Argument(help="Id of the block.", show_default=False)],
    lang: Language = Lang.EN,
) -> None:
    """Measure what sending a block to its nearer schools would do: what would break, where, when."""
    found = _runs([run_folder])[0]
    blocks = found.case.problem.blocks
    if block not in blocks:
        near = show.nearest(block, blocks)
        raise BadInputError(_one(str(run_folder), f"there is no block {block!r}", f"Did you mean {near}?"))
    with show.working("explain"):
        changes = explain_block(found, blocks.index(block))
    show.changes(found, block, changes, lang.value)


@app.command(epilog="Example: `zoning sweep sweep.yaml`, or `zoning sweep sweep.yaml --cluster tcp://127.0.0.1:8786`")
def sweep(
    path: Annotated[Path, typer.Argument(metavar="SWEEP", help="A sweep file; see docs/sweep.md.", show_default=False)],
    cluster: Annotated[str | None, typer.Option(help="Address of a dask scheduler; without it, processes here.")] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder that gets one folder a sweep.")] = Path("maps"),
    workers: Annotated[int | None, typer.Option(help="Processes here; as many as there are cores.", min=1, max=1024)] = None,
    lang: Language = Lang.EN,
) -> None:
    """Make many runs in parallel: overrides of a scenario, counties, draws. What is there already is not made again."""
    from optimizer.cli import sweeping  # noqa: PLC0415 - only this command waits for the cluster library

    sweeping.sweep(path, out, cluster, workers, lang.value)


@app.command(epilog="Example: `zoning backtest history.csv --train-until 2020 --out maps`")
def backtest(
    history: Annotated[
        Path, typer.Argument(metavar="HISTORY", help="Past enrolment: school_id, year, grade, students.", show_default=False)
    ],
    train_until: Annotated[int, typer.Option(metavar="YEAR", help="The last year that the model sees.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="Folder that gets backtest.json and backtest.html.")] = Path("maps"),
    lang: Language = Lang.EN,
) -> None:
    """Measure the enrolment model on the past: fit up to a year, predict the rest, beside two simple methods."""
    backtesting.run(history, train_until, out, lang.value)


def _one(file: str, what: str, todo: str) -> tuple[Fault, ...]:
    return (Fault(file, "", what, todo),)


def _cases(paths: list[Path], seed: int | None) -> list[Case]:
    """Prepare every scenario, or tell the faults of all of them."""
    faults = Faults()
    cases = []
    for path in paths:
        with show.working("read", path.stem) as stage:
            case = pipeline.prepare(path, faults, stage, seed)
        if case is not None:
            cases.append(case)
    names = pd.Series([case.scenario.name for case in cases])
    for name in names[names.duplicated()].unique():
        faults.add(
            str(name), "", "two scenarios bear this name", "Give each its own `name`: results go to a folder of that name."
        )
    faults.raise_if_any()
    return cases


def _runs(folders: list[Path]) -> list[Run]:
    faults = Faults()
    found = []
    for target in folders:
        with show.working("read", target.name) as stage:
            done = pipeline.reopen(target, faults, stage)
        if done is not None:
            found.append(done)
    faults.raise_if_any()
    return found
