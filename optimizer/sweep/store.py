"""Where the rows are: a small Parquet file a run, written whole or not at all, so that a killed sweep goes on where it stopped.

``runs/<id>.parquet`` holds the run's row and is written last: a run without it was never made. ``schools/<id>.parquet`` holds
its schools by year and variant, ``scenarios/<id>.yaml`` is the scenario that `zoning run` makes the same plan of. ``aside/``
keeps the runs that the sweep file does not ask for any more; they are taken back when it does.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import yaml

from optimizer.scenario.model import Scenario
from optimizer.sweep.expand import Job, label, resolved
from optimizer.sweep.task import Outcome

RUNS, SCHOOLS, SCENARIOS, ASIDE = "runs", "schools", "scenarios", "aside"

COLUMNS = pa.schema(
    {
        **dict.fromkeys(("id", "scenario", "county", "overrides"), pa.string()),
        "draw": pa.int64(),
        **dict.fromkeys(("status", "reason", "stopped"), pa.string()),
        **dict.fromkeys(("bound_m", "gap", "gap_m", "prepare_seconds", "solve_seconds"), pa.float64()),
        "plan": pa.string(),
        "broken": pa.int64(),
    }
)
"""Columns of a row, and their types; the headline figures follow as numbers."""

_NAME = 60
"""Letters of a scenario's name that the name of a run's scenario keeps."""

_WHOLE = {"draw": "Int64", "broken": "Int64"}
"""Whole numbers that a row may lack."""


class Store:
    """The folder of a sweep.

    Parameters
    ----------
    folder
        Is made when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self, wanted: Iterable[str]) -> frozenset[str]:
        """Make the folder hold runs of these ids only; return those that are finished.

        A run that ended with an unforeseen error is not finished: it is made again.
        """
        ids = set(wanted)
        for kind in (RUNS, SCHOOLS, SCENARIOS):
            here, aside = self.folder / kind, self.folder / ASIDE / kind
            for path in (here, aside):
                path.mkdir(parents=True, exist_ok=True)
            for unfinished in here.glob(".*"):
                unfinished.unlink()
            _move([path for path in _parts(here) if path.stem not in ids], aside)
            _move([path for path in _parts(aside) if path.stem in ids], here)
        rows = self.rows()
        return frozenset(rows.loc[rows["status"] != "error", "id"])

    def add(self, job: Job, outcome: Outcome) -> None:
        """Write a run that has ended."""
        schools = self.folder / SCHOOLS / f"{job.id}.parquet"
        if outcome.schools is None:
            schools.unlink(missing_ok=True)
        else:
            frame = outcome.schools.copy()
            frame.insert(0, "id", job.id)
            _write(pa.Table.from_pandas(frame, preserve_index=False), schools)
        if job.resolved is not None:
            self._write_scenario(job, job.resolved)
        _write(_row(job, outcome), self.folder / RUNS / f"{job.id}.parquet")

    def _write_scenario(self, job: Job, scenario: Scenario) -> None:
        path = self.folder / SCENARIOS / f"{job.id}.yaml"
        named = {"name": f"{job.scenario[:_NAME]}-{job.id}", "title": label(job.overrides) or None}
        text = yaml.safe_dump(resolved(scenario, path.parent) | named, allow_unicode=True, sort_keys=False)
        path.write_text(text, encoding="utf-8")

    def rows(self) -> pd.DataFrame:
        """Return the rows of all runs that have ended, in no order; see `COLUMNS`."""
        parts = sorted((self.folder / RUNS).glob("*.parquet"))
        schema = pa.unify_schemas([COLUMNS, *(pq.read_schema(part) for part in parts)])
        paths = [str(part) for part in parts]
        table = ds.dataset(paths, schema=schema, format="parquet").to_table() if paths else schema.empty_table()
        return pd.DataFrame(table.to_pandas()).astype(_WHOLE)

    def schools(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Yield the id and the schools by year and variant of one finished run after the other."""
        for part in sorted((self.folder / SCHOOLS).glob("*.parquet")):
            yield part.stem, pd.read_parquet(part)

    def gather(self, jobs: Sequence[Job]) -> pd.DataFrame:
        """Write ``runs.parquet``: every row, in the order of the sweep file, with its number in it as ``run``; return it."""
        order = {job.id: number for number, job in enumerate(jobs, 1)}
        rows = self.rows()
        rows.insert(0, "run", rows["id"].map(order).astype("int64"))
        rows = rows.sort_values("run").reset_index(drop=True)
        _write(pa.Table.from_pandas(rows, preserve_index=False), self.folder / "runs.parquet")
        return rows


def _row(job: Job, outcome: Outcome) -> Any:
    """Return a table of one row."""
    row = {
        "id": job.id,
        "scenario": job.scenario,
        "county": job.county,
        "overrides": json.dumps(job.overrides, ensure_ascii=False, default=str),
        "draw": job.draw,
        "status": outcome.status,
        "reason": outcome.reason,
        **outcome.cells,
    }
    figures = [pa.field(name, pa.float64()) for name in row if name not in COLUMNS.names]
    return pa.Table.from_pylist([row], schema=pa.schema([*COLUMNS, *figures]))


def _parts(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _move(parts: Iterable[Path], target: Path) -> None:
    for part in parts:
        part.replace(target / part.name)


def _write(table: Any, path: Path) -> None:
    """Write a table beside its place, and put it there in one step once it is on the disk."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        pq.write_table(table, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
