"""History: children in school in past years."""

import numpy as np
import pandas as pd

from optimizer.inputs.desk import Desk
from optimizer.inputs.past import past_rows


def read_history(desk: Desk) -> pd.DataFrame | None:
    """Read the children in school in past years.

    Returns
    -------
    ``year, grade, students`` of the whole county, sorted, grades from 1 on. A year and grade in which a school of the county has
    no number, though it had one in the grade in an earlier year, is left out: its sum would be too low. None without a table.
    """
    sheet = desk.sheet("history")
    if sheet is None:
        return None
    rows = past_rows(sheet)
    rows = rows[rows["order"] >= 1]
    sums = rows.groupby(["year", "order"])["students"].sum()
    missing = _gaps(rows[rows["school"].isin(list(desk.schools or ()))], 0 if rows.empty else int(rows["year"].max()))
    gaps = [cell for cell in sums.index if cell in missing]
    if gaps:
        sheet.note("left_out", "history_gaps", [f"{year} ({grade})" for year, grade in gaps])
    return sums.drop(gaps).astype(np.int64).rename_axis(["year", "grade"]).reset_index()


def _gaps(rows: pd.DataFrame, last: int) -> set[tuple[int, int]]:
    """Return the years, up to the last one, and grades in which a school has no number after it had one."""
    first = rows.groupby(["school", "order"], as_index=False)["year"].min()
    due = [(s, g, y) for s, g, start in first.itertuples(index=False, name=None) for y in range(start, last + 1)]
    there = set(rows[["school", "order", "year"]].itertuples(index=False, name=None))
    return {(year, grade) for school, grade, year in due if (school, grade, year) not in there}
