"""Enrolment of past years: what it teaches about progression and entrants, and how well that predicts."""

from optimizer.history.backtest import Backtest, backtest
from optimizer.history.learned import Learned, enrolment_rates, learned
from optimizer.history.progression import Fitted, fit
from optimizer.history.reader import read
from optimizer.history.table import History

__all__ = ["Backtest", "Fitted", "History", "Learned", "backtest", "enrolment_rates", "fit", "learned", "read"]
