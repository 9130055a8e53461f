"""Runs side by side: which plan is best at what, and what it costs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd

from optimizer.pages import charts, names, sentences
from optimizer.pages.drawing import Drawing, drawing, zone_colors
from optimizer.pages.facts import FIGURES, SCALE, Figure, applicable, class_steps, span, straight_line
from optimizer.pages.points import school_points
from optimizer.pages.report import column, crowding_key
from optimizer.pages.templates import environment
from optimizer.pages.texts import Texts
from optimizer.problem import NO_RULE, Ints
from optimizer.run import Run

Headline = Mapping[str, float]
"""Figures of a plan by key, as `Score.headline`."""

_GLANCE = (
    "mean_walk_m",
    "p90_walk_m",
    "beyond_limit",
    "children_over",
    "largest_class",
    "over_seats",
    "moved",
    "zones_in_pieces",
)
"""What a planner looks at first, one of each kind: way, crowding, change, shape."""

_CROSSED = ("mean_walk_m", "beyond_limit", "children_over", "over_seats")

_MOST_SERIES = 6
"""More lines than this in one small chart cannot be told apart: then only the first projection of each run is drawn."""

_DEAR = 0.5
"""A plan pays in the figures that lie nearer to the worst plan than to the best; if there is none, in its dearest one."""

_MOST_PAID = 3
"""What it pays for is a few words, not a list."""


def render(runs: Sequence[Run], crossed: pd.DataFrame, lang: str) -> str:
    """Return the comparison of 2 to 12 runs as one HTML page.

    Parameters
    ----------
    runs
        The runs, in the order of the columns.
    crossed
        A row per plan and projection: ``plan, projection`` (names of scenarios) and headline figures of the plan under that
        run's problem.
    lang
        ``en`` or ``zh``.
    """
    texts = Texts(lang)
    plans = plan_names(runs)
    shared = shared_blocks(runs)
    any_run = {figure.key for run in runs for figure in applicable(run.case.problem)}
    meant = [figure for figure in FIGURES if figure.key in any_run]
    return (
        environment()
        .get_template("compare.html.j2")
        .render(
            t=texts,
            plans=plans,
            titles=[run.case.scenario.headline(lang) if run.case.scenario.title else "" for run in runs],
            spans=[
                texts("compare.span", level=texts(f"level.{run.case.scenario.level}"), years=span(run.case.problem.years))
                for run in runs
            ],
            views=_views(runs, crossed, [figure for figure in meant if figure.key in _GLANCE], texts),
            certificates=[sentences.certificate(run, texts) for run in runs],
            figures=[marked([run.score.headline for run in runs], figure) for figure in meant],
            crowding_key=crowding_key(runs[0], texts),
            one_question=_one_question(runs),
            crossed=_crossed(crossed, [figure for figure in meant if figure.key in _CROSSED], texts),
            schools=_school_charts(runs, plans, texts),
            warning=texts("warning.straight_line") if any(straight_line(run.case) for run in runs) else "",
            other_blocks=[plan for plan, same in zip(plans, shared, strict=True) if not same],
            data=_maps(runs, plans, shared, texts),
        )
    )


def plan_names(runs: Sequence[Run]) -> list[str]:
    """Return a name for each run: its scenario's, numbered where two runs bear the same."""
    seen: Counter[str] = Counter()
    found = []
    for run in runs:
        name = run.case.scenario.name
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def shared_blocks(runs: Sequence[Run]) -> list[bool]:
    """Return which runs have the blocks of the first: only those can be laid over one another."""
    return [run.case.problem.blocks == runs[0].case.problem.blocks for run in runs]


def marked(headlines: Sequence[Headline], figure: Figure) -> dict[str, Any]:
    """Return a headline figure of every plan.

    Returns
    -------
    ``figure``, ``cells`` (the text, whether it is the best, and the difference to the best, a plan each). Values that print alike
    tie; nothing is marked where all do, or where neither way is better.
    """
    values = [round(headline[figure.key] / SCALE.get(figure.unit, 1), figure.places) for headline in headlines]
    known = [value for value in values if np.isfinite(value)]
    best = (min(known) if figure.better == "low" else max(known)) if known and figure.better else None
    decided = best is not None and min(known) < max(known)
    cells = [
        {
            "text": figure.text(value),
            "best": decided and value == best,
            "off": signed(figure, value - best) if decided and best is not None and value != best else "",
        }
        for value in values
    ]
    return {"figure": figure, "cells": cells}


