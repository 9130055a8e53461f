"""Ids that name a row of another table: those that a spreadsheet turned into numbers find their partner again."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from optimizer.inputs.sheet import Sheet
from optimizer.inputs.spelling import bare

_ROUNDED = r"\d(?:\.\d+)?[eE]\+\d+"
"""A number too long for a spreadsheet: 5.30102001001E+17 stands for many ids."""


def rejoined(sheet: Sheet, column: str, known: Collection[str] | None) -> Sheet:
    """Return the table with ids that were turned into numbers written as the table that they refer to writes them.

    An id that is not known is joined where exactly one known id is the same but for leading zeros, ``.0`` or full-width digits;
    each is named in a note. Ids that a spreadsheet rounded are faults.

    Parameters
    ----------
    sheet
        The table.
    column
        The column of ids.
    known
        The ids of the table that they refer to; None where that cannot be read.
    """
    values = sheet.frame[column]
    rounded = values.str.fullmatch(_ROUNDED).astype(bool)
    todo = "Format the column as text before the ids are entered, and enter them again"
    sheet.tell(rounded, lambda row: f"{column} {values.loc[row]} has lost its last digits: a spreadsheet keeps 15", todo)
    if known is None:
        return sheet
    lost = sorted(set(values) - set(known) - {""})
    if not lost:
        return sheet
    partners: dict[str, list[str]] = {}
    for name in known:
        partners.setdefault(bare(name), []).append(name)
    found = {name: partners[bare(name)][0] for name in lost if len(partners.get(bare(name), ())) == 1}
    if not found:
        return sheet
    sheet.note("repaired", "ids_rejoined", [f"{name} = {found[name]}" for name in found])
    return replace(sheet, frame=sheet.frame.assign(**{column: values.replace(found)}))


def references(table: str, columns: Iterable[str]) -> list[tuple[str, str]]:
    """Return the columns of a table that hold ids of another table's rows, with that table's name."""
    of = {"block_id": "blocks", "school_id": "schools", "zone": "schools"}
    return [(column, of[column]) for column in columns if column in of and of[column] != table]
