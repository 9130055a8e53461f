"""Runs side by side: which plan is best at what, what it costs, and everything behind it; on one page and as tables."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from optimizer.cross import Crossed, comparable
from optimizer.pages import charts, compare_tables, sentences, spread
from optimizer.pages.courses import Course, courses, students_of, variant_name
from optimizer.pages.drawing import Drawing, drawing, zone_colors
from optimizer.pages.facts import FIGURES, Figure, applicable, class_steps, span, straight_line
from optimizer.pages.points import school_points
from optimizer.pages.report import crowding_key
from optimizer.pages.sheets import as_csv, as_workbook
from optimizer.pages.templates import environment
from optimizer.pages.texts import Texts
from optimizer.pages.verdicts import marked, view
from optimizer.problem import NO_RULE, Ints
from optimizer.run import Run

GLANCE = (
    *("mean_walk_m", "p90_walk_m", "beyond_limit", "children_over", "largest_class", "over_seats", "moved"),
    "zones_in_pieces",
)
"""What a planner looks at first, one of each kind: way, crowding, change, shape."""

_CROSSED = ("mean_walk_m", "beyond_limit", "children_over", "over_seats")

_FEW = 6
"""More plans than this and their verdicts are folded away: the first screen is the answers and the table."""

SIZE_COLORS = ("#c6dbef", "#6baed6", "#2166ac", "#fdd049", "#e6550d", "#67001f")
"""Bands of class sizes: blue within the limit, then the three steps as on the map."""


def render(runs: Sequence[Run], crossed: Crossed, lang: str) -> str:
    """Return the comparison of 2 to 12 runs as one HTML page.

    Parameters
    ----------
    runs
        The runs, in the order of the rows.
    crossed
        Every plan under every run's conditions.
    lang
        ``en`` or ``zh``.
    """
    texts = Texts(lang)
    plans, fits = list(crossed.plans), comparable(runs)
    meant = meant_figures(runs)
    ways = courses(runs, crossed, texts)
    views = [view(way, [figure for figure in meant if figure.key in GLANCE], plans, texts) for way in ways]
    return (
        environment()
        .get_template("compare.html.j2")
        .render(
            t=texts,
            plans=plans,
            few=len(plans) <= _FEW,
            titles=[run.case.scenario.headline(lang) if run.case.scenario.title else "" for run in runs],
            spans=[
                texts("compare.span", level=texts(f"level.{run.case.scenario.level}"), years=span(run.case.problem.years))
                for run in runs
            ],
            views=views,
            certificates=[sentences.certificate(run, texts) for run in runs],
            figures=[
                marked([run.score.headline for run in runs], figure, decide=len(crossed.conditions) == 1) for figure in meant
            ],
            crowding_key=crowding_key(runs[0], texts),
            one_question=len(crossed.conditions) == 1,
            crossed=_crossed(crossed, ways, [figure for figure in meant if figure.key in _CROSSED], texts),
            courses=[_enrolment(runs, crossed, way, texts) for way in ways],
            warning=texts("warning.straight_line") if any(straight_line(run.case) for run in runs) else "",
            other_blocks=[plan for plan, same in zip(plans, fits, strict=True) if not same],
            size_key=_size_key(runs, texts),
            data=_data(runs, crossed, ways, views, texts),
        )
    )


def files(runs: Sequence[Run], crossed: Crossed, lang: str) -> dict[str, str | bytes]:
    """Return every file of a comparison's folder by its path: the page, a CSV a table, and the workbook."""
    texts = Texts(lang)
    sheets = compare_tables.tables(runs, crossed, courses(runs, crossed, texts), meant_figures(runs), texts)
    return {
        "compare.html": render(runs, crossed, lang),
        "compare.xlsx": as_workbook(sheets),
        **{f"tables/{sheet.key}.csv": as_csv(sheet) for sheet in sheets},
    }


def meant_figures(runs: Sequence[Run]) -> list[Figure]:
    """Return the headline figures that mean something for one of the runs."""
    any_run = {figure.key for run in runs for figure in applicable(run.case.problem)}
    return [figure for figure in FIGURES if figure.key in any_run]


