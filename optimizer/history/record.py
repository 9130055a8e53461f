"""The backtest as `backtest.json`: figures by method and years ahead."""

import json
import math
from typing import Any

from optimizer.history.backtest import METHODS, Backtest
from optimizer.history.choice import CALM

NAME = "backtest.json"


def record(found: Backtest, sha256: str) -> dict[str, Any]:
    """Return what is written.

    Returns
    -------
    ``school_mape``, ``total_ape``: by method (``model``, ``last_value``, ``grade_progression``) and years ahead ("1", "2" ...),
    in per cent; ``coverage_80``: by years ahead, in per cent. Years ahead at which no school is measured (the first and last), or
    of which the file has nothing (the total), are left out. Besides: what was predicted from what, how many schools were
    measured, what was learned, and the hash of the file.

    Parameters
    ----------
    found
        The backtest.
    sha256
        Hash of the history's file.
    """
    steps = range(1, len(found.later) + 1)
    totals = {
        method: {str(h): found.total_error(method, h) for h in steps if not math.isnan(found.total_error(method, h))}
        for method in METHODS
    }
    return {
        "school_mape": {method: {str(h): found.school_error(method, h) for h in found.ahead} for method in METHODS},
        "total_ape": totals,
        "coverage_80": {str(h): found.coverage(h) for h in found.ahead},
        "schools_measured": {str(h): int(found.measured[:, h - 1].sum()) for h in found.ahead},
        "train_from": found.known.years[0],
        "train_until": found.known.years[-1],
        "predicted": list(found.later),
        "learned": {
            "entrants": "calm" if found.fitted.settings == CALM else "lively",
            "pull": found.fitted.pull,
            "weight_of_whole": dict(zip(found.known.grades[1:], found.fitted.ratios.shrinkage[1:].tolist(), strict=True)),
            "interval_width": found.calibration.width,
            "past_errors": found.calibration.cases,
        },
        "history_sha256": sha256,
    }


def as_json(found: Backtest, sha256: str) -> str:
    """Return the record as text, numbers to six decimals."""
    return json.dumps(_rounded(record(found, sha256)), ensure_ascii=False, indent=1) + "\n"


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return value
