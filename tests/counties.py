"""Scenario files for the real counties of the shared data, whose files are read as they are."""

from pathlib import Path


def gongyi(data: Path, folder: Path) -> Path:
    """Write the scenario of Gongyi: 1,276 blocks, 22 schools with seats, no roads and no ages."""
    path = folder / "gongyi.yaml"
    path.write_text(
        f"""
name: gongyi
county:
  blocks: {{file: {data}/gongyi/gongyi_blocks.shp, crs: EPSG:4497, columns: {{block_id: ID, students: demand1}}}}
  schools: {{file: {data}/gongyi/gongyi_schools.csv, crs: EPSG:4497, columns: {{x: easting_m, y: northing_m}}}}
policy: {{school_size: null}}   # six of its schools are larger
travel: {{mode: straight_line}}
solver: {{seconds: 60, gap: 0.005}}
""",
        encoding="utf-8",
    )
    return path


def baltimore(data: Path, folder: Path, plan: str = "optimise") -> Path:
    """Write the scenario of the Baltimore County study, with a plan of its `plans.csv` (a column's name) or an optimised one."""
    name = plan.replace("optimise", "ours")
    path = folder / f"{name}.yaml"
    given = "optimise" if plan == "optimise" else f"{{file: {data}/bcps/plans.csv, columns: {{school_id: {plan}}}}}"
    path.write_text(
        f"""
name: {name}
county:
  blocks: {{file: {data}/bcps/blocks.geojson}}
  schools: {{file: {data}/bcps/schools.csv, columns: {{seats: seats_2017}}}}
  current_zones: {{file: {data}/bcps/plans.csv, columns: {{school_id: current}}}}
policy: {{base: generic}}
travel: {{mode: straight_line}}
weights: {{oversized_m: 20000, change_m: 300}}
plan: {given}
solver: {{seconds: 60, gap: 0.001}}
""",
        encoding="utf-8",
    )
    return path
