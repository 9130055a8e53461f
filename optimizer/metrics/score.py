"""All figures of one plan, as tables that pages and `result.json` print."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.metrics import crowding, shape, variants, walking
from optimizer.metrics.shape import Shapes
from optimizer.problem import Plan, Problem


@dataclass(frozen=True)
class Score:
    """The figures of a plan.

    Attributes
    ----------
    headline
        One number a key, in a fixed order. Students and classes are means per year over the horizon and the weighted variants
        unless the key says otherwise: ``objective_m`` (student-metres per year), ``mean_walk_m, p90_walk_m, max_walk_m``,
        ``beyond_limit``, ``largest_class`` (of any year and variant), ``classes_over, classes_big, classes_huge``,
        ``children_over`` (sitting in classes above the limit), ``first_year_classes_over``, ``over_seats``, ``over_size``,
        ``seats_free``, ``moved`` (students in blocks that leave their zone), ``moved_blocks``, ``zones_in_pieces``,
        ``polsby_popper`` (mean over zones), ``cut_edges``.
    terms
        The objective by term, in student-metres per year: ``walk, beyond_limit, change, wishes, oversized, uneven, over_seats,
        school_size``. They add up to ``objective_m``.
    by_grade, by_school
        See `optimizer.metrics.crowding`.
    by_zone
        ``zone, blocks, students, mean_walk_m, p90_walk_m, max_walk_m, beyond, moved, parts, polsby_popper``.
    by_block
        See `optimizer.metrics.walking.by_block`.
    """

    headline: dict[str, float]
    terms: dict[str, float]
    by_grade: pd.DataFrame
    by_school: pd.DataFrame
    by_zone: pd.DataFrame
    by_block: pd.DataFrame


def score(problem: Problem, plan: Plan, shapes: Shapes) -> Score:
    """Compute every figure of a plan.

    Parameters
    ----------
    problem, plan
        The arrays; the plan need not obey any rule.
    shapes
        Geometry of the blocks.
    """
    grades = crowding.by_grade(problem, plan)
    schools = crowding.by_school(problem, grades)
    zones = _by_zone(problem, plan, shapes)
    terms = _terms(problem, plan)
    blocks = walking.by_block(problem, plan)
    count, metres = walking.student_years(problem), walking.walks(problem, plan)
    total = max(int(count.sum()), 1)
    share = _year_share(problem, schools)
    first = schools[schools["year"] == problem.years[0]]
    first_share = _year_share(problem, first) * len(problem.years)
    headline: dict[str, float] = {
        "objective_m": sum(terms.values()),
        "mean_walk_m": float((count * metres).sum() / total),
        "p90_walk_m": walking.percentile(metres, count, 0.9),
        "max_walk_m": int(metres[count > 0].max()) if (count > 0).any() else 0,
        "beyond_limit": float(blocks["beyond"].sum()),
        "largest_class": int(grades["largest_class"].max()) if len(grades) else 0,
        **{key: float((schools[key] * share).sum()) for key in ("classes_over", "classes_big", "classes_huge", "children_over")},
        "first_year_classes_over": float((first["classes_over"] * first_share).sum()),
        **{key: float((schools[key] * share).sum()) for key in ("over_seats", "over_size", "seats_free")},
        "moved": float(blocks.loc[blocks["moved"], "students"].sum()),
        "moved_blocks": int(blocks["moved"].sum()),
        "zones_in_pieces": int(shape.astray(problem, plan).sum()),
        "polsby_popper": float(zones["polsby_popper"].mean()),
        "cut_edges": shape.cut_edges(problem, plan),
    }
    return Score(headline, terms, grades, schools, zones, blocks)


def _year_share(problem: Problem, rows: pd.DataFrame) -> NDArray[np.float64]:
    """Weight of each row of a table by year and variant in a mean per year."""
    weights = dict(zip(problem.variants, problem.weight, strict=True))
    return np.asarray(rows["variant"].map(weights).to_numpy(dtype=np.float64) / problem.divisor)


def _terms(problem: Problem, plan: Plan) -> dict[str, float]:
    count, metres = walking.student_years(problem), walking.walks(problem, plan)
    prices = problem.prices
    crowded = {key: int(by_variant @ problem.weight) for key, by_variant in variants.pressure(problem, plan).items()}
    terms = {
        "walk": int((count * metres).sum()),
        "beyond_limit": prices.beyond_price * int((count * walking.beyond(problem, plan)).sum()),
        "change": prices.change_price * int(count[walking.moved(problem, plan)].sum()),
        "wishes": int(problem.penalty[np.arange(len(plan.zone)), plan.zone].sum()),
        **crowded,
    }
    return {key: value / problem.divisor for key, value in terms.items()}


def _by_zone(problem: Problem, plan: Plan, shapes: Shapes) -> pd.DataFrame:
    count, metres = walking.student_years(problem), walking.walks(problem, plan)
    far, left = walking.beyond(problem, plan), walking.moved(problem, plan)
    rows = []
    for zone, name in enumerate(problem.zones):
        inside = plan.zone == zone
        n, d = count[inside], metres[inside]
        total = int(n.sum())
        rows.append(
            {
                "zone": name,
                "blocks": int(inside.sum()),
                "students": total / problem.divisor,
                "mean_walk_m": float((n * d).sum() / total) if total else 0.0,
                "p90_walk_m": walking.percentile(d, n, 0.9),
                "max_walk_m": int(d[n > 0].max()) if total else 0,
                "beyond": float((n * far[inside]).sum() / problem.divisor),
                "moved": float(count[inside & left].sum() / problem.divisor),
            }
        )
    frame = pd.DataFrame(rows)
    frame["parts"] = shape.parts(problem, plan)
    frame["polsby_popper"] = shape.polsby_popper(problem, plan, shapes)
    return frame
