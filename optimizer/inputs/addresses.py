"""Addresses and estates become blocks.

The table ``addresses`` says which numbers of a street, or which estate, lie in which block. Full-width letters and digits are
made half-width, blanks are dropped and letters made small before anything is compared. In an address a known street may stand at
the start, or after a district, town or village; the first number behind it (or a number before it, as in ``12 Main Street``) is
the house number, whatever follows. Of several known streets the longest name counts. An address without a known street may begin
with the name of an estate in the same way.
"""

import re
import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from optimizer.inputs.desk import Desk
from optimizer.inputs.sheet import Sheet

SIDES = {
    **dict.fromkeys(("all", "both", "全部", "双侧"), "all"),
    **dict.fromkeys(("odd", "单", "单号", "奇", "奇数"), "odd"),
    **dict.fromkeys(("even", "双", "双号", "偶", "偶数"), "even"),
}

_BEFORE = "(?:^|省|市|州|盟|县|区|旗|镇|乡|村|街道|社区)"
"""What a street or estate may follow."""

_RANGE = re.compile(r"(\d+)(?:[-–—~至到](\d+))?号?")


def plain(text: str) -> str:
    """Return a name or address as it is compared."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


@dataclass(frozen=True)
class Numbers:
    """House numbers of a street that lie in a block: the ranges, and whether all, odd or even ones of them."""

    ranges: tuple[tuple[int, int], ...]
    side: str
    block: str

    def hold(self, number: int) -> bool:
        """Say whether a house number is among them."""
        right = self.side == "all" or (number % 2 == 1) == (self.side == "odd")
        return right and any(low <= number <= high for low, high in self.ranges)


@dataclass(frozen=True)
class Book:
    """Where every street and estate lies.

    Attributes
    ----------
    streets
        Numbers by street.
    estates
        Blocks by estate.
    """

    streets: dict[str, list[Numbers]] = field(default_factory=dict)
    estates: dict[str, set[str]] = field(default_factory=dict)

    @cached_property
    def _lengths(self) -> tuple[frozenset[int], frozenset[int]]:
        """How long the names of streets and of estates are; read once the book is written."""
        return frozenset(map(len, self.streets)), frozenset(map(len, self.estates))

    def of_address(self, address: str) -> set[str]:
        """Return the blocks in which an address may lie: one if all is well."""
        text = plain(address)
        for street in _named_in(text, self.streets, self._lengths[0]):
            number = _number(text, street)
            if number is not None:
                return {numbers.block for numbers in self.streets[street] if numbers.hold(number)}
        for estate in _named_in(text, self.estates, self._lengths[1]):
            if re.search(_BEFORE + re.escape(estate), text):
                return self.estates[estate]
        return set()

    def of_estate(self, estate: str) -> set[str]:
        """Return the blocks in which an estate may lie."""
        return self.estates.get(plain(estate), set())


def _named_in(text: str, names: Container[str], lengths: Iterable[int]) -> list[str]:
    """Return the names that an address holds, the longest first; its pieces are looked up among thousands."""
    pieces = (text[at : at + length] for length in lengths for at in range(len(text) - length + 1))
    return sorted({piece for piece in pieces if piece in names}, key=lambda name: (-len(name), name))


def _number(text: str, street: str) -> int | None:
    """Return the house number in a street, -1 where the address names the street only; None where it is another street."""
    match = re.search(rf"{_BEFORE}{re.escape(street)}(?:\D*?(\d+))?", text) or re.match(rf"(\d+),?{re.escape(street)}", text)
    if match is None:
        return None
    return -1 if match.group(1) is None else int(match.group(1))


def read_addresses(desk: Desk) -> Book | None:
    """Read the table of addresses; None where there is none."""
    sheet = desk.sheet("addresses")
    if sheet is None:
        return None
    blocks = sheet.ids("block_id")
    sheet.known("block_id", desk.blocks, "the blocks")
    street, estate, numbers = sheet.text("street").map(plain), sheet.text("estate").map(plain), sheet.text("numbers").map(plain)
    nothing = (street == "") & (estate == "")
    sheet.tell(nothing, lambda _: "neither a street nor an estate is named", "Fill in one of the two")
    ranges = numbers.map(_ranges)
    wrong = ranges.isna()
    sheet.tell(wrong, lambda row: f"numbers is '{numbers.loc[row]}'", "Write numbers and ranges, as 1-99 or 1,3,7-21")
    side = sheet.choice("side", SIDES, "all")
    book = Book()
    for row in sheet.frame.index[~nothing & ~wrong]:
        if street.loc[row]:
            entry = Numbers(ranges.loc[row], side.loc[row], blocks.loc[row])
            book.streets.setdefault(street.loc[row], []).append(entry)
        if estate.loc[row]:
            book.estates.setdefault(estate.loc[row], set()).add(blocks.loc[row])
    return book


def _ranges(text: str) -> tuple[tuple[int, int], ...] | None:
    """Read ``1-99`` or ``1,3,7-21``; nothing stands for the whole street; None where it cannot be read."""
    if not text:
        return ((-1, 10**9),)
    found = []
    for part in re.split(r"[,、;]", text):
        match = _RANGE.fullmatch(part)
        if match is None:
            return None
        low = int(match.group(1))
        found.append((low, int(match.group(2) or low)))
    return tuple(found)


def joined(sheet: Sheet, book: Book | None) -> "pd.Series[str] | None":
    """Return the block of each row of a table that has addresses or estates instead of blocks; "" where there is none.

    Addresses that lie nowhere, and those that lie in several blocks, are faults, each with its row. A row is looked up by its
    ``block_id`` where it has one, else by its address, else by its estate.
    """
    named, address, estate = sheet.text("block_id"), sheet.text("address"), sheet.text("estate")
    if book is None:
        todo = "Add the table addresses (street, numbers, side, estate, block_id), or a column block_id"
        sheet.fault("the rows have addresses, but nothing says in which block these lie", todo)
        return None
    of_address = {text: book.of_address(text) if text else set() for text in address.unique()}  # a row an age: many alike
    places = pd.Series([of_address[text] for text in address], index=named.index)
    by_estate = pd.Series([book.of_estate(text) for text in estate], index=named.index)
    places = places.where(places.map(bool), by_estate)
    said = address.where(address != "", estate)
    open_ = (named == "") & (said != "")
    nowhere = open_ & (places.map(len) == 0)
    sheet.tell(nowhere, lambda row: f"{said.loc[row]} is in no row of addresses", "Correct it, or add it to addresses")
    several = open_ & (places.map(len) > 1)

    def what(row: int) -> str:
        return f"{said.loc[row]} lies in several blocks: {', '.join(sorted(places.loc[row]))}"

    sheet.tell(several, what, "Let the rows of addresses not overlap")
    if (open_ & ~nowhere & ~several).any():
        sheet.note("assumed", "placed_by_address", int((open_ & ~nowhere & ~several).sum()))
    nothing = (named == "") & (said == "")
    sheet.tell(nothing, lambda _: "there is neither a block_id nor an address nor an estate", "Fill one in, or delete the row")
    return named.where(named != "", places.map(lambda found: min(found) if len(found) == 1 else "")).astype(object)
