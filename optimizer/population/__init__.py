"""School-age residents by block, year, grade and variant."""

from optimizer.population.attending import Attending, attending
from optimizer.population.enrolled import Rate, enrolled, learned
from optimizer.population.projection import Balance, Population, project
from optimizer.population.reach import Reach

__all__ = ["Attending", "Balance", "Population", "Rate", "Reach", "attending", "enrolled", "learned", "project"]
