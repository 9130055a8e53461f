"""What a sweep comes to: which settings are efficient, and how likely each school is to exceed its class limit, by year."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.sweep.expand import Overrides, label

CONDITIONS = ("projection", "horizon", "level", "policy", "travel", "inputs", "county", "attendance")
"""Overrides of these keys change the children, the rules or the ways, not what the planner chooses: plans made under different
conditions are not better or worse than each other."""

CHOICES = ("projection.hold", "projection.tail")
"""Keys among them that the planner does choose."""

AXES = ("walk", "crowding", "change")
"""What is traded: metres of a mean walk, children in classes above the limit, children whose school changes."""

_PLACES = {"walk": 0, "crowding": 1, "change": 0}
"""Decimals that count: a tenth of a metre makes no plan efficient."""


@dataclass(frozen=True)
class Heat:
    """How likely each school is to exceed its class limit.

    Attributes
    ----------
    county, setting
        Whose runs are meant; an empty setting means all settings together.
    runs, futures
        Runs, and populations (runs times the projections each was judged in), that the chances are shares of.
    schools
        Name by id.
    chance
        Index school id, columns years; from 0 to 1, nan where no run has that year.
    """

    county: str
    setting: str
    runs: int
    futures: int
    schools: dict[str, str]
    chance: pd.DataFrame


def settings(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with what they chose and under which conditions.

    Parameters
    ----------
    rows
        See `optimizer.sweep.store.COLUMNS`.

    Returns
    -------
    The rows and ``setting`` (overrides that the planner chooses, as text; the scenario's name where there are none) and
    ``future`` (overrides of the conditions, without the draw; may be empty), both without what all runs share; ``walk, crowding,
    change`` (empty in failed runs); and
    ``seated``: whether crowding counts children above the seats, because no class is ever above its limit, yet seats are short.
    """
    overrides = _told_apart([json.loads(text) for text in rows["overrides"]])
    chosen = [label({key: value for key, value in each.items() if not _is_condition(key)}) for each in overrides]
    found = rows.copy()
    found["setting"] = [said or name for said, name in zip(chosen, rows["scenario"], strict=True)]
    found["future"] = [label({key: value for key, value in each.items() if _is_condition(key)}) for each in overrides]
    walk, over, above, moved = (_column(rows, key) for key in ("mean_walk_m", "children_over", "over_seats", "moved"))
    most = (figure.fillna(0).groupby(rows["county"]).transform("max") for figure in (over, above))
    found["seated"] = [crowded == 0 and short > 0 for crowded, short in zip(*most, strict=True)]
    found["walk"], found["crowding"], found["change"] = walk, over.where(~found["seated"], above), moved
    return found


def _told_apart(overrides: Sequence[Overrides]) -> list[Overrides]:
    """Return the overrides without those that are the same in every run: they tell none from another."""
    first = overrides[0] if overrides else {}
    shared = {key for key, value in first.items() if all(key in each and each[key] == value for each in overrides)}
    return [{key: value for key, value in each.items() if key not in shared} for each in overrides]


def _column(rows: pd.DataFrame, key: str) -> "pd.Series[float]":
    """Return a headline figure; where every run failed there is none."""
    return rows[key] if key in rows else pd.Series(np.nan, index=rows.index)


def _is_condition(key: str) -> bool:
    return key.split(".", maxsplit=1)[0] in CONDITIONS and key not in CHOICES


def tradeoffs(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what each setting comes to, the mean over its draws, and which are efficient.

    Parameters
    ----------
    rows
        What `settings` returns; failed runs are left out.

    Returns
    -------
    A row per ``county, future, setting``, in the order of the runs: ``runs, walk, crowding, change`` and ``rank`` (from 1 by
    walk among the efficient settings of the same county and future; 0 where another setting is at least as good in all three
    and better in one).
    """
    done = rows[rows["status"] == "done"]
    if done.empty:
        return pd.DataFrame(columns=["county", "future", "setting", "runs", *AXES, "rank"])
    keys = ["county", "future", "setting"]
    found = done.groupby(keys, sort=False).agg(runs=("id", "size"), **{axis: (axis, "mean") for axis in AXES}).reset_index()
    found["rank"] = 0
    for _, group in found.groupby(["county", "future"], sort=False):
        best = group[efficient(group[list(AXES)].round(_PLACES).to_numpy())].sort_values(list(AXES), kind="stable")
        found.loc[best.index, "rank"] = np.arange(1, len(best) + 1)
    return found


def efficient(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return ``[N]`` whether no other point of ``[N, K]`` is at least as low in every column and lower in one."""
    return np.array(
        [not ((points <= point).all(axis=1) & (points < point).any(axis=1)).any() for point in points], dtype=np.bool_
    )


def heats(rows: pd.DataFrame, schools: Iterable[tuple[str, pd.DataFrame]]) -> list[Heat]:
    """Return the chances of each county, of all settings together and of each setting, in the order of the runs.

    Parameters
    ----------
    rows
        What `settings` returns.
    schools
        See `optimizer.sweep.store.Store.schools`: looked at one run at a time.
    """
    done = rows[rows["status"] == "done"]
    of_run = dict(
        zip(done["id"].astype(str), zip(done["county"].astype(str), done["setting"].astype(str), strict=True), strict=True)
    )
    sums: dict[tuple[str, str], _Sum] = {}
    for county, setting in of_run.values():
        for name in ("", setting):
            sums.setdefault((county, name), _Sum())
    for run, frame in schools:
        if run in of_run:
            share = _share(frame)
            county, setting = of_run[run]
            for name in ("", setting):
                sums[county, name].add(share, frame)
    n_settings = Counter(county for county, _ in sums)
    return [found.heat(*key) for key, found in sums.items() if not key[1] or n_settings[key[0]] > 2]


def _share(frame: pd.DataFrame) -> "pd.Series[float]":
    """Return the weighted share of a run's projections in which each school exceeds its limit, by school and year."""
    keys = ["school_id", "year"]
    weight = frame["weight"].astype("float64")
    by = [frame[key] for key in keys]
    return (weight * frame["exceeds"]).groupby(by).sum() / weight.groupby(by).sum()


class _Sum:
    """Shares of many runs, added up."""

    def __init__(self) -> None:
        self.runs = self.futures = 0
        self.share: pd.Series[float] = pd.Series(dtype="float64")
        self.count: pd.Series[float] = pd.Series(dtype="float64")
        self.schools: dict[str, str] = {}

    def add(self, share: "pd.Series[float]", frame: pd.DataFrame) -> None:
        ones = pd.Series(1.0, index=share.index)
        self.share = share if self.runs == 0 else self.share.add(share, fill_value=0)
        self.count = ones if self.runs == 0 else self.count.add(ones, fill_value=0)
        self.runs += 1
        self.futures += frame["variant"].nunique()
        self.schools |= _names(frame)

    def heat(self, county: str, setting: str) -> Heat:
        by_year = dict(tuple((self.share / self.count).groupby(level="year")))
        chance = pd.DataFrame({year: share.droplevel("year") for year, share in by_year.items()}).sort_index()
        return Heat(county, setting, self.runs, self.futures, self.schools, chance)


def _names(frame: pd.DataFrame) -> Mapping[str, str]:
    once = frame.drop_duplicates("school_id")
    return dict(zip(once["school_id"].astype(str), once["name"].astype(str), strict=True))
