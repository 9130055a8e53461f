"""The projected school-age population alone: by year, grade, area and variant."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from optimizer.pages import charts, rests
from optimizer.pages.facts import reach_rows
from optimizer.pages.shown import Courses, courses
from optimizer.pages.templates import environment, number, percent
from optimizer.pages.texts import Texts
from optimizer.problem import Ints
from optimizer.run import Case

_FLOWS = ("births", "deaths", "migration", "housing", "demolition", "controls", "aged_out")
"""Order of the rows of changes."""

_LEAVERS = ("deaths", "demolition", "aged_out")


def render(cases: Sequence[Case], lang: str) -> str:
    """Return the projections of one or more cases as one HTML page.

    Parameters
    ----------
    cases
        The cases, a section each.
    lang
        ``en`` or ``zh``.
    """
    texts = Texts(lang)
    return environment().get_template("project.html.j2").render(t=texts, cases=[_section(case, texts) for case in cases])


def _section(case: Case, texts: Texts) -> dict[str, Any]:
    people, blocks = case.population, case.county.blocks
    shown = courses(case, texts)
    by_grade = people.students.sum(axis=0).transpose(1, 0, 2)
    grades = [texts("report.grade", grade=grade) for grade in people.grades]
    settings = [(texts(f"setting.{key}"), (blocks["setting"] == key).to_numpy()) for key in ("city", "town", "rural")]
    settings = [(name, inside) for name, inside in settings if inside.any()]
    by_setting = np.stack([people.students[inside].sum(axis=(0, 2)) for _, inside in settings])
    communities, group = np.unique(blocks["community"].to_numpy(dtype=str), return_inverse=True)
    by_community = np.zeros((len(communities), len(people.years), len(people.variants)), dtype=np.int64)
    np.add.at(by_community, group, people.students.sum(axis=2))
    places = [name for name, _ in settings]
    total = by_grade.sum(axis=0)
    lines = _series(shown.names, shown.of(total))
    return {
        "name": case.scenario.name,
        "title": case.scenario.headline(texts.lang),
        "years": people.years,
        "variants": shown.names,
        "drawn": shown.drawn,
        "said": _said(case, shown, total, texts),
        "rests": rests.sentences(case, texts),
        "total": charts.lines(texts("project.total"), people.years, lines, size=(520, 200)),
        "grade_charts": _charts(case, shown, grades, by_grade),
        "setting_charts": _charts(case, shown, places, by_setting),
        "tables": [
            _table(texts("project.by_grade"), shown, grades, by_grade, texts("report.total")),
            _table(texts("project.by_setting"), shown, places, by_setting, texts("report.total")),
            _table(texts("project.by_community"), shown, [str(name) for name in communities], by_community, ""),
        ],
        "balance": _balance(case, shown, texts),
        "reach": reach_rows(case, texts),
    }


def _said(case: Case, shown: Courses, total: Ints, texts: Texts) -> list[str]:
    """Return a sentence a variant: from how many children to how many, and the peak; or one of all draws."""
    people = case.population
    years = {"from_year": people.years[0], "to_year": people.years[-1]}
    if shown.drawn:
        middle, low, high = (int(n) for n in shown.of(total)[-1])
        first = int(shown.of(total)[0, 0])
        known = {"middle": number(middle), "low": number(low), "high": number(high), "first": number(first)}
        return [texts("project.said_draws", draws=len(people.variants), change=_change(first, middle), **known, **years)]
    found = []
    for index, variant in enumerate(shown.names):
        first, last, peak = int(total[0, index]), int(total[-1, index]), int(total[:, index].argmax())
        known = {"first": number(first), "last": number(last), "peak": number(int(total[peak, index]))}
        change = _change(first, last)
        found.append(texts("project.said", variant=variant, peak_year=people.years[peak], change=change, **known, **years))
    return found


def _change(first: int, last: int) -> str:
    return ("+" if last > first else "") + percent((last - first) / first if first else float("nan"))


def _balance(case: Case, shown: Courses, texts: Texts) -> dict[str, Any] | None:
    """Return the yearly changes of all children, a body of rows a variant."""
    balance = case.population.balance
    if balance is None:
        return None
    flows = {name: values for name, values in balance.flows.items() if values.any()}
    rows = [(texts("balance.before"), balance.stock[:-1])]
    rows += [(texts(f"balance.{name}"), -flows[name] if name in _LEAVERS else flows[name]) for name in _FLOWS if name in flows]
    rows.append((texts("balance.now"), balance.stock[1:]))
    bodies = []
    for index, variant in enumerate((texts("project.mean"),) if shown.drawn else shown.names):
        bodies.append((variant, [(name, shown.mean(values)[:, index].tolist()) for name, values in rows]))
    first = balance.first_year + 1
    return {"years": range(first, first + len(balance.stock) - 1), "bodies": bodies}


def _series(variants: Sequence[str], values: Ints) -> dict[str, list[float | None]]:
    """Return ``[T, V]`` values as a line a variant."""
    return {variant: [float(value) for value in values[:, index]] for index, variant in enumerate(variants)}


def _charts(case: Case, shown: Courses, rows: Sequence[str], values: Ints) -> list[charts.Chart]:
    """Return a small chart for each row of ``[rows, T, V]``."""
    return [charts.lines(row, case.population.years, _series(shown.names, shown.of(values[i]))) for i, row in enumerate(rows)]


def _table(title: str, shown: Courses, rows: Sequence[str], values: Ints, total: str) -> dict[str, Any]:
    """Return ``[rows, T, V]`` as a body of rows and years a variant, with a sum where ``total`` names it."""
    bodies = []
    each, summed = shown.of(values), shown.of(values.sum(axis=0))
    for index, variant in enumerate(shown.names):
        lines = [(row, each[i, :, index].tolist()) for i, row in enumerate(rows)]
        if total:
            lines.append((total, summed[:, index].tolist()))
        bodies.append((variant, lines))
    return {"title": title, "bodies": bodies, "summed": bool(total)}