def signed(figure: Figure, off: float) -> str:
    """Return a difference with its sign."""
    return ("+" if off > 0 else "") + figure.text(off)


def _views(runs: Sequence[Run], crossed: pd.DataFrame, glance: Sequence[Figure], texts: Texts) -> list[dict[str, Any]]:
    """Return the first table once with every plan under its own projection, and once under each that fits every plan.

    The view to begin with compares plans, not populations: where the runs ask different questions, the first that fits all.
    """
    views = [_view(texts("compare.own"), [run.score.headline for run in runs], glance, texts)]
    for projection, rows in crossed.groupby("projection", sort=False) if len(crossed) else ():
        by_plan = rows.drop_duplicates("plan").set_index("plan")
        wanted = [run.case.scenario.name for run in runs]
        if set(wanted) <= set(by_plan.index):
            figures = by_plan.loc[wanted, [figure.key for figure in glance]].to_dict("records")
            headlines = [{str(key): float(value) for key, value in row.items()} for row in figures]
            views.append(_view(texts("compare.under", projection=projection), headlines, glance, texts))
    views[0 if _one_question(runs) or len(views) == 1 else 1]["shown"] = True
    return views


def _view(name: str, headlines: Sequence[Headline], glance: Sequence[Figure], texts: Texts) -> dict[str, Any]:
    """Return the rows of the first table, and for each plan what it is best at and in which few figures it pays most for it."""
    rows = [marked(headlines, figure) for figure in glance]
    verdicts = []
    for i in range(len(headlines)):
        best = [texts(f"figure.{row['figure'].key}") for row in rows if row["cells"][i]["best"]]
        dear = sorted(((_share_off(row, headlines, i), row) for row in rows), key=lambda pair: (-pair[0][0], -pair[0][1]))
        paid = [row for share, row in dear if share[0] >= _DEAR] or [row for share, row in dear[:1] if share[0] > 0]
        verdicts.append({"best": best, "paid": [_off(row, i, texts) for row in paid[:_MOST_PAID]]})
    return {"name": name, "rows": rows, "verdicts": verdicts, "shown": False}


def _share_off(row: dict[str, Any], headlines: Sequence[Headline], i: int) -> tuple[float, float]:
    """Return where a plan lies between the best (0) and the worst (1), and its distance from the best relative to it."""
    values = [headline[row["figure"].key] for headline in headlines]
    off, spread = values[i] - min(values), max(values) - min(values)
    return (off / spread, off / max(min(values), 1)) if row["cells"][i]["off"] and spread else (0.0, 0.0)


def _off(row: dict[str, Any], i: int, texts: Texts) -> str:
    figure = row["figure"]
    unit = texts(f"unit.{figure.unit}")
    return texts("compare.off", figure=texts(f"figure.{figure.key}"), off=row["cells"][i]["off"], unit=unit)


def _one_question(runs: Sequence[Run]) -> bool:
    """Return whether all plans were scored on the same children, years, schools, rooms and prices."""
    first = runs[0].case.problem
    arrays = ("students", "stay", "rooms", "seats", "walk_limit")
    return all(
        (problem.years, problem.sites) == (first.years, first.sites)
        and all(np.array_equal(getattr(problem, name), getattr(first, name)) for name in arrays)
        and all(
            np.array_equal(getattr(problem.prices, item.name), getattr(first.prices, item.name)) for item in fields(first.prices)
        )
        for problem in (run.case.problem for run in runs[1:])
    )


def _crossed(crossed: pd.DataFrame, figures: Sequence[Figure], texts: Texts) -> list[dict[str, Any]]:
    """Return a table of plans by projections for each of a few figures; the best plan of each projection is marked."""
    if crossed.empty:
        return []
    plans, projections = list(dict.fromkeys(crossed["plan"])), list(dict.fromkeys(crossed["projection"]))
    once = crossed.drop_duplicates(["plan", "projection"])
    found = []
    for figure in figures:
        grid = once.pivot_table(figure.key, "plan", "projection").reindex(index=plans, columns=projections).round(figure.places)
        best = grid.eq(grid.min()) & grid.min().lt(grid.max())
        cells = [
            [(figure.text(value), mark) for value, mark in zip(values, marks, strict=True)]
            for values, marks in zip(grid.to_numpy(), best.to_numpy(), strict=True)
        ]
        name = texts("compare.crossed_name", figure=texts(f"figure.{figure.key}"), unit=texts(f"unit.{figure.unit}"))
        found.append({"name": name, "projections": projections, "rows": list(zip(plans, cells, strict=True))})
    return found


