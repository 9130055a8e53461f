"""Tables of past enrolment as they come: gaps are no faults, and all faults are told at once."""

from pathlib import Path

import numpy as np
import pytest

from optimizer.faults import Faults
from optimizer.history import read
from optimizer.history.reader import check_year


def table(folder: Path, *rows: str, header: str = "school_id,year,grade,students", name: str = "history.csv") -> str:
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return str(path)


def clean(path: str):
    faults = Faults()
    found = read(path, faults)
    assert [str(fault) for fault in faults] == []
    assert found is not None
    return found


def told(path: str) -> list[tuple[str, str]]:
    faults = Faults()
    assert read(path, faults) is None
    return [(fault.where, fault.what) for fault in faults]


def test_schools_years_and_grades_become_axes(tmp_path):
    found = clean(table(tmp_path, "B,2012,10,7", "A,2010,9,5", "A,2010,K,4", "A,2012,9,6", "B,2012,PK,1"))
    assert (found.schools, found.years, found.grades) == (("A", "B"), (2010, 2011, 2012), ("PK", "K", "9", "10"))
    assert found.students[0, 0].tolist() == pytest.approx([np.nan, 4, 5, np.nan], nan_ok=True)
    assert np.isnan(found.students[:, 1]).all()


def test_gaps_copies_parts_and_missing_ids_are_no_faults(tmp_path):
    rows = [
        *("1,North,2010,9,50", "1,North,2010,9,50", "1,North HS,2011,9,48", "1,North HS,2011,10,", "1,North HS,2011,11,<10"),
        *(",Annex A,2010,9,14", ",Annex B,2010,9,12", "2,South,2010,9,30", "2,South,2010,9,5", "2,South,2010,Total,35"),
        *('3,East,2010,9,"1,250"', "3,East,2011-12,09,40.0", "3,East,2012,Grade 9,*"),
    ]
    found = clean(table(tmp_path, *rows, header="school_id,name,year,grade,students"))
    assert found.schools == ("1", "2", "3", "Annex A", "Annex B")
    assert found.names == ("North HS", "South", "East", "Annex A", "Annex B")
    assert found.years == (2010, 2011)
    assert found.students[:, 0, 0].tolist() == [50, 35, 1250, 14, 12]
    assert found.students[2, 1, 0] == 40
    assert {(each.what, each.count) for each in found.notes} == {
        *(("history_ids_from_names", 2), ("history_copies", 1), ("history_rows_added_up", 1)),
        *(("history_withheld", 3), ("totals_left_out", 1)),
    }


def test_a_column_a_grade_and_chinese_names(tmp_path):
    rows = ["S1,2020,30,28", "S1,2021学年,31,29"]
    found = clean(table(tmp_path, *rows, header="学校编号,年份,一年级,二年级"))
    assert (found.years, found.grades) == ((2020, 2021), ("1", "2"))
    assert found.students[0].tolist() == [[30, 28], [31, 29]]


def test_every_mistake_is_told_at_once(tmp_path):
    rows = [
        *("A,20x0,9,5", "A,2010,nine,5", "A,2010,9,many", "A,2010,9,-4", "A,2010,9,1.5", ",2010,9,5", "A,2010-14,9,5"),
    ]
    assert told(table(tmp_path, *rows)) == [
        ("row 7", "there is neither a school_id nor a name"),
        ("row 2", "year is '20x0', not a year"),
        ("row 8", "year is '2010-14', not a year"),
        ("row 3", "grade is 'nine'"),
        ("row 4", "students is 'many', not a whole number"),
        ("row 6", "students is '1.5', not a whole number"),
        ("row 5", "students is -4, less than 0"),
    ]


@pytest.mark.parametrize(
    ("header", "rows", "what"),
    [
        ("school_id,year,grade", ["A,2010,9"], "there is no column students"),
        ("year,grade,students", ["2010,9,4"], "there is no column school_id"),
        ("school_id,year,grade,students", [], "the table is empty"),
        ("school_id,year,grade,students", ["A,2010,9,*"], "no row has a number of children"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path, header, rows, what):
    assert [said for _, said in told(table(tmp_path, *rows, header=header))] == [what]


def test_a_file_that_is_not_there(tmp_path):
    assert [said for _, said in told(str(tmp_path / "none.csv"))] == ["the file does not exist"]


@pytest.mark.parametrize(
    ("train_until", "what"),
    [
        (2009, "the file has no rows of 2009"),
        (2014, "nothing after 2014 is there to compare with"),
        (2010, "up to 2010 there are no two years in a row to learn from"),
        (2013, ""),
    ],
)
def test_years_that_a_history_can_be_cut_at(tmp_path, train_until, what):
    found = clean(table(tmp_path, *(f"A,{year},9,60" for year in (2008, 2010, 2012, 2013, 2014))))
    faults = Faults()
    check_year(found, train_until, "history.csv", faults)
    assert [fault.what for fault in faults] == ([what] if what else [])
