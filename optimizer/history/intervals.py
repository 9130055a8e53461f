"""80 % intervals of a school's total, from the errors that the model would have made in the past.

From every past year with two years or more before it, the model is fitted on what was known then and predicts the years that
have come since (rolling origins). A school's error `|log(real / expected)|` is divided by

    scale = h ** HORIZON * sqrt(1 + SIZE / n) * sqrt(1 + SHORT / years ** 2)

with `h` years ahead, `n` children at the origin, `years` of history at the origin. The smallest scaled error below which 80 %
of them lie, `q`, makes the interval `expected * exp(+- q * scale)` (split conformal prediction with a scale: V. Vovk, A.
Gammerman, G. Shafer, *Algorithmic Learning in a Random World*, 2005; J. Lei et al., *Distribution-Free Predictive Inference for
Regression*, JASA 113, 2018). Every origin and horizon weighs the same whatever the number of its schools, times `MEMORY` for
each year that has passed since. With few errors `q` leans on `USUAL`. Schools of one year share that year's fate, so that the
coverage of one year scatters more than a count of schools suggests.
"""

from dataclasses import dataclass

import numpy as np

from optimizer.history.origins import past
from optimizer.history.settings import Settings
from optimizer.history.table import History, Ints, Reals

SHARE = 0.8
"""Of schools that the interval should hold."""

HORIZON, SIZE, SHORT, MEMORY = 0.8, 500.0, 8.0, 0.8
"""Chosen by rolling origins, 2006 to 2014 (docs/backtest.md)."""

USUAL, USUAL_CASES = 0.075, 30.0
"""The scaled error that was usual there, and the number of errors of the file that count as much."""


@dataclass(frozen=True)
class Calibration:
    """The width of intervals.

    Attributes
    ----------
    width
        The scaled error, in natural logs, that 80 % stay below.
    cases
        Past errors behind it.
    """

    width: float
    cases: int

    def bounds(self, expected: Reals, size: Reals, years: int) -> tuple[Reals, Reals]:
        """Return ``[S, H]`` lower and upper bounds.

        Parameters
        ----------
        expected
            ``[S, H]`` children expected 1, 2 ... H years ahead.
        size
            ``[S]`` children in the last year known.
        years
            Years of history.
        """
        ahead = np.arange(1, expected.shape[1] + 1)
        off = np.exp(self.width * scale(ahead[None, :], size[:, None], years))
        return expected / off, expected * off


def scale(ahead: Reals | Ints, size: Reals, years: int) -> Reals:
    """Return the usual size of an error relative to others, in natural logs."""
    return np.asarray(
        np.asarray(ahead, dtype=np.float64) ** HORIZON * np.sqrt(1 + SIZE / np.maximum(size, 1.0)) * np.sqrt(1 + SHORT / years**2)
    )


def calibrate(history: History, settings: Settings) -> Calibration:
    """Return the width that the model's past errors ask for."""
    errors, weights = [np.empty(0)], [np.empty(0)]
    for each in past(history, settings):
        errors.append(np.abs(each.error) / scale(np.array([each.ahead]), each.size, each.years))
        weights.append(np.full(len(each.error), MEMORY**each.since / len(each.error)))
    found, weight = np.concatenate(errors), np.concatenate(weights)
    own = weighted_quantile(found, weight, SHARE) if len(found) else USUAL
    return Calibration((len(found) * own + USUAL_CASES * USUAL) / (len(found) + USUAL_CASES), len(found))


def weighted_quantile(values: Reals, weight: Reals, share: float) -> float:
    """Return the smallest value at or below which this share of the weight lies."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order]) / weight.sum()
    return float(values[order][min(int(np.searchsorted(reached, share - 1e-12)), len(values) - 1)])
