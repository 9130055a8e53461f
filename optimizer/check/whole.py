"""Whole children, worked out a second time from the statement in `optimizer.population.rounding`, in whole numbers throughout."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

BILLION, MILLION = 1_000_000_000, 1_000_000

Exact = tuple[int, int, int]
"""A year, and the first and last grade of a set whose total over the county is whole."""


def whole(
    course: Mapping[tuple[int, int], Mapping[str, float]],
    years: Sequence[int],
    grades: Sequence[int],
    community: Mapping[str, str],
    exact: Collection[Exact] = (),
) -> dict[tuple[str, int, int], int]:
    """Return whole children by block, year and grade from the course by year and grade, then block."""
    members: dict[str, list[str]] = {}
    for block in sorted(community):
        members.setdefault(community[block], []).append(block)
    found: dict[tuple[str, int, int], int] = {}
    for year in years:
        parts = {grade: {block: round(children * BILLION) for block, children in course[year, grade].items()} for grade in grades}
        total = totals(
            {grade: _micro(sum(part.values())) for grade, part in parts.items()}, [e[1:] for e in exact if e[0] == year]
        )
        for grade in grades:
            last_year: dict[str, int] | None = None
            if year > years[0] and grade > grades[0]:
                last_year = {block: found[block, year - 1, grade - 1] for block in community}
            sums = {name: _micro(sum(parts[grade][block] for block in blocks)) for name, blocks in sorted(members.items())}
            before = None if last_year is None else {n: sum(last_year[b] for b in blocks) for n, blocks in members.items()}
            for name, share in shared_out(sums, MILLION, total[grade], before).items():
                inside = {block: parts[grade][block] for block in members[name]}
                for block, n in shared_out(inside, BILLION, share, last_year).items():
                    found[block, year, grade] = n
    return found


def _micro(billionths: int) -> int:
    return (billionths + 500) // 1000


def totals(micro: Mapping[int, int], sets: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Return whole children of the county by grade from millionths; smaller sets are settled before those that hold them."""
    found = {grade: (n + MILLION // 2) // MILLION for grade, n in micro.items()}
    done: set[int] = set()
    for first, last in sorted(sets, key=lambda span: (span[1] - span[0], span[0])):
        span = range(first, last + 1)
        wanted = (sum(micro[g] for g in span) + MILLION // 2) // MILLION - sum(found[g] for g in span if g in done)
        free = {g: micro[g] for g in span if g not in done}
        found |= shared_out(free, MILLION, wanted, None)
        done |= set(span)
    return found


def shared_out(parts: Mapping[Key, int], one: int, total: int, before: Mapping[Key, int] | None) -> dict[Key, int]:
    """Return a whole number for each key (in its order) next to its part of ``one``; together they are ``total``."""
    lowest = {key: n // one for key, n in parts.items()}
    rest = {key: n % one for key, n in parts.items()}
    found = dict(lowest)
    if before is not None:
        for key in parts:
            if before[key] > lowest[key] and rest[key]:
                found[key] += 1
    ranked = sorted(parts, key=lambda key: -rest[key])
    missing = total - sum(found.values())
    rising = [key for key in ranked if rest[key] and found[key] == lowest[key]]
    falling = [key for key in reversed(ranked) if found[key] > lowest[key]]
    for key in rising[: max(missing, 0)]:
        found[key] += 1
    for key in falling[: max(-missing, 0)]:
        found[key] -= 1
    return found
