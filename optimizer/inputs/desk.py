"""Where the tables come from: the scenario's own entry, else the file of that name in the inputs folder."""

import os
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import shapely

from optimizer.faults import Faults
from optimizer.inputs.county import Note, Source
from optimizer.inputs.crs import is_local
from optimizer.inputs.names import Named, named
from optimizer.inputs.partners import references, rejoined
from optimizer.inputs.sheet import Sheet, note
from optimizer.inputs.shifted import unshifted
from optimizer.inputs.tables import SUFFIXES, Raw, read_raw, sha256
from optimizer.inputs.tables.columns import TABLES
from optimizer.inputs.tables.words import words
from optimizer.inputs.tall import tall
from optimizer.inputs.values import translated
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
    local
        Whether the blocks are in a town's own plane coordinates.
    """

    scenario: Scenario
    faults: Faults
    notes: list[Note] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    blocks: Collection[str] | None = None
    schools: Collection[str] | None = None
    shapeless: frozenset[str] = frozenset()
    local: bool = False

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
        """Read this file as that table: our column names and words, all needed ones there, at least one row.

        A wide table has a row for each age or grade; ids that a spreadsheet turned into numbers are as their partners write them;
        GCJ-02 and BD-09 are WGS 84.
        """
        if not Path(entry.file).exists() and (elsewhere := self._in_inputs(entry)) is not None:
            todo = f"Paths are relative to the scenario file, not to `inputs`: write the path from there to {elsewhere}"
            self.faults.add(entry.file, "", "the file does not exist", todo)
            return None
        expected = words(table).expected(table, entry.columns.values())
        raw = read_raw(entry.file, self.faults, entry.part, expected, near if entry.crs is None else None)
        if raw is not None and raw.frame.empty and near is not None:
            # nothing near the blocks: read all of it, so that the reader can say how far away it lies
            raw = read_raw(entry.file, self.faults, entry.part, expected)
        if raw is None:
            return None
        self.notes.extend(note(remark.kind, table, remark.what, remark.names) for remark in raw.remarks)
        sheet = Sheet(table, entry.file, raw.frame, entry.crs, self.faults, self.notes)
        found = named(sheet, entry.columns)
        self.sources.append(_source(table, entry, raw, found))
        if found is None:
            return None
        if found.frame.empty:
            sheet.fault("the table is empty", "Fill it, or delete the file")
            return None
        sheet = self._in_our_words(replace(sheet, frame=found.frame))
        return unshifted(sheet) if self._same_plane(sheet) else None

    def _in_inputs(self, entry: Table) -> str | None:
        """Return the file of that name in the inputs folder, if there is one."""
        file = Path(self.scenario.inputs or "", Path(entry.file).name)
        return os.path.normpath(file) if self.scenario.inputs is not None and file.exists() else None

    def _in_our_words(self, sheet: Sheet) -> Sheet:
        """Turn wide tables, words and ids of a table into ours."""
        catalog = words(sheet.table)
        frame, became = tall(catalog, sheet.frame)
        if became:
            sheet.note("assumed", "columns_became_rows", became)
        columns = [name for name in TABLES[sheet.table].all if name in frame.columns]
        sheet = replace(sheet, frame=translated(catalog, frame, columns))
        known = {"blocks": self.blocks, "schools": self.schools}
        for column, of in references(sheet.table, columns):
            sheet = rejoined(sheet, column, known[of])
        if sheet.table == "schools" and "parent_school" in columns:
            sheet = rejoined(sheet, "parent_school", frozenset(sheet.text("school_id")))
        return sheet

    def _same_plane(self, sheet: Sheet) -> bool:
        """Tell a table with places that are in a town's own coordinates where the blocks are not, or the reverse."""
        layer = isinstance(sheet.frame, gpd.GeoDataFrame)
        placed = layer or {"lon", "lat"} <= set(sheet.frame.columns) or {"x", "y"} <= set(sheet.frame.columns)
        crs = sheet.crs or (sheet.frame.crs if layer else None)
        if sheet.table == "blocks":
            self.local = is_local(crs)
        elif placed and crs is not None and self.blocks is not None and is_local(crs) != self.local:
            own = "the town's own coordinates (`crs: local`)"
            there, here = (own, "georeferenced") if self.local else ("georeferenced", own)
            sheet.fault(
                f"the blocks are {there}, these places are {here}".replace("are the", "are in the"), "Give both in one system"
            )
            return False
        return True


def _source(table: str, entry: Table, raw: Raw, found: Named | None) -> Source:
    frame = raw.frame
    declared = frame.crs.name if isinstance(frame, gpd.GeoDataFrame) and frame.crs is not None else ""
    return Source(
        table,
        entry.file,
        sha256(entry.file),
        len(frame),
        raw.format,
        raw.encoding,
        raw.part,
        entry.crs or declared,
        () if found is None else tuple(found.taken.items()),
    )
