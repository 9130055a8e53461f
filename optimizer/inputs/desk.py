"""Where the tables come from: the scenario's own entry, else the file of that name in the inputs folder."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import shapely

from optimizer.faults import Faults
from optimizer.inputs.columns import TABLES
from optimizer.inputs.county import Note, Source
from optimizer.inputs.sheet import Sheet, nearest
from optimizer.inputs.tables import SUFFIXES, read_frame, sha256
from optimizer.scenario.model import Scenario, Table


@dataclass
class Desk:
    """What the readers of one county share.

    Attributes
    ----------
    scenario
        The question; its paths are relative to the working directory.
    faults, notes, sources
        Collected while reading.
    blocks, schools
        The ids that the two tables hold, bad rows included; None where the table cannot be read.
    shapeless
        Blocks without a shape and without children: known, but left out of the county.
    """

    scenario: Scenario
    faults: Faults
    notes: list[Note] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    blocks: Collection[str] | None = None
    schools: Collection[str] | None = None
    shapeless: frozenset[str] = frozenset()

    def entry(self, table: str) -> Table | None:
        """Find a table's file, or None where the planner has none."""
        stated: Table | None = getattr(self.scenario.county, table)
        if stated is not None or self.scenario.inputs is None:
            return stated
        folder = Path(self.scenario.inputs)
        if not folder.is_dir():
            self.faults.add(str(folder), "", "the inputs folder does not exist", "Correct `inputs`, or make the folder")
            return None
        names = {f"{table}{suffix}" for suffix in SUFFIXES}
        found = sorted(path for path in folder.iterdir() if path.name.lower() in names)
        if len(found) > 1:
            listed = " and ".join(path.name for path in found)
            todo = f"Delete one, or name the right one in the scenario: `county: {{{table}: {{file: ...}}}}`"
            self.faults.add(str(folder), "", f"{listed} could both be the table {table}", todo)
        return Table(file=str(found[0])) if len(found) == 1 else None

    def sheet(self, table: str, near: tuple[shapely.Polygon, str] | None = None) -> Sheet | None:
        """Read a table that the planner may leave out."""
        entry = self.entry(table)
        return None if entry is None else self.open(table, entry, near)

    def needed_sheet(self, table: str) -> Sheet | None:
        """Read a table that must be there."""
        before = len(self.faults)
        entry = self.entry(table)
        if entry is not None:
            return self.open(table, entry)
        if len(self.faults) == before and (self.scenario.inputs is None or Path(self.scenario.inputs).is_dir()):
            where = self.scenario.inputs or "scenario"
            todo = f"Put {table}.gpkg, .csv or another of {', '.join(SUFFIXES)} there, or name a file under `county: {table}:`"
            self.faults.add(where, "", f"there is no table {table}", todo)
        return None

    def open(self, table: str, entry: Table, near: tuple[shapely.Polygon, str] | None = None) -> Sheet | None:
        """Read this file as that table: our column names, all needed ones there, at least one row."""
        near = near if entry.crs is None else None
        frame = read_frame(entry.file, self.faults, entry.layer, prefer=table, near=near)
        if frame is not None and frame.empty and near is not None:
            # nothing near the blocks: read all of it, so that the reader can say how far away it lies
            frame = read_frame(entry.file, self.faults, entry.layer, prefer=table)
        if frame is None:
            return None
        self.sources.append(Source(table, entry.file, sha256(entry.file), len(frame)))
        sheet = Sheet(table, entry.file, frame, entry.crs, self.faults, self.notes)
        renamed = _our_names(sheet, entry.columns)
        if renamed is None:
            return None
        if renamed.empty:
            sheet.fault("the table is empty", "Fill it, or delete the file")
            return None
        return Sheet(table, entry.file, renamed, entry.crs, self.faults, self.notes)


def _our_names(sheet: Sheet, mapping: dict[str, str]) -> pd.DataFrame | None:
    """Rename the mapped columns; tells mappings that lead nowhere and needed columns that are missing."""
    spec, frame = TABLES[sheet.table], sheet.frame
    there = [str(name) for name in frame.columns if name != "geometry"]
    listed = f"The file has {', '.join(there) or 'no columns'}"
    good = True
    for ours, theirs in mapping.items():
        if ours not in spec.all:
            what = f"`columns` maps {ours}, which the table {sheet.table} does not know{nearest(ours, spec.all)}"
            sheet.fault(what, f"Use one of {', '.join(spec.all)}")
            good = False
        elif theirs not in there:
            sheet.fault(f"there is no column {theirs}, which `columns` maps to {ours}{nearest(theirs, there)}", listed)
            good = False
    taken = {ours: theirs for ours, theirs in mapping.items() if ours in spec.all and theirs in there}
    # a column that bears our name gives way to the one that the scenario maps to it
    aside = [ours for ours, theirs in taken.items() if ours in there and ours != theirs and ours not in taken.values()]
    renamed = frame.drop(columns=aside)
    for ours, theirs in taken.items():
        renamed[ours] = frame[theirs]
    missing = [name for name in spec.needed if name not in renamed.columns and name not in mapping]
    for name in missing:
        todo = f"{listed}; say which one it is: `columns: {{{name}: ...}}`"
        sheet.fault(f"there is no column {name}{nearest(name, there)}", todo)
    return renamed if good and not missing else None
