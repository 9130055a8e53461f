"""Tables as files: what a spreadsheet makes of them."""

import csv
import io

import pytest
from openpyxl import load_workbook

from optimizer.pages.sheets import Sheet, as_csv, as_workbook

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0"]
SHEET = Sheet(
    "t",
    "A [very] long title: with *every* sign/that\\Excel forbids?",
    ("=name", "值"),
    [*([text, -1] for text in HOSTILE), ["plain", None], ["小学", 1.5]],
)


@pytest.fixture(scope="module")
def cells():
    page = load_workbook(io.BytesIO(as_workbook([SHEET])), data_only=False).worksheets[0]
    return page, [list(row) for row in page.iter_rows()]


def test_no_text_of_the_workbook_is_a_formula(cells):
    page, rows = cells
    assert not [cell.coordinate for row in rows for cell in row if cell.data_type == "f"]
    assert [row[0].value.replace("\r", "\n") for row in rows[1:]] == [str(row[0]).replace("\r", "\n") for row in SHEET.rows]
    assert all(row[0].quotePrefix for row in rows[: len(HOSTILE) + 1])
    assert not rows[-1][0].quotePrefix
    assert len(page.title) <= 31


def test_numbers_stay_numbers_and_nothing_stays_empty(cells):
    _, rows = cells
    assert [row[1].value for row in rows[1:]] == [-1] * len(HOSTILE) + [None, 1.5]


def test_no_text_of_the_csv_begins_as_a_formula():
    text = as_csv(SHEET).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert [row[0] for row in rows[: len(HOSTILE) + 1]] == ["'=name", *(f"'{value}" for value in HOSTILE)]
    assert [row[1] for row in rows[1:]] == ["-1"] * len(HOSTILE) + ["", "1.5"]
    assert as_csv(SHEET).startswith(b"\xef\xbb\xbf")


def test_characters_that_a_workbook_cannot_hold_are_left_out():
    page = load_workbook(io.BytesIO(as_workbook([Sheet("t", "t", ("a",), [["x\x00y\x1fz"]])]))).worksheets[0]
    assert page["A2"].value == "xyz"
