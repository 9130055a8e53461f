"""Enrolment of past years: what it teaches about progression and entrants, and how well that predicts."""

from optimizer.history.backtest import Backtest, backtest
from optimizer.history.progression import Fitted, fit
from optimizer.history.reader import read
from optimizer.history.table import History

__all__ = ["Backtest", "Fitted", "History", "backtest", "fit", "read"]
