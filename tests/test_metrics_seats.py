"""Lack of seats: how many, where, in which year."""

import pandas as pd

from optimizer.metrics.seats import lack


def schools(*rows: tuple[int, str, int, int | None]) -> pd.DataFrame:
    """Rows of year, school, students, seats."""
    frame = pd.DataFrame(rows, columns=["year", "school_id", "students", "seats"]).astype({"seats": "Int64"})
    frame["variant"] = "medium"
    frame["over_seats"] = (frame["students"] - frame["seats"].fillna(10**6)).clip(lower=0).astype("int64")
    return frame


def test_only_years_with_somebody_above_the_seats_are_told():
    found = lack(schools((2026, "A", 90, 100), (2026, "B", 50, 60), (2027, "A", 130, 100), (2027, "B", 50, 60)))
    assert found["year"].tolist() == [2027]
    assert found.loc[0, ["students", "seats", "lacking", "over_seats"]].tolist() == [180, 160, 20, 30]
    assert found.loc[0, "where"] == {"A": 30}


def test_the_fullest_school_comes_first_and_schools_without_known_seats_do_not_count():
    found = lack(schools((2026, "A", 105, 100), (2026, "B", 72, 60), (2026, "C", 10, 90), (2026, "D", 500, None)))
    assert found.loc[0, ["students", "seats", "lacking", "over_seats"]].tolist() == [187, 250, 0, 17]
    assert list(found.loc[0, "where"].items()) == [("B", 12), ("A", 5)]


def test_nothing_is_told_where_all_have_seats():
    assert lack(schools((2026, "A", 90, 100))).empty
