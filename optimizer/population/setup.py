"""What the yearly course starts from: the county's tables as arrays."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.inputs.county import County
from optimizer.policy import Rules
from optimizer.population import births
from optimizer.population.areas import Areas, areas_of
from optimizer.population.defaults import AGES, OLDEST_MOTHER, SURVIVAL, YIELD, profile
from optimizer.population.rounding import Reals
from optimizer.problem import Ints
from optimizer.scenario.model import Dwellings, Projection

_AREA_ORDER = {"county": 0, "setting": 1, "community": 2}
"""A row of a smaller area wins."""

STATUSES = ("registered_housed", "registered", "migrant")


@dataclass(frozen=True)
class Estates:
    """Dwellings that are moved into.

    Attributes
    ----------
    block, year
        ``[E]`` index of the block, and first autumn.
    children
        ``[E]`` children of all ages once every household is there.
    arrival
        ``[L]`` shares of households by years after the first.
    profile
        ``[A]`` shares of ages.
    """

    block: Ints
    year: Ints
    children: Reals
    arrival: Reals
    profile: Reals

    def arrived(self, year: int, n_blocks: int) -> Reals:
        """Return ``[B]`` children of all ages who come by the autumn of a year."""
        since = year - self.year
        coming = (since >= 0) & (since < len(self.arrival))
        found = np.zeros(n_blocks)
        np.add.at(found, self.block[coming], self.children[coming] * self.arrival[since[coming]])
        return found


@dataclass(frozen=True)
class Demolition:
    """What is pulled down in a year.

    Attributes
    ----------
    block
        ``[D]`` index of the block.
    stay
        ``[D]`` share of the block's children who do not leave by a stated share.
    gone
        ``[D]`` children who leave with a stated number of dwellings, as long as there are so many.
    """

    block: Ints
    stay: Reals
    gone: Reals

    def left(self, children: Reals) -> Reals:
        """Return ``[V, D]`` the share of each block's children, ``[V, A, B]``, who are left."""
        there = children[:, :, self.block].sum(axis=1) * self.stay
        rest = np.divide(np.maximum(there - self.gone, 0.0), there, out=np.ones_like(there), where=there > 0)
        return np.asarray(self.stay * rest)


@dataclass(frozen=True)
class Setup:
    """The start of every course, and the medium course of its drivers.

    Attributes
    ----------
    year
        Year of the cut-off it starts on.
    children
        ``[A, B]`` residents by age on that cut-off.
    survival
        ``[A]`` share who live to reach each age.
    rate
        ``[A, B]`` net yearly migration by age reached.
    given, women
        Births; where there are neither, as many as there are children of age 0.
    cut_off_month
        Births up to this month belong to the school year that ends with it.
    estates, demolition
        New dwellings, and by year what is pulled down.
    whole_county
        The county as one area.
    """

    year: int
    children: Reals
    survival: Reals
    rate: Reals
    given: births.Given | None
    women: births.Women | None
    cut_off_month: int
    estates: Estates | None
    demolition: dict[int, Demolition]
    whole_county: Areas


def setup(county: County, rules: Rules, projection: Projection) -> Setup:
    """Gather what the course starts from; the county has residents by age."""
    months = (county.residents_date.month - rules.cut_off_month) % 12
    start = county.residents_date.year - (county.residents_date.month < rules.cut_off_month)
    rate = _rates(county, projection)
    return Setup(
        year=start,
        children=_by_age(county, months),
        survival=_survival(county, projection),
        rate=rate[:AGES],
        given=births.given_births(county),
        women=births.women_of(county, rate, months),
        cut_off_month=rules.cut_off_month,
        estates=_estates(county, projection.dwellings),
        demolition=_demolition(county, projection.dwellings),
        whole_county=areas_of(county.blocks, "county"),
    )


def _by_age(county: County, months: int) -> Reals:
    """Residents by age on the last cut-off; those younger than a year since then are born later."""
    assert county.residents is not None
    block = county.blocks.index.get_indexer(pd.Index(county.residents["block_id"]))
    table = np.zeros((AGES + 1, len(county.blocks)))
    np.add.at(
        table, (county.residents["age"].to_numpy(dtype=np.int64), block), county.residents["count"].to_numpy(dtype=np.float64)
    )
    return np.asarray((table * (12 - months) + np.roll(table, -1, axis=0) * months) / 12)[:AGES]


