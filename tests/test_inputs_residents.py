"""Where the children live: by address or estate, a child a row, by status, or spread from the whole population."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.inputs.spread import whole
from tests.bureau_town import IDS, Town, noted, told

BOOK = [
    "street,numbers,side,estate,block_id",
    "人民路,1-99,单号,,B00",
    "人民路,2-98,双号,,B01",
    "人民路,100-120,,,B02",
    "新人民路,,,,B03",
    'Main Street,"1,3,7-21",all,,B04',
    ",,,翠湖花园,B05",
]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town.built(tmp_path)
    town.csv("addresses", *BOOK)
    return town


def homes(town: Town, *rows: str) -> list[str]:
    """Return the blocks of one child of six a row."""
    town.csv("residents", "address,age", *(f"{row},6" for row in rows))
    run, _ = town.judged()
    residents = run.case.county.residents
    assert residents is not None
    return [str(block) for block, n in zip(residents["block_id"], residents["count"], strict=True) for _ in range(n)]


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("人民路1号", "B00"),
        ("人民路 ９９ 号", "B00"),
        ("人民路12号3栋401", "B01"),
        ("云岭县城关镇人民路１０１号", "B02"),
        ("新人民路5号", "B03"),
        ("新人民路", "B03"),
        ("Main Street 7", "B04"),
        ("12 main  street", "B04"),
        ("翠湖花园8栋", "B05"),
        ("城关街道翠湖花园", "B05"),
    ],
)
def test_addresses_and_estates_lie_in_blocks(town: Town, address: str, block: str) -> None:
    assert homes(town, address) == [block]


def test_a_child_a_row_is_counted_and_may_be_at_home_with_another(town: Town) -> None:
    assert homes(town, "人民路1号", "人民路1号", "人民路3号") == ["B00"] * 3
    assert noted(town.case())["a_child_a_row"][0] == 3
    assert noted(town.case())["placed_by_address"][0] == 3


def test_hundreds_of_streets_are_told_apart(town: Town) -> None:
    """Names within names: a row lies in the street with the longest name that it holds, by its number in one of two blocks."""
    streets = [f"{a}{b}{c}路" for a in "东南西北" for b in "甲乙丙丁戊己" for c in ("", *"山水田园")]
    blocks = [(street, at % 9, (at + 1) % 9) for at, street in enumerate(streets)]
    town.csv("addresses", *BOOK, *(f"{s},1-50,,,B0{low}\n{s},51-99,,,B0{high}" for s, low, high in blocks))
    town.csv("residents", "address,age,count", *(f"县{s}7号2栋,6,1\n县{s}52号2栋,6,1" for s, _, _ in blocks))
    run, _ = town.judged()
    residents = run.case.county.residents
    assert residents is not None
    where = [block for _, low, high in blocks for block in (low, high)]
    assert residents.to_numpy().tolist() == [[f"B0{n}", 6, where.count(n)] for n in range(9)]


def test_estates_stand_in_a_column_of_their_own(town: Town) -> None:
    town.csv("residents", "block_id,estate,age,count", "B07,,6,5", ",翠湖 花园,6,4")
    run, _ = town.judged()
    residents = run.case.county.residents
    assert residents is not None
    assert residents.to_numpy().tolist() == [["B05", 6, 4], ["B07", 6, 5]]


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("解放路1号", "row 2: 解放路1号 is in no row of addresses"),
        ("老人民路1号", "row 2: 老人民路1号 is in no row of addresses"),
        ("Main Street 5", "row 2: Main Street 5 is in no row of addresses"),
        ("人民路", "row 2: 人民路 is in no row of addresses"),
        ("新街3号", "row 2: 新街3号 lies in several blocks: B06, B07"),
        ("", "row 2: there is neither a block_id nor an address nor an estate"),
    ],
)
def test_addresses_that_lie_nowhere_or_twice_are_listed(town: Town, address: str, what: str) -> None:
    town.csv("addresses", *BOOK, "新街,1-9,,,B06", "新街,3-20,,,B07")
    town.csv("residents", "address,age,count", f"{address},6,1")
    assert what in told(town.faults())


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("人民路,1 to 9,,,B00", "row 2: numbers is '1to9'"),
        ("人民路,1-9,left,,B00", "row 2: side is 'left'"),
        (",1-9,,,B00", "row 2: neither a street nor an estate is named"),
        ("人民路,1-9,,,B99", "row 2: block_id B99 is not in the blocks"),
    ],
)
def test_mistakes_in_addresses_are_told(town: Town, row: str, what: str) -> None:
    town.csv("addresses", BOOK[0], row)
    town.csv("residents", "address,age,count", "人民路1号,6,1")
    assert what in told(town.faults())


def test_addresses_need_their_table(town: Town) -> None:
    town.gone("addresses")
    town.csv("residents", "address,age", "人民路1号,6")
    assert "nothing says in which block these lie" in told(town.faults())


def test_a_status_is_carried(town: Town) -> None:
    town.csv("residents", "block_id,age,count,status", "B00,6,5,人户一致", "B00,6,3,空挂户", "B00,6,2,随迁", "B01,7,4,")
    run, _ = town.judged()
    county = run.case.county
    assert county.residents is not None
    assert county.by_status is not None
    assert county.residents.to_numpy().tolist() == [["B00", 6, 10], ["B01", 7, 4]]
    assert county.by_status[["status", "count"]].to_numpy().tolist() == [
        ["migrant", 2],
        ["registered", 3],
        ["registered_housed", 5],
        ["registered_housed", 4],
    ]


def test_people_are_spread_over_ages(town: Town) -> None:
    town.gone("residents")
    town.csv("population", "block_id,count", *(f"{block},{100 * i + 37}" for i, block in enumerate(IDS)))
    town.csv("age_structure", "age,count", *(f"{age},{90 + age}" for age in range(18)), "18,8000")
    run, _ = town.judged()
    residents = run.case.county.residents
    assert residents is not None
    people = sum(100 * i + 37 for i in range(12))
    total = sum(90 + age for age in range(18)) + 8000
    by_age = residents.groupby("age")["count"].sum()
    due = np.cumsum([people * (90 + age) / total for age in range(18)])
    assert by_age.cumsum().tolist() == np.rint(due).tolist()
    assert noted(run.case)["spread_by_age_structure"][1] == ("18.1%",)


@pytest.mark.parametrize(
    ("structure", "what"),
    [
        (["age,count", "6,10"], "the age structure ends before 18"),
        (["age,share", "6,1.2"], "row 2: share is 1.2, not from 0 to 1"),
        (["age", "6"], "there is no column count"),
        (None, "the table population has no age_structure beside it"),
    ],
)
def test_mistakes_in_the_age_structure_are_told(town: Town, structure: list[str] | None, what: str) -> None:
    town.gone("residents")
    town.csv("population", "block_id,count", *(f"{block},1000" for block in IDS))
    if structure is not None:
        town.csv("age_structure", *structure)
    assert what in told(town.faults())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.floats(0.01, 3))
def test_spreading_keeps_the_totals_of_ages_and_the_sums_of_blocks(seed: int, n_blocks: int, mean: float) -> None:
    due = np.random.default_rng(seed).exponential(mean, (n_blocks, 18))
    found = whole(due)
    assert (found >= 0).all()
    assert np.abs(found.sum(axis=0).cumsum() - due.sum(axis=0).cumsum()).max() <= 0.5 + 1e-5
    assert np.abs(found.cumsum(axis=1) - due.cumsum(axis=1)).max() < 2
