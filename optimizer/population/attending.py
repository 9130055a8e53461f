"""How many of the children who live in a block follow its zone, and who sits at a school whatever the zones.

After the projection and before anything else. ``n[b,t,g,v]`` resident children become, in this order,

1. *status*: ``n * share[b]``. A block's share is the mean of the scenario's shares over its residents of 0 to 17 by status; over
   the county's where nobody lives in it. Statuses keep their places and proportions over the horizon;
2. *seats elsewhere*: in the years of each entry of ``other_seats``, in their order, the children of its area are fewer by
   ``students``, alike in all its blocks and grades, as far as there are so many;
3. *transfers*, from the table ``attendance``: of the children of zone ``z`` (today's) in grade ``g``, the share ``M[z,s,g] /
   sum_s M[z,s,g]`` studies at school ``s``; where the table holds nobody of that zone and grade, the shares of all its grades
   together; nobody transfers from a zone that it does not name. Those at another school than the one that teaches grade ``g`` of
   the zone do not follow the zoning: they sit at ``s``, or, if ``s`` has no zone (private schools, other counties'), at no school
   here. To a school that a wish closes nobody transfers. Children from no zone of the county, ``M["",s,g]``, sit at ``s`` too,
   every year as many. A cohort that enters in year ``e`` does so by the factor ``keep`` 1; ``phase_out`` ``max(0, 1 - (e - Y) /
   phase_out_years)``, with ``Y`` the base year; ``end`` 0; cohorts that entered before ``Y`` by the factor 1, but 0 where
   transfers end and ``rollout`` is ``all_grades``. Where ``enrolment`` says who sits where and the rollout is ``new_entrants``,
   it counts these older cohorts at their schools, and they are not counted there again.

Both results are made whole together as `optimizer.population.rounding` says, children by community, and the guests as one more
community after these, a school for a block, so that nobody who goes from one to the other is counted twice or lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.inputs.county import County
from optimizer.policy import Rules
from optimizer.population.projection import Population
from optimizer.population.rounding import Reals, whole_children
from optimizer.population.transfers import transfers
from optimizer.problem import Ints
from optimizer.scenario.model import Scenario

GUESTS = "\U0010ffff"
"""Stands for the community of the guests: after every name."""


@dataclass(frozen=True)
class Attending:
    """Who follows the zones, and who does not.

    Attributes
    ----------
    people
        The children who follow the zoning of their block: the projected residents, fewer.
    guests
        ``[S, T, G, V]`` children who sit at a school whatever the zones.
    """

    people: Population
    guests: Ints


def attending(
    people: Population, county: County, scenario: Scenario, rules: Rules, sites: Sequence[str], site_of: Ints
) -> Attending:
    """Apply status, seats elsewhere and transfers to the projected residents.

    Parameters
    ----------
    people
        The projected residents.
    county, scenario, rules
        The inputs, the scenario's ``attendance`` and ``rollout``, and the level's grades.
    sites
        ``S`` ids of the zoned schools, sorted; zones bear the same ids.
    site_of
        ``[S, G]`` which of them teaches grade ``g`` of each zone.
    """
    _, n_years, n_grades, n_variants = people.students.shape
    guests = np.zeros((len(sites), n_years, n_grades, n_variants), dtype=np.int64)
    status = _status_share(county, scenario)
    if status is None and not scenario.attendance.other_seats and county.attendance is None:
        return Attending(people, guests)
    moving = transfers(people, county, scenario, rules, sites, site_of)
    communities = [*county.blocks["community"], *[GUESTS] * len(sites)]
    students = np.empty_like(people.students)
    for variant in range(n_variants):
        course = people.students[..., variant].astype(np.float64)
        if status is not None:
            course *= status[:, None, None]
        _seats_elsewhere(course, people.years, county, scenario)
        seated = np.zeros((len(sites), n_years, n_grades)) if moving is None else moving.guests(course)
        if moving is not None:
            course *= 1 - moving.leaving_blocks
        everybody = np.moveaxis(np.concatenate([course, seated]), 0, -1)
        whole = np.moveaxis(whole_children(everybody, communities), -1, 0)
        students[..., variant], guests[..., variant] = whole[: len(course)], whole[len(course) :]
    return Attending(replace(people, students=students), guests)


def _status_share(county: County, scenario: Scenario) -> Reals | None:
    """Return ``[B]`` the share of a block's children who enter public schools of their zone; None where that is everybody."""
    shares = {str(status): share for status, share in scenario.attendance.status.items()}
    if county.by_status is None or not shares:
        return None
    rows = county.by_status.assign(entering=county.by_status["status"].map(shares).fillna(1.0) * county.by_status["count"])
    sums = rows.groupby("block_id")[["count", "entering"]].sum().reindex(county.blocks.index, fill_value=0)
    everybody = sums["entering"].sum() / max(sums["count"].sum(), 1)
    share = (sums["entering"] / sums["count"].where(sums["count"] > 0)).fillna(everybody)
    return np.asarray(share.to_numpy(dtype=np.float64))


def _seats_elsewhere(course: Reals, years: Sequence[int], county: County, scenario: Scenario) -> None:
    """Take the children in private and purchased seats out of ``[B, T, G]``."""
    for seats in scenario.attendance.other_seats:
        area = np.ones(len(course), dtype=bool)
        if seats.community is not None:
            area &= (county.blocks["community"] == seats.community).to_numpy()
        if seats.setting is not None:
            area &= (county.blocks["setting"] == seats.setting).to_numpy()
        for t, year in enumerate(years):
            if (seats.first_year or years[0]) <= year <= (seats.last_year or year):
                there = course[area, t].sum()
                course[area, t] *= max(0.0, 1 - seats.students / there) if there > 0 else 1.0
