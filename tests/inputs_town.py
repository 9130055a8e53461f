"""A town of nine square blocks on disk, for tests that spoil one file at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from shapely import LineString, box

from optimizer.faults import Fault, Faults
from optimizer.inputs import County, read
from optimizer.scenario.model import Scenario

CRS = "EPSG:4543"
SIDE_M = 100
WEST, SOUTH = 450_000, 2_700_000
IDS = [f"B{i}" for i in range(9)]


def square(column: int, row: int) -> shapely.Polygon:
    west, south = WEST + column * SIDE_M, SOUTH + row * SIDE_M
    return box(west, south, west + SIDE_M, south + SIDE_M)


def squares() -> list[shapely.Geometry]:
    """Nine blocks, B0 in the southwest, B1 east of it."""
    return [square(i % 3, i // 3) for i in range(9)]


def line(*points: tuple[float, float]) -> LineString:
    """Return a line of points in metres from the southwest corner."""
    return LineString([(WEST + x, SOUTH + y) for x, y in points])


@dataclass(frozen=True)
class Town:
    """The folder of the town's files; every method writes one."""

    folder: Path

    @classmethod
    def built(cls, folder: Path) -> "Town":
        town = cls(folder)
        town.blocks()
        town.csv("schools", "school_id,name,level,x,y,classrooms", f"S1,East,primary,{WEST + 50},{SOUTH + 50},6")
        town.csv("residents", "block_id,age,count", *(f"{block},6,10" for block in IDS))
        return town

    def csv(self, table: str, *lines: str, encoding: str = "utf-8") -> None:
        (self.folder / f"{table}.csv").write_text("\n".join(lines) + "\n", encoding=encoding)

    def layer(
        self, table: str, columns: Mapping[str, Sequence[Any]], shapes: Sequence[Any], crs: str | None = CRS, suffix: str = "gpkg"
    ) -> Path:
        path = self.folder / f"{table}.{suffix}"
        path.unlink(missing_ok=True)
        gpd.GeoDataFrame(dict(columns), geometry=list(shapes), crs=crs).to_file(path)
        return path

    def blocks(
        self, shapes: Sequence[Any] | None = None, crs: str | None = CRS, suffix: str = "gpkg", **columns: Sequence[Any]
    ) -> Path:
        shapes = squares() if shapes is None else shapes
        columns = {"block_id": IDS[: len(shapes)], "name": IDS[: len(shapes)], "community": ["C"] * len(shapes)} | columns
        return self.layer("blocks", columns | {"setting": ["city"] * len(shapes)}, shapes, crs, suffix)

    def scenario(self, **keys: Any) -> Scenario:
        county = {"schools": {"file": str(self.folder / "schools.csv"), "crs": CRS}} | keys.pop("county", {})
        keys = {"name": "town", "inputs": str(self.folder), "travel": {"mode": "straight_line"}} | keys
        return Scenario.model_validate(keys | {"county": {name: table for name, table in county.items() if table is not None}})

    def table(self, name: str, **keys: Any) -> dict[str, Any]:
        """Return the entry of a file of the town in a scenario."""
        return {"file": str(self.folder / name), **keys}

    def read(self, **keys: Any) -> County:
        faults = Faults()
        county = read(self.scenario(**keys), faults)
        assert county is not None, [str(fault) for fault in faults]
        return county

    def faults(self, **keys: Any) -> list[Fault]:
        faults = Faults()
        assert read(self.scenario(**keys), faults) is None
        return list(faults)


def told(faults: Sequence[Fault]) -> str:
    """Return all faults as the planner sees them."""
    return "\n".join(str(fault) for fault in faults)


def notes(county: County) -> dict[str, tuple[int, tuple[str, ...]]]:
    return {item.what: (item.count, item.names) for item in county.notes}
