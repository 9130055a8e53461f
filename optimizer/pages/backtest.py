"""How well past enrolment predicted later years: the backtest as a page."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from optimizer.history import Backtest
from optimizer.history.backtest import METHODS
from optimizer.history.choice import CALM
from optimizer.history.measured import MORE_THAN
from optimizer.pages import charts, sentences
from optimizer.pages.templates import environment, number
from optimizer.pages.texts import Texts

_SCHOOLS_DRAWN = 12
"""The largest measured schools get a chart each; all are in the table."""


def render(found: Backtest, file: str, lang: str) -> str:
    """Return a backtest as one HTML page.

    Parameters
    ----------
    found
        The backtest.
    file
        Name of the history's file.
    lang
        ``en`` or ``zh``.
    """
    texts = Texts(lang)
    first, until = found.known.years[0], found.known.years[-1]
    return (
        environment()
        .get_template("backtest.html.j2")
        .render(
            t=texts,
            span=f"{first}–{until}",
            later=predicted(found),
            file=file,
            until=until,
            more_than=MORE_THAN,
            verdict=said(found, texts),
            rows=[_row(found, ahead) for ahead in range(1, len(found.later) + 1)],
            methods=[(method, texts(f"backtest.{method}")) for method in METHODS],
            school_errors=_errors(texts("backtest.school_chart"), found.school_error, found.ahead, texts),
            total_errors=_errors(texts("backtest.total_chart"), found.total_error, _totals(found), texts),
            total=_total(found, texts),
            schools=[_school(found, row, texts) for row in _largest(found)],
            table=_table(found),
            learned=_learned(found, texts),
            notes=[sentences.note(item, texts) for item in found.known.notes],
        )
    )


def predicted(found: Backtest) -> str:
    """Return the years that were predicted: ``2011–2014``."""
    return str(found.later[0]) if len(found.later) == 1 else f"{found.later[0]}–{found.later[-1]}"


def said(found: Backtest, texts: Texts) -> list[str]:
    """Return what was found, a sentence each: error beside the baselines, and coverage."""
    if not found.ahead:
        return [texts("backtest.nobody", more_than=MORE_THAN)]
    sentences_ = []
    for ahead in found.ahead:
        years = texts("backtest.one_year") if ahead == 1 else texts("backtest.many_years", ahead=ahead)
        model, plain, last = (found.school_error(method, ahead) for method in ("model", "grade_progression", "last_value"))
        sentences_.append(
            texts(
                "backtest.said",
                ahead=years,
                year=found.later[ahead - 1],
                count=number(int(found.measured[:, ahead - 1].sum())),
                model=number(model, 1),
                plain=number(plain, 1),
                last=number(last, 1),
                less=texts("backtest.less" if model <= plain else "backtest.more", share=number(100 * abs(1 - model / plain), 0)),
                coverage=number(found.coverage(ahead), 0),
            )
            if plain > 0
            else texts("backtest.exact", ahead=years, model=number(model, 1))
        )
    return sentences_


def _row(found: Backtest, ahead: int) -> dict[str, Any]:
    measured = ahead in found.ahead
    return {
        "ahead": ahead,
        "year": found.later[ahead - 1],
        "count": int(found.measured[:, ahead - 1].sum()),
        "school": [found.school_error(method, ahead) if measured else float("nan") for method in METHODS],
        "total": [found.total_error(method, ahead) for method in METHODS],
        "coverage": found.coverage(ahead) if measured else float("nan"),
    }


def _totals(found: Backtest) -> tuple[int, ...]:
    return tuple(step + 1 for step in range(len(found.later)) if np.isfinite(found.total_real[step]))


def _errors(title: str, error: Callable[[str, int], float], ahead: Sequence[int], texts: Texts) -> charts.Chart | None:
    if not ahead:
        return None
    series = {texts(f"backtest.{method}"): [error(method, step) for step in ahead] for method in METHODS}
    return charts.lines(title, ahead, series, size=(420, 200))


def _total(found: Backtest, texts: Texts) -> charts.Chart:
    past = [_or_none(value) for value in found.total_past]
    years = (*found.known.years, *found.later)
    gap: list[float | None] = [None] * (len(past) - 1)
    series: dict[str, Sequence[float | None]] = {
        texts("backtest.counted"): [*past, *(_or_none(value) for value in found.total_real)],
    }
    for method in METHODS:
        series[texts(f"backtest.{method}")] = [*gap, past[-1], *found.total_expected[method].tolist()]
    return charts.lines(texts("backtest.total_course"), years, series, size=(520, 200))


def _largest(found: Backtest) -> list[int]:
    rows = np.flatnonzero(found.measured.any(axis=1))
    return sorted(rows[np.argsort(-found.past[rows, -1], kind="stable")][:_SCHOOLS_DRAWN].tolist())


def _school(found: Backtest, row: int, texts: Texts) -> charts.Chart:
    years = (*found.known.years, *found.later)
    counted = [_or_none(value or np.nan) for value in (*found.past[row], *found.real[row])]
    gap: list[float | None] = [None] * (found.past.shape[1] - 1)
    now = float(found.past[row, -1])
    series: dict[str, Sequence[float | None]] = {
        texts("backtest.counted"): counted,
        texts("backtest.model"): [*gap, now, *found.expected["model"][row].tolist()],
        texts("backtest.low"): [*gap, now, *found.low[row].tolist()],
        texts("backtest.high"): [*gap, now, *found.high[row].tolist()],
    }
    return charts.lines(found.known.names[row], years, series)


def _table(found: Backtest) -> list[dict[str, Any]]:
    """Return a row for each measured school: what was expected in each year, its interval, and what came."""
    rows = np.flatnonzero(found.measured.any(axis=1))
    return [
        {
            "id": found.known.schools[row],
            "name": found.known.names[row],
            "now": found.past[row, -1],
            "cells": [
                {
                    "expected": found.expected["model"][row, step],
                    "low": found.low[row, step],
                    "high": found.high[row, step],
                    "real": found.real[row, step],
                    "inside": bool(found.low[row, step] <= found.real[row, step] <= found.high[row, step]),
                    "measured": bool(found.measured[row, step]),
                }
                for step in range(len(found.later))
            ],
        }
        for row in rows
    ]


def _learned(found: Backtest, texts: Texts) -> list[str]:
    """Return what the model learned from the file, in sentences."""
    grades, fitted = found.known.grades, found.fitted
    ratios = texts("list.comma").join(
        texts("backtest.ratio", below=below, grade=grade, ratio=number(100 * float(np.exp(ratio)), 1))
        for below, grade, ratio in zip(grades[:-1], grades[1:], fitted.ratios.whole[1:], strict=True)
    )
    return [
        *([texts("backtest.ratios", ratios=ratios)] if ratios else []),
        texts("backtest.pull", share=number(100 * fitted.pull, 0)),
        texts("backtest.calm" if fitted.settings == CALM else "backtest.lively"),
        texts("backtest.width", cases=number(found.calibration.cases)),
    ]


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
