"""Workbooks: `.xlsx`, `.xls` and `.ods`, of which one sheet is the table."""

import datetime as dt
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum, load_workbook

from optimizer.faults import Faults
from optimizer.inputs.tables.grid import Cells, Grid, header_row, score, to_frame
from optimizer.inputs.tables.raw import Expected, Raw
from optimizer.inputs.tables.words import normal

EXACT = 10**15
"""Spreadsheets keep 15 digits of a number: a longer one has lost its end."""


def read_workbook(path: str, sheet: str | None, expected: Expected, faults: Faults) -> Raw | None:
    """Read the sheet that is named, or the one that bears the table's name, or the one whose header fits best.

    None where the file cannot be read, or where several sheets could be meant.
    """
    try:
        with load_workbook(path) as book:
            grids = {name: _grid(book.get_sheet_by_name(name)) for name in _names(book, sheet)}
    except (CalamineError, ValueError, OSError) as error:
        todo = "Open it in the spreadsheet program, take off its password if it has one, and save it again as .xlsx"
        faults.add(path, "", f"the workbook cannot be opened ({error or type(error).__name__})", todo)
        return None
    name = _chosen(path, {name: grid for name, grid in grids.items() if any(map(any, grid.cells))}, sheet, expected, faults)
    found = None if name is None else to_frame(path, grids[name], expected, faults)
    return None if found is None or name is None else Raw(found[0], "excel", "", name, tuple(found[1]))


def cell(value: object) -> str:
    """Return a cell as a person reads it: 1.0 is 1, a day is 2026-08-31; a number too long to be exact keeps its exponent."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value)) if abs(value) < EXACT else f"{value:.14e}"
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case _:
            return str(value).strip().strip("\ufeff\u200b")


def _names(book: CalamineWorkbook, sheet: str | None) -> list[str]:
    """Return the sheets to look at: the visible ones, and one that is named though it is hidden."""
    hidden = {item.name for item in book.sheets_metadata if item.visible != SheetVisibleEnum.Visible}
    return [name for name in book.sheet_names if name not in hidden or name == sheet]


def _grid(sheet: CalamineSheet) -> Grid:
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    cells: Cells = [[cell(value) for value in row] for row in rows]
    ranges = sheet.merged_cell_ranges or []
    return Grid(cells, [(top, left, bottom, right) for (top, left), (bottom, right) in ranges if top < len(cells)])


def _chosen(path: str, grids: dict[str, Grid], sheet: str | None, expected: Expected, faults: Faults) -> str | None:
    listed = ", ".join(grids) or "none with anything in it"
    if sheet is not None:
        if sheet in grids:
            return sheet
        faults.add(path, "", f"there is no sheet {sheet}", f"Name one of them as `sheet`: {listed}")
        return None
    if not grids:
        faults.add(path, "row 1", "there are no column names", "Put the names of the columns into the first row")
        return None
    fitting = [name for name in grids if normal(name) in expected.sheets] or _fitting(grids, expected)
    if len(fitting) == 1:
        return fitting[0]
    what = f"several sheets could be the table {expected.table}: {', '.join(fitting)}"
    faults.add(path, "", what, "Name one of them as `sheet` beside `file`")
    return None


def _fitting(grids: dict[str, Grid], expected: Expected) -> list[str]:
    """Return the sheet whose header has the most known names, and those that have at least half as many."""
    known = {}
    for name, grid in grids.items():
        row = header_row(grid, expected)
        known[name] = 0 if row is None else score([text for line in grid.cells[row : row + 2] for text in line], expected)
    return [name for name in grids if known[name] * 2 >= max(known.values())]
