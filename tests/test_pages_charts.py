"""Charts: axes are round and hold every value; gaps stay gaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.pages import charts
from optimizer.pages.templates import number, percent


@given(st.floats(0, 1e7))
def test_axes_hold_the_largest_value_in_few_round_steps(most: float) -> None:
    top, ticks = charts.scale(most)
    assert ticks[0] == 0
    assert ticks[-1] == top >= most
    assert 2 <= len(ticks) <= 6


def test_a_missing_value_breaks_the_line_and_a_lone_one_is_a_dot() -> None:
    drawn = charts.lines("x", [2026, 2027, 2028, 2029], {"a": [1.0, None, 2.0, 2.0], "b": [1.0, 1.0, 1.0, 1.0]})
    broken, whole = drawn.strokes
    assert broken.path.count("M") == 2
    assert "h0.01" in broken.path
    assert whole.path.count("M") == 1


def test_a_limit_is_drawn_level_by_level() -> None:
    limit, series = charts.lines("x", [2026, 2027], {"a": [1.0, 2.0]}, [("seats", [2.0, 4.0])]).strokes
    assert (limit.name, series.name) == ("seats", "a")
    assert limit.path.count("V") == 1


def test_stacks_lie_on_each_other() -> None:
    low, high = charts.stacks("x", [2026], {"a": ("#111", [1.0]), "b": ("#222", [3.0])}, 4.0).bars
    assert high.y + high.height == pytest.approx(low.y)
    assert high.height == pytest.approx(3 * low.height)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(1234567, 0, "1,234,567"), (-0.4, 0, "0"), (-12.34, 1, "−12.3"), (float("nan"), 0, "–"), (None, 0, "–")],
)
def test_numbers(value: float | None, places: int, text: str) -> None:
    assert number(value, places) == text


def test_percent() -> None:
    assert percent(0.1234) == "12.3 %"
    assert percent(float("nan")) == "–"