def _school_charts(runs: Sequence[Run], plans: Sequence[str], texts: Texts) -> list[charts.Chart]:
    """Return a chart a school: its enrolment in each plan and projection, and its seats in each plan where they differ."""
    years = sorted({year for run in runs for year in run.case.problem.years})
    total = sum(len(run.case.problem.variants) for run in runs)
    tables = [run.score.by_school.set_index(["school_id", "variant", "year"]) for run in runs]
    label: dict[str, str] = {}
    for run in runs:
        label |= names.schools(run.case.county, run.case.problem.sites)
    found = []
    for site in sorted(label):
        series: dict[str, list[float | None]] = {}
        seats: list[list[float | None]] = []
        for run, plan, table in zip(runs, plans, tables, strict=True):
            variants = run.case.problem.variants if total <= _MOST_SERIES else run.case.problem.variants[:1]
            for variant in variants:
                name = plan if len(variants) == 1 else f"{plan} · {names.variant(texts, variant)}"
                series[name] = column(table, site, variant, years, "students")
            limit = column(table, site, variants[0], years, "seats")
            if limit not in seats and any(value is not None for value in limit):
                seats.append(limit)
        found.append(charts.lines(label[site], years, series, [(texts("report.seats_line"), limit) for limit in seats]))
    return found


def _maps(runs: Sequence[Run], plans: Sequence[str], shared: Sequence[bool], texts: Texts) -> dict[str, Any]:
    """Return what `compare.js` draws: a map a run, and the blocks on which the runs of the same blocks differ."""
    zones = sorted({zone for run in runs for zone in run.case.problem.zones})
    label: dict[str, str] = {}
    for run in runs:
        label |= names.schools(run.case.county, run.case.problem.zones)
    sheets = _sheets(runs, shared)
    placed = [_placed(run, zones) for run in runs]
    same = [zone for zone, fits in zip(placed, shared, strict=True) if fits]
    colors = zone_colors(sheets[0], same, len(zones))
    return {
        "lang": texts.lang,
        "texts": texts.group("map") | texts.group("compare.js"),
        "zones": [{"id": zone, "name": label[zone], "color": color} for zone, color in zip(zones, colors, strict=True)],
        "runs": [
            {
                "name": plan,
                "shared": fits,
                "bounds": sheet.bounds,
                "outlines": sheet.outlines(zone, len(zones)),
                "schools": school_points(run, sheet),
                "steps": class_steps(run.case.problem),
            }
            for run, plan, fits, sheet, zone in zip(runs, plans, shared, sheets, placed, strict=True)
        ],
        "blocks": _differing(runs, shared, placed, sheets[0]),
    }


def _sheets(runs: Sequence[Run], shared: Sequence[bool]) -> list[Drawing]:
    """Return a drawing a run; runs with the first one's blocks share its drawing."""
    first = drawing(runs[0].case.county)
    return [first if fits else drawing(run.case.county) for run, fits in zip(runs, shared, strict=True)]


def _placed(run: Run, zones: Sequence[str]) -> Ints:
    """Return ``[B]`` the block's zone as an index of the zones of all runs."""
    index = pd.Index(zones).get_indexer(pd.Index(run.case.problem.zones))
    return np.asarray(index[run.plan.zone], dtype=np.int64)


def _differing(runs: Sequence[Run], shared: Sequence[bool], placed: Sequence[Ints], sheet: Drawing) -> list[dict[str, Any]]:
    """Return the blocks that do not go to the same school in all plans, with zone and children in each."""
    same = np.stack([zone for zone, fits in zip(placed, shared, strict=True) if fits])
    differ = np.flatnonzero((same != same[0]).any(axis=0))
    frame, ids = runs[0].case.county.blocks, runs[0].case.problem.blocks
    children = [run.score.by_block["students"].round(1).to_numpy() for run in runs]
    return [
        {
            "id": ids[block],
            "name": str(frame["name"].iloc[block]),
            "shape": sheet.coordinates(sheet.blocks[block]),
            "zones": [int(zone[block]) if fits else NO_RULE for zone, fits in zip(placed, shared, strict=True)],
            "children": [float(count[block]) if fits else 0.0 for count, fits in zip(children, shared, strict=True)],
        }
        for block in differ
    ]
