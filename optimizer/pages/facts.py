"""What several pages say about a case or a run."""

from dataclasses import dataclass
from typing import Literal

from optimizer.pages.templates import number
from optimizer.pages.texts import Texts
from optimizer.problem import Problem
from optimizer.run import Case

_NO_LIMIT = 1000
"""A class of more students than this is no class: the rule is off."""


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
        return number(value, self.places if abs(value) < _ROUND else 0)


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

SCALE = {"km": 1000.0}
"""What a stored value is divided by to be in its printed unit."""


def span(case: Case) -> dict[str, object]:
    """Return the years and variants for a sentence: ``first, last``."""
    years = case.problem.years
    return {"first": years[0], "last": years[-1]}


def straight_line(case: Case) -> bool:
    """Return whether walks were measured as straight lines, because the scenario says so or there are no roads."""
    return case.scenario.travel.mode == "straight_line" or case.county.roads is None


def class_steps(problem: Problem) -> list[int]:
    """Return the class sizes of the policy's three steps (45, 55, 65), empty where the rule is off."""
    steps = [int(size) for size in problem.prices.step_size[:3]]
    return steps if len(steps) == 3 and 0 < steps[0] <= _NO_LIMIT else []


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
