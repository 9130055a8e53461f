"""Holds what `result.json` states against what was recomputed."""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from optimizer.check.classes import Key
from optimizer.check.figures import Row
from optimizer.check.report import Finding
from optimizer.check.world import World
from optimizer.inputs.tables import sha256

MEAN_TOLERANCE = 1e-6
"""Relative; counts must be equal."""

_CERTIFICATE = ("objective", "bound", "unavoidable", "divisor", "students", "gap", "gap_m")


def same(stated: object, found: object) -> bool:
    """Say whether two figures agree: whole numbers and names exactly, means to a millionth of their size."""
    if _absent(stated) or _absent(found):
        return _absent(stated) and _absent(found)
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not isinstance(found, int | float):
        return stated == found
    if isinstance(found, int):
        return stated == found
    return math.isclose(stated, found, rel_tol=MEAN_TOLERANCE, abs_tol=1e-9)


def _absent(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def figures(table: str, stated: object, found: Mapping[str, float]) -> list[Finding]:
    """Compare a dictionary of figures: every one must be there, equal, and none that nobody recomputed."""
    given = stated if isinstance(stated, dict) else {}
    return _row(table, "", given, found, hidden=())


def rows(table: str, stated: object, keys: tuple[str, ...], found: Mapping[tuple[Any, ...], Row]) -> list[Finding]:
    """Compare a table of figures row by row.

    Parameters
    ----------
    table
        Name of the table in the result.
    stated
        Its rows as they stand in the file.
    keys
        Columns that name a row.
    found
        The recomputed rows by the values of these columns.
    """
    findings, seen = [], set()
    for row in _dicts(stated):
        key = tuple(value if isinstance(value := row.get(name), str | int) else str(value) for name in keys)
        if key in seen or key not in found:
            findings.append(Finding("row_unknown", {"table": table, "row": _name(key)}))
        else:
            findings.extend(_row(table, _name(key), row, found[key], hidden=keys))
        seen.add(key)
    missing = [key for key in found if key not in seen]
    findings.extend(Finding("row_missing", {"table": table, "row": _name(key)}) for key in missing)
    return findings


def _dicts(stated: object) -> list[dict[str, Any]]:
    return [row for row in stated if isinstance(row, dict)] if isinstance(stated, list) else []


def _name(key: Iterable[object]) -> str:
    return " ".join(str(part) for part in key)


def _row(
    table: str, name: str, stated: Mapping[str, Any], found: Mapping[str, str | float | None], hidden: tuple[str, ...]
) -> list[Finding]:
    where = f"{table}, {name}, " if name else f"{table}, "
    findings = []
    for figure in [*found, *(key for key in stated if key not in found and key not in hidden)]:
        if figure not in found or figure not in stated or not same(stated[figure], found[figure]):
            values = {"where": where + figure, "stated": str(stated.get(figure, "-")), "found": str(found.get(figure, "-"))}
            findings.append(Finding("figure", {**values}))
    return findings


def classes(result: Mapping[str, Any]) -> dict[Key, int]:
    """Read the classes of every variant, year, school and grade from a result."""
    found: dict[Key, int] = {}
    for row in _dicts(result.get("by_grade")):
        n = row.get("classes")
        if isinstance(n, int) and n > 0:
            found[str(row.get("variant")), _year(row), str(row.get("school_id")), str(row.get("grade"))] = n
    return found


def _year(row: Mapping[str, Any]) -> int:
    year = row.get("year")
    return year if isinstance(year, int) else 0


def certificate(world: World, stated: object, objective: int, times: int) -> list[Finding]:
    """Check the proof's numbers: its objective is the plan's, no bound is above it, and the gap is what they give.

    Parameters
    ----------
    objective, times
        The plan's price over all years and weights, and how many times it is counted.
    """
    if stated is None:
        return []
    given = stated if isinstance(stated, dict) else {}
    students = times * sum(world.student_years(block, grade) for block in world.blocks for grade in world.grades)
    counts = {"divisor": times * world.divisor, "students": students}
    findings = _row("certificate", "", given, counts, (*_CERTIFICATE, "proof"))
    numbers = {name: given.get(name) for name in ("objective", "bound", "unavoidable")}
    wrong = [name for name, value in numbers.items() if not isinstance(value, int) or isinstance(value, bool)]
    if wrong:
        return findings + [
            Finding("figure", {"where": f"certificate, {n}", "stated": str(numbers[n]), "found": "-"}) for n in wrong
        ]
    target, bound, unavoidable = (int(value) for value in numbers.values() if value is not None)
    if target != objective:
        findings.append(Finding("objective", {"stated": target, "found": objective}))
    if bound > target:
        findings.append(Finding("bound", {"bound": bound, "objective": target}))
    if not 0 <= unavoidable <= max(bound, 0):
        findings.append(Finding("unavoidable", {"unavoidable": unavoidable, "bound": bound}))
    rest = target - unavoidable
    gaps = {"gap": (target - bound) / rest if rest > 0 else 0.0, "gap_m": (target - bound) / students if students else 0.0}
    for key, value in gaps.items():
        if not same(given.get(key), value):
            findings.append(Finding("gap", {"key": key, "stated": str(given.get(key, "-")), "found": value}))
    return findings


def inputs(stated: object, folder: Path) -> list[Finding]:
    """Check that the files are those that the run read; paths are relative to the run's folder."""
    findings = []
    for row in _dicts(stated):
        path = folder / str(row.get("path"))
        if not path.exists() or sha256(str(path)) != row.get("sha256"):
            findings.append(Finding("input_changed", {"path": str(row.get("path"))}))
    return findings
