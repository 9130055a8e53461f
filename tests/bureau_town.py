"""A town of twelve square blocks on disk, run from its files to the checker's verdict.

What a bureau hands in must mean the same to the program and to its checker. Blocks of 200 m, four columns and three rows, B00 in
the southwest, B01 east of it. School West stands in B00, East in B03, North in B09.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import yaml
from shapely import LineString, box
from shapely.geometry.base import BaseGeometry

from optimizer import folder, pipeline
from optimizer.check import Report
from optimizer.faults import Fault, Faults
from optimizer.run import Case, Run
from optimizer.solver import Stop

CRS = "EPSG:4543"
WEST, SOUTH, SIDE = 450_000, 2_700_000, 200
IDS = [f"B{i:02}" for i in range(12)]
SCHOOLS = {"West": (50, 50), "East": (750, 50), "North": (300, 550)}
COUNTS = [7, 12, 3, 20, 9, 15, 4, 11, 8, 6, 13, 5]

SCENARIO: dict[str, Any] = {
    "name": "town",
    "inputs": "inputs",
    "county": {"schools": {"file": "inputs/schools.csv", "crs": CRS}},
    "horizon": {"base_year": 2026, "years": 4},
    "travel": {"mode": "straight_line"},
    "policy": {"walk_limit_m": 500},
    "solver": {"work": 0.02},
}


def area(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """Return a rectangle, in metres from the southwest corner."""
    return box(WEST + west, SOUTH + south, WEST + east, SOUTH + north)


def line(*points: tuple[float, float]) -> LineString:
    """Return a line, in metres from the southwest corner."""
    return LineString([(WEST + x, SOUTH + y) for x, y in points])


@dataclass
class Town:
    """The town's folder; ``scenario`` is written when it is read."""

    folder: Path
    scenario: dict[str, Any] = field(default_factory=lambda: json.loads(json.dumps(SCENARIO)))

    @classmethod
    def built(cls, folder: Path) -> "Town":
        town = cls(folder)
        (folder / "inputs").mkdir()
        squares = town.squares()
        settings = ["city"] * 8 + ["rural"] * 4
        town.layer("blocks", squares, block_id=IDS, name=IDS, community=[f"C{i % 4}" for i in range(12)], setting=settings)
        at = [f"{name},{name},primary,{WEST + x},{SOUTH + y},12" for name, (x, y) in SCHOOLS.items()]
        town.csv("schools", "school_id,name,level,x,y,classrooms", *at)
        ages = range(1, 13)
        town.csv("residents", "block_id,age,count", *(f"{b},{age},{n}" for b, n in zip(IDS, COUNTS, strict=True) for age in ages))
        return town

    @staticmethod
    def squares() -> list[BaseGeometry]:
        """Return the shapes of the blocks."""
        return [area(SIDE * (i % 4), SIDE * (i // 4), SIDE * (i % 4 + 1), SIDE * (i // 4 + 1)) for i in range(12)]

    def csv(self, table: str, *lines: str) -> None:
        (self.folder / "inputs" / f"{table}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def layer(self, table: str, shapes: Sequence[BaseGeometry], crs: str | None = CRS, **columns: Any) -> Path:
        path = self.folder / "inputs" / f"{table}.gpkg"
        path.unlink(missing_ok=True)
        gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs).to_file(path)
        return path

    def gone(self, table: str) -> None:
        (self.folder / "inputs" / f"{table}.csv").unlink()

    def saved(self) -> Path:
        path = self.folder / "town.yaml"
        path.write_text(yaml.safe_dump(self.scenario, allow_unicode=True), encoding="utf-8")
        return path

    def case(self) -> Case:
        """Read the town and build its problem."""
        faults = Faults()
        case = pipeline.prepare(self.saved(), faults)
        assert case is not None, [str(fault) for fault in faults]
        return case

    def faults(self) -> list[Fault]:
        """Return what is wrong with the files."""
        faults = Faults()
        assert pipeline.prepare(self.saved(), faults) is None
        return list(faults)

    def judged(self) -> tuple[Run, Report]:
        """Run the town, and let the checker work out every figure a second time."""
        run = pipeline.answer(self.case(), Stop(work=0.02), lambda _: None)
        target = folder.write(run, self.folder / "maps", {})
        faults = Faults()
        stated = folder.read_result(target, faults)
        report = pipeline.verified(self.saved(), target / folder.ASSIGNMENT, stated, faults)
        assert report is not None, [str(fault) for fault in faults]
        assert [str(finding) for finding in report.broken] == []
        return run, report


def noted(case: Case) -> Mapping[str, tuple[int, tuple[str, ...]]]:
    """Return the notes by key: how many, and which."""
    return {note.what: (note.count, note.names) for note in case.notes}


def told(faults: Sequence[Fault]) -> str:
    """Return all faults as the planner sees them."""
    return "\n".join(str(fault) for fault in faults)
