"""What the terminal shows: progress, tables, faults."""

import difflib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from optimizer.check import Report
from optimizer.explain import Change
from optimizer.faults import Fault
from optimizer.pages.shown import courses
from optimizer.pages.texts import Texts
from optimizer.reasons import Blamed, Reasons
from optimizer.run import Case, Run
from optimizer.solver import Progress

OUT = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
ERR = Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else 140)

_COMPARED = (
    "mean_walk_m",
    "p90_walk_m",
    "max_walk_m",
    "beyond_limit",
    "first_year_classes_over",
    "classes_over",
    "classes_big",
    "largest_class",
    "children_over",
    "over_seats",
    "moved",
    "zones_in_pieces",
    "polsby_popper",
    "objective_m",
)


def line(text: str) -> None:
    """Print one line, with rich markup."""
    OUT.print(text, soft_wrap=True)


def faults(found: Sequence[Fault]) -> None:
    """Print every fault to the error stream."""
    ERR.print(f"[red]{len(found)} thing{'s' if len(found) > 1 else ''} to mend; nothing was written.[/red]")
    for fault in found:
        ERR.print(f"  {fault}", markup=False, soft_wrap=True)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known id that looks most like a word, or the first one."""
    listed = list(known)
    return (difflib.get_close_matches(word, listed, n=1, cutoff=0) or listed[:1])[0]


@contextmanager
def working(step: str, name: str = "") -> Iterator[Callable[[str], None]]:
    """Show a spinner with the step under way; the value it gives changes the step."""
    words = Texts("en").group("step")
    with ERR.status(f"{name} {words.get(step, step)}") as status:
        yield lambda now: status.update(f"{name} {words.get(now, now)}")


@contextmanager
def searching(name: str) -> Iterator[Callable[[Progress], None]]:
    """Show stage, incumbent, bound and gap while a search runs."""
    with ERR.status(f"{name}: search begins") as status:

        def hear(progress: Progress) -> None:
            status.update(f"{name}: {_progress(progress)}")
            if not ERR.is_terminal and progress.stage != hear.stage:  # type: ignore[attr-defined]
                hear.stage = progress.stage  # type: ignore[attr-defined]
                ERR.print(f"{name}: {_progress(progress)}", soft_wrap=True)

        hear.stage = ""  # type: ignore[attr-defined]
        yield hear


def _progress(progress: Progress) -> str:
    best = "no plan yet" if progress.incumbent is None else f"plan {progress.incumbent:,}"
    bound = "no bound yet" if progress.bound is None else f"bound {progress.bound:,}"
    gap = "" if progress.gap is None else f", gap {progress.gap:.2%}"
    return f"{progress.stage}: {best}, {bound}{gap}, work {progress.work:.2f}"


def written(run: Run, target: Path, report: Report, lang: str) -> None:
    """Print where a run was written and what was proved of it."""
    proof = run.certificate
    said = "the plan was given, not searched for"
    if proof is not None:
        said = (
            f"proved within {proof.gap:.2%} of the best possible plan ({proof.gap_m:.1f} m per child), stopped by {run.stopped}"
        )
    checked = "the checker agrees" if not report.broken else f"[red]{len(report.broken)} rules broken[/red]"
    line(f"[bold]{run.case.scenario.name}[/bold]: {said}; {checked}; {len(report.shortfalls)} shortfalls")
    for finding in report.broken:
        OUT.print(f"  {finding.text(lang)}", markup=False, soft_wrap=True)
    for page in ("map.html", "report.html"):
        line(f"  {target / page}")


def side_by_side(runs: Sequence[Run], lang: str) -> None:
    """Print the headline figures of several runs in one table."""
    texts = Texts(lang)
    table = Table(title=None, box=None, padding=(0, 2), header_style="bold")
    table.add_column("")
    for run in runs:
        table.add_column(run.case.scenario.name, justify="right")
    for key in _COMPARED:
        values = [run.score.headline[key] for run in runs]
        if any(values):
            table.add_row(texts(f"figure.{key}"), *(_number(key, value) for value in values))
    gaps = [run.certificate.gap if run.certificate else None for run in runs]
    table.add_row(texts("cli.gap"), *("" if gap is None else f"{gap:.2%}" for gap in gaps))
    OUT.print(table)
    line(f"[dim]{texts('cli.means')}[/dim]")


def _number(key: str, value: float) -> str:
    if key == "polsby_popper":
        return f"{value:.2f}"
    decimals = 1 if isinstance(value, float) and abs(value) < 1000 and not value.is_integer() else 0
    return f"{value:,.{decimals}f}"


def population(case: Case, lang: str) -> None:
    """Print the projected residents by year and grade, one table a variant; of draws the median and the ends of eight in ten."""
    texts, people = Texts(lang), case.population
    shown = courses(case, texts)
    by_grade = people.students.sum(axis=0)
    grades, totals = shown.of(by_grade), shown.of(by_grade.sum(axis=1))
    for index, name in enumerate(shown.names):
        table = Table(title=f"{case.scenario.name}: {name}", box=None, padding=(0, 2), header_style="bold")
        table.add_column(texts("cli.year"))
        for grade in (*people.grades, texts("cli.total")):
            table.add_column(str(grade), justify="right")
        for year, row, total in zip(people.years, grades[..., index], totals[:, index], strict=True):
            table.add_row(str(year), *(f"{count:,}" for count in (*row, total)))
        OUT.print(table)


def verdict(report: Report, lang: str) -> None:
    """Print broken rules and shortfalls."""
    texts = Texts(lang)
    line(
        f"[red]{texts('cli.broken', count=len(report.broken))}[/red]" if report.broken else f"[green]{texts('cli.holds')}[/green]"
    )
    for finding in report.broken:
        OUT.print(f"  {finding.text(lang)}", markup=False, soft_wrap=True)
    line(texts("cli.shortfalls", count=len(report.shortfalls)))
    for finding in report.shortfalls:
        OUT.print(f"  {finding.text(lang)}", markup=False, soft_wrap=True)


def no_plan(case: Case, found: Reasons, cause: str, lang: str) -> None:
    """Print why a scenario has no plan, and the least that would have to give way."""
    texts, schools = Texts(lang), case.county.schools["name"]
    ERR.print(f"[red]{texts('cli.no_plan', name=case.scenario.name)}[/red]")
    if not found.conflict:
        ERR.print(texts("cli.no_plan.map", cause=cause), markup=False, soft_wrap=True)
        return
    for key, wishes in (("cli.no_plan.together", found.conflict), ("cli.no_plan.give_up", found.give_up)):
        ERR.print(texts(key))
        for wish in wishes:
            ERR.print(f"  - {_blamed(wish, texts, schools)}", markup=False, soft_wrap=True)


def _blamed(wish: Blamed, texts: Texts, schools: "pd.Series[str]") -> str:
    school = f"{schools[wish.school]} ({wish.school})" if wish.school else ""
    said = texts(f"reason.{wish.kind}", blocks=some(wish.blocks, texts), school=school, most=f"{wish.most:,}")
    return f"{said}{texts('reason.enough', enough=f'{wish.enough:,}')}" if wish.enough else said


def some(ids: Sequence[str], texts: Texts, most: int = 8) -> str:
    """Return a list of ids that fits a line: the first few, and how many more."""
    shown = texts("cli.comma").join(ids[:most])
    return shown if len(ids) <= most else texts("cli.and_more", shown=shown, more=len(ids) - most)


def changes(run: Run, block: str, found: Sequence[Change], lang: str) -> None:
    """Print what sending a block elsewhere would do."""
    texts = Texts(lang)
    schools = run.case.county.schools["name"]
    row = run.score.by_block.set_index("block_id").loc[block]
    line(texts("cli.explain", block=block, students=f"{row['students']:.1f}", school=f"{schools[row['zone']]} ({row['zone']})"))
    table = Table(box=None, padding=(0, 2), header_style="bold")
    for key in ("school", "walk", "price", "classes_over", "breaks"):
        table.add_column(texts(f"cli.explain.{key}"), justify="left" if key in {"school", "breaks"} else "right")
    for change in found:
        label = f"{schools[change.school]} ({change.school})"
        over = change.headline["classes_over"]
        table.add_row(label, f"{change.walk_m:,} m", f"{change.objective_m:+,.0f}", f"{over:+.2f}", _breaks(change, texts))
    OUT.print(table)


def _breaks(change: Change, texts: Texts) -> str:
    said = []
    if not change.allowed:
        said.append(texts("cli.explain.forbidden"))
    if change.broken_zones:
        said.append(texts("cli.explain.pieces", zones=", ".join(change.broken_zones)))
    if len(change.crowded):
        worst = change.crowded.sort_values(["year", "largest_class"], ascending=[True, False]).iloc[0]
        years = ", ".join(str(year) for year in np.unique(change.crowded["year"]))
        school, size = str(worst["school_id"]), int(worst["largest_class"])
        said.append(texts("cli.explain.crowded", school=school, size=size, grade=worst["grade"], years=years))
    return "; ".join(said) or texts("cli.explain.nothing")
