"""The children of each block by age: counted by block, by address, or spread from the whole population.

From the statements in `optimizer.inputs.addresses` and `optimizer.inputs.spread`, worked out a second time.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from optimizer.check import sheets
from optimizer.check.people import AGES
from optimizer.scenario.model import Scenario

HOUSED, REGISTERED, MIGRANT = "registered_housed", "registered", "migrant"

STATUS_OF = {
    **dict.fromkeys(("", HOUSED, "人户一致", "户籍有房", "有户有房"), HOUSED),
    **dict.fromkeys((REGISTERED, "户籍", "空挂户", "人户分离", "有户无房"), REGISTERED),
    **dict.fromkeys((MIGRANT, "随迁", "随迁子女", "流动", "流动人口", "非户籍"), MIGRANT),
}

ODD, EVEN = ("odd", "单", "单号", "奇", "奇数"), ("even", "双", "双号", "偶", "偶数")

PLACE_ENDS = ("省", "市", "州", "盟", "县", "区", "旗", "镇", "乡", "村", "街道", "社区")
"""A street or an estate may stand behind one of these."""


@dataclass(frozen=True)
class Dwellers:
    """Children of 0 to 17.

    Attributes
    ----------
    by_age
        By block and age.
    by_status
        By block and status; None where the table has no status.
    """

    by_age: dict[tuple[str, int], int]
    by_status: dict[tuple[str, str], int] | None


def read_dwellers(scenario: Scenario) -> Dwellers | None:
    """Read who lives where; None where the blocks carry pooled students.

    Raises
    ------
    BadInputError
        If a file cannot be read.
    """
    frame = sheets.sheet(scenario, "residents")
    if frame is None:
        spread = _spread(scenario)
        return None if spread is None else Dwellers(spread, None)
    by_age: dict[tuple[str, int], int] = {}
    by_status: dict[tuple[str, str], int] = {}
    home = _by_address(scenario) if {"address", "estate"} & set(frame.columns) else lambda row: row["block_id"]
    for row in sheets.rows(frame):
        age = sheets.whole(row["age"]) or 0
        if age >= AGES:
            continue
        block = home(row)
        n = (sheets.whole(row["count"]) or 0) if "count" in row else 1
        by_age[block, age] = by_age.get((block, age), 0) + n
        status = STATUS_OF[row.get("status", "").lower()]
        by_status[block, status] = by_status.get((block, status), 0) + n
    return Dwellers(by_age, by_status if "status" in frame.columns else None)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def _by_address(scenario: Scenario) -> Callable[[dict[str, str]], str]:
    """Return what finds the block of a row: its own, else by its address, else by its estate."""
    frame = sheets.sheet(scenario, "addresses")
    entries = [] if frame is None else list(sheets.rows(frame))
    streets: dict[str, list[dict[str, str]]] = {}
    for row in entries:
        if row.get("street"):
            streets.setdefault(_plain(row["street"]), []).append(row)
    estates = {_plain(row.get("estate", "")): row["block_id"] for row in entries if row.get("estate")}

    @cache
    def of_address(address: str) -> str | None:
        known = [name for name in streets if name in address and _house_number(address, name) is not None]
        if known:
            street = max(known, key=len)
            number = _house_number(address, street)
            assert number is not None
            return next((entry["block_id"] for entry in streets[street] if _holds(entry, number)), None)
        begun = [name for name in estates if name in address and _begins(address, name) is not None]
        return estates[max(begun, key=len)] if begun else None

    def home(row: dict[str, str]) -> str:
        if row.get("block_id"):
            return row["block_id"]
        address = _plain(row.get("address", ""))
        at = of_address(address) if address else None
        return estates.get(_plain(row.get("estate", "")), "") if at is None else at

    return home


def _begins(address: str, name: str) -> int | None:
    """Return where a name ends that stands at the beginning or behind a place in an address."""
    at = address.find(name)
    while at >= 0:
        if at == 0 or address[:at].endswith(PLACE_ENDS):
            return at + len(name)
        at = address.find(name, at + 1)
    return None


def _house_number(address: str, street: str) -> int | None:
    """Return the number in the street; -1 without any, None if the address is of another street."""
    end = _begins(address, street)
    if end is not None:
        digits = re.search(r"\d+", address[end:])
        return int(digits.group()) if digits else -1
    before = re.match(r"\d+", address)
    if before and address[before.end() :].removeprefix(",").startswith(street):
        return int(before.group())
    return None


def _holds(entry: Mapping[str, str], number: int) -> bool:
    side = entry.get("side", "").lower()
    if (side in ODD and number % 2 == 0) or (side in EVEN and number % 2 == 1):
        return False
    text = _plain(entry.get("numbers", ""))
    for part in re.split("[,、;]", text) if text else []:
        ends = [int(digits) for digits in re.findall(r"\d+", part)]
        if ends[0] <= number <= ends[-1]:
            return True
    return not text


def _spread(scenario: Scenario) -> dict[tuple[str, int], int] | None:
    """Spread the population of the blocks over ages by the county's structure."""
    frame, structure = sheets.sheet(scenario, "population"), sheets.sheet(scenario, "age_structure")
    if frame is None or structure is None:
        return None
    people = {row["block_id"]: sheets.whole(row["count"]) or 0 for row in sheets.rows(frame)}
    shares = dict.fromkeys(range(AGES), 0.0)
    total = 0.0
    for row in sheets.rows(structure):
        n = sheets.number(row["share"]) if "share" in row else float(sheets.whole(row["count"]) or 0)
        total += n
        age = sheets.whole(row["age"]) or 0
        if age in shares:
            shares[age] += n
    whole = 1.0 if "share" in structure.columns else total
    found: dict[tuple[str, int], int] = {}
    owed = dict.fromkeys(sorted(people), 0.0)
    so_far, given = 0.0, 0
    for age, share in shares.items():
        due = {block: people[block] * share / whole for block in owed}
        owed = {block: round(owed[block] + due[block], 9) for block in owed}
        so_far += math.fsum(due.values())
        got = _share_out(owed, math.floor(round(so_far, 6) + 0.5) - given)
        given += sum(got.values())
        owed = {block: owed[block] - got[block] for block in owed}
        found.update({(block, age): n for block, n in got.items() if n})
    return found


def _share_out(owed: Mapping[str, float], total: int) -> dict[str, int]:
    """Give whole children to blocks that are owed parts of children, as many as there are."""
    got = {block: max(0, math.floor(n)) for block, n in owed.items()}
    by_remainder = sorted(owed, key=lambda block: (-round(owed[block] - got[block], 9), block))
    missing = total - sum(got.values())
    if missing < 0:
        by_remainder = [block for block in reversed(by_remainder) if got[block]]
    for block in by_remainder[: abs(missing)]:
        got[block] += 1 if missing > 0 else -1
    return got
