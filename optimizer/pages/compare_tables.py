"""The tables of a comparison, as plain rows: the page, the CSV files and the workbook say the same."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from optimizer.cross import Crossed, Tried, comparable
from optimizer.pages import names, spread
from optimizer.pages.courses import MEAN, Course, conditions_name, students_of, variant_name
from optimizer.pages.facts import SCALE, Figure, class_steps
from optimizer.pages.sheets import Sheet, Value
from optimizer.pages.texts import Texts
from optimizer.pages.verdicts import marked
from optimizer.run import Run

CROSSED = (
    *("students", "mean_walk_m", "p90_walk_m", "beyond_limit", "moved", "children_over", "classes_over", "classes_big"),
    *("classes_huge", "largest_class", "over_seats", "over_size", "full"),
)
"""Columns of the table of plans by projections."""


def tables(runs: Sequence[Run], crossed: Crossed, ways: Sequence[Course], figures: Sequence[Figure], texts: Texts) -> list[Sheet]:
    """Return every table of the comparison.

    Parameters
    ----------
    runs, crossed
        What is compared.
    ways
        The courses of the page.
    figures
        Headline figures that mean something for one of the runs.
    texts
        Heads are in its language; names of files are not.
    """
    label = school_names(runs)
    return [
        _figures(runs, crossed, figures, texts),
        _by_projection(runs, crossed, texts),
        _schools(runs, crossed, ways, label, texts),
        _class_sizes(runs, crossed, label, texts),
        _walks(runs, crossed, texts),
        _walks_by_setting(runs, crossed, texts),
        _blocks(runs, crossed, label, texts),
    ]


def school_names(runs: Sequence[Run]) -> dict[str, str]:
    """Return the name of every site of the runs, by id."""
    label: dict[str, str] = {}
    for run in runs:
        label |= names.schools(run.case.county, [*run.case.problem.zones, *run.case.problem.sites])
    return {site: label[site] for site in sorted(label)}


def pairs(runs: Sequence[Run]) -> list[tuple[int, int]]:
    """Return the ordered pairs of runs that can be laid over one another."""
    fits = [number for number, fit in enumerate(comparable(runs)) if fit]
    return [(one, other) for one in fits for other in fits if one != other]


def differing(runs: Sequence[Run]) -> list[int]:
    """Return the blocks that do not go to the same school in all runs that can be laid over one another."""
    zones = [_zones(run) for run, fits in zip(runs, comparable(runs), strict=True) if fits]
    return np.flatnonzero((np.stack(zones) != zones[0]).any(axis=0)).tolist()


def _figures(runs: Sequence[Run], crossed: Crossed, figures: Sequence[Figure], texts: Texts) -> Sheet:
    rows: list[list[Value]] = []
    for figure in figures:
        row = marked([run.score.headline for run in runs], figure, decide=len(crossed.conditions) == 1)
        best = [plan for plan, cell in zip(crossed.plans, row["cells"], strict=True) if cell["best"]]
        values = [_cell(run.score.headline[figure.key] / SCALE.get(figure.unit, 1), 3) for run in runs]
        rows.append([texts(f"figure.{figure.key}"), texts(f"unit.{figure.unit}"), *values, texts("list.comma").join(best)])
    columns = (texts("compare.figure"), texts("compare.unit"), *crossed.plans, texts("compare.best"))
    return Sheet("figures", texts("report.all_figures"), columns, rows)


def _by_projection(runs: Sequence[Run], crossed: Crossed, texts: Texts) -> Sheet:
    rows: list[list[Value]] = []
    for (plan, number), tried in crossed.tried.items():
        problem = runs[crossed.conditions[number][0]].case.problem
        head = [crossed.plans[plan], conditions_name(crossed, number, texts)]
        weight = problem.weight / problem.weight.sum()
        for variant, record in _with_mean(tried, weight.tolist(), len(problem.variants)):
            rows.append(
                [*head, variant_name(texts, variant), *(_cell(record[key], 2) if key in record else None for key in CROSSED)]
            )
    columns = (
        *(texts("compare.plan"), texts("compare.conditions"), texts("map.show_variant")),
        *(texts(f"compare.column.{key}") if texts.has(f"compare.column.{key}") else texts(f"figure.{key}") for key in CROSSED),
    )
    return Sheet("projections", texts("compare.crossed"), columns, rows)


def _with_mean(tried: Tried, weight: Sequence[float], n_variants: int) -> list[tuple[str | None, dict[str, float]]]:
    """Return the figures of each variant, those of the mean first where there are several."""
    table, keys = tried.by_variant, [key for key in CROSSED if key in tried.by_variant]
    rows: list[tuple[str | None, dict[str, float]]] = [
        (str(variant), {key: float(table[key].iloc[i]) for key in keys}) for i, variant in enumerate(table["variant"])
    ]
    if n_variants == 1:
        return rows
    summed = {key: float(np.dot(table[key], weight)) for key in ("students", "full")}
    return [(MEAN, {key: tried.headline[key] for key in keys if key in tried.headline} | summed), *rows]


def _schools(runs: Sequence[Run], crossed: Crossed, ways: Sequence[Course], label: dict[str, str], texts: Texts) -> Sheet:
    """Return enrolment by school and year: a row a school, year and projection, two columns a plan."""
    rows: list[list[Value]] = []
    for number in range(len(crossed.conditions)):
        problem = runs[crossed.conditions[number][0]].case.problem
        variants = list(dict.fromkeys(way.variant for way in ways if set(way.conditions) == {number}))
        for variant in variants or [None]:
            found = {
                plan: students_of(crossed.tried[plan, number], problem, variant)
                for plan in range(len(runs))
                if (plan, number) in crossed.tried
            }
            fullest = {plan: _fullest(crossed.tried[plan, number], variant) for plan in found}
            seats = next(iter(found.values()))["seats"]
            for site in problem.sites:
                for year in problem.years:
                    at = (site, year)
                    head: list[Value] = [
                        conditions_name(crossed, number, texts),
                        variant_name(texts, variant),
                        year,
                        site,
                        label[site],
                    ]
                    limit = None if pd.isna(seats[at]) else int(seats[at])
                    values: list[Value] = []
                    for plan in range(len(runs)):
                        known = plan in found
                        values += (
                            [_cell(float(found[plan]["students"][at]), 1), int(fullest[plan][at])] if known else [None, None]
                        )
                    rows.append([*head, limit, *values])
    heads = [(plan, texts("compare.fullest_of", plan=plan)) for plan in crossed.plans]
    columns = (
        *(
            texts("compare.conditions"),
            texts("map.show_variant"),
            texts("map.year"),
            texts("compare.school_id"),
            texts("map.school"),
        ),
        *(texts("column.seats"), *(head for pair in heads for head in pair)),
    )
    return Sheet("schools", texts("compare.enrolment"), columns, rows)


def _fullest(tried: Tried, variant: str | None) -> pd.Series:
    table = tried.by_school
    if variant in set(table["variant"]):
        table = table[table["variant"] == variant]
    return table.groupby(["school_id", "year"])["largest_class"].max()


def _class_sizes(runs: Sequence[Run], crossed: Crossed, label: dict[str, str], texts: Texts) -> Sheet:
    rows: list[list[Value]] = []
    for number in range(len(crossed.conditions)):
        problem = runs[crossed.conditions[number][0]].case.problem
        steps = class_steps(problem)
        if not steps:
            continue
        limits = spread.size_limits(steps)
        found = {
            plan: spread.in_bands(crossed.tried[plan, number].sizes, limits)
            for plan in range(len(runs))
            if (plan, number) in crossed.tried
        }
        for site in ("", *problem.sites):
            for band, name in enumerate(spread.size_names(limits, texts)):
                values = [_classes(found[plan], site, band) if plan in found else None for plan in range(len(runs))]
                said = label[site] if site else texts("compare.all_schools")
                rows.append([conditions_name(crossed, number, texts), site, said, name, *values])
    columns = (
        *(texts("compare.conditions"), texts("compare.school_id"), texts("map.school"), texts("compare.class_size")),
        *crossed.plans,
    )
    return Sheet("class_sizes", texts("compare.sizes"), columns, rows)


def _classes(found: pd.DataFrame, site: str, band: int) -> Value:
    """Return the classes of a band in one school, or in all where none is named."""
    chosen = found if not site else found[found.index == site]
    return _cell(float(chosen[band].sum()), 2)


def _walks(runs: Sequence[Run], crossed: Crossed, texts: Texts) -> Sheet:
    rows: list[list[Value]] = []
    for one, other in pairs(runs):
        change = spread.walk_change(runs[one], runs[other])
        blocks = int((_zones(runs[one]) != _zones(runs[other])).sum())
        quantiles = change.quantiles_m or (None,) * len(spread.QUANTILES)
        counts = [_cell(value, 1) for value in (change.children, change.other_school, change.nearer, change.further)]
        bands = [_cell(value, 1) for value in change.bands]
        rows.append([crossed.plans[one], crossed.plans[other], blocks, *counts, _cell(change.mean_m, 1), *quantiles, *bands])
    columns = (
        *(texts("compare.from"), texts("compare.to"), texts("compare.blocks_moved")),
        *(texts(f"compare.column.{key}") for key in ("children", "other_school", "nearer", "further", "mean_change")),
        *(texts("compare.quantile", share=round(100 * share)) for share in spread.QUANTILES),
        *spread.band_names(texts),
    )
    return Sheet("walks", texts("compare.walks"), columns, rows)


def _walks_by_setting(runs: Sequence[Run], crossed: Crossed, texts: Texts) -> Sheet:
    rows: list[list[Value]] = []
    for one, other in pairs(runs):
        for row in spread.walk_change(runs[one], runs[other]).by_setting:
            values = [_cell(value, 1) for value in (row.children, row.nearer, row.further, row.mean_m)]
            rows.append([crossed.plans[one], crossed.plans[other], setting_name(texts, row.setting), *values])
    columns = (
        *(texts("compare.from"), texts("compare.to"), texts("compare.setting")),
        *(texts(f"compare.column.{key}") for key in ("children", "nearer", "further", "mean_change")),
    )
    return Sheet("walks_by_setting", texts("compare.walks_by_setting"), columns, rows)


def setting_name(texts: Texts, setting: str) -> str:
    """Return the name of a setting; one that the catalog does not know keeps its own."""
    return texts(f"setting.{setting}") if texts.has(f"setting.{setting}") else setting


def _blocks(runs: Sequence[Run], crossed: Crossed, label: dict[str, str], texts: Texts) -> Sheet:
    """Return the blocks that differ: a row a block, school, walk and children in each plan."""
    fits = comparable(runs)
    frame = runs[0].case.county.blocks
    scores = [run.score.by_block for run in runs]
    rows: list[list[Value]] = []
    for block in differing(runs):
        row: list[Value] = [str(runs[0].case.problem.blocks[block]), str(frame["name"].iloc[block])]
        for score, fit in zip(scores, fits, strict=True):
            if fit:
                zone = str(score["zone"].iloc[block])
                row += [zone, label[zone], int(score["walk_m"].iloc[block]), _cell(float(score["students"].iloc[block]), 1)]
        rows.append(row)
    heads: list[str] = []
    for plan, fit in zip(crossed.plans, fits, strict=True):
        if fit:
            heads += [texts(f"compare.of.{key}", plan=plan) for key in ("school_id", "school", "walk", "children")]
    return Sheet("blocks", texts("compare.moves"), (texts("map.block_id"), texts("compare.name"), *heads), rows)


def _zones(run: Run) -> np.ndarray:
    return np.array(run.case.problem.zones, dtype=object)[run.plan.zone]


def _cell(value: float, places: int) -> Value:
    """Return a number rounded; whole ones without a fraction; None where there is none."""
    if not np.isfinite(value):
        return None
    rounded = round(value, places)
    return int(rounded) if rounded == int(rounded) else rounded
