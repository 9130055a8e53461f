"""Children by block and age where only the whole population of the blocks is known: spread by the county's age structure.

A block of ``p`` people holds ``p`` times the structure's share of each age. They become whole children age by age, youngest
first: the county's children up to each age are rounded half up, which gives its total of the age; every block gets what it should
have had up to this age less what it has got, rounded down, but not less than nothing; the children still missing go one each to
the blocks with the largest remainders (to nine decimals; then the lower id), and where there are too many, blocks with the
smallest remainders give one back. So the county's total is right at every age, and no block is ever more than two children away
from its due.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.inputs.desk import Desk
from optimizer.inputs.sheet import Sheet

AGES = 18
"""Ages 0 to 17 are spread."""


def read_spread(desk: Desk) -> pd.DataFrame | None:
    """Read ``population`` and ``age_structure``; returns ``block_id, age, count``, or None where there is no such table."""
    sheet = desk.sheet("population")
    if sheet is None:
        return None
    known = sheet.known("block_id", desk.blocks, "the blocks")
    ids, count = sheet.ids("block_id"), sheet.whole("count", needed=True)
    sheet.once(["block_id"])
    lost = ids.isin(desk.shapeless) & (count > 0).fillna(value=False)
    sheet.tell(lost, lambda row: f"people live in block {ids.loc[row]}, which has no shape", "Draw its polygon")
    share = _structure(desk)
    if share is None:
        return None
    good = known & count.notna() & ~ids.isin(desk.shapeless)
    people = pd.Series(count[good].to_numpy(dtype=np.float64), index=ids[good]).groupby(level=0).first().sort_index()
    children = whole(people.to_numpy()[:, None] * share[None, :])
    sheet.note("assumed", "spread_by_age_structure", [f"{share.sum():.1%}"])
    if desk.blocks is not None and (empty := sorted(set(desk.blocks) - desk.shapeless - set(people.index))):
        sheet.note("assumed", "blocks_without_residents", empty)
    block, age = np.nonzero(children)
    return pd.DataFrame({"block_id": people.index.to_numpy()[block], "age": age, "count": children[block, age]})


def whole(due: NDArray[np.float64]) -> NDArray[np.int64]:
    """Round ``[B, A]`` children to whole ones; blocks in the order of their ids."""
    result = np.zeros(due.shape, dtype=np.int64)
    owed = np.zeros(len(due))
    total = np.diff(np.floor(due.sum(axis=0).cumsum().round(6) + 0.5).astype(np.int64), prepend=0)
    for age in range(due.shape[1]):
        owed = np.round(owed + due[:, age], 9)
        floor = np.maximum(np.floor(owed), 0).astype(np.int64)
        missing = int(total[age] - floor.sum())
        order = np.argsort(-np.round(owed - floor, 9), kind="stable")
        if missing > 0:
            floor[order[:missing]] += 1
        elif missing < 0:
            floor[order[floor[order] > 0][missing:]] -= 1
        result[:, age] = floor
        owed -= floor
    return result


def _structure(desk: Desk) -> NDArray[np.float64] | None:
    """Return ``[AGES]`` the share of each age in all people."""
    sheet = desk.sheet("age_structure")
    if sheet is None:
        if desk.entry("age_structure") is None:
            todo = "Add age_structure.csv (age, count) of the whole county, or residents by age"
            desk.faults.add(desk.scenario.inputs or "scenario", "", "the table population has no age_structure beside it", todo)
        return None
    sheet.once(["age"])
    age, weight = sheet.whole("age", needed=True), _weight(sheet)
    if weight is None or age.isna().any() or weight.isna().any():
        return None
    total = 1.0 if "share" in sheet else float(weight.sum())
    if "share" not in sheet and (age <= AGES - 1).all():
        sheet.fault(
            "the age structure ends before 18", "Add the older people, as one row of age 18, or give `share` of all people"
        )
        return None
    share = np.zeros(AGES)
    young = (age < AGES).to_numpy(dtype=bool)
    np.add.at(share, age[young].to_numpy(dtype=np.int64), weight[young].to_numpy(dtype=np.float64) / max(total, 1e-9))
    return share


def _weight(sheet: Sheet) -> "pd.Series[float] | None":
    """Return the counts, or the shares, which add up to 1 at the most."""
    if "share" in sheet:
        share = sheet.decimal("share")
        wrong = (share < 0) | (share > 1)
        sheet.tell(
            wrong, lambda row: f"share is {share.loc[row]}, not from 0 to 1", "Write the share of all people, such as 0.012"
        )
        return None if wrong.any() else share
    if "count" in sheet:
        return sheet.whole("count", needed=True).astype("Float64")
    sheet.missing("count", ", or give `share`")
    return None
