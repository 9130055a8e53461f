"""Tables as files: CSV that Excel opens as it is, and one workbook. Text from the data stays text, whatever it begins with."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Value = str | int | float | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so would be worked out by a spreadsheet that opens the CSV (CWE-1236)."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML cannot hold."""

_TITLE = re.compile(r"[\[\]:*?/\\]")
"""Characters that the name of a sheet cannot hold."""

_WIDEST = 40


@dataclass(frozen=True)
class Sheet:
    """A table.

    Attributes
    ----------
    key
        Name of its file, without ending.
    title
        Name of its sheet; cut at 31 characters, as Excel wants it.
    columns
        Heads of the columns.
    rows
        The cells; None where there is none.
    """

    key: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Value]]


def as_csv(sheet: Sheet) -> bytes:
    """Return a table as CSV (UTF-8 with BOM); an apostrophe stands before a text that a spreadsheet would take for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_inert(column) for column in sheet.columns])
    writer.writerows([_inert(value) if isinstance(value, str) else value for value in row] for row in sheet.rows)
    return out.getvalue().encode("utf-8-sig")


def as_workbook(sheets: Sequence[Sheet]) -> bytes:
    """Return tables as an Excel workbook, a sheet each; every text is typed as text and marked as such for whoever edits it."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(_TITLE.sub(" ", sheet.title)[:31])
        page.freeze_panes = "A2"
        for number, width in enumerate(_widths(sheet), start=1):
            page.column_dimensions[get_column_letter(number)].width = width
        page.append([_cell(page, column, bold=True) for column in sheet.columns])
        for row in sheet.rows:
            page.append([_cell(page, value) if isinstance(value, str) else value for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(page: WriteOnlyWorksheet, text: str, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(page, _CONTROL.sub("", text))
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(_FORMULA)
    if bold:
        cell.font = Font(bold=True)
    return cell


def _widths(sheet: Sheet) -> list[int]:
    """Return a width a column: of its head and first rows, Chinese characters counting twice."""
    shown = [sheet.columns, *sheet.rows[:50]]
    return [
        min(
            max(sum(2 if ord(c) > 0x2E80 else 1 for c in str(row[i] if row[i] is not None else "")) for row in shown) + 2, _WIDEST
        )
        for i in range(len(sheet.columns))
    ]
