"""The projected school-age population alone: by year, grade, area and variant."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from optimizer.pages import charts, names
from optimizer.pages.facts import reach_rows
from optimizer.pages.templates import environment, number, percent
from optimizer.pages.texts import Texts
from optimizer.problem import Ints
from optimizer.run import Case


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
    variants = [names.variant(texts, name) for name in people.variants]
    by_grade = people.students.sum(axis=0).transpose(1, 0, 2)
    grades = [texts("report.grade", grade=grade) for grade in people.grades]
    settings = [(texts(f"setting.{key}"), (blocks["setting"] == key).to_numpy()) for key in ("city", "town", "rural")]
    settings = [(name, inside) for name, inside in settings if inside.any()]
    by_setting = np.stack([people.students[inside].sum(axis=(0, 2)) for _, inside in settings])
    communities, group = np.unique(blocks["community"].to_numpy(dtype=str), return_inverse=True)
    by_community = np.zeros((len(communities), len(people.years), len(variants)), dtype=np.int64)
    np.add.at(by_community, group, people.students.sum(axis=2))
    places = [name for name, _ in settings]
    return {
        "name": case.scenario.name,
        "title": case.scenario.headline(texts.lang),
        "years": people.years,
        "variants": variants,
        "said": _said(case, variants, texts),
        "total": charts.lines(texts("project.total"), people.years, _series(variants, by_grade.sum(axis=0)), size=(520, 200)),
        "grade_charts": _charts(case, variants, grades, by_grade),
        "setting_charts": _charts(case, variants, places, by_setting),
        "tables": [
            _table(texts("project.by_grade"), variants, grades, by_grade, texts("report.total")),
            _table(texts("project.by_setting"), variants, places, by_setting, texts("report.total")),
            _table(texts("project.by_community"), variants, [str(name) for name in communities], by_community, ""),
        ],
        "reach": reach_rows(case, texts),
    }


def _said(case: Case, variants: Sequence[str], texts: Texts) -> list[str]:
    """Return a sentence a variant: from how many children to how many, and the peak."""
    people = case.population
    found = []
    for index, variant in enumerate(variants):
        totals = people.students[..., index].sum(axis=(0, 2))
        first, last, peak = int(totals[0]), int(totals[-1]), int(totals.argmax())
        found.append(
            texts(
                "project.said",
                variant=variant,
                first=number(first),
                from_year=people.years[0],
                last=number(last),
                to_year=people.years[-1],
                change=("+" if last > first else "") + percent((last - first) / first if first else float("nan")),
                peak=number(int(totals[peak])),
                peak_year=people.years[peak],
            )
        )
    return found


def _series(variants: Sequence[str], values: Ints) -> dict[str, list[float | None]]:
    """Return ``[T, V]`` values as a line a variant."""
    return {variant: [float(value) for value in values[:, index]] for index, variant in enumerate(variants)}


def _charts(case: Case, variants: Sequence[str], rows: Sequence[str], values: Ints) -> list[charts.Chart]:
    """Return a small chart for each row of ``[rows, T, V]``."""
    return [charts.lines(row, case.population.years, _series(variants, values[i])) for i, row in enumerate(rows)]


def _table(title: str, variants: Sequence[str], rows: Sequence[str], values: Ints, total: str) -> dict[str, Any]:
    """Return ``[rows, T, V]`` as a body of rows and years a variant, with a sum where ``total`` names it."""
    bodies = []
    for index, variant in enumerate(variants):
        lines = [(row, values[i, :, index].tolist()) for i, row in enumerate(rows)]
        if total:
            lines.append((total, values[:, :, index].sum(axis=0).tolist()))
        bodies.append((variant, lines))
    return {"title": title, "bodies": bodies, "summed": bool(total)}
