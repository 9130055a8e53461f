"""How long a projection of many blocks and draws takes, and how much memory: ``python -m benchmarks.population``.

An invented county: blocks in communities of twelve, children and women by single year of age, births by community up to the base
year and fertility after it, migration by setting and age, estates, one official total a year. Prints a line of JSON.
"""

import argparse
import datetime as dt
import json
import resource
import sys
import time

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS
from shapely import Point

from optimizer.inputs.county import County
from optimizer.inputs.drivers import Drivers
from optimizer.policy import rules
from optimizer.population import project
from optimizer.scenario.model import Horizon, Policy, Projection

BASE_YEAR = 2026
SETTINGS = ("city", "town", "rural")


def county(n_blocks: int, seed: int) -> County:
    """Return the invented county."""
    rng = np.random.default_rng(seed)
    ids = [f"B{block:06}" for block in range(n_blocks)]
    communities = [f"C{block // 12:05}" for block in range(n_blocks)]
    blocks = gpd.GeoDataFrame(
        {"name": ids, "community": communities, "setting": [SETTINGS[block % 3] for block in range(n_blocks)]},
        index=pd.Index(ids, name="block_id"),
        geometry=[Point(block, 0) for block in range(n_blocks)],
        crs=CRS.from_epsg(4543),
    )
    schools = gpd.GeoDataFrame(geometry=[Point(0, 0)], crs=blocks.crs)
    date = dt.date(BASE_YEAR, 8, 31)
    births, housing = _births(communities, rng), _housing(ids, rng)
    return County(
        *(blocks.crs, blocks, schools, _by_age(ids, range(18), rng), date, births, housing),
        *(None, None, None, None, None, (), ()),
        drivers=_drivers(ids, n_blocks, rng),
    )


def _by_age(ids: list[str], ages: range, rng: np.random.Generator) -> pd.DataFrame:
    count = rng.poisson(6, len(ids) * len(ages))
    return pd.DataFrame({"block_id": np.repeat(ids, len(ages)), "age": np.tile(ages, len(ids)), "count": count})


def _births(communities: list[str], rng: np.random.Generator) -> pd.DataFrame:
    names = sorted(set(communities))
    years = range(BASE_YEAR - 3, BASE_YEAR + 1)
    rows = pd.DataFrame({"year": np.tile(years, len(names)), "area": np.repeat(names, len(years)), "kind": "community"})
    return rows.assign(births=rng.poisson(70, len(rows)))


def _housing(ids: list[str], rng: np.random.Generator) -> pd.DataFrame:
    block = rng.choice(ids, len(ids) // 50, replace=False)
    rows = pd.DataFrame({"block_id": block, "year": rng.integers(BASE_YEAR, BASE_YEAR + 8, len(block)), "type": "commercial"})
    return rows.assign(estate_id=block, name=block, dwellings=rng.integers(50, 800, len(block)), demolish=0.0)


def _drivers(ids: list[str], n_blocks: int, rng: np.random.Generator) -> Drivers:
    women = _by_age(ids, range(18, 50), rng).rename(columns={"block_id": "area"}).assign(kind="block")
    fertility = pd.DataFrame({"year": 0, "first": [15, 20, 30, 40], "last": [19, 29, 39, 49], "rate": [0.006, 0.07, 0.04, 0.004]})
    migration = pd.DataFrame({"kind": "setting", "area": SETTINGS, "status": "", "first": 0, "last": 60, "aged": False})
    controls = pd.DataFrame({"year": range(BASE_YEAR, BASE_YEAR + 10), "by": "grade", "first": 1, "last": 6, "variant": ""})
    return Drivers(
        women=women,
        fertility=fertility,
        migration=migration.assign(rate=[0.012, 0.0, -0.018]),
        controls=controls.assign(count=36 * n_blocks),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=10_000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--draws", type=int, default=100)
    asked = parser.parse_args()
    made = county(asked.blocks, seed=1)
    rule_set = rules(Policy(), "primary")
    project(county(24, seed=1), rule_set, Horizon(base_year=BASE_YEAR, years=2), Projection())  # compiles
    began, worked = time.perf_counter(), time.process_time()
    people = project(made, rule_set, Horizon(base_year=BASE_YEAR, years=asked.years), Projection(draws=asked.draws, seed=1))
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    shape = {"blocks": asked.blocks, "ages": 18, "years": asked.years, "draws": asked.draws}
    measured = {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "peak_gb": round(peak / 1e9, 2),
        "children": int(people.students.sum()),
    }
    print(json.dumps(shape | measured))


if __name__ == "__main__":
    main()
