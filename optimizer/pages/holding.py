"""Whether a plan holds: its figures in each variant, when each school is full, and what it cost to hold."""

from typing import Any

import numpy as np
import pandas as pd

from optimizer.metrics import crowding
from optimizer.metrics.variants import AMBER, GREEN, RED, alert, by_variant
from optimizer.pages import charts, names
from optimizer.pages.facts import Figure, applicable, class_steps, enumerate_names
from optimizer.pages.templates import number, percent
from optimizer.pages.texts import Texts
from optimizer.problem import NO_RULE, Plan, Problem
from optimizer.run import Run

MOST_VARIANTS = 9
"""More variants than this (draws) are summed up: the quantiles of each figure, and the share in which a school is full."""

MARKED = 4
"""Up to so many variants have a mark each in a cell of the table of schools; beyond, the cell states a share."""

SHOWN = ("mean_walk_m", "beyond_limit", "moved", "children_over", "classes_over", "classes_big", "largest_class", "over_seats")

QUANTILES = (0.1, 0.5, 0.9, 1.0)

MARKS = {NO_RULE: ("none", "–"), GREEN: ("green", "○"), AMBER: ("amber", "▲"), RED: ("red", "●")}
"""Class of the mark, and the mark: told apart without colors too."""


def variants_table(run: Run, texts: Texts) -> dict[str, Any] | None:
    """Return the plan's figures in each variant; None where there is one variant only.

    Returns
    -------
    ``columns`` (figures), ``rows`` (name and texts). Of many variants the rows are quantiles of each figure by itself.
    """
    problem = run.case.problem
    if len(problem.variants) == 1:
        return None
    columns = [figure for figure in applicable(problem) if figure.key in SHOWN]
    table = by_variant(problem, run.plan, run.score.by_school)
    if len(problem.variants) <= MOST_VARIANTS:
        rows = [
            (names.variant(texts, str(variant)), [_text(figure, table[figure.key].iloc[i]) for figure in columns])
            for i, variant in enumerate(table["variant"])
        ]
    else:
        rows = [
            (
                texts(f"holding.quantile.{round(100 * share)}"),
                [_text(f, _quantile(table[f.key], problem, share)) for f in columns],
            )
            for share in QUANTILES
        ]
    return {"columns": columns, "rows": rows, "many": len(problem.variants) > MOST_VARIANTS}


