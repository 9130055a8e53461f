"""Figures of a plan: one function a figure, of the problem and the plan."""

from optimizer.metrics.score import Score, Shapes, score

__all__ = ["Score", "Shapes", "score"]
