"""Columns, words and ids as bureaus write them, read a second time: from the statements in `docs/inputs.md` and the catalog."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping

import geopandas as gpd
import pandas as pd

from optimizer.inputs.tables.words import Words, normal, words

NUMBER = re.compile(r"\d+(\.0+)?")
"""An id that may have been a number in a spreadsheet, in half-width digits."""

ROUNDED = re.compile(r"\d(\.\d+)?[eE]\+\d+")
"""A number that has lost its end."""


class AmbiguousError(ValueError):
    """A column could be two of ours, or two columns one of ours."""


def in_our_words(frame: pd.DataFrame, table: str, stated: Mapping[str, str]) -> pd.DataFrame:
    """Return a table with our columns beside its own, a row for each age or grade, and our words for its values.

    Parameters
    ----------
    frame
        The table as it was read.
    table
        Its name.
    stated
        Our column -> the file's, as the scenario says.

    Raises
    ------
    AmbiguousError
        If names leave open which column is meant.
    """
    catalog = words(table)
    named = _tall(_named(frame, catalog, stated), catalog)
    for column in named.columns.intersection([*catalog.choices, *catalog.units]):
        spoken = catalog.choices.get(column, {})
        units = catalog.units.get(column, ())
        named[column] = [spoken.get(normal(text)) or _without_unit(text, units) for text in named[column]]
    return named


def _named(frame: pd.DataFrame, catalog: Words, stated: Mapping[str, str]) -> pd.DataFrame:
    there = [str(name) for name in frame.columns if name != "geometry"]
    used = set(stated.values()) | {name for name in there if name in catalog.columns and name not in stated}
    calls: defaultdict[str, list[str]] = defaultdict(list)
    for name in there:
        if name in used:
            continue
        for ours, called in catalog.columns.items():
            if ours not in stated and ours not in there and (normal(name) in called or normal(name) == normal(ours)):
                calls[ours].append(name)
    for ours, instead in catalog.spare.items():
        if instead in stated or instead in there or instead in calls:
            calls.pop(ours, None)
    listed = [name for names in calls.values() for name in names]
    if len(listed) > len(calls) or len(set(listed)) < len(listed):
        raise AmbiguousError(", ".join(sorted(set(listed))))
    taken = {**{ours: names[0] for ours, names in calls.items()}, **stated}
    gone = [name for name in there if name in stated and stated[name] != name and name not in taken.values()]
    result: pd.DataFrame = frame.drop(columns=gone)
    return result.assign(**{ours: frame[theirs] for ours, theirs in taken.items()})


def _tall(frame: pd.DataFrame, catalog: Words) -> pd.DataFrame:
    wide = catalog.wide
    if wide is None or wide.key in frame.columns:
        return frame
    cells = {str(name): cell for name in frame.columns if (cell := _cell(catalog, normal(str(name)))) is not None}
    if len({value for value, _ in cells.values()}) < 2:
        return frame
    if isinstance(frame, gpd.GeoDataFrame):
        frame = pd.DataFrame(frame.drop(columns="geometry"))
    long = frame.melt([name for name in frame.columns if name not in cells], list(cells), "_column", "_text", ignore_index=False)
    long = long[long["_text"] != ""].rename_axis("_row").reset_index()
    long[wide.key] = [cells[name][0] for name in long["_column"]]
    long["_measure"] = [cells[name][1] for name in long["_column"]]
    kept = [name for name in long.columns if name not in ("_column", "_text", "_measure")]
    grid = long.pivot_table(index=kept, columns="_measure", values="_text", aggfunc="first").fillna("").reset_index()
    return grid.drop(columns="_row")


def _cell(catalog: Words, name: str) -> tuple[str, str] | None:
    """Return the age or grade that a column's name begins with, and what its cells hold."""
    wide = catalog.wide
    assert wide is not None
    if wide.key == "age":
        heads = {
            f"{front}{age}{unit}": str(age) for age in range(100) for front in ("", "age", "a") for unit in ("", "岁", "周岁")
        }
    else:
        heads = dict(catalog.choices[wide.key])
    for head in sorted(heads, key=len, reverse=True):
        rest = name[len(head) :]
        if name.startswith(head):
            if not rest:
                return heads[head], wide.measures[0]
            for measure in wide.measures:
                if rest == normal(measure) or rest in catalog.columns.get(measure, ()):
                    return heads[head], measure
    return None


def _without_unit(text: str, units: Iterable[str]) -> str:
    half = unicodedata.normalize("NFKC", text)
    for unit in units:
        number = half.removesuffix(unit).strip()
        if half.endswith(unit) and re.fullmatch(r"\d+([-–~]\d+)?", number):
            return number
    return text


def may_be_numbers(names: Iterable[str]) -> bool:
    """Return whether an id among these may have lost zeros in a spreadsheet."""
    return any(NUMBER.fullmatch(unicodedata.normalize("NFKC", name)) for name in names)


def rejoined(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return ids as the table that they refer to writes them, where that is beyond doubt."""
    same: defaultdict[str, list[str]] = defaultdict(list)
    whole = set(known)
    for name in whole:
        same[_bare(name)].append(name)
    return [name if name in whole or len(same[_bare(name)]) != 1 else same[_bare(name)][0] for name in names]


def _bare(name: str) -> str:
    half = unicodedata.normalize("NFKC", name).strip()
    match = NUMBER.fullmatch(half)
    return (half.split(".")[0] if match else half).lstrip("0") or "0"
