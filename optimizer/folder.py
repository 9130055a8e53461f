"""The folder of a run: written whole or not at all, and read back.

A run is written beside its place and put there by two renames, so that a reader finds the old folder or the new one, whole. A
kill between the two renames leaves the old one set aside; `restore` puts it back.
"""

import json
import os
import platform
import shutil
from dataclasses import asdict, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.faults import Faults
from optimizer.metrics.variants import by_variant
from optimizer.problem import Certificate, Plan
from optimizer.run import Run

RESULT = "result.json"
ASSIGNMENT = "assignment.csv"
ZONES = "zones.gpkg"
NOMINAL = "nominal.csv"
"""The plan made for one variant alone, beside one that holds: `plan: nominal.csv` scores it."""


def write(run: Run, out: Path, pages: dict[str, str]) -> Path:
    """Write a run's folder.

    Parameters
    ----------
    run
        The run.
    out
        Folder that holds the runs; the run's own folder bears the scenario's name.
    pages
        Text of the pages by file name.

    Returns
    -------
    The run's folder.
    """
    target = out / run.case.scenario.name
    out.mkdir(parents=True, exist_ok=True)
    restore(target)
    fresh = _aside(target, "new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for name, text in pages.items():
        (fresh / name).write_text(text, encoding="utf-8")
    assignment(run).to_csv(fresh / ASSIGNMENT, index=False)
    if run.nominal is not None:
        assignment(run, run.nominal.plan).to_csv(fresh / NOMINAL, index=False)
    _write_zones(run, fresh / ZONES)
    figures = json.dumps(result(run, target), ensure_ascii=False, indent=1, allow_nan=False)
    (fresh / RESULT).write_text(figures, encoding="utf-8")
    _swap(fresh, target)
    return target


def write_page(out: Path, name: str, text: str) -> Path:
    """Write one page that belongs to no single run, whole or not at all; return its path."""
    out.mkdir(parents=True, exist_ok=True)
    fresh = out / f".{name}.new"
    fresh.write_text(text, encoding="utf-8")
    return fresh.replace(out / name)


def write_files(out: Path, files: dict[str, str]) -> list[Path]:
    """Write texts that belong together into a folder of others; return their paths.

    All are written beside their places before the first is put there: a full disk or a stopped program leaves what was there.
    """
    out.mkdir(parents=True, exist_ok=True)
    fresh = {name: out / f".{name}.new" for name in files}
    try:
        for name, text in files.items():
            fresh[name].write_text(text, encoding="utf-8")
        return [fresh[name].replace(out / name) for name in files]
    finally:
        for path in fresh.values():
            path.unlink(missing_ok=True)


def write_folder(target: Path, files: dict[str, str | bytes]) -> Path:
    """Write a folder that belongs to no single run, whole or not at all; what was there before is replaced.

    Parameters
    ----------
    target
        The folder.
    files
        Text (written as UTF-8) or bytes by path inside the folder.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    restore(target)
    fresh = _aside(target, "new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, content in files.items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    _swap(fresh, target)
    return target


def restore(target: Path) -> None:
    """Put back a run that a killed writer had set aside."""
    old = _aside(target, "old")
    if old.exists():
        if target.exists():
            shutil.rmtree(old)
        else:
            old.rename(target)


def read_result(folder: Path, faults: Faults) -> dict[str, Any] | None:
    """Read the `result.json` of a run's folder; a fault goes to ``faults`` and leaves None."""
    restore(folder)
    file = folder / RESULT
    todo = "Name the folder that `zoning run` wrote, such as maps/rezone."
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError:
        faults.add(str(file), "", "there is no finished run here", todo)
    except ValueError as error:
        faults.add(str(file), "", f"the file is damaged ({error})", "Run the scenario again.")
    else:
        if isinstance(data, dict) and isinstance(data.get("scenario"), str):
            return data
        faults.add(str(file), "", "the file names no scenario", "Run the scenario again.")
    return None


def scenario_of(folder: Path, data: dict[str, Any]) -> Path:
    """Return the path of the scenario file that a run was made from."""
    return Path(os.path.relpath(folder / str(data["scenario"])))


def assignment(run: Run, plan: Plan | None = None) -> pd.DataFrame:
    """Return ``block_id, school_id`` in the order of the block ids, of the run's plan or another one of its problem."""
    zones = np.array(run.case.problem.zones, dtype=object)
    return pd.DataFrame({"block_id": run.case.problem.blocks, "school_id": zones[(plan or run.plan).zone]})


def result(run: Run, target: Path) -> dict[str, Any]:
    """Return all figures of a run as plain data; the paths in it are relative to the run's folder."""
    case, score, proof = run.case, run.score, run.certificate
    return {
        "name": case.scenario.name,
        "scenario": _relative(case.source, target),
        "level": case.scenario.level,
        "stopped": run.stopped,
        "seed": case.scenario.solver.seed,
        "certificate": None if proof is None else asdict(proof) | {"gap": proof.gap, "gap_m": proof.gap_m},
        "headline": score.headline,
        "terms": score.terms,
        "handicap_m": run.handicap_m,
        "rule_share": None if np.isnan(run.rule_share) else run.rule_share,
        "by_school": _rows(score.by_school),
        "by_grade": _rows(score.by_grade),
        "by_zone": _rows(score.by_zone),
        "by_variant": _rows(by_variant(case.problem, run.plan, score.by_school)),
        "inputs": [
            {"table": source.table, "path": _relative(source.path, target), "sha256": source.sha256, "rows": source.rows}
            for source in case.county.sources
        ],
        "notes": [
            {"kind": note.kind, "table": note.table, "what": note.what, "count": note.count, "names": list(note.names)}
            for note in case.notes
        ],
        "versions": versions(),
    }


def certificate(data: dict[str, Any]) -> Certificate:
    """Return the certificate that `result` wrote."""
    return Certificate(**{item.name: data[item.name] for item in fields(Certificate)})


def versions() -> dict[str, str]:
    """Return the versions that decide a result."""
    names = ("enrollment-zoning-optimizer", "ortools", "highspy", "numpy", "geopandas", "shapely", "folium")
    return {"python": platform.python_version()} | {name: version(name) for name in names}


def _relative(path: str, target: Path) -> str:
    return Path(os.path.relpath(path, target)).as_posix()


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", double_precision=15))
    return rows


def _write_zones(run: Run, path: Path) -> None:
    """Write the zones, dissolved and with their figures, and the blocks with their zone."""
    case = run.case
    blocks = gpd.GeoDataFrame(run.score.by_block, geometry=case.county.blocks.geometry.to_numpy(), crs=case.county.crs)
    zones = blocks[["zone", "geometry"]].dissolve(by="zone", as_index=False).merge(run.score.by_zone, on="zone")
    zones["school"] = case.county.schools["name"].reindex(zones["zone"]).to_numpy()
    zones.to_file(path, layer="zones", driver="GPKG")
    blocks.to_file(path, layer="blocks", driver="GPKG")


def _aside(target: Path, state: str) -> Path:
    return target.with_name(f".{target.name}.{state}")


def _swap(fresh: Path, target: Path) -> None:
    old = _aside(target, "old")
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
