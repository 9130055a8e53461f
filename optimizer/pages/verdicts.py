"""Which plan is best at what, and what it costs: the first screen of a comparison, made from its figures."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from optimizer.pages.courses import Course, Headline
from optimizer.pages.facts import SCALE, Figure, enumerate_names
from optimizer.pages.texts import Texts

ASKED = ("children_over", "over_seats", "mean_walk_m", "beyond_limit", "moved")
"""What each answer is about; the second only where the first decides nothing."""

_DEAR = 0.5
"""A plan pays in the figures that lie nearer to the worst plan than to the best; if there is none, in its dearest one."""

_MOST_PAID = 3
"""What it pays for is a few words, not a list."""

_MOST_TIED = 2
"""Costs are told for so many plans that share an answer."""


def marked(headlines: Sequence[Headline | None], figure: Figure, decide: bool = True) -> dict[str, Any]:
    """Return a headline figure of every plan.

    Parameters
    ----------
    headlines
        The plans' figures.
    figure
        The one that is wanted.
    decide
        False where the plans are not under the same conditions: then none is the best.

    Returns
    -------
    ``figure``, ``values`` (nan where there is none) and ``cells`` (the text, whether it is the best, and the difference to the
    best, a plan each). Values that print alike tie; nothing is marked where all do, or where neither way is better.
    """
    values = [_rounded(headline, figure) for headline in headlines]
    known = [value for value in values if np.isfinite(value)]
    best = (min(known) if figure.better == "low" else max(known)) if known and figure.better else None
    decided = decide and best is not None and min(known) < max(known)
    cells = [
        {
            "text": figure.text(value),
            "best": decided and value == best,
            "off": signed(figure, value - best) if decided and best is not None and np.isfinite(value) and value != best else "",
        }
        for value in values
    ]
    return {"figure": figure, "values": values, "cells": cells, "decided": decided}


def signed(figure: Figure, off: float) -> str:
    """Return a difference with its sign."""
    return ("+" if off > 0 else "") + figure.text(off)


def view(course: Course, glance: Sequence[Figure], plans: Sequence[str], texts: Texts) -> dict[str, Any]:
    """Return what the first screen says of one course.

    Parameters
    ----------
    course
        The conditions.
    glance
        The figures to look at.
    plans
        Names of the plans.

    Returns
    -------
    ``name``; ``rows`` (a figure each, see `marked`); ``answers`` (the best plans of each kind of figure and what they cost);
    ``verdicts`` (for each plan what it is best at, what it pays, and a plan that is as good everywhere and better somewhere).
    There are no answers and verdicts where each plan has conditions of its own.
    """
    alike = len(set(course.conditions)) == 1
    rows = [marked(course.headlines, figure, decide=alike) for figure in glance if _has(course, figure)]
    verdicts = [_verdict(rows, i, course, plans, texts) for i in range(len(plans))] if alike else []
    return {"name": course.name, "rows": rows, "answers": _answers(rows, verdicts, plans, texts), "verdicts": verdicts}


def _rounded(headline: Headline | None, figure: Figure) -> float:
    if headline is None or figure.key not in headline:
        return float("nan")
    return round(headline[figure.key] / SCALE.get(figure.unit, 1), figure.places)


def _has(course: Course, figure: Figure) -> bool:
    return any(headline is not None and figure.key in headline for headline in course.headlines)


def _answers(
    rows: list[dict[str, Any]], verdicts: list[dict[str, Any]], plans: Sequence[str], texts: Texts
) -> list[dict[str, Any]]:
    """Return a card for each kind of figure that tells the plans apart."""
    by_key = {row["figure"].key: row for row in rows if row["decided"]}
    found = []
    for key in ASKED:
        if key not in by_key or (key == "over_seats" and "children_over" in by_key):
            continue
        row = by_key[key]
        best = [i for i, cell in enumerate(row["cells"]) if cell["best"]]
        worst = max(value for value in row["values"] if np.isfinite(value))
        figure = row["figure"]
        found.append(
            {
                "asked": texts(f"compare.answer.{key}"),
                "best": best,
                "plans": enumerate_names(texts, [plans[i] for i in best], 3),
                "value": f"{row['cells'][best[0]]['text']} {texts(f'unit.{figure.unit}')}",
                "worst": texts("compare.worst_value", value=figure.text(worst)),
                "paid": [
                    (plans[i] if len(best) > 1 else "", verdicts[i]["paid"]) for i in best[:_MOST_TIED] if verdicts[i]["paid"]
                ],
            }
        )
    return found


def _verdict(rows: list[dict[str, Any]], i: int, course: Course, plans: Sequence[str], texts: Texts) -> dict[str, Any]:
    if course.headlines[i] is None:
        return {"fits": False, "best": [], "paid": [], "beaten": ""}
    best = [_inside(texts(f"figure.{row['figure'].key}")) for row in rows if row["cells"][i]["best"] and _tells(row)]
    dear = sorted(((_share_off(row, i), number) for number, row in enumerate(rows)), key=lambda pair: (-pair[0][0], -pair[0][1]))
    paid = [rows[number] for share, number in dear if share[0] >= _DEAR]
    paid = paid or [rows[number] for share, number in dear[:1] if share[0] > 0]
    better = _better(rows, i, len(plans))
    beaten = next((plan for plan in better if not _better(rows, plan, len(plans))), None)
    said = "" if beaten is None else plans[beaten]
    return {"fits": True, "best": best, "paid": [_off(row, i, texts) for row in paid[:_MOST_PAID]], "beaten": said}


def _tells(row: dict[str, Any]) -> bool:
    """Return whether being the best says something: not where most plans are."""
    return bool(2 * sum(cell["best"] for cell in row["cells"]) <= len(row["cells"]))


def _better(rows: list[dict[str, Any]], i: int, n_plans: int) -> list[int]:
    return [other for other in range(n_plans) if other != i and _beats(rows, other, i)]


def _beats(rows: list[dict[str, Any]], one: int, other: int) -> bool:
    """Return whether a plan is as good as another in every figure and better in one."""
    better = False
    for row in rows:
        if row["figure"].better is None:
            continue
        sign = 1 if row["figure"].better == "low" else -1
        a, b = sign * row["values"][one], sign * row["values"][other]
        if not a <= b:
            return False
        better = better or a < b
    return better


def _share_off(row: dict[str, Any], i: int) -> tuple[float, float]:
    """Return where a plan lies between the best (0) and the worst (1), and its distance from the best relative to it."""
    if not row["cells"][i]["off"]:
        return 0.0, 0.0
    known = [value for value in row["values"] if np.isfinite(value)]
    best = min(known) if row["figure"].better == "low" else max(known)
    off = abs(row["values"][i] - best)
    return off / (max(known) - min(known)), off / max(abs(best), 1)


def _off(row: dict[str, Any], i: int, texts: Texts) -> str:
    figure = row["figure"]
    unit = texts(f"unit.{figure.unit}")
    return texts("compare.off", figure=_inside(texts(f"figure.{figure.key}")), off=row["cells"][i]["off"], unit=unit).strip()


def _inside(name: str) -> str:
    """Return a figure's name as it stands within a sentence."""
    return name[0].lower() + name[1:]
