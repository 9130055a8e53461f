"""One table on the reader's desk: its columns as typed series, and every mistake in them told with its row."""

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from optimizer.faults import Faults
from optimizer.inputs.county import Note
from optimizer.inputs.spelling import bare

_MOST_TOLD = 20
"""Mistakes of one kind that are told one by one; the rest are counted."""

_MOST_NAMES = 20
"""Ids that a note names."""

_WHOLE = r"[+-]?[0-9]{1,12}(?:\.0*)?"


def nearest(name: str, known: Collection[str]) -> str:
    """Say which known name is like this one: `` (did you mean S03?)``, or nothing."""
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f" (did you mean {close[0]}?)" if close else ""


def note(kind: str, table: str, what: str, names: Iterable[str] | int) -> Note:
    """Make a note of a count, or of all these names, of which the first twenty are kept."""
    if isinstance(names, int):
        return Note(kind, table, what, names)
    names = tuple(names)
    return Note(kind, table, what, len(names), names[:_MOST_NAMES])


@dataclass(frozen=True)
class Sheet:
    """A raw table with our column names.

    Attributes
    ----------
    table
        The table's name: ``blocks``, ``schools`` ...
    file
        The path as the planner gave it.
    frame
        Strings; the index holds the rows that a person sees.
    crs
        The CRS that the scenario states for it, or none.
    faults
        Receives the mistakes.
    notes
        Receives what was assumed.
    """

    table: str
    file: str
    frame: pd.DataFrame
    crs: str | None
    faults: Faults
    notes: list[Note]

    def __contains__(self, column: str) -> bool:
        return column in self.frame.columns

    def fault(self, what: str, todo: str, row: object = None) -> None:
        """Tell one mistake, of a row or of the whole file."""
        where = "" if row is None else f"{self.frame.index.name} {row}"
        self.faults.add(self.file, where, what, todo)

    def tell(self, wrong: "pd.Series[bool]", what: Callable[[Any], str], todo: str) -> None:
        """Tell the rows that are wrong, the first twenty one by one."""
        rows = list(self.frame.index[wrong.to_numpy(dtype=bool)])
        for row in rows[:_MOST_TOLD]:
            self.fault(what(row), todo, row)
        if len(rows) > _MOST_TOLD:
            self.fault(f"{len(rows) - _MOST_TOLD} more {self.frame.index.name}s have the same mistake as row {rows[0]}", todo)

    def missing(self, column: str, or_else: str = "") -> None:
        """Tell that a column is not there, and which one is like it."""
        there = [str(name) for name in self.frame.columns if name != "geometry"]
        listed = f"The file has {', '.join(there) or 'no columns'}"
        todo = f"{listed}; say which one it is: `columns: {{{column}: ...}}`{or_else}"
        self.fault(f"there is no column {column}{nearest(column, there)}", todo)

    def note(self, kind: str, what: str, names: Iterable[str] | int) -> None:
        """Note what was assumed, repaired or left out."""
        self.notes.append(note(kind, self.table, what, names))

    def text(self, column: str) -> "pd.Series[str]":
        """Return the column, or empty strings where there is none."""
        if column in self:
            return self.frame[column]
        return pd.Series("", index=self.frame.index, dtype=object)

    def ids(self, column: str) -> "pd.Series[str]":
        """Return a column of ids; an empty one is a fault."""
        found = self.text(column)
        self.tell(found == "", lambda _: f"there is no {column}", "Fill it in, or delete the row")
        return found

    def once(self, columns: list[str]) -> "pd.Series[bool]":
        """Tell rows that repeat the columns of an earlier one; returns which."""
        keys = self.frame[columns]
        again = keys.duplicated() & (keys != "").all(axis=1)
        verb = "is" if len(columns) == 1 else "are"

        def what(row: int) -> str:
            key = [str(keys.loc[row, column]) for column in columns]
            first = (keys == key).all(axis=1).idxmax()
            return f"{' and '.join(columns)} {', '.join(key)} {verb} in {self.frame.index.name} {first} already"

        self.tell(again, what, "Keep one of the rows")
        return again

    def known(self, column: str, ids: Collection[str] | None, of: str) -> "pd.Series[bool]":
        """Tell ids that another table does not have, each once; ``ids`` is None where that table cannot be read."""
        values = self.text(column)
        if ids is None:
            return values != ""
        unknown = (values != "") & ~values.isin(list(ids))
        first = unknown & ~values.where(unknown).duplicated()
        counts = values[unknown].value_counts()

        def what(row: int) -> str:
            name = str(values.loc[row])
            more = f", here and in {counts[name] - 1} more rows" if counts[name] > 1 else ""
            several = alike[bare(name)]
            like = f" (it could be {' or '.join(sorted(several))})" if len(several) > 1 else nearest(name, ids)
            return f"{column} {name} is not in {of}{like}{more}"

        alike: dict[str, list[str]] = defaultdict(list)
        for name in ids if first.any() else ():
            alike[bare(name)].append(name)
        lost = any(len(alike[bare(str(name))]) > 1 for name in values[first])
        todo = "Format the column as text and write the ids in full" if lost else f"Correct the id, or add it to {of}"
        self.tell(first, what, todo)
        return (values != "") & ~unknown

    def whole(self, column: str, low: int = 0, high: int | None = None, *, needed: bool = False) -> "pd.Series[int]":
        """Return a column of whole numbers (Int64, empty where there is none); others are faults."""
        text = self.text(column)
        odd = ~text.str.fullmatch(_WHOLE).astype(bool) & (text != "")
        plain = text.mask(odd, text[odd].map(_half_width))
        good = plain.str.fullmatch(_WHOLE).astype(bool)
        numbers = pd.to_numeric(plain.where(good), errors="coerce").round().astype("Int64")
        wrong = ~good & ((text != "") | needed)
        self.tell(wrong, lambda row: f"{column} is {_quote(text.loc[row])}, not a whole number", "Write a whole number")
        below = (numbers < low).fillna(value=False).astype(bool)
        self.tell(below, lambda row: f"{column} is {text.loc[row]}, less than {low}", "Correct the number")
        if high is not None:
            above = (numbers > high).fillna(value=False).astype(bool)
            self.tell(above, lambda row: f"{column} is {text.loc[row]}, more than {high}", "Correct the number")
        return numbers

    def decimal(self, column: str) -> "pd.Series[float]":
        """Return a column of numbers; what is none, or is missing, is a fault."""
        text = self.text(column)
        plain = text.map(lambda value: unicodedata.normalize("NFKC", value))
        numbers = pd.to_numeric(plain, errors="coerce").astype(float)
        wrong = ~(numbers.abs() < np.inf)
        self.tell(wrong, lambda row: f"{column} is {_quote(text.loc[row])}, not a number", "Write a number with a decimal point")
        return numbers.where(~wrong)

    def choice(self, column: str, choices: dict[str, str], default: str) -> "pd.Series[str]":
        """Return a column whose values are among ``choices`` (lower case -> ours); the empty one is ``default``."""
        text = self.text(column).str.lower()
        wrong = (text != "") & ~text.isin(list(choices))
        allowed = ", ".join(dict.fromkeys(choices.values()))

        def what(row: int) -> str:
            return f"{column} is {_quote(self.frame.loc[row, column])}{nearest(str(text.loc[row]), choices)}"

        self.tell(wrong, what, f"Write one of {allowed}")
        return text.map(choices).fillna(default).astype(object)


def _quote(value: object) -> str:
    return f"'{value}'" if value else "empty"


def _half_width(text: str) -> str:
    """Turn full-width digits into plain ones and drop separators of thousands."""
    return re.sub(r"(?<=\d)[, ](?=\d{3}\b)", "", unicodedata.normalize("NFKC", text)).strip()
