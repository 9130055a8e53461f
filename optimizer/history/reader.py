"""Reads a table of past enrolment: `school_id, year, grade, students`, and `name` where there is one.

Real tables have gaps, and gaps are no faults: rows that are not there, numbers left blank or withheld, schools without an id
(their name stands for it). What cannot be meant is a fault, and all faults are told at once.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from optimizer.faults import Faults
from optimizer.history.table import History, counted_years
from optimizer.inputs.county import Note
from optimizer.inputs.names import named
from optimizer.inputs.past import past_rows
from optimizer.inputs.sheet import Sheet, note
from optimizer.inputs.tables import read_raw
from optimizer.inputs.tables.columns import TABLES
from optimizer.inputs.tables.words import words
from optimizer.inputs.tall import tall
from optimizer.inputs.values import translated

TABLE = "history"


def read(path: str, faults: Faults) -> History | None:
    """Read a history.

    Parameters
    ----------
    path
        A table in any format that the inputs may have; a column for each grade will do as well as a row.
    faults
        Receives every mistake.

    Returns
    -------
    The history, its notes saying what was left out or assumed; or None where this call added a fault.
    """
    before = len(faults)
    sheet = _opened(path, faults)
    if sheet is None:
        return None
    rows = past_rows(sheet)
    if len(faults) == before and rows.empty:
        sheet.fault("no row has a number of children", "Fill in the column students")
    return _table(rows, tuple(sheet.notes)) if len(faults) == before else None


def _opened(path: str, faults: Faults) -> Sheet | None:
    """Return the table with our column names and words, a row for each grade."""
    raw = read_raw(path, faults, None, words(TABLE).expected(TABLE))
    if raw is None:
        return None
    notes: list[Note] = [note(remark.kind, TABLE, remark.what, remark.names) for remark in raw.remarks]
    sheet = Sheet(TABLE, path, raw.frame, None, faults, notes)
    found = named(sheet, {})
    if found is None:
        return None
    if "school_id" not in found.frame and "name" not in found.frame:
        sheet.missing("school_id")
        return None
    if found.frame.empty:
        sheet.fault("the table is empty", "Fill it")
        return None
    frame, became = tall(words(TABLE), found.frame)
    if became:
        sheet.note("assumed", "columns_became_rows", became)
    columns = [column for column in TABLES[TABLE].all if column in frame.columns]
    return replace(sheet, frame=translated(words(TABLE), frame, columns))


def _table(rows: pd.DataFrame, notes: tuple[Note, ...]) -> History:
    schools = sorted(rows["school"].unique())
    years = tuple(range(int(rows["year"].min()), int(rows["year"].max()) + 1))
    order = rows.drop_duplicates("order").sort_values("order")
    students = np.full((len(schools), len(years), len(order)), np.nan)
    place = (
        pd.Index(schools).get_indexer(rows["school"]),
        rows["year"].to_numpy() - years[0],
        pd.Index(order["order"]).get_indexer(rows["order"]),
    )
    students[place] = rows["students"].to_numpy(dtype=float)
    names = rows.sort_values("year").groupby("school")["name"].last()
    return History(
        schools=tuple(schools),
        names=tuple(str(names[school]) for school in schools),
        years=years,
        grades=tuple(order["grade"]),
        students=students,
        notes=notes,
    )


def check_year(history: History, train_until: int, path: str, faults: Faults) -> None:
    """Tell why a history cannot be cut at a year: too few years before it, or none after."""
    there = [year for year, counted in zip(history.years, counted_years(history.students).tolist(), strict=True) if counted]
    listed = f"It has {', '.join(map(str, there))}"
    before, after = [year for year in there if year <= train_until], [year for year in there if year > train_until]
    if train_until not in there:
        faults.add(path, "", f"the file has no rows of {train_until}", f"{listed}; choose one of them as --train-until")
        return
    if not after:
        faults.add(
            path, "", f"nothing after {train_until} is there to compare with", f"{listed}; choose an earlier --train-until"
        )
    if not any(year - 1 in before for year in before):
        what = f"up to {train_until} there are no two years in a row to learn from"
        faults.add(path, "", what, f"{listed}; choose a later --train-until")
