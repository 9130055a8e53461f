"""Rows of past enrolment as they really are: school years, withheld numbers, kindergartens, totals, rows twice over.

Gaps are no faults: rows that are not there, numbers left blank or withheld, schools without an id (their name stands for it).
"""

import re
import unicodedata

import numpy as np
import pandas as pd

from optimizer.inputs.sheet import Sheet

_FIRST_YEAR, _LAST_YEAR = 1900, 2150
_SCHOOL_YEAR = re.compile(r"(\d{4})\s*[-/–—~～至]\s*(\d{2}|\d{4})(?:学?年度?)?")
"""2006-07, 2006/2007, 2006-2007学年: the year in which it begins."""

_WITHHELD = re.compile(
    r"(?:[<≤＜]\s*=?\s*\d+|\*+|[-–—.…]+|n/?a|nan|null|none|x|s|suppressed|withheld|不详|缺失?|无|保密)", re.IGNORECASE
)
"""What is written instead of a number that is not told."""

_TOTALS = {"total", "all", "sum", "allgrades", "合计", "总计", "小计", "全校", "总数"}
_KINDERGARTEN = {"pk": -1, "prek": -1, "p3": -2, "p4": -1, "k": 0, "kg": 0, "kindergarten": 0, "prekindergarten": -1, "学前班": 0}
_NAMED_GRADE = re.compile(r"(?:grade|gr|year|年级)?\s*0*(\d{1,2})(?:\.0*)?(?:st|nd|rd|th)?(?:\s*(?:grade|年级))?", re.IGNORECASE)


def past_rows(sheet: Sheet) -> pd.DataFrame:
    """Read a table of past enrolment; mistakes are told.

    Returns
    -------
    ``school, name, year, order, grade, students``, each school, year and grade once. ``order`` is the grade as a number, 0 and
    below before grade 1. Without columns ``school_id`` and ``name`` all rows are of one school without a name.
    """
    ids, name = sheet.text("school_id"), sheet.text("name")
    school = ids.where(ids != "", name)
    called = (ids == "") & (name != "")
    if called.any() and (ids != "").any():
        sheet.note("assumed", "history_ids_from_names", sorted(set(name[called])))
    nameless = (school == "") & ("school_id" in sheet or "name" in sheet)
    sheet.tell(nameless, lambda _: "there is neither a school_id nor a name", "Fill one in, or delete the row")
    frame = pd.DataFrame({"school": school, "name": name.where(name != "", school), "year": _years(sheet)})
    frame[["order", "grade"]] = _grades(sheet)
    frame["students"] = _students(sheet)
    kept = frame[frame.notna().all(axis=1) & ~nameless].copy()
    copies = kept.duplicated(["school", "year", "grade", "students", "name"])
    if copies.any():
        sheet.note("left_out", "history_copies", int(copies.sum()))
    kept = kept[~copies]
    parts = kept.duplicated(["school", "year", "grade"])
    if parts.any():
        sheet.note("assumed", "history_rows_added_up", int(parts.sum()))
    keys = ["school", "year", "order", "grade"]
    return kept.groupby(keys, as_index=False).agg({"name": "last", "students": "sum"}).astype({"year": int, "order": int})


def _years(sheet: Sheet) -> "pd.Series[float]":
    text = sheet.text("year").map(_plain)
    spans = text.str.extract(_SCHOOL_YEAR).where(text.str.fullmatch(_SCHOOL_YEAR))
    first = pd.to_numeric(spans[0], errors="coerce")
    follows = (first + 1) % 100 == pd.to_numeric(spans[1], errors="coerce") % 100
    single = text.str.extract(r"^(\d{4})(?:\.0*)?(?:年|学年|秋)?$")[0]
    year = pd.to_numeric(single, errors="coerce").where(~follows, first)
    wrong = ~year.between(_FIRST_YEAR, _LAST_YEAR)
    told = sheet.text("year")
    sheet.tell(wrong, lambda row: f"year is '{told.loc[row]}', not a year", "Write the year in which the school year begins")
    return year.where(~wrong)


def _grades(sheet: Sheet) -> pd.DataFrame:
    """Return ``order, grade`` of each row; rows of totals have neither."""
    known = {word: _grade(word) for word in sheet.text("grade").unique()}
    text = sheet.text("grade")
    totals = text.map(lambda word: _plain(word).lower().replace(" ", "") in _TOTALS)
    if totals.any():
        sheet.note("left_out", "totals_left_out", [str(row) for row in text.index[totals]])
    wrong = text.map(lambda word: known[word] is None) & ~totals
    sheet.tell(wrong, lambda row: f"grade is '{text.loc[row]}'", "Write a number, K or PK")
    order = text.map(lambda word: np.nan if known[word] is None else float(known[word] or 0))
    names = {-2: "P3", -1: "PK", 0: "K"}
    grade = order.map(lambda value: None if np.isnan(value) else names.get(int(value), str(int(value))))
    return pd.DataFrame({"order": order, "grade": grade})


def _grade(word: str) -> int | None:
    plain = _plain(word).lower()
    if plain.replace(" ", "").replace("-", "") in _KINDERGARTEN:
        return _KINDERGARTEN[plain.replace(" ", "").replace("-", "")]
    match = _NAMED_GRADE.fullmatch(plain)
    return int(match[1]) if match else None


def _students(sheet: Sheet) -> "pd.Series[float]":
    text = sheet.text("students").map(_plain)
    withheld = (text == "") | text.str.fullmatch(_WITHHELD)
    if withheld.any():
        sheet.note("left_out", "history_withheld", int(withheld.sum()))
    plain = text.str.replace(r"(?<=\d)[, ](?=\d{3}\b)", "", regex=True)
    count = pd.to_numeric(plain.where(plain.str.fullmatch(r"[+-]?\d{1,9}(?:\.0*)?")), errors="coerce").where(~withheld)
    told = sheet.text("students")
    odd = count.isna() & ~withheld
    sheet.tell(odd, lambda row: f"students is '{told.loc[row]}', not a whole number", "Write a whole number, or leave it blank")
    sheet.tell(count < 0, lambda row: f"students is {told.loc[row]}, less than 0", "Correct the number")
    return count.where(count >= 0)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
