"""A workspace with a town of nine blocks and two schools, and sweeps of it: a run takes a moment."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import yaml

from tests.inputs_town import IDS, SOUTH, WEST, Town

ROOT = Path(__file__).parents[1]
PLAIN = """inputs: ../inputs/town
county: {schools: {file: ../inputs/town/schools.csv, crs: EPSG:4543}}
travel: {mode: straight_line}
horizon: {years: 3}
"""
TIMES = ("prepare_seconds", "solve_seconds")


def built(folder: Path) -> Path:
    """Make the workspace; return it."""
    (folder / "inputs" / "town").mkdir(parents=True)
    (folder / "scenarios").mkdir()
    town = Town.built(folder / "inputs" / "town")
    schools = (f"S1,East,primary,{WEST + 50},{SOUTH + 50},6", f"S2,Other,primary,{WEST + 250},{SOUTH + 250},6")
    town.csv("schools", "school_id,name,level,x,y,classrooms", *schools)
    town.csv("current_zones", "block_id,school_id", *(f"{block},{'S1' if int(block[1]) < 6 else 'S2'}" for block in IDS))
    (folder / "scenarios" / "plain.yaml").write_text(PLAIN, encoding="utf-8")
    return folder


def asks(folder: Path, **keys: object) -> Path:
    """Write `sweep.yaml`; return its path."""
    path = folder / "sweep.yaml"
    path.write_text(yaml.safe_dump({"base": "scenarios/plain.yaml"} | keys, sort_keys=False), encoding="utf-8")
    return path


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "optimizer", *map(str, words)]


def zoning(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(command(*words), cwd=cwd, capture_output=True, text=True, timeout=180, check=False, env=environment())


def environment() -> dict[str, str]:
    """Return an environment in which processes that start elsewhere find the program too."""
    return os.environ | {"PYTHONPATH": str(ROOT)}


def rows(folder: Path) -> pd.DataFrame:
    """Return the gathered rows without their times, in order."""
    return pd.read_parquet(folder / "runs.parquet").drop(columns=list(TIMES))
