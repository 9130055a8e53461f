"""Estates: dwellings that are moved into, or that are pulled down, in a year."""

import numpy as np
import pandas as pd

from optimizer.inputs.desk import Desk
from optimizer.inputs.sheet import Sheet, nearest

KINDS = {
    **dict.fromkeys(("commercial", "商品房", ""), "commercial"),
    **dict.fromkeys(("resettlement", "安置房"), "resettlement"),
    **dict.fromkeys(("rental", "租赁", "公租房"), "rental"),
}
"""Words for the types of dwellings; without one it is commercial."""


def read_housing(desk: Desk) -> pd.DataFrame | None:
    """Read the estates.

    Returns
    -------
    ``estate_id, name, block_id, year, dwellings, type, demolish`` sorted by estate and year. ``dwellings`` below 0 are pulled
    down; ``demolish`` is the share of the block's households that leave by the autumn of the year, 0 where none is given.
    """
    sheet = desk.sheet("housing")
    if sheet is None:
        return None
    ids = sheet.ids("estate_id")
    placed = None if desk.blocks is None else frozenset(desk.blocks) - desk.shapeless
    known = sheet.known("block_id", placed, "the blocks with a shape")
    sheet.ids("block_id")
    sheet.once(["estate_id", "block_id", "year"])
    frame = pd.DataFrame(
        {
            "estate_id": ids,
            "name": sheet.text("name").where(sheet.text("name") != "", ids),
            "block_id": sheet.text("block_id"),
            "year": sheet.whole("year", 1950, 2150, needed=True),
            "dwellings": sheet.whole("dwellings", -1_000_000, needed=True),
            "type": _types(sheet, desk.scenario.projection.dwellings.children),
            "demolish": _share(sheet),
        }
    )
    frame = frame[known & frame.notna().all(axis=1)].astype({"year": np.int64, "dwellings": np.int64})
    return frame.sort_values(["estate_id", "year", "block_id"], ignore_index=True)


def _types(sheet: Sheet, own: dict[str, float]) -> "pd.Series[str]":
    """Read the type of the dwellings: a known word, or one that the scenario says the children of."""
    text = sheet.text("type")
    words = {**{name.lower(): name for name in own}, **KINDS}
    kind = text.str.lower().map(words)
    told = ", ".join(dict.fromkeys(words.values()))
    sheet.tell(
        kind.isna(),
        lambda row: f"type is '{text.loc[row]}'{nearest(str(text.loc[row]), words)}",
        f"Write one of {told}, or say under `projection: {{dwellings: {{children: ...}}}}` how many children live in such a one",
    )
    if (text == "").any():
        sheet.note("assumed", "dwellings_commercial", int((text == "").sum()))
    return kind


def _share(sheet: Sheet) -> "pd.Series[float]":
    text = sheet.text("demolish")
    share = pd.to_numeric(text.where(text != "", "0"), errors="coerce").astype(float)
    wrong = ~((share >= 0) & (share <= 1))
    sheet.tell(wrong, lambda row: f"demolish is '{text.loc[row]}', not a share from 0 to 1", "Write a share, such as 0.4")
    return share.mask(wrong)
