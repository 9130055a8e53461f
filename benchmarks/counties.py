"""Two real counties through the whole program: what a planner gets, beside the plans that people drew.

``python -m benchmarks.counties DIR`` reads ``gongyi/`` and ``bcps/`` in DIR as they are, and prints a JSON line a plan: seconds,
gap, and the headline figures.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from optimizer import pipeline, solver
from optimizer.faults import Faults

PLANS = ("optimise", "current", "final_option1", "final_option2", "final_option3", "final_option4")
"""Plans of the Baltimore study that are shown: ours, today's zones, and the four that were put before the public."""

FIGURES = ("over_seats", "mean_walk_m", "p90_walk_m", "moved", "zones_in_pieces", "polsby_popper")


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
weights: {{oversized_m: 1000000}}   # nobody above the seats, whatever the walk: 98 % of them are taken
solver: {{seconds: null, seed: 3, gap: 0.005}}   # work ends it, so that it ends alike everywhere
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    data = parser.parse_args().folder.resolve()
    with tempfile.TemporaryDirectory() as made:
        for path in (gongyi(data, Path(made)), *(baltimore(data, Path(made), plan) for plan in PLANS)):
            print(json.dumps(measured(path)), flush=True)


def measured(path: Path) -> dict[str, object]:
    """Run one scenario and return what it took and gave."""
    start, faults = time.perf_counter(), Faults()
    case = pipeline.prepare(path, faults)
    faults.raise_if_any()
    assert case is not None
    read = time.perf_counter()
    chosen = case.scenario.solver
    run = pipeline.answer(case, solver.Stop(chosen.gap, chosen.work, chosen.seconds), solver.silent)
    figures = {key: round(run.score.headline[key], 3) for key in FIGURES}
    gap = None if run.certificate is None else round(run.certificate.gap, 5)
    spent = {"seconds_reading": round(read - start, 1), "seconds_solving": round(time.perf_counter() - read, 1)}
    return {"plan": case.scenario.name, "stopped": run.stopped, "gap": gap, **figures, **spent}


if __name__ == "__main__":
    main()
