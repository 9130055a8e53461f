"""What a projection rests on, in sentences: the tables it used and the numbers that stood in for missing ones."""

from collections.abc import Iterator

from optimizer.inputs.county import County
from optimizer.pages import names
from optimizer.pages.templates import number, percent
from optimizer.pages.texts import Texts
from optimizer.policy import rules
from optimizer.population import learned
from optimizer.population.defaults import YIELD
from optimizer.population.variants import variant
from optimizer.run import Case


def sentences(case: Case, texts: Texts) -> list[str]:
    """Return the sentences; none for a county without ages."""
    if case.county.residents is None:
        return []
    county, projection = case.county, case.scenario.projection
    found = [texts("rests.residents", date=county.residents_date.isoformat()), *_births(county, texts)]
    death = "table" if county.drivers.survival is not None else "cn" if projection.mortality == "cn-2024" else "none"
    found.append(texts(f"rests.survival.{death}"))
    found += [*_migration(case, texts), *_housing(case, texts)]
    found += _in_school(case, texts)
    if county.drivers.controls is not None:
        found.append(texts("rests.controls", count=len(county.drivers.controls)))
    return [*found, *_courses(case, texts)]


def _births(county: County, texts: Texts) -> Iterator[str]:
    births, women, fertility = county.births, county.drivers.women, county.drivers.fertility
    borne = women is not None and fertility is not None
    if births is not None:
        kind = texts(f"kind.{births['kind'].iloc[0]}")
        years = {"from_year": int(births["year"].min()), "to_year": int(births["year"].max())}
        yield texts("rests.births_until" if borne else "rests.births", kind=kind, **years)
    if women is not None and fertility is not None:
        rows = fertility[fertility["year"] == fertility["year"].iloc[0]]
        children = float((rows["rate"] * (rows["last"] - rows["first"] + 1)).sum())
        first = county.residents_date.year if births is None else int(births["year"].max()) + 1
        yield texts("rests.women", from_year=first, women=number(int(women["count"].sum())), children=number(children, 2))
    elif births is None:
        yield texts("rests.no_births")


def _in_school(case: Case, texts: Texts) -> Iterator[str]:
    if case.county.history is None:
        return
    if case.scenario.projection.history == "ignore":
        yield texts("rests.history_ignored")
        return
    found = learned(case.county, rules(case.scenario.policy, case.scenario.level))
    used = sorted({year for rate in found for year in rate.years})
    if not used:
        yield texts("rests.history_useless")
        return
    said = texts("list.comma").join(texts("rests.history_grade", grade=r.grade, share=percent(r.rate)) for r in found if r.years)
    yield texts("rests.history", from_year=used[0], to_year=used[-1], rates=said)
    missing = [str(rate.grade) for rate in found if not rate.years]
    if missing:
        yield texts("rests.history_missing", grades=texts("list.comma").join(missing))


def _migration(case: Case, texts: Texts) -> Iterator[str]:
    stated = {key: rate for key, rate in case.scenario.projection.migration.items() if rate}
    if stated:
        rates = texts("list.comma").join(f"{texts(f'setting.{key}')} {_signed(rate)} %" for key, rate in stated.items())
        yield texts("rests.migration", rates=rates)
    if case.county.drivers.migration is not None:
        yield texts("rests.migration_table", rows=len(case.county.drivers.migration))
    elif not stated:
        yield texts("rests.no_migration")


def _signed(rate: float) -> str:
    return f"{rate * 100:+.2g}".replace("-", "−") if rate else "0"


def _housing(case: Case, texts: Texts) -> Iterator[str]:
    housing = case.county.housing
    if housing is None:
        return
    built = housing[housing["dwellings"] > 0]
    if len(built):
        each = YIELD | case.scenario.projection.dwellings.children
        used = [name for name in each if name in set(built["type"])]
        known = {name: texts(f"dwelling.{name}") if texts.has(f"dwelling.{name}") else name for name in used}
        yield texts(
            "rests.housing",
            dwellings=number(int(built["dwellings"].sum())),
            estates=built["estate_id"].nunique(),
            from_year=int(built["year"].min()),
            to_year=int(built["year"].max()),
            children=texts("list.comma").join(f"{known[name]} {each[name]:.2f}" for name in used),
        )
    down = housing[(housing["dwellings"] < 0) | (housing["demolish"] > 0)]
    if len(down):
        years = {"from_year": int(down["year"].min()), "to_year": int(down["year"].max())}
        yield texts("rests.demolition", blocks=down["block_id"].nunique(), **years)


def _courses(case: Case, texts: Texts) -> Iterator[str]:
    projection = case.scenario.projection
    if projection.draws is not None:
        births, migration, housing = projection.errors.births, projection.errors.migration, projection.errors.housing
        yield texts(
            "rests.draws",
            draws=projection.draws,
            seed=projection.seed,
            births=percent(births.sd),
            migration=f"{migration.sd * 100:.2g}",
            housing=percent(housing.sd),
            births_left=percent(births.persistence),
            migration_left=percent(migration.persistence),
            housing_left=percent(housing.persistence),
        )
        return
    for name in case.population.variants:
        chosen = variant(projection, name)
        if chosen is not None and len(case.population.variants) > 1:
            yield texts(
                "rests.variant",
                variant=names.variant(texts, name),
                births=f"{chosen.births:g}",
                migration=_signed(chosen.migration),
                housing=f"{chosen.housing:g}",
                mortality=f"{chosen.mortality:g}",
            )
