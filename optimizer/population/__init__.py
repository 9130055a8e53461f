"""School-age residents by block, year, grade and variant."""

from optimizer.population.projection import Balance, Population, project
from optimizer.population.reach import Reach

__all__ = ["Balance", "Population", "Reach", "project"]
