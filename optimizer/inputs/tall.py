"""Tables with a column for each age or grade become tables with a row for each."""

import re
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from optimizer.inputs.tables.words import Words, normal

_AGE = re.compile(r"(?:age|a)?(\d{1,2})(?:周?岁)?(.*)")
"""A column's name that is an age: 6岁, age6, 6, 6岁人数."""

_LEAST = 2
"""Own: fewer such columns are no wide table."""


@dataclass(frozen=True)
class _Column:
    name: str
    value: str
    measure: str


def wide_columns(catalog: Words, frame: pd.DataFrame) -> frozenset[str]:
    """Return our columns that the names of a wide table's columns stand for: ``age`` and ``count``; none if it is not wide."""
    found = _columns(catalog, frame)
    return (
        frozenset() if not found or catalog.wide is None else frozenset({catalog.wide.key, *(column.measure for column in found)})
    )


def twice(catalog: Words, frame: pd.DataFrame) -> list[tuple[str, str]]:
    """Return pairs of a wide table's columns that stand for the same age or grade."""
    seen: dict[tuple[str, str], str] = {}
    return [
        (first, column.name)
        for column in _columns(catalog, frame)
        if (first := seen.setdefault((column.value, column.measure), column.name)) != column.name
    ]


def tall(catalog: Words, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return a row for each age or grade of a wide table, and the names of the columns that became rows.

    Blank cells become no rows, since a bureau leaves blank where there is nobody. The index tells the row and the column:
    ``5, column 6岁``. A table that is not wide is returned as it is.
    """
    found = _columns(catalog, frame)
    if not found or catalog.wide is None:
        return frame, []
    others = frame.drop(columns=[column.name for column in found])
    if isinstance(others, gpd.GeoDataFrame):
        others = pd.DataFrame(others.drop(columns="geometry"))
    parts = []
    for value in dict.fromkeys(column.value for column in found):
        own = [column for column in found if column.value == value]
        cells = frame[[column.name for column in own]].set_axis([column.measure for column in own], axis=1)
        part = others.assign(**{catalog.wide.key: value}, **{str(name): cells[name] for name in cells})
        part.index = pd.Index([f"{row}, column {own[0].name}" for row in frame.index], name=frame.index.name)
        parts.append(part[(cells != "").any(axis=1).to_numpy()])
    order = {str(row): place for place, row in enumerate(frame.index)}
    whole = pd.concat(parts)
    places = [order[str(label).split(",", 1)[0]] for label in whole.index]
    return whole.iloc[pd.Series(places).argsort(kind="stable").to_numpy()], [column.name for column in found]


def _columns(catalog: Words, frame: pd.DataFrame) -> list[_Column]:
    wide = catalog.wide
    if wide is None or wide.key in frame.columns:
        return []
    found = [column for name in frame.columns if (column := _read(catalog, str(name))) is not None]
    return found if len({column.value for column in found}) >= _LEAST else []


def _read(catalog: Words, name: str) -> _Column | None:
    """Read a column's name as an age or grade and what its cells hold."""
    wide, text = catalog.wide, normal(name)
    if wide is None:
        return None
    if wide.key == "age":
        match = _AGE.fullmatch(text)
        value, rest = (str(int(match[1])), match[2]) if match else ("", "")
    else:
        words = sorted(catalog.choices[wide.key], key=len, reverse=True)
        word = next((word for word in words if text.startswith(word)), "")
        value, rest = catalog.choices[wide.key].get(word, ""), text[len(word) :]
    if not value:
        return None
    meant = [ours for ours in wide.measures if rest in catalog.columns.get(ours, ()) or rest == normal(ours)]
    measure = wide.measures[0] if not rest else next(iter(meant), "")
    return _Column(name, value, measure) if measure else None
