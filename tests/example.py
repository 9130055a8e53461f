"""A small made-up county with a plan, for tests of the pages: a grid of square blocks, three schools, two variants, 4 years."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS
from shapely import LineString, Point, box

from optimizer.inputs.county import County, Note, Source
from optimizer.metrics import Shapes, score
from optimizer.population import Population, Reach
from optimizer.problem import NO_RULE, Certificate, Ints, Plan, Prices, Problem
from optimizer.run import Case, Run
from optimizer.scenario.model import Scenario

SIDE_M = 500
YEARS = (2026, 2027, 2028, 2029)
GRADES = ("1", "2", "3")
VARIANTS = ("medium", "high")
SCHOOLS = {"S01": ("东门小学", 1, 1), "S02": ("Riverside School", 4, 1), "S03": ("北山小学", 3, 4)}


def example_case(name: str = "example", side: int = 6, block_names: Sequence[str] | None = None) -> Case:
    """Return a case of ``side x side`` blocks whose first two schools have too few rooms for their neighbours."""
    blocks = _blocks(side, block_names)
    schools = _schools()
    students = _students(side)
    county = County(
        crs=CRS.from_epsg(4541),
        blocks=blocks,
        schools=schools,
        residents=None,
        residents_date=dt.date(2025, 9, 1),
        births=None,
        housing=None,
        enrolment=None,
        current_zones=pd.DataFrame({"school_id": _halves(side)}, index=blocks.index),
        plan=None,
        roads=gpd.GeoDataFrame({"bridge": [False, True]}, geometry=_roads(side), crs=4541),
        barriers=gpd.GeoDataFrame({"name": ["River"], "kind": ["river"]}, geometry=[_river(side)], crs=4541),
        sources=(
            Source("blocks", "../inputs/blocks.gpkg", "ab" * 32, side * side),
            Source("schools", "schools.csv", "cd" * 32, 3),
        ),
        notes=(),
    )
    population = Population(
        tuple(blocks.index),
        YEARS,
        GRADES,
        VARIANTS,
        np.array([1, 1]),
        students,
        (Reach("births", "1", 2028), Reach("births", "2", None)),
    )
    scenario = Scenario(name=name, title="Example county", inputs="inputs", projection={"variants": list(VARIANTS)})
    note = Note("repaired", "blocks", "a_key_that_the_catalog_does_not_know", 2, ("B00", "B01"))
    problem = _problem(side, blocks, schools, students)
    shapes = Shapes(blocks.geometry.to_numpy(), 3.0)
    return Case(scenario, "scenarios/example.yaml", county, population, problem, shapes, (note,))


def example_run(name: str = "example", *, case: Case | None = None, today: bool = False) -> Run:
    """Return a run whose plan sends each block to its nearest school, or leaves it where it is today."""
    case = case or example_case(name)
    problem = case.problem
    plan = plan_of(problem, problem.current if today else problem.distance.argmin(axis=1))
    figures = score(problem, plan, case.shapes)
    if today:
        return Run(case, plan, figures, None, "given", {}, 0.0)
    total = round(figures.headline["objective_m"] * problem.divisor)
    students = int((problem.students * problem.weight).sum())
    certificate = Certificate(total, round(total * 0.99), 0, problem.divisor, students, "prices")
    return Run(case, plan, figures, certificate, "gap", {"S01": 120.0, "S02": 0.0, "S03": 43.4}, 0.97)


def renamed(run: Run, name: str) -> Run:
    """Return the run under another scenario name."""
    case = dataclasses.replace(run.case, scenario=run.case.scenario.model_copy(update={"name": name}))
    return dataclasses.replace(run, case=case)


def plan_of(problem: Problem, zone: Ints) -> Plan:
    """Return the plan in which every cohort forms the classes it needs when it enters, within an equal share of the rooms."""
    zone = np.asarray(zone, dtype=np.int64)
    load = problem.stay.copy()
    np.add.at(load, zone, problem.students)
    classes = np.zeros((len(problem.sites), problem.n_cohorts, len(problem.variants)), dtype=np.int64)
    share = problem.rooms.min(axis=1, keepdims=True) // len(problem.grades)
    for year, grade in reversed(list(np.ndindex(problem.cohort.shape))):
        classes[:, problem.cohort[year, grade]] = np.minimum(-(-load[:, year, grade] // 45), share)
    return Plan(zone, classes)


def _blocks(side: int, names: Sequence[str] | None) -> gpd.GeoDataFrame:
    cells = [(x, y) for x in range(side) for y in range(side)]
    return gpd.GeoDataFrame(
        {
            "name": list(names or [f"小区 {x}-{y}" for x, y in cells]),
            "community": [f"社区 {x // 2}{y // 2}" for x, y in cells],
            "setting": ["city" if x < side // 2 else "rural" for x, _ in cells],
        },
        geometry=[box(x * SIDE_M, y * SIDE_M, (x + 1) * SIDE_M, (y + 1) * SIDE_M) for x, y in cells],
        index=pd.Index([f"B{x}{y}" for x, y in cells], name="block_id"),
        crs=4541,
    )


def _schools() -> gpd.GeoDataFrame:
    empty = pd.array([None] * 3, dtype="Int64")
    return gpd.GeoDataFrame(
        {
            "name": [name for name, _, _ in SCHOOLS.values()],
            "level": "primary",
            "classrooms": pd.array([6, 4, 9], dtype="Int64"),
            "seats": empty,
            "first_grade": 1,
            "last_grade": 3,
            "parent_school": "",
            "group": "",
            "public": True,
            "beds": empty,
            "special_places": empty,
        },
        geometry=[Point((x + 0.5) * SIDE_M, (y + 0.5) * SIDE_M) for _, x, y in SCHOOLS.values()],
        index=pd.Index(list(SCHOOLS), name="school_id"),
        crs=4541,
    )


def _students(side: int) -> Ints:
    shape = (side * side, len(YEARS), len(GRADES), len(VARIANTS))
    students = np.random.default_rng(7).integers(8, 26, shape)
    students[..., 1] += 6
    return np.asarray(students, dtype=np.int64)


def _halves(side: int) -> list[str]:
    return ["S01" if x < 2 else "S02" if y < 3 else "S03" for x in range(side) for y in range(side)]


def _roads(side: int) -> list[LineString]:
    end = side * SIDE_M
    return [LineString([(0, 800), (end, 900)]), LineString([(1500, 0), (1500, end)])]


def _river(side: int) -> LineString:
    return LineString([(0, 1480), (side * SIDE_M, 1520)])


def _problem(side: int, blocks: gpd.GeoDataFrame, schools: gpd.GeoDataFrame, students: Ints) -> Problem:
    n, sites = side * side, list(SCHOOLS)
    metres = np.rint([[block.distance(school) for school in schools.geometry] for block in blocks.centroid]).astype(np.int64)
    cell = np.arange(n).reshape(side, side)
    edges = np.sort(
        np.vstack(
            [np.column_stack([cell[:-1].ravel(), cell[1:].ravel()]), np.column_stack([cell[:, :-1].ravel(), cell[:, 1:].ravel()])]
        )
    )
    t, g, v = len(YEARS), len(GRADES), len(VARIANTS)
    return Problem(
        blocks=tuple(blocks.index),
        zones=tuple(sites),
        sites=tuple(sites),
        years=YEARS,
        grades=GRADES,
        variants=VARIANTS,
        weight=np.ones(v, dtype=np.int64),
        students=students,
        stay=np.zeros((3, t, g, v), dtype=np.int64),
        site_of=np.repeat(np.arange(3)[:, None], g, axis=1),
        cohort=np.arange(t)[:, None] - np.arange(g) + g - 1,
        least_classes=np.zeros((3, t + g - 1, v), dtype=np.int64),
        rooms=np.repeat(np.array([[14], [12], [27]]), t, axis=1),
        seats=np.full((3, t), NO_RULE),
        size_limit=np.full(3, 2000),
        distance=metres,
        walk_limit=np.full(n, 1600),
        allowed=np.ones((n, 3), dtype=np.bool_),
        penalty=np.zeros((n, 3), dtype=np.int64),
        current=np.array([sites.index(zone) for zone in _halves(side)]),
        edges=edges,
        border=np.full(len(edges), SIDE_M),
        roots=tuple((int(cell[x, y]),) for _, x, y in SCHOOLS.values()),
        exempt=np.zeros(n, dtype=np.bool_),
        together=np.arange(n),
        prices=Prices(np.array([45, 55, 65]), np.array([20000, 200000, 2000000]), 20000, 5000, 2000, 300),
    )
