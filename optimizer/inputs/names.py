"""Which column of a file is which of ours: what the scenario says, what bears our name, what bureaus call it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from optimizer.inputs.sheet import Sheet, nearest
from optimizer.inputs.tables.columns import TABLES
from optimizer.inputs.tables.words import Words, normal, words
from optimizer.inputs.tall import twice, wide_columns


@dataclass(frozen=True)
class Named:
    """A table with our column names beside the file's own.

    Attributes
    ----------
    frame
        The columns taken bear our names; the file's other columns are there too.
    taken
        Our column -> the file's.
    """

    frame: pd.DataFrame
    taken: Mapping[str, str]


def named(sheet: Sheet, mapping: Mapping[str, str]) -> Named | None:
    """Find our columns; tells mappings that lead nowhere, names that could mean two things, and needed columns that are missing.

    The scenario's ``columns`` win, then our own names, then the catalog's (`optimizer.inputs.tables.words`).

    Parameters
    ----------
    sheet
        The table as it was read.
    mapping
        Our column -> the file's, as the scenario states it.
    """
    spec, frame, catalog = TABLES[sheet.table], sheet.frame, words(sheet.table)
    there = [str(name) for name in frame.columns if name != "geometry"]
    before = len(sheet.faults)
    taken = _stated(sheet, mapping, there)
    taken |= {ours: ours for ours in spec.all if ours in there and ours not in mapping}
    taken |= _called(sheet, catalog, taken, [ours for ours in spec.all if ours not in mapping], there)
    # a column that bears our name gives way to the one that the scenario maps to it
    aside = [ours for ours, theirs in taken.items() if ours in there and ours != theirs and ours not in taken.values()]
    renamed = frame.drop(columns=aside)
    for ours, theirs in taken.items():
        renamed[ours] = frame[theirs]
    spread = wide_columns(catalog, renamed)
    for first, second in twice(catalog, renamed):
        sheet.fault(f"the columns {first} and {second} could both hold the same", "Rename or delete one of them")
    for name in spec.needed:
        if name not in taken and name not in mapping and name not in spread:
            sheet.missing(name)
    return Named(renamed, taken) if len(sheet.faults) == before else None


def _stated(sheet: Sheet, mapping: Mapping[str, str], there: list[str]) -> dict[str, str]:
    """Return the columns that the scenario states; those that are not there, or not ours, are faults."""
    spec = TABLES[sheet.table]
    for ours, theirs in mapping.items():
        if ours not in spec.all:
            what = f"`columns` maps {ours}, which the table {sheet.table} does not know{nearest(ours, spec.all)}"
            sheet.fault(what, f"Use one of {', '.join(spec.all)}")
        elif theirs not in there:
            listed = f"The file has {', '.join(there) or 'no columns'}"
            sheet.fault(f"there is no column {theirs}, which `columns` maps to {ours}{nearest(theirs, there)}", listed)
    return {ours: theirs for ours, theirs in mapping.items() if ours in spec.all and theirs in there}


def _called(sheet: Sheet, catalog: Words, taken: Mapping[str, str], open_: list[str], there: list[str]) -> dict[str, str]:
    """Return the columns that bear a name of the catalog; a name with two meanings, or two names for one column, is a fault."""
    free = [name for name in there if name not in taken.values()]
    wanted = [ours for ours in open_ if ours not in taken]
    names = {ours: catalog.columns.get(ours, frozenset()) | {normal(ours)} for ours in wanted}
    found = {ours: [theirs for theirs in free if normal(theirs) in names[ours]] for ours in wanted}
    needless = {ours for ours in wanted if found.get(catalog.spare.get(ours, "")) or catalog.spare.get(ours) in taken}
    found = {ours: listed for ours, listed in found.items() if listed and ours not in needless}
    for theirs in free:
        meanings = [ours for ours, listed in found.items() if theirs in listed]
        if len(meanings) > 1:
            what = f"the column {theirs} could be {' or '.join(meanings)}"
            sheet.fault(what, f"Say which one it is: `columns: {{{meanings[0]}: {theirs}}}`")
    for ours, listed in found.items():
        if len(listed) > 1:
            what = f"the columns {' and '.join(listed)} could both be {ours}"
            sheet.fault(what, f"Say which one it is: `columns: {{{ours}: {listed[0]}}}`")
    return {ours: listed[0] for ours, listed in found.items()}
