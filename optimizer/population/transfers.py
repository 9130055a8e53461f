"""Children who study outside the zone they live in; `optimizer.population.attending` says what becomes of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.inputs.county import County
from optimizer.policy import Rules
from optimizer.population.projection import Population
from optimizer.population.rounding import Reals
from optimizer.problem import Bools, Ints
from optimizer.scenario.model import Scenario


@dataclass(frozen=True)
class Transfers:
    """Who transfers, and where to. ``Z`` zones of residence that the table names.

    Attributes
    ----------
    zone_of
        ``[B]`` zone that a block is in today; -1 for none of these.
    flow
        ``[Z, G, S]`` share of a zone's children who sit at a site that is not their zone's.
    leaving
        ``[Z, G]`` share of a zone's children who do not follow the zoning.
    outside
        ``[G, S]`` children from outside the county.
    factor
        ``[T, G]`` how far a cohort still transfers.
    counted
        ``[T, G]`` whether its guests are counted here, not by ``enrolment``.
    """

    zone_of: Ints
    flow: Reals
    leaving: Reals
    outside: Reals
    factor: Reals
    counted: Bools

    @property
    def leaving_blocks(self) -> Reals:
        """``[B, T, G]`` share of a block's children who do not follow the zoning."""
        share = np.zeros((len(self.zone_of), self.factor.shape[1]))
        known = self.zone_of >= 0
        share[known] = self.leaving[self.zone_of[known]]
        return np.asarray(share[:, None, :] * self.factor[None])

    def guests(self, course: Reals) -> Reals:
        """Return ``[S, T, G]`` children of ``course`` ``[B, T, G]`` and of other counties who sit at sites not their zone's."""
        by_zone = np.zeros((len(self.leaving), *course.shape[1:]))
        known = self.zone_of >= 0
        np.add.at(by_zone, self.zone_of[known], course[known])
        real = np.einsum("ztg,zgs->tgs", by_zone, self.flow) + self.outside[None]
        real *= (self.factor * self.counted)[:, :, None]
        return np.moveaxis(real, -1, 0)


def transfers(
    people: Population, county: County, scenario: Scenario, rules: Rules, sites: Sequence[str], site_of: Ints
) -> Transfers | None:
    """Return the transfers that the table ``attendance`` shows; None without the table.

    Parameters
    ----------
    people, county, scenario, rules, sites, site_of
        As for `optimizer.population.attending.attending`.
    """
    if county.attendance is None or county.current_zones is None:
        return None
    pooled = len(people.grades) != len(rules.grades)
    rows = county.attendance[county.attendance["grade"].isin(rules.grades)]
    zones, schools = sorted(set(rows["zone"]) | {""}), sorted(set(rows["school_id"]))
    number = np.zeros((len(zones), len(people.grades), len(schools)))
    grade = np.zeros(len(rows), dtype=np.int64) if pooled else rows["grade"].to_numpy() - rules.first_grade
    where = (np.searchsorted(zones, rows["zone"]), grade, np.searchsorted(schools, rows["school_id"]))
    np.add.at(number, where, rows["students"].to_numpy(dtype=np.float64))
    taught = np.arange(len(sites))[:, None] if pooled else site_of
    seat = np.array([taught[sites.index(s)] if s in sites else [-1] * len(people.grades) for s in schools]).reshape(
        len(schools), -1
    )
    moving = _moving(number[1:], zones[1:], schools, sites, taught)
    closed = np.isin(schools, scenario.wishes.close)
    moving[:, :, closed], number[0][:, closed] = 0.0, 0.0
    today = pd.Index(zones[1:]).get_indexer(pd.Index(county.current_zones["school_id"].reindex(county.blocks.index)))
    factor, counted = _by_cohort(scenario, people, enrolled=county.enrolment is not None)
    return Transfers(
        zone_of=np.asarray(today, dtype=np.int64),
        flow=np.stack([_seated(each, seat, len(sites)) for each in moving]) if len(moving) else np.zeros((0, *seat.T.shape)),
        leaving=moving.sum(axis=2),
        outside=_seated(number[0], seat, len(sites)),
        factor=factor,
        counted=counted,
    )


def _moving(number: Reals, zones: Sequence[str], schools: Sequence[str], sites: Sequence[str], taught: Ints) -> Reals:
    """Return ``[Z, G, X]`` the share of each zone's children who study at a school that is not the zone's."""
    total = number.sum(axis=2, keepdims=True)
    pooled = number.sum(axis=1, keepdims=True)
    rows = np.where(total > 0, number, pooled)
    share: Reals = rows / np.maximum(rows.sum(axis=2, keepdims=True), 1)
    for index, zone in enumerate(zones):
        for grade in range(number.shape[1]):
            own = sites[taught[sites.index(zone), grade]] if zone in sites else zone
            if own in schools:
                share[index, grade, schools.index(own)] = 0.0
    return share


def _seated(number: Reals, seat: Ints, n_sites: int) -> Reals:
    """Add ``[G, X]`` up by the site ``seat[X, G]`` at which the children of school ``X`` sit, leaving out those at none."""
    found = np.zeros((len(number), n_sites))
    for grade in range(len(number)):
        there = seat[:, grade] >= 0
        np.add.at(found[grade], seat[there, grade], number[grade, there])
    return found


def _by_cohort(scenario: Scenario, people: Population, *, enrolled: bool) -> tuple[Reals, Bools]:
    """Return ``[T, G]`` how far a cohort still transfers, and whether its guests are counted here."""
    year, grade = np.indices((len(people.years), len(people.grades)))
    entered = year - grade  # years after the base year
    stays = (entered < 0) & (scenario.rollout == "new_entrants")
    factor = {
        "keep": np.ones(entered.shape),
        "phase_out": np.maximum(0.0, 1 - np.maximum(entered, 0) / scenario.attendance.phase_out_years),
        "end": stays.astype(np.float64),
    }[scenario.attendance.transfers]
    return factor, ~(stays & enrolled)
