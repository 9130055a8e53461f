"""Births by calendar year: of the county, of its settings, or of its communities."""

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.inputs.areas import areas, once
from optimizer.inputs.desk import Desk
from optimizer.inputs.sheet import Sheet


def read_births(desk: Desk, blocks: gpd.GeoDataFrame | None) -> pd.DataFrame | None:
    """Read births.

    Returns
    -------
    ``year, births, kind, area`` sorted by area and year. All rows are of one kind of area: the ``county`` (area empty), each
    ``setting``, or each ``community`` that the blocks have.
    """
    sheet = desk.sheet("births")
    if sheet is None:
        return None
    frame = pd.DataFrame({"year": sheet.whole("year", 1950, 2150, needed=True), "births": sheet.whole("births", needed=True)})
    frame = frame.join(areas(sheet, blocks))
    once(sheet, frame, "year")
    if len(set(frame["kind"])) > 1:
        sheet.fault("some rows are of settings, others of communities or the whole county", "Use one kind of area")
    elif blocks is not None:
        _everywhere(sheet, frame, blocks)
    return frame.dropna().astype({"year": np.int64, "births": np.int64}).sort_values(["area", "year"], ignore_index=True)


def _everywhere(sheet: Sheet, frame: pd.DataFrame, blocks: gpd.GeoDataFrame) -> None:
    """Tell areas of the county in which, after this table, nobody would be born."""
    kind = frame["kind"].iloc[0]
    if kind == "county":
        return
    missing = sorted(set(blocks[kind]) - set(frame["area"]))
    if missing:
        listed = ", ".join(name or f"the blocks without a {kind}" for name in missing[:20])
        sheet.fault(f"there are no births of {listed}", "Add rows for them (0 where nobody is born), or give the county's births")
