"""A county of three blocks for tests of the projection, its tables given as rows."""

import datetime as dt
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS
from shapely.geometry import Point, box

from optimizer.inputs.county import County
from optimizer.inputs.drivers import Drivers
from optimizer.policy import rules
from optimizer.population import Population, project
from optimizer.scenario.model import Horizon, Policy, Projection

PRIMARY = rules(Policy(), "primary")
DAY = dt.date(2026, 8, 31)
RATES = ["kind", "area", "status", "first", "last", "aged", "rate"]


def county(
    residents: dict[tuple[str, int], int],
    date: dt.date = DAY,
    births: dict[Any, int] | None = None,
    housing: list[tuple[Any, ...]] | None = None,
    settings: tuple[str, ...] = ("city", "town", "rural"),
    communities: tuple[str, ...] = ("", "", ""),
    **drivers: pd.DataFrame,
) -> County:
    """Blocks a, b and c; ``births`` by year, or by area and year; ``housing`` block, year, dwellings, type and maybe demolish."""
    ids = ["a", "b", "c"]
    crs = CRS("EPSG:4543")
    blocks = gpd.GeoDataFrame(
        {"name": ids, "community": list(communities), "setting": list(settings)},
        index=pd.Index(ids, name="block_id"),
        geometry=[box(i, 0, i + 1, 1) for i in range(len(ids))],
        crs=crs,
    )
    rows = pd.DataFrame([(b, a, n) for (b, a), n in residents.items()], columns=["block_id", "age", "count"])
    estates = None
    if housing is not None:
        columns = ["block_id", "year", "dwellings", "type", "demolish"]
        estates = pd.DataFrame([(*row, 0.0)[:5] for row in housing], columns=columns)
        estates["estate_id"] = estates["name"] = "e"
    schools = gpd.GeoDataFrame(geometry=[Point(0, 0)], crs=crs)
    return County(
        *(crs, blocks, schools, rows, date, _births(births), estates, None, None, None, None, None, (), ()),
        drivers=Drivers(**drivers),
    )


def _births(births: dict[Any, int] | None) -> pd.DataFrame | None:
    if births is None:
        return None
    keys = [key if isinstance(key, tuple) else ("", key) for key in births]
    kind = ["setting" if area in ("city", "town", "rural") else "community" if area else "county" for area, _ in keys]
    return pd.DataFrame(
        {"year": [y for _, y in keys], "births": list(births.values()), "kind": kind, "area": [a for a, _ in keys]}
    )


def migration(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=RATES)


def controls(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["year", "by", "first", "last", "variant", "count"])


def projected(data: County, years: int = 4, enrolled: Any = None, base_year: int = 2026, **projection: Any) -> Population:
    """The projection, nobody dying unless the test says otherwise."""
    asked = Projection.model_validate({"mortality": "none"} | projection)
    return project(data, PRIMARY, Horizon(base_year=base_year, years=years), asked, enrolled)


def course(data: County, years: int = 4, **projection: Any) -> np.ndarray:
    """Residents [B, T, G] of the first variant from 2026 on."""
    return projected(data, years, **projection).students[..., 0]


def entrants(data: County, years: int = 4, **projection: Any) -> np.ndarray:
    """First graders [B, T] from 2033 on, the first autumn that those born after August 2026 reach."""
    return projected(data, years, base_year=2033, **projection).students[:, :, 0, 0]
