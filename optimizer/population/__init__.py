"""School-age residents by block, year, grade and variant."""

from optimizer.population.projection import Population, Reach, project

__all__ = ["Population", "Reach", "project"]
