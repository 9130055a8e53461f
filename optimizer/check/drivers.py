"""The raw tables that drive the projection: births, women and fertility, survival, migration, estates, control totals."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from optimizer.check import sheets
from optimizer.check.dwellers import HOUSED, STATUS_OF
from optimizer.check.people import AGES, OLDEST_MOTHER, Estate
from optimizer.check.world import Block
from optimizer.policy import Rules
from optimizer.scenario.model import Scenario

COUNTY = ("", "county", "all", "全县", "合计")
KIND_OF = {
    **dict.fromkeys(("", "commercial", "商品房"), "commercial"),
    **dict.fromkeys(("resettlement", "安置房"), "resettlement"),
    **dict.fromkeys(("rental", "租赁", "公租房"), "rental"),
}
DEATHS_OF_1000 = {"none": (0.0, 0.0, 0.0, 0.0), "cn-2024": (4.0, 0.4, 0.2, 0.4)}
"""Yearly deaths of 1,000: before the first cut-off, reaching 1-4, 5-14, 15-17 (stated in `optimizer.population.defaults`)."""


@dataclass(frozen=True)
class Control:
    """An official total of the residents of some ages in a year; ``variant`` is empty for the medium course."""

    year: int
    first: int
    last: int
    variant: str
    count: int


@dataclass(frozen=True)
class Drivers:
    """What drives the projection.

    Attributes
    ----------
    births, births_area
        Births by area and calendar year, and the area of each block; births are empty without a table.
    women, women_area
        Women by area and age on the day of the residents, and the area of each block.
    fertility
        Births a woman by year (0: every year) and age.
    survival
        Share who live to reach each age, 0 to 17.
    rate
        Net yearly migration by block, a list by age reached.
    estates
        What is built and pulled down.
    controls
        Official totals.
    """

    births: Mapping[str, Mapping[int, int]]
    births_area: Mapping[str, str]
    women: Mapping[tuple[str, int], int]
    women_area: Mapping[str, str]
    fertility: Mapping[int, Mapping[int, float]]
    survival: list[float]
    rate: Mapping[str, list[float]]
    estates: list[Estate]
    controls: list[Control]


def read_drivers(
    scenario: Scenario, blocks: Mapping[str, Block], rules: Rules, by_status: Mapping[tuple[str, str], int] | None
) -> Drivers:
    """Read the drivers of a scenario.

    Raises
    ------
    BadInputError
        If a file cannot be read.
    """
    births, births_area = _births(scenario, blocks)
    women, women_area = _women(scenario, blocks)
    return Drivers(
        births,
        births_area,
        women,
        women_area,
        _fertility(scenario),
        _survival(scenario),
        _rates(scenario, blocks, by_status),
        _estates(scenario),
        _controls(scenario, rules),
    )


def _rows(scenario: Scenario, table: str) -> list[dict[str, str]]:
    frame = sheets.sheet(scenario, table)
    return [] if frame is None else list(sheets.rows(frame))


def _whole(row: dict[str, str], column: str) -> int:
    return sheets.whole(row.get(column, "")) or 0


def _community(block: Block) -> str:
    return block.row.get("community", "")


def _areas(words: Iterable[str], blocks: Mapping[str, Block]) -> dict[str, str]:
    """Return what each block's area is called, by the kind of area that the words of a table are of."""
    used = {word.lower() for word in words}
    if used <= set(COUNTY):
        return dict.fromkeys(blocks, "")
    if used <= {"city", "town", "rural"}:
        return {name: block.setting for name, block in blocks.items()}
    return {name: _community(block) for name, block in blocks.items()}


def _area(word: str) -> str:
    return "" if word.lower() in COUNTY else word.lower() if word.lower() in ("city", "town", "rural") else word


def _span(text: str, highest: int) -> range:
    if not text:
        return range(highest + 1)
    numbers = [int(number) for number in re.findall(r"\d+", unicodedata.normalize("NFKC", text))]
    return range(numbers[0], numbers[-1] + 1)


def _births(scenario: Scenario, blocks: Mapping[str, Block]) -> tuple[dict[str, dict[int, int]], dict[str, str]]:
    rows = _rows(scenario, "births")
    found: dict[str, dict[int, int]] = {}
    for row in rows:
        found.setdefault(_area(row.get("area", "")), {})[_whole(row, "year")] = _whole(row, "births")
    return found, _areas((row.get("area", "") for row in rows), blocks)


