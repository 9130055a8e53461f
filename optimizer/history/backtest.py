"""Fits on the years up to one, predicts the rest, and measures how far off it was."""

from dataclasses import dataclass

import numpy as np

from optimizer.history import baselines, intervals
from optimizer.history.choice import choose
from optimizer.history.intervals import Calibration
from optimizer.history.measured import complete, percentage_errors
from optimizer.history.progression import Fitted, fit
from optimizer.history.table import Bools, History, Reals, counted_years
from optimizer.history.total import total_of_all

METHODS = ("model", "last_value", "grade_progression")


@dataclass(frozen=True)
class Backtest:
    """Predictions beside what came.

    Attributes
    ----------
    known
        The history up to the year; its schools are the rows.
    later
        ``H`` years after it.
    fitted, calibration
        The model, and its intervals' width.
    past, real
        ``[S, T]`` and ``[S, H]`` children of each school; 0 where nobody was counted.
    expected
        By method, ``[S, H]`` children of each school.
    low, high
        ``[S, H]`` the model's 80 % interval.
    measured
        ``[S, H]``: more than 50 children and every grade in the last year known and in this one.
    total_past, total_real
        ``[T]`` and ``[H]`` children of all schools; NaN in a year of which the file has nothing.
    total_expected
        By method, ``[H]``.
    """

    known: History
    later: tuple[int, ...]
    fitted: Fitted
    calibration: Calibration
    past: Reals
    real: Reals
    expected: dict[str, Reals]
    low: Reals
    high: Reals
    measured: Bools
    total_past: Reals
    total_real: Reals
    total_expected: dict[str, Reals]

    @property
    def ahead(self) -> tuple[int, ...]:
        """Years ahead at which at least one school is measured."""
        return tuple(step + 1 for step in range(len(self.later)) if self.measured[:, step].any())

    def school_error(self, method: str, ahead: int) -> float:
        """Return the mean absolute percentage error of the measured schools."""
        rows = self.measured[:, ahead - 1]
        return float(percentage_errors(self.expected[method][rows, ahead - 1], self.real[rows, ahead - 1]).mean())

    def total_error(self, method: str, ahead: int) -> float:
        """Return the absolute percentage error of the children of all schools; NaN in a year of which the file has nothing."""
        return float(percentage_errors(self.total_expected[method][ahead - 1], self.total_real[ahead - 1]))

    def coverage(self, ahead: int) -> float:
        """Return the share, in per cent, of the measured schools that came to lie in their 80 % interval."""
        rows = self.measured[:, ahead - 1]
        real = self.real[rows, ahead - 1]
        return float(100 * np.mean((self.low[rows, ahead - 1] <= real) & (real <= self.high[rows, ahead - 1])))


def backtest(history: History, train_until: int) -> Backtest:
    """Fit on the years up to one and compare the predictions of the later years with what came.

    Parameters
    ----------
    history
        A history with years before and after; the reader tells the planner where there are none.
    train_until
        The last year that the model and the baselines see.
    """
    known = history.until(train_until)
    settings = choose(known)
    later = tuple(year for year in history.years if year > train_until)
    came = known.aligned(history)
    fitted, calibration = fit(known, settings), intervals.calibrate(known, settings)
    ahead = len(later)
    expected = {
        "model": fitted.predict(ahead).sum(axis=2),
        "last_value": baselines.last_value(known, ahead).sum(axis=2),
        "grade_progression": baselines.grade_progression(known, ahead).sum(axis=2),
    }
    totals = np.nansum(came, axis=2)
    origin = len(known.years) - 1
    low, high = calibration.bounds(expected["model"], totals[:, origin], len(known.years))
    whole = complete(came)
    everyone = np.where(counted_years(history.students), np.nansum(history.students, axis=(0, 2)), np.nan)
    return Backtest(
        known=known,
        later=later,
        fitted=fitted,
        calibration=calibration,
        past=totals[:, : origin + 1],
        real=totals[:, origin + 1 :],
        expected=expected,
        low=low,
        high=high,
        measured=whole[:, [origin]] & whole[:, origin + 1 :],
        total_past=everyone[: origin + 1],
        total_real=everyone[origin + 1 :],
        total_expected=total_of_all(known, ahead, settings),
    )
