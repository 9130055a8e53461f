"""Distributions in a comparison: who walks how much further or nearer, and how large classes are."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.metrics import walking
from optimizer.pages.templates import number
from optimizer.pages.texts import Texts
from optimizer.problem import Ints
from optimizer.run import Run
from optimizer.scenario.model import Setting

STEPS_M = (200, 500, 1000, 2000)
"""Upper ends of the bands of a change of the walk, either way; what is longer is a band of its own."""

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)

BELOW = (20, 10)
"""Class sizes below the limit at which a band ends: 25, 35 and 45 for a limit of 45."""


@dataclass(frozen=True)
class SettingChange:
    """Children of one setting, those of them who walk nearer and further, and the mean change in metres."""

    setting: str
    children: float
    nearer: float
    further: float
    mean_m: float


@dataclass(frozen=True)
class WalkChange:
    """How the walks of the children change from one plan to another, a mean year of the second one's children.

    Attributes
    ----------
    children
        All whose school the zoning decides.
    other_school
        Of them in blocks that change zone.
    nearer, further
        Of them with a shorter and a longer walk.
    bands
        Children by band: nearer by most first, in the middle those whose walk stays, further by most last.
    mean_m
        Mean change over all children, in metres.
    quantiles_m
        Change at each of `QUANTILES`, over the children whose walk changes; empty if there are none.
    by_setting
        The same by city, town and rural.
    """

    children: float
    other_school: float
    nearer: float
    further: float
    bands: tuple[float, ...]
    mean_m: float
    quantiles_m: tuple[int, ...]
    by_setting: tuple[SettingChange, ...]


def walk_change(before: Run, after: Run) -> WalkChange:
    """Return how walks change between two runs of the same blocks and grades."""
    problem = after.case.problem
    students = walking.student_years(problem)
    change = walking.walks(problem, after.plan) - walking.walks(before.case.problem, before.plan)
    here, there = (np.array(run.case.problem.zones, dtype=object)[run.plan.zone] for run in (before, after))
    per_year = students / problem.divisor
    total = float(per_year.sum())
    size = np.digitize(np.abs(change), STEPS_M, right=True) + 1
    band = np.sign(change) * np.where(change == 0, 0, size) + len(STEPS_M) + 1
    bands = np.bincount(band.ravel(), weights=per_year.ravel(), minlength=2 * len(STEPS_M) + 3)
    moves = change != 0
    some = bool(students[moves].sum())
    return WalkChange(
        children=total,
        other_school=float(per_year[here != there].sum()),
        nearer=float(per_year[change < 0].sum()),
        further=float(per_year[change > 0].sum()),
        bands=tuple(float(count) for count in bands),
        mean_m=float((per_year * change).sum() / total) if total else 0.0,
        quantiles_m=tuple(walking.quantiles(change[moves], students[moves], QUANTILES)) if some else (),
        by_setting=_by_setting(after, per_year, change),
    )


def band_names(texts: Texts) -> list[str]:
    """Return the names of the bands of `WalkChange`."""
    lower = (1, *(step + 1 for step in STEPS_M))
    sizes = [
        texts("compare.band", **{"from": number(low), "to": number(high)}) for low, high in zip(lower, STEPS_M, strict=False)
    ]
    sizes.append(texts("compare.band_above", **{"from": number(STEPS_M[-1])}))
    nearer = [texts("compare.nearer_by", band=size) for size in reversed(sizes)]
    return [*nearer, texts("compare.same_walk"), *(texts("compare.further_by", band=size) for size in sizes)]


def size_limits(steps: Sequence[int]) -> list[int]:
    """Return the upper ends of the bands of class sizes; what is larger is a band of its own."""
    return [*(steps[0] - below for below in BELOW if steps[0] > below), *steps]


def size_names(limits: Sequence[int], texts: Texts) -> list[str]:
    """Return the names of the bands of class sizes."""
    first = texts("compare.size_most", to=limits[0])
    inner = [texts("compare.size_band", **{"from": low + 1, "to": high}) for low, high in pairwise(limits)]
    return [first, *inner, texts("compare.size_above", **{"from": limits[-1] + 1})]


def in_bands(sizes: pd.DataFrame, limits: Sequence[int]) -> pd.DataFrame:
    """Return classes a year by school (rows) and band of size (columns 0, 1, ...).

    Parameters
    ----------
    sizes
        ``school_id, size, classes``.
    limits
        What `size_limits` returns.
    """
    band = np.digitize(sizes["size"].to_numpy(), limits, right=True)
    columns = range(len(limits) + 1)
    return sizes.assign(band=band).pivot_table("classes", "school_id", "band", aggfunc="sum").reindex(columns=columns).fillna(0.0)


def _by_setting(run: Run, per_year: NDArray[np.float64], change: Ints) -> tuple[SettingChange, ...]:
    setting = run.case.county.blocks["setting"].astype(str).to_numpy()
    found = []
    order = [*get_args(Setting), *sorted(set(setting))]
    for name in sorted(set(setting), key=order.index):
        count, metres = per_year[setting == name], change[setting == name]
        total = float(count.sum())
        mean = float((count * metres).sum() / total) if total else 0.0
        found.append(SettingChange(name, total, float(count[metres < 0].sum()), float(count[metres > 0].sum()), mean))
    return tuple(found)
