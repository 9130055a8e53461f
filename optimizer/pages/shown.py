"""The courses of a projection that are shown: its variants, or of many draws the median and the ends of eight in ten."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.pages import names
from optimizer.pages.texts import Texts
from optimizer.problem import Ints
from optimizer.run import Case

ENDS = (0.5, 0.1, 0.9)
"""Quantiles of the draws that are shown."""


@dataclass(frozen=True)
class Courses:
    """What is shown of the variants.

    Attributes
    ----------
    names
        In the reader's language.
    drawn
        Whether they stand for random draws.
    """

    names: tuple[str, ...]
    drawn: bool

    def of(self, values: Ints) -> Ints:
        """Return ``[..., V]`` sums of all variants as ``[..., shown]``; a quantile is a number that some draw has."""
        if not self.drawn:
            return values
        found = np.quantile(values, ENDS, axis=-1, method="inverted_cdf")
        return np.asarray(np.moveaxis(found, 0, -1), dtype=np.int64)

    def mean(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``[..., V]`` flows as they are, or as their mean over the draws, which still adds up."""
        return values.mean(axis=-1, keepdims=True) if self.drawn else values


def courses(case: Case, texts: Texts) -> Courses:
    """Return what is shown of a case's projection."""
    if case.scenario.projection.draws is not None and len(case.population.variants) > 1:
        return Courses(tuple(texts(f"project.{key}") for key in ("middle", "low_end", "high_end")), drawn=True)
    return Courses(tuple(names.variant(texts, name) for name in case.population.variants), drawn=False)
