"""Faults that show only when the scenario is held against the county: ids nobody has, dates, variants."""

import difflib
from collections.abc import Collection, Iterable, Sequence

from optimizer.faults import Faults
from optimizer.inputs.county import County
from optimizer.policy import Rules
from optimizer.population.controls import check_controls, controls_of
from optimizer.population.projection import reference_year
from optimizer.population.variants import BUILT_IN, variant
from optimizer.scenario import Loaded
from optimizer.scenario.model import Forbid, Lock


def check_references(loaded: Loaded, county: County, rules: Rules, faults: Faults) -> None:
    """Tell every id of the scenario that the county lacks, and every choice that does not fit the data.

    Parameters
    ----------
    loaded
        The scenario with its lines.
    county, rules
        The inputs and the level's numbers.
    faults
        Takes what is found.
    """
    _check_wishes(loaded, county, faults)
    _check_variants(loaded, faults)
    _check_attendance(loaded, county, faults)
    scenario = loaded.scenario
    check_controls(controls_of(county, rules), {*BUILT_IN, *scenario.projection.define}, faults)
    start = reference_year(county.residents_date, rules)
    if county.residents is not None and start > scenario.horizon.base_year:
        file, where = loaded.where("horizon", "base_year")
        what = f"the residents' ages stand for {county.residents_date}, after the base year {scenario.horizon.base_year}"
        faults.add(file, where, what, f"Set base_year to {start} or later, or the date of the residents table.")


def check_plan(loaded: Loaded, county: County, zoned: Collection[str], faults: Faults) -> None:
    """Tell where a given plan sends blocks to schools that have no zone.

    Parameters
    ----------
    loaded, county
        The scenario with its lines, and the inputs with ``county.plan``.
    zoned
        Ids of the schools that have a zone.
    faults
        Takes what is found.
    """
    if county.plan is None:
        return
    strange = sorted(set(county.plan["school_id"]) - set(zoned))
    if strange:
        what = f"the plan sends blocks to schools without a zone here: {', '.join(strange[:10])}"
        faults.add(*loaded.where("plan"), what, "Use public schools of this level that are not closed.")


def _check_wishes(loaded: Loaded, county: County, faults: Faults) -> None:
    wishes = loaded.scenario.wishes
    blocks, schools = set(county.blocks.index), set(county.schools.index)
    pairs: tuple[tuple[str, Sequence[Lock | Forbid]], ...] = (("lock", wishes.lock), ("forbid", wishes.forbid))
    for name, listed in pairs:
        for index, wish in enumerate(listed):
            _known(loaded, ("wishes", name, index, "blocks"), wish.blocks, blocks, "block", faults)
            _known(loaded, ("wishes", name, index, "school"), [wish.school], schools, "school", faults)
            if name == "lock" and wish.school in wishes.close:
                what = f"blocks are locked to school {wish.school}, which is closed"
                faults.add(*loaded.where("wishes", "lock", index, "school"), what, "Drop one of the two wishes.")
    _known(loaded, ("wishes", "close"), wishes.close, schools, "school", faults)
    for index, added in enumerate(wishes.rooms):
        _known(loaded, ("wishes", "rooms", index, "school"), [added.school], schools, "school", faults)
    if isinstance(wishes.keep_together, list):
        for index, members in enumerate(wishes.keep_together):
            _known(loaded, ("wishes", "keep_together", index), members, blocks, "block", faults)
    elif wishes.keep_together is not None and wishes.keep_together not in county.blocks.columns:
        columns = ", ".join(sorted(set(county.blocks.columns) - {"geometry"}))
        what = f"the blocks have no column {wishes.keep_together!r}"
        faults.add(*loaded.where("wishes", "keep_together"), what, f"Name one of: {columns}.")
    _check_parents(loaded, county, faults)


def _check_attendance(loaded: Loaded, county: County, faults: Faults) -> None:
    chosen = loaded.scenario.attendance
    if chosen.status and county.by_status is None:
        todo = "Add the column (registered_housed, registered, migrant), or drop the shares."
        faults.add(*loaded.where("attendance", "status"), "the residents have no column status", todo)
    communities = set(county.blocks["community"])
    for index, seats in enumerate(chosen.other_seats):
        if seats.community is not None and seats.community not in communities:
            place = loaded.where("attendance", "other_seats", index, "community")
            faults.add(*place, f"no block is of the community {seats.community}", "Write its name as in the blocks layer.")


def _check_parents(loaded: Loaded, county: County, faults: Faults) -> None:
    closed = loaded.scenario.wishes.close
    for point, parent in county.schools["parent_school"].items():
        if parent in closed and point not in closed:
            what = f"school {parent} is closed, but the older children of {point} sit there"
            faults.add(*loaded.where("wishes", "close"), what, f"Close {point} too, or give it another parent_school.")


def _known(
    loaded: Loaded, key: tuple[str | int, ...], named: Iterable[str], known: Collection[str], kind: str, faults: Faults
) -> None:
    for one in named:
        if one not in known:
            near = difflib.get_close_matches(one, sorted(known), n=1, cutoff=0.5)
            todo = f"Did you mean {near[0]}?" if near else f"Use the id of a {kind} in the {kind}s table."
            faults.add(*loaded.where(*key), f"there is no {kind} {one!r}", todo)


def _check_variants(loaded: Loaded, faults: Faults) -> None:
    projection = loaded.scenario.projection
    for name in projection.variants:
        if variant(projection, name) is None:
            known = sorted({*BUILT_IN, *projection.define})
            todo = f"Use one of {', '.join(known)}, or define it under projection.define."
            faults.add(*loaded.where("projection", "variants"), f"there is no variant {name!r}", todo)
