"""Where seats are lacking, as the report shows it."""

from collections.abc import Mapping
from typing import Any

from optimizer.metrics.seats import lack
from optimizer.pages.templates import number
from optimizer.pages.texts import Texts
from optimizer.run import Run

MOST_SCHOOLS = 4
"""Schools named in a row; the others are counted."""


def lacking(run: Run, texts: Texts, variants: Mapping[str, str], label: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a row a year and variant in which children are above the seats.

    Parameters
    ----------
    run, texts
        The run, and the language.
    variants
        Variants that are shown, and their names.
    label
        Names of the schools by id.
    """
    table = lack(run.score.by_school)
    several = len(variants) > 1
    return [
        {
            "when": f"{row['year']} · {variants[row['variant']]}" if several else str(row["year"]),
            "students": number(row["students"]),
            "seats": number(row["seats"]),
            "lacking": number(row["lacking"]),
            "over_seats": number(row["over_seats"]),
            "where": _where(row["where"], texts, label),
        }
        for _, row in table[table["variant"].isin(list(variants))].sort_values(["year", "variant"], kind="stable").iterrows()
    ]


def _where(over: Mapping[str, int], texts: Texts, label: Mapping[str, str]) -> str:
    named = [f"{label[school]} {number(children)}" for school, children in list(over.items())[:MOST_SCHOOLS]]
    said = texts("list.comma").join(named)
    left = list(over.values())[MOST_SCHOOLS:]
    return texts("lacking.more", said=said, schools=len(left), children=number(sum(left))) if left else said
