"""The report of a run: what was asked, what was found, and everything behind it, to read on screen and on paper."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from optimizer.folder import versions
from optimizer.pages import attendance, charts, holding, names, sentences
from optimizer.pages.facts import applicable, class_steps, figure_row, reach_rows, span, straight_line
from optimizer.pages.lacking import lacking
from optimizer.pages.templates import environment, number, percent
from optimizer.pages.texts import Texts
from optimizer.run import Run

CROWDING = ("#fdd049", "#e6550d", "#67001f")
"""Above the class limit, 56+, 66+: the colors of the map."""

_KEY_FIGURES = (
    "mean_walk_m",
    "p90_walk_m",
    "beyond_limit",
    "children_over",
    "classes_over",
    "largest_class",
    "over_seats",
    "moved",
)

_SEAT_COLUMNS = ("students", "seats", "seats_free", "over_seats")
_SCHOOL_COLUMNS = (
    *("students", "classes", "rooms", "seats", "seats_free", "over_seats"),
    *("largest_class", "classes_over", "classes_big", "classes_huge", "children_over"),
)


def render(run: Run, lang: str) -> str:
    """Return the report of a run as one HTML page.

    Parameters
    ----------
    run
        The run.
    lang
        ``en`` or ``zh``.
    """
    texts = Texts(lang)
    case = run.case
    label = names.schools(case.county, [*case.problem.zones, *case.problem.sites])
    meant = applicable(case.problem)
    variants = holding.shown(run, texts)
    tables = _school_tables(run, variants, label)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            t=texts,
            title=case.scenario.headline(lang),
            name=case.scenario.name,
            subtitle=texts("map.subtitle", level=texts(f"level.{case.scenario.level}"), years=span(case.problem.years)),
            warning=texts("warning.straight_line") if straight_line(case) else "",
            asked=sentences.scenario(case, texts),
            certificate=sentences.certificate(run, texts),
            cards=[figure_row(run, texts, figure) for figure in meant if figure.key in _KEY_FIGURES],
            figures=[figure_row(run, texts, figure) for figure in meant],
            terms=_terms(run, texts),
            crowding=_crowding(run, texts, variants),
            crowding_key=crowding_key(run, texts),
            held=holding.variants_table(run, texts),
            price=holding.price(run, texts),
            alert=holding.alert_table(run, texts),
            alert_marks=holding.MARKS,
            lacking=lacking(run, texts, variants, label),
            schools=_schools(run, texts, variants, label),
            tables=tables,
            columns=_SCHOOL_COLUMNS if class_steps(case.problem) else _SEAT_COLUMNS,
            shown=next(table for table in tables if table["shown"]),
            variants=list(variants.values()),
            zones=_zones(run, label),
            attended=attendance.matrix(run, texts),
            cut_blocks=attendance.cut_blocks(run),
            grades=_grades(run, texts, variants),
            handicaps=_handicaps(run, label),
            rule_share=percent(run.rule_share),
            reach=reach_rows(case, texts),
            years=case.problem.years,
            sources=case.county.sources,
            notes=sentences.notes(case, texts),
            versions=versions(),
            source=case.source,
            seed=case.scenario.solver.seed,
        )
    )


def _terms(run: Run, texts: Texts) -> list[dict[str, Any]]:
    """Return the objective by term: student-kilometres a year, metres per child, share."""
    total = run.score.headline["objective_m"]
    students = float(run.score.by_block["students"].sum())
    rows = [*run.score.terms.items(), ("total", total)]
    return [
        {
            "name": texts(f"term.{key}"),
            "said": texts(f"term_help.{key}"),
            "km": number(value / 1000),
            "each": number(value / students, 1) if students else number(None),
            "share": percent(value / total) if total else number(None),
            "width": round(100 * value / total, 1) if total else 0,
            "total": key == "total",
        }
        for key, value in rows
        if value or key in ("walk", "total")
    ]


def _crowding(run: Run, texts: Texts, variants: Mapping[str, str]) -> list[charts.Chart]:
    """Return a chart a variant: classes above the limit by year, stacked by how far above; one scale for all."""
    problem, key = run.case.problem, crowding_key(run, texts)
    if not key:
        return []
    sums = run.score.by_school.groupby(["variant", "year"])[["classes_over", "classes_big", "classes_huge"]].sum()
    most = float(sums["classes_over"].max())
    found = []
    for variant, name in variants.items():
        rows = sums.loc[variant].reindex(list(problem.years), fill_value=0)
        over, big, huge = (rows[name].to_numpy(dtype=float) for name in rows.columns)
        heights = [over - big, big - huge, huge]
        layers = {said: (color, layer.tolist()) for (color, said), layer in zip(key, heights, strict=True)}
        title = texts("report.crowding_chart", variant=name)
        found.append(charts.stacks(title, problem.years, layers, most))
    return found


def crowding_key(run: Run, texts: Texts) -> list[tuple[str, str]]:
    """Return color and text of the three steps above the class limit, empty where there is no such limit."""
    steps = class_steps(run.case.problem)
    if not steps:
        return []
    limit, big, huge = steps
    said = [
        texts("map.crowd_range", **{"from": limit + 1, "to": big}),
        texts("map.crowd_range", **{"from": big + 1, "to": huge}),
        texts("map.crowd_above", **{"from": huge + 1}),
    ]
    return list(zip(CROWDING, said, strict=True))


def _schools(run: Run, texts: Texts, variants: Mapping[str, str], label: dict[str, str]) -> list[charts.Chart]:
    """Return a chart a school: enrolment in each variant, and its seats."""
    problem = run.case.problem
    table = run.score.by_school.set_index(["school_id", "variant", "year"])
    found = []
    for site in problem.sites:
        series = {name: column(table, site, v, problem.years, "students") for v, name in variants.items()}
        seats = column(table, site, problem.variants[0], problem.years, "seats")
        found.append(charts.lines(label[site], problem.years, series, [(texts("report.seats_line"), seats)]))
    return found


def column(table: pd.DataFrame, site: str, variant: str, years: Sequence[int], name: str) -> list[float | None]:
    """Return one column of a school by year, None where there is no number.

    Parameters
    ----------
    table
        ``Score.by_school``, indexed by ``school_id, variant, year``.
    site, variant, years, name
        What to take of it.
    """
    wanted = pd.MultiIndex.from_product([[site], [variant], list(years)])
    return [None if pd.isna(value) else float(value) for value in table[name].reindex(wanted)]


def _school_tables(run: Run, variants: Mapping[str, str], label: dict[str, str]) -> list[dict[str, Any]]:
    """Return the table of schools of each variant and year; the fullest year of the first variant is shown at first."""
    problem = run.case.problem
    frame = run.score.by_school
    first = next(iter(variants))
    totals = frame[frame["variant"] == first].groupby("year")["students"].sum()
    fullest = problem.years[int(totals.reindex(list(problem.years), fill_value=0).to_numpy().argmax())]
    found = []
    for variant, name in variants.items():
        for year in problem.years:
            rows = frame[(frame["variant"] == variant) & (frame["year"] == year)].to_dict("records")
            found.append(
                {
                    "variant": name,
                    "year": year,
                    "shown": variant == first and year == fullest,
                    "rows": [{**row, "name": label[row["school_id"]]} for row in rows],
                }
            )
    return found


def _zones(run: Run, label: dict[str, str]) -> list[dict[str, Any]]:
    rows = run.score.by_zone.to_dict("records")
    return [{str(key): value for key, value in row.items()} | {"name": label[row["zone"]]} for row in rows]


def _grades(run: Run, texts: Texts, variants: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return for each variant the students and the classes above the limit by grade (rows, a total last) and year."""
    problem = run.case.problem
    found = []
    for variant, name in variants.items():
        frame = run.score.by_grade[run.score.by_grade["variant"] == variant]
        sums = frame.groupby(["grade", "year"])[["students", "classes_over"]].sum()
        grid = pd.MultiIndex.from_product([problem.grades, problem.years])
        shape = (len(problem.grades), len(problem.years))
        students, over = (sums[name].reindex(grid, fill_value=0).to_numpy().reshape(shape) for name in sums.columns)
        rows = [(grade, list(zip(*pair, strict=True))) for grade, *pair in zip(problem.grades, students, over, strict=True)]
        rows.append((texts("report.total"), list(zip(students.sum(axis=0), over.sum(axis=0), strict=True))))
        found.append({"variant": name, "rows": rows})
    return found


def _handicaps(run: Run, label: dict[str, str]) -> list[tuple[str, float]]:
    """Return zones and handicaps, the largest first."""
    order = sorted(run.handicap_m, key=lambda zone: (-run.handicap_m[zone], zone))
    return [(label.get(zone, zone), run.handicap_m[zone]) for zone in order if np.isfinite(run.handicap_m[zone])]
