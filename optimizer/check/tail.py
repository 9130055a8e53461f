"""How a plan fares in each variant, and its price where crowding counts as in the worst of them."""

from collections.abc import Mapping
from fractions import Fraction

from optimizer.check.figures import Plan, Row, Walk, within
from optimizer.check.world import World
from optimizer.scenario.model import Projection

CROWDING = ("oversized", "uneven", "over_seats", "school_size")
"""Terms of the objective that depend on how full schools are."""

_MEANS = ("children_over", "classes_over", "classes_big", "classes_huge", "over_seats", "over_size")


def share(world: World, projection: Projection) -> Fraction | None:
    """Return the share of the variants' weight in which crowding counts; None where it counts as the mean over all."""
    if projection.hold == "mean" or len(world.variants) < 2:
        return None
    weights = list(world.weight.values())
    return Fraction(min(weights), sum(weights)) if projection.hold == "all" else Fraction(str(projection.tail))


def objective(world: World, plan: Plan, terms: Mapping[str, int], tail: Fraction | None) -> tuple[int, int]:
    """Return the price a search minimises, and how many times it is counted to be a whole number.

    Parameters
    ----------
    terms
        What `optimizer.check.figures.terms` returns: weighted totals, of which walks, moves and wishes are kept.
    tail
        What `share` returns.
    """
    if tail is None:
        return sum(terms.values()), 1
    left = tail * sum(world.weight.values())
    dearest, price = sorted(crowding(world, plan).items(), key=lambda pair: -pair[1]), Fraction(0)
    for variant, metres in dearest:
        part = min(left, Fraction(world.weight[variant]))
        price, left = price + part * metres, left - part
    mean = sum(value for key, value in terms.items() if key not in CROWDING)
    total = tail.numerator * (mean + price / tail)
    return int(total), tail.numerator


def crowding(world: World, plan: Plan) -> dict[str, int]:
    """Return what crowding costs in each variant, in student-metres over the whole horizon, without its weight."""
    steps, price = world.steps, dict.fromkeys(world.variants, 0)
    totals: dict[tuple[str, int, str], int] = {}
    for (variant, year, school, grade), n in plan.students.items():
        totals[variant, year, school] = totals.get((variant, year, school), 0) + n
        if (school, year) in world.rooms:
            formed = plan.classes.get((variant, year, school, grade), 0)
            price[variant] += sum(metres * max(0, n - size * formed) for size, metres in steps.classes)
    for (variant, year, school), n in totals.items():
        if (school, year) not in world.rooms and (school, year) in world.seats:
            price[variant] += steps.seat * max(0, n - world.seats[school, year])
        if school in world.size_limit:
            price[variant] += steps.size * max(0, n - world.size_limit[school])
    return price


def by_variant(world: World, plan: Plan, schools: Mapping[tuple[str, int, str], Row]) -> dict[tuple[str], Row]:
    """Return the figures of each variant: means per year, the fullest class, and the school-years in which a school is full."""
    n_years = len(world.years)
    found: dict[tuple[str], Row] = {}
    for variant in world.variants:
        here = [row for (name, _, _), row in schools.items() if name == variant]
        walked = _walked(world, plan, variant)
        students = sum(walk.count for walk in walked)
        found[(variant,)] = {
            "students": students / n_years,
            "mean_walk_m": sum(walk.count * walk.metres for walk in walked) / students if students else 0.0,
            "p90_walk_m": within(walked, 9),
            "beyond_limit": sum(walk.count for walk in walked if walk.far) / n_years,
            "moved": sum(walk.count for walk in walked if walk.moved) / n_years,
            **{name: sum(int(row[name] or 0) for row in here) / n_years for name in _MEANS},
            "largest_class": max((int(row["largest_class"] or 0) for row in here), default=0),
            "full": sum(bool(row["over_seats"] or row["classes_over"]) for row in here),
        }
    return found


def _walked(world: World, plan: Plan, variant: str) -> list[Walk]:
    """Return the walk of every block, year and grade in one variant."""
    rows = []
    for block, zone in plan.zone_of.items():
        limit, moved = world.walk_limit.get(block), block in world.current and world.current[block] != zone
        for (_, grade, name), n in world.students.get(block, {}).items():
            if name == variant:
                metres = world.metres(block, world.sits_at[zone, grade])
                rows.append(Walk(zone, n, metres, limit is not None and metres > limit, moved))
    return rows