def shown(run: Run, texts: Texts) -> dict[str, str]:
    """Return the variants with charts and tables of their own, and their names: all, or of many the middle and the worst one.

    They are ordered by the children in classes above the limit (above the seats where no class is formed).
    """
    problem = run.case.problem
    if len(problem.variants) <= MOST_VARIANTS:
        return {variant: names.variant(texts, variant) for variant in problem.variants}
    table = by_variant(problem, run.plan, run.score.by_school)
    order = np.argsort(table["children_over" if class_steps(problem) else "over_seats"].to_numpy(), kind="stable")
    middle, worst = problem.variants[order[(len(order) - 1) // 2]], problem.variants[order[-1]]
    chosen = {middle: "middle", worst: "worst"}
    return {variant: texts(f"holding.{word}", variant=names.variant(texts, variant)) for variant, word in chosen.items()}


def price(run: Run, texts: Texts) -> dict[str, Any] | None:
    """Return what the plan that holds is held against: the plan for one variant alone, in each variant.

    Returns
    -------
    None where no such plan was made; else ``said`` (sentences), ``chart`` (crowding by year in the variant that is worst for the
    plan of one), ``columns`` and ``rows``: name of the variant, and for each
    figure the text of the plan for one variant, of this plan, and whether this plan is better (1), worse (-1) or alike (0); and
    ``work``: whether both were searched for alike.
    """
    if run.nominal is None:
        return None
    problem = run.case.problem
    columns = [figure for figure in applicable(problem) if figure.key in SHOWN]
    others = _schools(problem, run.nominal.plan)
    mine, theirs = by_variant(problem, run.plan, run.score.by_school), by_variant(problem, run.nominal.plan, others)
    key = "children_over" if class_steps(problem) else "over_seats"
    worst = int(theirs[key].to_numpy().argmax())
    rows = []
    for i in [worst] if len(problem.variants) > MOST_VARIANTS else range(len(problem.variants)):
        cells = [_held(figure, theirs[figure.key].iloc[i], mine[figure.key].iloc[i]) for figure in columns]
        rows.append((names.variant(texts, str(problem.variants[i])), cells))
    home = problem.variants.index(run.nominal.variant)
    longer = mine["mean_walk_m"] - theirs["mean_walk_m"]
    values = {
        "made_for": names.variant(texts, run.nominal.variant),
        "worst": names.variant(texts, str(problem.variants[worst])),
        "theirs": number(theirs[key].iloc[worst]),
        "mine": number(mine[key].iloc[worst]),
        "metres": f"{longer.iloc[home]:+,.1f}".replace("-", "−"),
        "mean_metres": f"{float(np.average(longer, weights=theirs['students'] * problem.weight)):+,.1f}".replace("-", "−"),
        "moved": f"{mine['moved'].iloc[home] - theirs['moved'].iloc[home]:+,.0f}".replace("-", "−"),
    }
    said = [texts(f"holding.crowding.{key}", **values)]
    if len(problem.years) > 1:
        said.append(_last_year(others, run.score.by_school, problem, worst, key, values["made_for"], texts))
    said.append(texts("holding.price", **values))
    series = {
        texts("holding.made_for", variant=values["made_for"]): _by_year(others, problem, worst, key),
        texts("holding.this_plan"): _by_year(run.score.by_school, problem, worst, key),
    }
    title = texts("holding.by_year", figure=texts(f"figure.{key}"), variant=values["worst"])
    chart = charts.lines(title, problem.years, series, size=(520, 190)) if len(problem.years) > 1 else None
    work = texts("holding.other_work" if run.stopped in ("clock", "interrupted") else "holding.same_work")
    return {"said": said, "columns": columns, "rows": rows, "made_for": values["made_for"], "chart": chart, "work": work}


def alert_table(run: Run, texts: Texts) -> dict[str, Any] | None:
    """Return when each school is full: a row a school that ever is or nearly is, the soonest first.

    Returns
    -------
    None where no school has seats or rooms; else ``years``, ``order`` (names of the variants, in the order of the marks; empty
    where cells state shares), ``rows`` (name, cells, first full year in words), ``spare`` (schools that are never nearly full)
    and ``said`` (a sentence a variant).
    """
    problem, table = run.case.problem, run.score.by_school
    level = _levels(table, problem)
    if (level == NO_RULE).all():
        return None
    label = names.schools(run.case.county, problem.sites)
    weight = problem.weight / problem.weight.sum()
    rows: list[tuple[tuple[int, float], dict[str, Any]]] = []
    spare = []
    for site, name in enumerate(problem.sites):
        here = level[site]  # [V, T]
        if here.max() < AMBER:
            spare.append(label[name])
            continue
        order = (_soonest(here), -float(((here == RED) * weight[:, None]).sum()))
        cells = [_cell(here[:, year], weight) for year in range(len(problem.years))]
        rows.append((order, {"name": label[name], "id": name, "cells": cells, "first": _first_full(here, problem, texts)}))
    rows.sort(key=lambda row: row[0])
    marks = len(problem.variants) <= MARKED
    return {
        "years": problem.years,
        "order": [names.variant(texts, variant) for variant in problem.variants] if marks and len(problem.variants) > 1 else [],
        "marks": marks,
        "rows": [row for _, row in rows],
        "spare": enumerate_names(texts, spare, 40),
        "said": _said(level, problem, label, texts),
    }


def _schools(problem: Problem, plan: Plan) -> pd.DataFrame:
    return crowding.by_school(problem, crowding.by_grade(problem, plan))


def _last_year(
    theirs: pd.DataFrame, mine: pd.DataFrame, problem: Problem, variant: int, key: str, made_for: str, texts: Texts
) -> str:
    """Return how full the schools are at the end, when the zones and not the children of today decide."""
    values = {"made_for": made_for, "year": str(problem.years[-1])}
    for whose, table in (("theirs", theirs), ("mine", mine)):
        rows = table[(table["variant"] == problem.variants[variant]) & (table["year"] == problem.years[-1])]
        values |= {f"{whose}_{figure}": number(rows[figure].sum()) for figure in ("children_over", "classes_big", "over_seats")}
    return texts(f"holding.last_year.{key}", **values)


def _by_year(schools: pd.DataFrame, problem: Problem, variant: int, key: str) -> list[float | None]:
    rows = schools[schools["variant"] == problem.variants[variant]].groupby("year")[key].sum()
    return [float(rows[year]) for year in problem.years]


def _text(figure: Figure, value: float) -> str:
    return figure.text(float(value))


def _quantile(values: pd.Series, problem: Problem, share: float) -> float:
    order = np.argsort(values.to_numpy(), kind="stable")
    total = np.cumsum(problem.weight[order])
    return float(values.iloc[order[np.searchsorted(total, share * total[-1], side="left")]])


def _held(figure: Figure, theirs: float, mine: float) -> tuple[str, str, int]:
    one, other = _text(figure, theirs), _text(figure, mine)
    return one, other, 0 if one == other else (1 if mine < theirs else -1)


def _levels(table: pd.DataFrame, problem: Problem) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return ``[S, V, T]`` how full each school is."""
    grid = pd.MultiIndex.from_product([problem.sites, problem.variants, problem.years])
    found = pd.Series(alert(table), index=pd.MultiIndex.from_frame(table[["school_id", "variant", "year"]]))
    shape = (len(problem.sites), len(problem.variants), len(problem.years))
    return np.asarray(found.reindex(grid).to_numpy(dtype=np.int64).reshape(shape))


def _cell(levels: np.ndarray[Any, Any], weight: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Return the marks of each variant, and the share of the variants in which the school is full."""
    share = float(weight[levels == RED].sum())
    worst = int(levels.max())
    kind = "red" if share >= 0.5 else "amber" if worst >= AMBER else MARKS[worst][0]
    return {
        "marks": [MARKS[int(value)] for value in levels],
        "share": percent(share, 0) if share else MARKS[worst][1],
        "kind": kind,
    }


def _soonest(levels: np.ndarray[Any, Any]) -> int:
    red = np.flatnonzero((levels == RED).any(axis=0))
    return int(red[0]) if len(red) else levels.shape[1]


def _first_full(levels: np.ndarray[Any, Any], problem: Problem, texts: Texts) -> str:
    """Return in words in which year each variant first fills the school."""
    red = levels == RED
    if not red.any():
        return texts("holding.never")
    years = [problem.years[int(row.argmax())] if row.any() else None for row in red]
    if len(problem.variants) > MARKED:
        share = float((problem.weight * red.any(axis=1)).sum() / problem.weight.sum())
        return texts("holding.first_of_many", year=min(year for year in years if year), share=percent(share, 0))
    if len(set(years)) == 1:
        return str(years[0]) if len(years) == 1 else texts("holding.first_in_all", year=years[0])
    said = [f"{names.variant(texts, v)} {year}" for v, year in zip(problem.variants, years, strict=True) if year]
    return texts("list.comma").join(said)


def _said(levels: np.ndarray[Any, Any], problem: Problem, label: dict[str, str], texts: Texts) -> list[str]:
    if len(problem.variants) > MARKED:
        full = (levels == RED).any(axis=2)
        sure = [label[problem.sites[s]] for s in range(len(full)) if full[s].all()]
        never = int((~full.any(axis=1)).sum())
        return [texts("holding.said_of_many", sure=enumerate_names(texts, sure) or texts("cli.explain.nothing"), never=never)]
    said = []
    for v, variant in enumerate(problem.variants):
        red = levels[:, v] == RED
        ever = np.flatnonzero(red.any(axis=1))
        end = np.flatnonzero(red[:, -1])
        values = {"variant": names.variant(texts, variant), "count": len(ever), "end": len(end), "year": problem.years[-1]}
        said.append(texts("holding.said", **values))
    return said
