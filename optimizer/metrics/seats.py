"""Lack of seats: how many, in which year, at which schools."""

import pandas as pd


def lack(schools: pd.DataFrame) -> pd.DataFrame:
    """Return the years in which children are above the seats.

    Parameters
    ----------
    schools
        What `optimizer.metrics.crowding.by_school` returns.

    Returns
    -------
    A row a year and variant with somebody above the seats: ``variant, year, students, seats`` (over the schools whose seats or
    rooms are known), ``lacking`` (children for whom the county has no seat at all: students less seats, never negative),
    ``over_seats`` (children above the seats of their school; the rest of them would find a seat at another school), and
    ``where`` (``school_id -> children`` above its seats, the most first).
    """
    known = schools[schools["seats"].notna()]
    rows = []
    for (variant, year), table in known.groupby(["variant", "year"], sort=True):
        over = table[table["over_seats"] > 0].sort_values(["over_seats", "school_id"], ascending=[False, True], kind="stable")
        if over.empty:
            continue
        students, seats = int(table["students"].sum()), int(table["seats"].sum())
        rows.append(
            {
                "variant": variant,
                "year": year,
                "students": students,
                "seats": seats,
                "lacking": max(0, students - seats),
                "over_seats": int(over["over_seats"].sum()),
                "where": dict(zip(over["school_id"], over["over_seats"].astype(int), strict=True)),
            }
        )
    return pd.DataFrame(rows, columns=["variant", "year", "students", "seats", "lacking", "over_seats", "where"])
