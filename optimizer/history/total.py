"""The children of all schools together, predicted as one school.

Schools that open later are nobody's prediction, but their children are: the sums of all schools move up as one school, so that
openings which went on in the past go on. Sums behave otherwise than schools: there is no spread to shrink, the share of a
grade's own last size is larger (children whom one school loses go to another) and is learned from few cases, entrants continue
their last number, and their growth soon fades. The numbers below were chosen by rolling origins (docs/backtest.md).
"""

from dataclasses import replace

import numpy as np

from optimizer.history import baselines
from optimizer.history.progression import fit
from optimizer.history.settings import Settings
from optimizer.history.table import History, Reals

OF_SUMS = {"pull": 0.1, "whole_memory": 0.5, "level_memory": 0.0, "damping": 0.5, "pull_cases": 5.0, "pull_kept": 1.0}
"""What is set otherwise than for schools."""


def total_of_all(history: History, years: int, settings: Settings) -> dict[str, Reals]:
    """Return, by method, ``[years]`` children of all schools in the years after the history."""
    whole = history.whole()
    return {
        "model": np.asarray(fit(whole, replace(settings, **OF_SUMS)).predict(years)[0].sum(axis=1)),
        "last_value": np.asarray(baselines.last_value(whole, years)[0].sum(axis=1)),
        "grade_progression": np.asarray(baselines.grade_progression(whole, years)[0].sum(axis=1)),
    }
