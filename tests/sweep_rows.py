"""Made-up rows of a sweep, for tests of what it comes to and of its page."""

import itertools
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from optimizer.sweep.runner import Tally

TALLY = Tally(wanted=26, kept=10, done=13, failed=2, running=0, workers=2, wall_seconds=61.0, solve_seconds=110.0)


def row(number: int, overrides: dict[str, Any], county: str = "", draw: int | None = None, **figures: float) -> dict[str, Any]:
    """Return a row of a run that went well, with these headline figures."""
    base = {"mean_walk_m": 900.0, "children_over": 10.0, "over_seats": 0.0, "moved": 100.0}
    return {
        "run": number,
        "id": f"{number:016x}",
        "scenario": "rezone",
        "county": county,
        "overrides": json.dumps(overrides, ensure_ascii=False),
        "draw": draw,
        "status": "done",
        "reason": "",
        "gap": 0.01,
        "solve_seconds": 4.5,
        **(base | figures),
    }


def failed(number: int, overrides: dict[str, Any], reason: str, status: str = "bad_input", county: str = "") -> dict[str, Any]:
    """Return a row of a run that failed."""
    nothing = dict.fromkeys(("gap", "solve_seconds", "mean_walk_m", "children_over", "over_seats", "moved"), np.nan)
    return row(number, overrides, county) | nothing | {"status": status, "reason": reason}


def frame(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows).astype({"draw": "Int64"})


def schools(exceeds: dict[str, Sequence[bool]], weights: Sequence[int] = (1,)) -> pd.DataFrame:
    """Return the schools of a run: whether each exceeds its limit, year after year, in each variant (years vary slowest)."""
    found = []
    for school, flags in exceeds.items():
        for i, flag in enumerate(flags):
            year, variant = divmod(i, len(weights))
            at = {"school_id": school, "name": f"School {school}", "year": 2026 + year, "variant": f"v{variant}"}
            found.append(at | {"weight": weights[variant], "exceeds": flag})
    return pd.DataFrame(found)


def example() -> tuple[pd.DataFrame, list[tuple[str, pd.DataFrame]]]:
    """Return the rows of two counties, three settings, two futures, two draws, and two failures; and their schools."""
    rng = np.random.default_rng(3)
    rows, found = [], []
    grid = itertools.product(("东川", "Westdale"), (0, 300, 3000), ("medium", "high"), (1, 2))
    for number, (county, price, variant, draw) in enumerate(grid, 1):
        crowd = 400.0 if variant == "high" else 150.0
        figures = {
            "mean_walk_m": 800 + 300 / (1 + price / 200) + rng.integers(0, 9),
            "children_over": crowd * (1 + price / 1000) + rng.integers(0, 20),
            "moved": 3000 / (1 + price / 500),
        }
        rows.append(row(number, {"weights.change_m": price, "projection.variants": [variant]}, county, draw, **figures))
        flags = {f"S{i:02}": list(rng.random(6) < (i / 10 if variant == "high" else i / 20)) for i in range(8)}
        found.append((f"{number:016x}", schools(flags)))
    wrong = "inputs/schools.csv, row 7: level is college, which is none of primary, junior. Write one of them.\nsecond fault"
    rows.append(failed(25, {"weights.change_m": 0}, wrong, county="东川"))
    rows.append(failed(26, {"wishes.lock": []}, "no plan keeps every zone in one piece", "infeasible", "Westdale"))
    return frame(rows), found
