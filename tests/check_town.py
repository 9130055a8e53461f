"""A town of eight square blocks with a plan whose every figure is worked out by hand, for tests that spoil one thing at a time.

Blocks of 100 m: A1 A2 A3 A4 in the south, B1 B2 B3 B4 north of them, ten students in each. School West stands in the middle of
A1, East in the middle of A4. Today's zones are the halves; the plan gives A3 to West too.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import yaml
from shapely import box

from optimizer.check import Report, verify
from optimizer.faults import Faults
from optimizer.scenario import load

CRS = "EPSG:4543"
WEST, SOUTH, SIDE = 450_000, 2_700_000, 100
BLOCKS = [f"{row}{column}" for row in "AB" for column in range(1, 5)]
TODAY = {block: "West" if block[1] in "12" else "East" for block in BLOCKS}
PLAN = TODAY | {"A3": "West"}

SCENARIO: dict[str, Any] = {
    "name": "town",
    "inputs": "inputs",
    "county": {"schools": {"file": "inputs/schools.csv", "crs": CRS}},
    "level": "primary",
    "travel": {"mode": "straight_line"},
    "policy": {"base": "generic", "walk_limit_m": 150, "school_size": 45},
}

SCHOOLS = [
    "school_id,name,level,x,y,seats,public,special_places",
    f"West,West,primary,{WEST + 50},{SOUTH + 50},35,yes,",
    f"East,East,primary,{WEST + 350},{SOUTH + 50},50,yes,",
    f"Private,Private,primary,{WEST + 150},{SOUTH + 50},50,no,",
    f"Junior,Junior,junior,{WEST + 150},{SOUTH + 50},50,yes,",
    f"Special,Special,primary,{WEST + 150},{SOUTH + 50},,yes,30",
]


def result() -> dict[str, Any]:
    """Return what a right `result.json` says of the plan."""
    west = {"rooms": None, "seats": 35, "seats_free": 0, "over_seats": 15, "over_size": 5}
    east = {"rooms": None, "seats": 50, "seats_free": 20, "over_seats": 0, "over_size": 0}
    classes = dict.fromkeys(("classes", "largest_class", "classes_over", "classes_big", "classes_huge", "children_over"), 0)
    round_ = {"West": 4 * math.pi * 50_000 / 1_000**2, "East": 4 * math.pi * 30_000 / 800**2}
    terms = {"walk": 7_820.0, "beyond_limit": 20_000.0, "change": 3_000.0, "wishes": 0.0, "oversized": 0.0, "uneven": 0.0}
    terms |= {"over_seats": 300_000.0, "school_size": 25_000.0}
    headline = {"objective_m": 355_820.0, "mean_walk_m": 97.75, "p90_walk_m": 200, "max_walk_m": 200, "beyond_limit": 10.0}
    headline |= dict.fromkeys(("largest_class", "classes_over", "classes_big", "classes_huge", "children_over"), 0)
    headline |= {"first_year_classes_over": 0.0, "over_seats": 15.0, "over_size": 5.0, "seats_free": 20.0, "moved": 10.0}
    headline |= {"moved_blocks": 1, "zones_in_pieces": 0, "polsby_popper": sum(round_.values()) / 2, "cut_edges": 3}
    at = {"variant": "medium", "year": 2026}
    return {
        "scenario": "scenario.yaml",
        "certificate": {
            "objective": 355_820,
            "bound": 350_000,
            "unavoidable": 1_000,
            "divisor": 1,
            "students": 80,
            "gap": 5_820 / 354_820,
            "gap_m": 5_820 / 80,
            "proof": "prices",
        },
        "headline": headline,
        "terms": terms,
        "by_grade": [at | {"school_id": s, "grade": "all", "students": n} | classes for s, n in (("East", 30), ("West", 50))],
        "by_school": [
            at | {"school_id": "East", "students": 30} | classes | east,
            at | {"school_id": "West", "students": 50} | classes | west,
        ],
        "by_zone": [
            {"zone": "East", "blocks": 3, "students": 30.0, "mean_walk_m": 241 / 3, "p90_walk_m": 141, "max_walk_m": 141}
            | {"beyond": 0.0, "moved": 0.0, "parts": 1, "polsby_popper": round_["East"]},
            {"zone": "West", "blocks": 5, "students": 50.0, "mean_walk_m": 541 / 5, "p90_walk_m": 200, "max_walk_m": 200}
            | {"beyond": 10.0, "moved": 10.0, "parts": 1, "polsby_popper": round_["West"]},
        ],
        "by_variant": [
            dict.fromkeys(("children_over", "classes_over", "classes_big", "classes_huge"), 0.0)
            | {"variant": "medium", "students": 80.0, "mean_walk_m": 97.75, "p90_walk_m": 200, "over_size": 5.0}
            | {"beyond_limit": 10.0, "moved": 10.0, "over_seats": 15.0, "largest_class": 0, "full": 1}
        ],
    }


@dataclass
class Town:
    """The town's folder, its scenario and its plan; tests change them and ask for the verdict."""

    folder: Path
    scenario: dict[str, Any] = field(default_factory=lambda: json.loads(json.dumps(SCENARIO)))
    rows: list[tuple[str, str]] = field(default_factory=lambda: list(PLAN.items()))

    @classmethod
    def built(cls, folder: Path) -> "Town":
        town = cls(folder)
        (folder / "inputs").mkdir()
        town.csv("schools", *SCHOOLS)
        town.csv("current_zones", "block_id,school_id", *(f"{block},{school}" for block, school in TODAY.items()))
        town.layer("blocks", block_id=BLOCKS, community=[f"row {block[0]}" for block in BLOCKS], students=[10] * 8)
        return town

    def csv(self, table: str, *lines: str) -> None:
        (self.folder / "inputs" / f"{table}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def layer(self, table: str, geometry: Any = None, **columns: Any) -> None:
        shapes = geometry or [_square(int(block[1]) - 1, "AB".index(block[0])) for block in BLOCKS]
        gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS).to_file(self.folder / "inputs" / f"{table}.geojson")

    def move(self, block: str, school: str) -> None:
        self.rows = [(b, school if b == block else s) for b, s in self.rows]

    def verdict(self, stated: Mapping[str, Any] | None = None) -> Report:
        """Write scenario and plan, and ask the checker."""
        path, table = self.folder / "scenario.yaml", self.folder / "assignment.csv"
        path.write_text(yaml.safe_dump(self.scenario), encoding="utf-8")
        lines = ["block_id,school_id", *(f"{block},{school}" for block, school in self.rows)]
        table.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self.judged(stated)

    def judged(self, stated: Mapping[str, Any] | None = None) -> Report:
        """Ask the checker about the files as they are."""
        faults = Faults()
        loaded = load(self.folder / "scenario.yaml", faults)
        faults.raise_if_any()
        assert loaded is not None
        return verify(loaded.scenario, self.folder / "assignment.csv", stated)


def _square(column: int, row: int) -> Any:
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    return box(west, south, west + SIDE, south + SIDE)
