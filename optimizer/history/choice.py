"""Lively or calm: how entrants behave in a file is found out by rolling origins inside its own past.

In some places a school's entrants wander: last year's number says most, and a school that has grown grows on. In others they
scatter about a level: then last year's number is one of several, and a school's own growth is noise. Both are tried on the past
years of the file. The calm one is taken where its mean error is less than `MARGIN` of the lively one's, since a small advantage
in a few years is chance.
"""

import math
from dataclasses import replace

import numpy as np

from optimizer.history.intervals import HORIZON
from optimizer.history.origins import past
from optimizer.history.settings import CHOSEN, Settings
from optimizer.history.table import History

CALM = replace(CHOSEN, level_memory=0.6, own_growth_years=math.inf)
"""Entrants are the mean of the last years, and grow with the whole."""

MARGIN = 0.9
"""Own; on the real history of docs/backtest.md the calm one has 0.97 to 1.02, on simulated files that scatter 0.65 to 0.9."""


def choose(history: History) -> Settings:
    """Return the settings for a history: `CALM` where it has been clearly better in the past, else `CHOSEN`."""
    lively, calm = _error(history, CHOSEN), _error(history, CALM)
    return CALM if calm < MARGIN * lively else CHOSEN


def _error(history: History, settings: Settings) -> float:
    """Return the mean absolute error in logs over origins and horizons, those further ahead scaled down; 0 without any."""
    errors = [float(np.abs(each.error).mean()) / each.ahead**HORIZON for each in past(history, settings)]
    return float(np.mean(errors)) if errors else 0.0