def _women(scenario: Scenario, blocks: Mapping[str, Block]) -> tuple[dict[tuple[str, int], int], dict[str, str]]:
    rows = _rows(scenario, "women")
    by_block = bool(rows) and "block_id" in rows[0]
    found = {}
    for row in rows:
        if _whole(row, "age") <= OLDEST_MOTHER:
            found[row["block_id"] if by_block else _area(row.get("area", "")), _whole(row, "age")] = _whole(row, "count")
    area = {name: name for name in blocks} if by_block else _areas((row.get("area", "") for row in rows), blocks)
    return found, area


def _fertility(scenario: Scenario) -> dict[int, dict[int, float]]:
    found: dict[int, dict[int, float]] = {}
    for row in _rows(scenario, "fertility"):
        ages = found.setdefault(_whole(row, "year"), {})
        ages.update(dict.fromkeys(_span(row["age"], OLDEST_MOTHER), sheets.number(row["rate"]) / 1000))
    return found


def _survival(scenario: Scenario) -> list[float]:
    infant, small, school, youth = DEATHS_OF_1000[scenario.projection.mortality]
    found = [1 - deaths / 1000 for deaths in [infant] + [small] * 4 + [school] * 10 + [youth] * 3]
    for row in _rows(scenario, "survival"):
        for age in _span(row["age"], OLDEST_MOTHER):
            if age < AGES:
                found[age] = sheets.number(row["share"])
    return found


@dataclass(frozen=True)
class _Rate:
    """A row of the table of migration; ``area`` and ``status`` are empty where it holds for all."""

    area: str
    status: str
    ages: range
    aged: bool
    rate: float

    @property
    def rank(self) -> tuple[int, bool, bool]:
        """The smaller area wins, then the status, then the stated ages."""
        size = 0 if not self.area else 1 if self.area in ("city", "town", "rural") else 2
        return size, bool(self.status), self.aged


def _rates(
    scenario: Scenario, blocks: Mapping[str, Block], by_status: Mapping[tuple[str, str], int] | None
) -> dict[str, list[float]]:
    rows = [
        _Rate(
            _area(row.get("area", "")),
            STATUS_OF[row["status"].lower()] if row.get("status") else "",
            _span(row.get("age", ""), OLDEST_MOTHER),
            bool(row.get("age")),
            sheets.number(row["rate"]),
        )
        for row in _rows(scenario, "migration")
    ]
    stated = {str(setting): rate for setting, rate in scenario.projection.migration.items()}
    children: dict[str, dict[str, int]] = {}
    for (name, status), n in (by_status or {}).items():
        children.setdefault(name, {})[status] = n
    found = {}
    for name, block in blocks.items():
        here = sorted((row for row in rows if row.area in ("", block.setting, _community(block))), key=lambda row: row.rank)
        counts = children.get(name, {})
        total = sum(counts.values())
        shares = {status: n / total for status, n in counts.items()} if total else {HOUSED: 1.0}
        mean = [0.0] * (OLDEST_MOTHER + 1)
        for status, share in shares.items():
            rates = [stated.get(block.setting, 0.0)] * (OLDEST_MOTHER + 1)
            for row in here:
                if row.status in ("", status):
                    for age in row.ages:
                        rates[age] = row.rate
            mean = [sum_ + share * rate for sum_, rate in zip(mean, rates, strict=True)]
        found[name] = mean
    return found


def _estates(scenario: Scenario) -> list[Estate]:
    own = {name.lower(): name for name in scenario.projection.dwellings.children}
    return [
        Estate(
            row["block_id"],
            _whole(row, "year"),
            _whole(row, "dwellings"),
            (own | KIND_OF)[row.get("type", "").lower()],
            sheets.number(row["demolish"]) if row.get("demolish") else 0.0,
        )
        for row in _rows(scenario, "housing")
    ]


def _controls(scenario: Scenario, rules: Rules) -> list[Control]:
    found = []
    for row in _rows(scenario, "controls"):
        grades = row.get("grade", "")
        span = _span(grades, 12) if grades else _span(row["age"], AGES - 1)
        shift = rules.entry_age - 1 if grades else 0
        ages = (span[0] + shift, span[-1] + shift)
        found.append(Control(_whole(row, "year"), *ages, row.get("variant", ""), _whole(row, "count")))
    return found
