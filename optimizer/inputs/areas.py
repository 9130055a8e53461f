"""Columns that several tables share: the area that a row holds for, and a span of ages or grades."""

import re
import unicodedata

import geopandas as gpd
import pandas as pd

from optimizer.inputs.blocks import SETTINGS
from optimizer.inputs.sheet import Sheet, nearest

COUNTY_WORDS = ("", "county", "all", "全县", "合计")
"""What a row of the whole county calls its area."""

_SPAN = re.compile(r"([0-9]{1,2})(?:[-~至到]([0-9]{1,2}))?(?:岁|年级)?")


def areas(sheet: Sheet, blocks: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Read the column ``area``: the whole county, a setting (city, town, rural), or a community of the blocks.

    Returns
    -------
    ``kind`` (``county``, ``setting`` or ``community``) and ``area`` (empty for the county).
    """
    text = sheet.text("area")
    word = text.str.lower()
    county, setting = word.isin(COUNTY_WORDS), word.isin(list(SETTINGS))
    community = ~county & ~setting
    if blocks is not None:
        known = sorted(set(blocks["community"]) - {""})
        sheet.tell(
            community & ~text.isin(known),
            lambda row: f"no block is of the community {text.loc[row]}{nearest(str(text.loc[row]), [*known, *SETTINGS])}",
            "Write city, town, rural, the name of a community, or nothing for the whole county",
        )
    kind = pd.Series("community", index=text.index).mask(county, "county").mask(setting, "setting")
    return pd.DataFrame({"kind": kind, "area": text.mask(county, "").mask(setting, word.map(SETTINGS))})


def once(sheet: Sheet, frame: pd.DataFrame, column: str) -> None:
    """Tell rows whose ``kind``, ``area`` and this column an earlier row of what was read of the sheet has."""
    keys = frame[["kind", "area", column]]
    for row in frame.index[keys.duplicated() & keys.notna().all(axis=1)]:
        first = (keys == keys.loc[row]).all(axis=1).idxmax()
        of = f" of {keys.loc[row, 'area']}" if keys.loc[row, "area"] else ""
        what = f"{column} {keys.loc[row, column]}{of} is in {sheet.frame.index.name} {first} already"
        sheet.fault(what, "Keep one of the rows", int(row))


def span(sheet: Sheet, column: str, high: int) -> pd.DataFrame:
    """Read a column of single ages or grades and spans of them, such as ``6-11``; an empty one is all, from 0 to ``high``.

    Returns
    -------
    ``first`` and ``last`` (Int64), empty where the text is a fault.
    """
    text = sheet.text(column)
    plain = text.map(lambda value: unicodedata.normalize("NFKC", value).replace("–", "-").replace(" ", ""))
    found = plain.map(_SPAN.fullmatch)
    first = pd.array([int(each[1]) if each else None for each in found], dtype="Int64")
    last = pd.array([int(each[2] or each[1]) if each else None for each in found], dtype="Int64")
    frame = pd.DataFrame({"first": first, "last": last}, index=text.index)
    frame.loc[text == "", ["first", "last"]] = [0, high]
    odd = frame["first"].isna() | ((frame["first"] > frame["last"]) | (frame["last"] > high)).fillna(value=True)
    what = f"not one from 0 to {high}, nor a span such as 6-11"
    sheet.tell(odd, lambda row: f"{column} is '{text.loc[row]}', {what}", f"Write one {column}, or first and last of a span")
    frame.loc[odd] = pd.NA
    return frame
