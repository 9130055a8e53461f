"""The catalog of what bureaus write for columns and values (`words.yaml`): data only.

The readers and the independent checker share the catalog as they share the scenario's `columns:`; each applies
it in code of its own.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from optimizer.inputs.tables.columns import TABLES
from optimizer.inputs.tables.raw import Expected

_BRACKETS = re.compile(r"[(\[].*?[)\]]")
_SHAPEFILE_BYTES = 10
"""dBASE: a field's name has at most so many."""

_IGNORED = re.compile(r"[\s_\-*:：　]+")


def normal(text: str) -> str:
    """Return a name as it is compared: half-width, lower case, without spaces, `_`, `-` and what stands in brackets.

    >>> normal("School_ID"), normal("人 数（人）")
    ('schoolid', '人数')
    """
    half = unicodedata.normalize("NFKC", text)
    return _IGNORED.sub("", _BRACKETS.sub("", half)).lower() or _IGNORED.sub("", half).lower()


@dataclass(frozen=True)
class Wide:
    """A table that may have a column for each age or grade.

    Attributes
    ----------
    key
        Our column that holds what stands in the columns' names.
    measures
        Our columns that the cells may hold; the first where the name says nothing more.
    """

    key: str
    measures: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """The catalog's entries for one table; every name is in its `normal` form.

    Attributes
    ----------
    columns
        Every column of the table -> what it may be called, its own name not among them.
    choices
        Our column -> what is written -> ours.
    units
        Our column -> what may stand behind a number.
    amounts
        Columns that hold amounts.
    spare
        Our column -> the one that makes it needless: where that is there, only its own name is taken for it.
    wide
        The form with a column for each age or grade, if the table has one.
    sheets
        What the table's sheet may be called in a workbook, the table's own name among them.
    """

    columns: Mapping[str, frozenset[str]]
    choices: Mapping[str, Mapping[str, str]]
    units: Mapping[str, tuple[str, ...]]
    amounts: frozenset[str]
    spare: Mapping[str, str]
    wide: Wide | None
    sheets: frozenset[str]

    def expected(self, table: str, mapped: Iterable[str] = ()) -> Expected:
        """Return what is known of the table before it is opened; ``mapped`` are the file's names that a scenario states."""
        names = frozenset().union(*self.columns.values(), map(normal, self.columns), map(normal, mapped))
        amounts = frozenset().union(*(self.columns[ours] | {normal(ours)} for ours in self.amounts if ours in self.columns))
        return Expected(table, self.sheets, names, amounts)


@cache
def words(table: str) -> Words:
    """Return the catalog's entries for a table, by its name (`optimizer.inputs.tables.columns.TABLES`)."""
    catalog = _catalog()
    shared, own = catalog["columns"]["any"], catalog["columns"].get(table, {})
    columns = {ours: frozenset(map(normal, [*shared.get(ours, []), *own.get(ours, [])])) for ours in TABLES[table].all}
    wide = catalog["wide"].get(table)
    return Words(
        columns=_with_cut(columns),
        choices={
            ours: {normal(theirs): our for our, listed in written.items() for theirs in listed}
            for ours, written in catalog["values"].items()
        },
        units={ours: tuple(listed) for ours, listed in catalog["units"].items()},
        amounts=frozenset(catalog["amounts"]),
        spare=catalog["spare"].get(table, {}),
        wide=None if wide is None else Wide(wide["key"], tuple(wide["measures"])),
        sheets=frozenset(map(normal, [table, *catalog["sheets"].get(table, [])])),
    )


def _with_cut(columns: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Add the names as shapefiles cut them, after 10 bytes of UTF-8 or GB18030.

    What is a name itself, or could be that of two columns, is not added.
    """
    known = frozenset().union(*columns.values(), map(normal, columns))
    cut = {
        ours: {
            name.encode(letters)[:_SHAPEFILE_BYTES].decode(letters, "ignore")
            for name in names
            for letters in ("utf-8", "gb18030")
        }
        for ours, names in columns.items()
    }
    meanings = Counter(name for names in cut.values() for name in names)
    return {
        ours: names | {short for short in cut[ours] if len(short) > 1 and short not in known and meanings[short] == 1}
        for ours, names in columns.items()
    }


@cache
def _catalog() -> dict[str, Any]:
    """Load the catalog; it ships with the package."""
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8"))
    return loaded