def _crossed(crossed: Crossed, ways: Sequence[Course], figures: Sequence[Figure], texts: Texts) -> list[dict[str, Any]]:
    """Return a table of plans by projections for each of a few figures; the best plan of each projection is marked."""
    shown = [way for way in ways if len(set(way.conditions)) == 1]
    if len(shown) < 2:
        return []
    found = []
    for figure in figures:
        columns = [marked(way.headlines, figure)["cells"] for way in shown]
        name = texts("compare.crossed_name", figure=texts(f"figure.{figure.key}"), unit=texts(f"unit.{figure.unit}"))
        rows = [(plan, [column[i] for column in columns]) for i, plan in enumerate(crossed.plans)]
        found.append({"name": name, "projections": [way.short for way in shown], "rows": rows})
    return found


def _enrolment(runs: Sequence[Run], crossed: Crossed, way: Course, texts: Texts) -> dict[str, Any]:
    """Return a chart a school: its enrolment in each plan, and its seats in each of the conditions where they differ.

    Where there is one year only there is nothing to draw: ``rows`` then hold the name, seats, and students of each plan.
    """
    tried = {
        plan: students_of(crossed.tried[plan, number], runs[crossed.conditions[number][0]].case.problem, way.variant)
        for plan, number in enumerate(way.conditions)
        if (plan, number) in crossed.tried
    }
    years = sorted({year for table in tried.values() for _, year in table.index})
    sites = {site for table in tried.values() for site, _ in table.index}
    found: list[charts.Chart] = []
    rows = []
    for site, name in compare_tables.school_names(runs).items():
        if site not in sites:
            continue
        series = {crossed.plans[plan]: _column(table["students"], site, years) for plan, table in tried.items()}
        seats: list[list[float | None]] = []
        for table in tried.values():
            limit = _column(table["seats"], site, years)
            if limit not in seats and any(value is not None for value in limit):
                seats.append(limit)
        limits = [(texts("report.seats_line"), limit) for limit in seats]
        if len(years) > 1:
            found.append(charts.lines(name, years, series, limits))
        else:
            rows.append((name, seats[0][0] if seats else None, [series.get(plan, [None])[0] for plan in crossed.plans]))
    return {"charts": found, "rows": rows}


def _column(values: pd.Series, site: str, years: Sequence[int]) -> list[float | None]:
    wanted = values.reindex(pd.MultiIndex.from_product([[site], years]))
    return [None if pd.isna(value) else float(value) for value in wanted]


def _size_key(runs: Sequence[Run], texts: Texts) -> list[tuple[str, str]]:
    """Return color and name of the bands of class sizes of the first run that forms classes; empty without one."""
    steps = next((steps for run in runs if (steps := class_steps(run.case.problem))), None)
    if steps is None:
        return []
    said = spread.size_names(spread.size_limits(steps), texts)
    return list(zip(SIZE_COLORS[-len(said) :], said, strict=True))


def _data(
    runs: Sequence[Run], crossed: Crossed, ways: Sequence[Course], views: Sequence[dict[str, Any]], texts: Texts
) -> dict[str, Any]:
    """Return what `compare.js` draws: the shapes once, a plan each, the blocks that differ, and the distributions."""
    fits = comparable(runs)
    zones = sorted({zone for run in runs for zone in run.case.problem.zones})
    label = compare_tables.school_names(runs)
    sheets = _sheets(runs, fits)
    placed = [_placed(run, zones) for run in runs]
    colors = zone_colors(sheets[0], [zone for zone, fit in zip(placed, fits, strict=True) if fit], len(zones))
    return {
        "lang": texts.lang,
        "texts": texts.group("map") | texts.group("compare.js"),
        "zones": [{"id": zone, "name": label[zone], "color": color} for zone, color in zip(zones, colors, strict=True)],
        "runs": [
            {
                "name": plan,
                "shared": fit,
                "bounds": sheet.bounds,
                "outlines": sheet.outlines(zone, len(zones)),
                "schools": school_points(run, sheet),
                "steps": class_steps(run.case.problem),
            }
            for run, plan, fit, sheet, zone in zip(runs, crossed.plans, fits, sheets, placed, strict=True)
        ],
        "to": _after(views[0], fits),
        "blocks": _differing(runs, fits, placed, sheets[0]),
        "bands": spread.band_names(texts),
        "pairs": {f"{one}-{other}": _pair(runs[one], runs[other], texts) for one, other in compare_tables.pairs(runs)},
        "courses": [list(way.conditions) for way in ways],
        "variants": [variant_name(texts, way.variant) for way in ways],
        "sizes": _sizes(runs, crossed, label),
        "sizeColors": [color for color, _ in _size_key(runs, texts)],
        "sizeNames": [said for _, said in _size_key(runs, texts)],
    }


