"""Cells in rows and columns, as a spreadsheet has them, become a frame: header found, titles, totals and blanks left out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.faults import Faults
from optimizer.inputs.tables.raw import Expected, Remark
from optimizer.inputs.tables.words import normal

Cells = list[list[str]]
Range = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells, from 0, the last ones included."""

_TITLE_ROWS = 20
"""Own: a header is looked for in this many rows."""

_TOTAL = re.compile(r"(全[县市区校]|本[县市区校]|各?.{0,6})?(合计|总计|小计|共计)|(grand|sub)?totals?")
"""A cell that makes its row one of totals, compared in its `normal` form."""

_FOOT = re.compile(
    r"(注|备注|说明|附注|填表|填报|制表|制单|审核|复核|经办|单位负责|负责人|盖章|数据来源"
    r"|单位[(（]|联系(?:人|电话|方式)|统计(?:时间|日期|人|单位)|notes?\b|source\b)"
)
"""What the line below a table begins with."""

_SIGNED = re.compile(rf"{_FOOT.pattern}.{{0,8}}?[:：]")
"""The same where the line has several cells: who filled in, who checked, when."""


@dataclass(frozen=True)
class Grid:
    """The cells of a table of text or of a sheet.

    Attributes
    ----------
    cells
        Rows of strings without surrounding blanks; they may differ in length.
    merged
        Merged cells of a sheet; their value stands in the first cell.
    """

    cells: Cells
    merged: Sequence[Range] = ()


def to_frame(path: str, grid: Grid, expected: Expected, faults: Faults) -> tuple[pd.DataFrame, list[Remark]] | None:
    """Return the frame below the header, its index ``row`` counted as a spreadsheet does, and what was left out."""
    first = header_row(grid, expected)
    if first is None:
        faults.add(path, "row 1", "there are no column names", "Put the names of the columns into the first row")
        return None
    last = max([first, *(bottom for top, _, bottom, _ in grid.merged if top == first)])
    header = _header(grid, first, last)
    remarks = [Remark("left_out", "titles_left_out", (str(first + 1),))] if any(map(any, grid.cells[:first])) else []
    if last > first:
        remarks.append(Remark("assumed", "header_of_several_rows", (f"{first + 1}-{last + 1}",)))
    body, filled = _filled(path, grid, header, last + 1, expected, faults)
    remarks += [Remark("repaired", "merged_cells_filled", tuple(filled))] if filled else []
    if not _names_once(path, header, first, faults):
        return None
    frame = _rows(path, header, body, last + 2, faults)
    return None if frame is None else _without_totals(frame, remarks)


def header_row(grid: Grid, expected: Expected) -> int | None:
    """Return the row with the most known names of columns, or the first one that is not blank; None if that is blank.

    A name merged with the cell below it makes the upper row the header's first.
    """
    best, most = 0, 0
    for row, cells in enumerate(grid.cells[:_TITLE_ROWS]):
        known = score(cells, expected)
        if known > most:
            best, most = row, known
    if most == 0:
        best = next((row for row, cells in enumerate(grid.cells) if any(cells)), 0) if expected.headers else 0
    above = [top for top, left, bottom, _ in grid.merged if top < best <= bottom and grid.cells[top][left]]
    best = min([best, *above])
    return best if best < len(grid.cells) and any(grid.cells[best]) else None


def score(cells: Sequence[str], expected: Expected) -> int:
    """Count the cells that are known names of columns."""
    return len({normal(cell) for cell in cells if cell} & set(expected.headers))


def _header(grid: Grid, first: int, last: int) -> list[str]:
    """Return the names of the columns; those of a header in several rows are put together from above."""
    width = max(map(len, grid.cells[first : last + 1]))
    rows = [[*cells, *[""] * (width - len(cells))] for cells in grid.cells[first : last + 1]]
    if last == first:
        return rows[0]
    for top, left, bottom, right in grid.merged:
        for row in range(max(top, first), min(bottom, last) + 1):
            rows[row - first][left : right + 1] = [grid.cells[top][left]] * (right + 1 - left)
    return ["".join(dict.fromkeys(names)) for names in zip(*rows, strict=True)]


def _filled(path: str, grid: Grid, header: list[str], start: int, expected: Expected, faults: Faults) -> tuple[Cells, list[str]]:
    """Return the rows below the header, merged cells filled down; an amount over several rows is a fault."""
    body, filled = [list(cells) for cells in grid.cells[start:]], []
    for top, left, bottom, _ in sorted(grid.merged):
        value = grid.cells[top][left] if top < len(grid.cells) and left < len(grid.cells[top]) else ""
        if top < start or bottom == top or not value:
            continue
        name = header[left] if left < len(header) else ""
        if normal(name) in expected.amounts:
            what = f"one cell of {name} stands for several rows: {value}"
            faults.add(path, f"rows {top + 1}-{bottom + 1}", what, "Unmerge it, and write each row's own number")
            continue
        for row in range(top - start + 1, min(bottom - start, len(body) - 1) + 1):
            body[row] += [""] * (left + 1 - len(body[row]))
            body[row][left] = value
        filled.append(f"{top + 1}-{bottom + 1}")
    return body, list(dict.fromkeys(filled))


def _names_once(path: str, header: list[str], first: int, faults: Faults) -> bool:
    twice = sorted({name for name in header if name and header.count(name) > 1})
    for name in twice:
        faults.add(path, f"row {first + 1}", f"the column {name} stands there twice", "Rename or delete one of them")
    return not twice


def _rows(path: str, header: list[str], body: Cells, number: int, faults: Faults) -> pd.DataFrame | None:
    """Cut or fill the rows to the header's width; blank rows are skipped but counted."""
    width, rows, numbers, good = len(header), [], [], True
    for row, cells in enumerate(body, start=number):
        if not any(cells):
            continue
        if any(cells[width:]):
            what = f"there are {len(cells)} values, but {width} column names"
            faults.add(path, f"row {row}", what, "Put values that hold the separator into quotation marks")
            good = False
        rows.append((cells + [""] * width)[:width])
        numbers.append(row)
    if not good:
        return None
    index = pd.Index(numbers, name="row", dtype=np.int64)
    frame = pd.DataFrame(rows, columns=header, index=index, dtype=object)
    return frame.loc[:, [name != "" for name in header]]


def _without_totals(frame: pd.DataFrame, remarks: list[Remark]) -> tuple[pd.DataFrame, list[Remark]]:
    """Leave out rows of totals, headers that are repeated on each page, and the lines below the table."""
    cells = frame.to_numpy()
    blank = cells == ""
    again = (cells == frame.columns.to_numpy()).all(axis=1)
    total = np.array([_is_total(row) for row in cells.tolist()], dtype=np.bool_)
    if total.all():
        total = np.zeros_like(total)
    foot = np.zeros(len(frame), dtype=bool)
    for row in reversed(range(len(frame))):
        if len(frame.columns) < 2 or not _is_foot(cells[row][~blank[row]]):
            break
        foot[row] = True
    found = [("totals_left_out", total), ("headers_left_out", again), ("footnotes_left_out", foot)]
    said = [Remark("left_out", what, tuple(map(str, frame.index[rows]))) for what, rows in found if rows.any()]
    return frame[~(total | again | foot)], remarks + said


def _is_foot(texts: Sequence[str]) -> bool:
    return _FOOT.match(normal(texts[0])) is not None if len(texts) == 1 else _SIGNED.match(texts[0].replace(" ", "")) is not None


def _is_total(row: Sequence[str]) -> bool:
    return any(_TOTAL.fullmatch(normal(cell)) is not None for cell in row if "计" in cell or "otal" in cell.lower())
