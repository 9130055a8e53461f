"""From ids to indexes: county, population, distances and wishes become one problem of arrays."""

from optimizer.build.assemble import build, plan_from_rows
from optimizer.build.schools import Zoned, zoned

__all__ = ["Zoned", "build", "plan_from_rows", "zoned"]