def _after(first: dict[str, Any], fits: Sequence[bool]) -> int:
    """Return the plan to show beside the first one: the best of the first answer that another plan gives."""
    best = [plan for answer in first["answers"] for plan in answer["best"]]
    return next((plan for plan in [*best, *range(len(fits))] if plan > 0 and fits[plan]), 0)


def _sheets(runs: Sequence[Run], fits: Sequence[bool]) -> list[Drawing]:
    """Return a drawing a run; runs with the first one's blocks share its drawing."""
    first = drawing(runs[0].case.county)
    return [first if fit else drawing(run.case.county) for run, fit in zip(runs, fits, strict=True)]


def _placed(run: Run, zones: Sequence[str]) -> Ints:
    """Return ``[B]`` the block's zone as an index of the zones of all runs."""
    index = pd.Index(zones).get_indexer(pd.Index(run.case.problem.zones))
    return np.asarray(index[run.plan.zone], dtype=np.int64)


def _differing(runs: Sequence[Run], fits: Sequence[bool], placed: Sequence[Ints], sheet: Drawing) -> list[dict[str, Any]]:
    """Return the blocks that do not go to the same school in all plans, with zone, children and walk in each."""
    frame, ids = runs[0].case.county.blocks, runs[0].case.problem.blocks
    children = [run.score.by_block["students"].round(1).to_numpy() for run in runs]
    walks = [run.score.by_block["walk_m"].to_numpy() for run in runs]

    def each(columns: Sequence[Any], block: int, absent: float) -> list[float]:
        return [column[block].item() if fit else absent for column, fit in zip(columns, fits, strict=True)]

    return [
        {
            "id": ids[block],
            "name": str(frame["name"].iloc[block]),
            "shape": sheet.coordinates(sheet.blocks[block]),
            "zones": each(placed, block, NO_RULE),
            "children": each(children, block, 0.0),
            "walk": each(walks, block, 0),
        }
        for block in compare_tables.differing(runs)
    ]


def _pair(before: Run, after: Run, texts: Texts) -> dict[str, Any]:
    change = spread.walk_change(before, after)
    setting = [
        [
            compare_tables.setting_name(texts, row.setting),
            *(round(x, 1) for x in (row.children, row.nearer, row.further, row.mean_m)),
        ]
        for row in change.by_setting
    ]
    return {
        "children": round(change.children, 1),
        "nearer": round(change.nearer, 1),
        "further": round(change.further, 1),
        "mean": round(change.mean_m, 1),
        "bands": [round(value, 1) for value in change.bands],
        "quantiles": list(change.quantiles_m),
        "setting": setting if len(setting) > 1 else [],
    }


def _sizes(runs: Sequence[Run], crossed: Crossed, label: dict[str, str]) -> list[list[dict[str, Any] | None]]:
    """Return classes a year by conditions, plan and school: in all, and by band."""
    found: list[list[dict[str, Any] | None]] = []
    for number, asking in enumerate(crossed.conditions):
        problem = runs[asking[0]].case.problem
        steps = class_steps(problem)
        row: list[dict[str, Any] | None] = []
        for plan in range(len(runs)):
            tried = crossed.tried.get((plan, number))
            if tried is None or not steps:
                row.append(None)
                continue
            bands = spread.in_bands(tried.sizes, spread.size_limits(steps)).round(2)
            schools = [[label[str(site)], *values] for site, values in zip(bands.index, bands.to_numpy().tolist(), strict=True)]
            row.append({"all": bands.sum().round(1).tolist(), "schools": schools})
        found.append(row)
    return found
