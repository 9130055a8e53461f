"""Figures of a plan: one function a figure, of the problem and the plan."""

from optimizer.metrics.score import Score, score
from optimizer.metrics.shape import Shapes

__all__ = ["Score", "Shapes", "score"]