def _survival(county: County, projection: Projection) -> Reals:
    share = np.array(SURVIVAL[projection.mortality])
    if county.drivers.survival is not None:
        for first, last, given in county.drivers.survival[["first", "last", "share"]].to_numpy():
            share[int(first) : int(last) + 1] = given
    return share


def _rates(county: County, projection: Projection) -> Reals:
    """Net migration ``[OLDEST_MOTHER + 1, B]``."""
    setting = county.blocks["setting"].map(lambda name: projection.migration.get(name, 0.0)).to_numpy(dtype=np.float64)
    stated = np.tile(setting, (OLDEST_MOTHER + 1, 1))
    table = county.drivers.migration
    if table is None:
        return stated
    rates = (
        share * _overlaid(stated, table[table["status"].isin(["", name])], county.blocks)
        for name, share in _shares(county).items()
    )
    return np.asarray(sum(rates))


def _overlaid(stated: Reals, table: pd.DataFrame, blocks: pd.DataFrame) -> Reals:
    """Lay the table's rows over the rates: one of a smaller area wins, then one of a status, then one of stated ages."""
    rate = stated.copy()
    ranked = table.assign(order=table["kind"].map(_AREA_ORDER), own=table["status"] != "").sort_values(
        ["order", "own", "aged"], kind="stable"
    )
    for kind, area, first, last, given in ranked[["kind", "area", "first", "last", "rate"]].to_numpy():
        inside = np.ones(len(blocks), dtype=bool) if kind == "county" else (blocks[kind] == area).to_numpy()
        rate[int(first) : int(last) + 1, inside] = given
    return rate


def _shares(county: County) -> dict[str, Reals]:
    """Share ``[B]`` of each status in a block's children on the reference date; registered and housed where nothing is known."""
    found = {name: np.zeros(len(county.blocks)) for name in STATUSES}
    if county.by_status is not None:
        block = county.blocks.index.get_indexer(pd.Index(county.by_status["block_id"]))
        for name in STATUSES:
            rows = (county.by_status["status"] == name).to_numpy() & (block >= 0)
            np.add.at(found[name], block[rows], county.by_status["count"].to_numpy(dtype=np.float64)[rows])
    total = np.asarray(sum(found.values()))
    found[STATUSES[0]] = np.where(total > 0, found[STATUSES[0]], 1.0)
    return {name: count / np.where(total > 0, total, 1.0) for name, count in found.items()}


def _children_per_dwelling(dwellings: Dwellings) -> dict[str, float]:
    return YIELD | dwellings.children


def _estates(county: County, dwellings: Dwellings) -> Estates | None:
    if county.housing is None or not (county.housing["dwellings"] > 0).any():
        return None
    built = county.housing[county.housing["dwellings"] > 0]
    each = built["type"].map(_children_per_dwelling(dwellings)).to_numpy(dtype=np.float64)
    return Estates(
        block=np.asarray(county.blocks.index.get_indexer(pd.Index(built["block_id"])), dtype=np.int64),
        year=built["year"].to_numpy(dtype=np.int64),
        children=built["dwellings"].to_numpy(dtype=np.float64) * each,
        arrival=np.array(dwellings.arrival),
        profile=np.array(profile(dwellings.profile)),
    )


def _demolition(county: County, dwellings: Dwellings) -> dict[int, Demolition]:
    if county.housing is None:
        return {}
    down = county.housing[(county.housing["dwellings"] < 0) | (county.housing["demolish"] > 0)]
    gone = -np.minimum(down["dwellings"], 0) * down["type"].map(_children_per_dwelling(dwellings))
    rows = pd.DataFrame({"year": down["year"], "block_id": down["block_id"], "stay": 1 - down["demolish"], "gone": gone})
    found = {}
    for year, part in rows.groupby("year"):
        by_block = part.groupby("block_id").agg({"stay": "prod", "gone": "sum"})
        block = np.asarray(county.blocks.index.get_indexer(by_block.index), dtype=np.int64)
        found[int(str(year))] = Demolition(block, by_block["stay"].to_numpy(), by_block["gone"].to_numpy(dtype=np.float64))
    return found
