"""What several pages say about a case or a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from optimizer.pages.templates import number
from optimizer.pages.texts import Texts
from optimizer.problem import NO_RULE, Problem
from optimizer.run import Case, Run

_ROUND = 100
"""From here on a tenth of a child says nothing."""


@dataclass(frozen=True)
class Figure:
    """How a headline figure is printed.

    Attributes
    ----------
    key
        Its key in ``Score.headline``; ``figure.<key>`` and ``help.<key>`` are its texts.
    unit
        ``unit.<unit>`` is its unit's text.
    better
        Which way is better; None where neither is.
    places
        Decimals of a value below 100; from there on, where it counts something, none.
    """

    key: str
    unit: Literal["m", "km", "children", "classes", "zones", "blocks", "seats", "none"]
    better: Literal["low", "high"] | None
    places: int = 0

    def text(self, value: float) -> str:
        """Return a value in the figure's unit as it is printed."""
        return number(value, self.places if 0 < abs(value) < _ROUND else 0)


FIGURES = (
    Figure("objective_m", "km", "low"),
    Figure("mean_walk_m", "m", "low"),
    Figure("p90_walk_m", "m", "low"),
    Figure("max_walk_m", "m", "low"),
    Figure("beyond_limit", "children", "low", 1),
    Figure("children_over", "children", "low", 1),
    Figure("classes_over", "classes", "low", 1),
    Figure("classes_big", "classes", "low", 1),
    Figure("classes_huge", "classes", "low", 1),
    Figure("first_year_classes_over", "classes", "low", 1),
    Figure("largest_class", "children", "low"),
    Figure("over_seats", "children", "low", 1),
    Figure("over_size", "children", "low", 1),
    Figure("seats_free", "seats", None),
    Figure("moved", "children", "low", 1),
    Figure("moved_blocks", "blocks", "low"),
    Figure("zones_in_pieces", "zones", "low"),
    Figure("polsby_popper", "none", "high", 3),
    Figure("cut_edges", "none", "low"),
)
"""Every key of ``Score.headline``, in the order pages print them. Free seats are neither good nor bad."""

CLASS_FIGURES = ("children_over", "classes_over", "classes_big", "classes_huge", "first_year_classes_over", "largest_class")

SCALE = {"km": 1000.0}
"""What a stored value is divided by to be in its printed unit."""


def applicable(problem: Problem) -> tuple[Figure, ...]:
    """Return the figures that mean something: without classrooms there are no classes, without a limit nobody is beyond it."""
    roomy = bool(class_steps(problem))
    has = {
        **dict.fromkeys(CLASS_FIGURES, roomy),
        "beyond_limit": bool((problem.walk_limit != NO_RULE).any()),
        "over_size": bool((problem.size_limit != NO_RULE).any()),
        **dict.fromkeys(("moved", "moved_blocks"), bool((problem.current != NO_RULE).any())),
    }
    return tuple(figure for figure in FIGURES if has.get(figure.key, True))


def span(years: Sequence[int]) -> str:
    """Return the years for a sentence: one, or the first and the last."""
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


def straight_line(case: Case) -> bool:
    """Return whether walks were measured as straight lines, because the scenario says so or there are no roads."""
    mode = case.scenario.travel.mode
    return mode == "straight_line" or (mode == "roads" and case.county.roads is None)


def class_steps(problem: Problem) -> list[int]:
    """Return the class sizes of the policy's three steps (45, 55, 65), empty where no class is formed or the rule is off.

    A rule that is off has no price though students above the seats have one (`optimizer.build`).
    """
    prices = problem.prices
    off = not prices.step_price[:3].any() and prices.seat_price > 0
    return [] if off or (problem.rooms == NO_RULE).all() else [int(size) for size in prices.step_size[:3]]


def enumerate_names(texts: Texts, items: list[str], most: int = 8) -> str:
    """Return names as a list in a sentence, the rest counted."""
    said = texts("list.comma").join(items[:most])
    return said if len(items) <= most else texts("list.more", names=said, rest=len(items) - most)


def reach_rows(case: Case, texts: Texts) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """Return from which year each driver of the projection can reach each grade.

    Returns
    -------
    The grades, and for each driver its name and the year of each grade, or a text where the horizon ends before.
    """
    reach = case.population.reach
    grades = list(dict.fromkeys(item.grade for item in reach))
    drivers = list(dict.fromkeys(item.driver for item in reach))
    year = {(item.driver, item.grade): item.year for item in reach}
    never = texts("reach.later")
    rows = [(texts(f"driver.{d}"), [str(year.get((d, g)) or never) for g in grades]) for d in drivers]
    return grades, rows


def figure_row(run: Run, texts: Texts, figure: Figure) -> dict[str, str]:
    """Return a headline figure as it is printed: ``name, value, unit``."""
    value = run.score.headline[figure.key] / SCALE.get(figure.unit, 1)
    return {
        "key": figure.key,
        "name": texts(f"figure.{figure.key}"),
        "value": figure.text(value),
        "unit": texts(f"unit.{figure.unit}"),
    }
