"""What the readers hand on: a county's tables and layers, validated, in one plane coordinate system."""

import datetime as dt
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from optimizer.inputs.drivers import Drivers


@dataclass(frozen=True)
class Source:
    """A file that was read.

    Attributes
    ----------
    table
        The table's name: ``blocks``, ``schools`` ...
    path
        The path as the scenario names it.
    sha256
        Hash of its bytes (all parts of a shapefile together).
    rows
        Rows read.
    format
        A key of `optimizer.inputs.tables.FORMATS`.
    encoding
        How letters were stored, where that was found out.
    part
        Sheet or layer of a file with several.
    crs
        The coordinate system that the scenario states, else the one that the file declares; empty where there is none.
    columns
        Our columns and the file's that were taken for them.
    """

    table: str
    path: str
    sha256: str
    rows: int
    format: str = ""
    encoding: str = ""
    part: str = ""
    crs: str = ""
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Note:
    """Something the reader repaired, assumed or left out: the report and ``zoning check`` print it.

    Attributes
    ----------
    kind
        ``repaired``, ``assumed`` or ``left_out``.
    table
        The table it happened in.
    what
        A key of the catalog `optimizer.inputs.notes.NOTES`, which holds the sentence in both languages.
    count
        How many rows or shapes.
    names
        Ids concerned, at most the first twenty.
    """

    kind: str
    table: str
    what: str
    count: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class County:
    """Validated inputs. Frames are indexed or sorted by id; ids are strings.

    Attributes
    ----------
    crs
        A plane coordinate system in metres; every geometry below is in it.
    blocks
        Index ``block_id`` (sorted); ``name, community, setting`` (strings; setting is city, town or rural), ``geometry``
        (valid polygons), ``students`` (int64) only where the layer has them.
    schools
        Index ``school_id`` (sorted); ``name``, ``level`` (primary, junior, nine_year), ``classrooms``, ``seats`` (Int64, empty
        where not given), ``first_grade, last_grade`` (int64: 1-6, 7-9, 1-9, or what ``grades`` says), ``parent_school``,
        ``group`` (strings, empty where not given), ``public`` (bool), ``beds``, ``special_places`` (Int64), points.
        Every school of the file, those of other levels, private and special ones too.
    residents
        ``block_id, age, count`` (string, int64, int64), each pair once; or None where blocks carry ``students``.
    residents_date
        The day the ages stand for.
    births
        ``year, births, kind, area`` (`optimizer.inputs.births`), or None.
    housing
        ``estate_id, name, block_id, year, dwellings, type, demolish`` (`optimizer.inputs.housing`), or None.
    enrolment
        ``school_id, grade, classes, students``, or None.
    current_zones
        Index ``block_id``; ``school_id`` of the scenario's level, or None. Blocks without a zone are left out.
    plan
        The given plan as read: ``block_id, school_id`` rows in file order, whatever they are worth, or None.
    roads
        Lines that can be walked, or None: columns ``geometry`` and ``bridge`` (bool), and, where the layer says how long ways
        take, ``pace`` and ``bus`` (`optimizer.inputs.pace`).
    barriers
        Lines that part neighbours, with ``name`` and ``kind``, or None.
    sources
        The files read.
    notes
        What was repaired, assumed or left out.
    drivers
        The further tables that drive the projection.
    cut_blocks
        Blocks that the lines of today's zones cut: ``block_id, school_id, share, by`` (``area`` or ``homes``), each block's
        largest part first; None where the zones are a table.
    by_status
        ``block_id, age, status, count`` of the residents (registered_housed, registered, migrant), or None where no status is
        given.
    attendance
        ``zone, school_id, grade, students``: children by today's zone of residence (a school id; empty outside the county's
        zones) and school attended, or None.
    distances
        ``block_id, school_id, metres``, each pair once; only where the scenario measures ways by them, else None.
    history
        ``year, grade, students``: children in school in past years in the whole county, or None.
    """

    crs: CRS
    blocks: gpd.GeoDataFrame
    schools: gpd.GeoDataFrame
    residents: pd.DataFrame | None
    residents_date: dt.date
    births: pd.DataFrame | None
    housing: pd.DataFrame | None
    enrolment: pd.DataFrame | None
    current_zones: pd.DataFrame | None
    plan: pd.DataFrame | None
    roads: gpd.GeoDataFrame | None
    barriers: gpd.GeoDataFrame | None
    sources: tuple[Source, ...]
    notes: tuple[Note, ...]
    drivers: Drivers = field(default_factory=Drivers)
    cut_blocks: pd.DataFrame | None = None
    by_status: pd.DataFrame | None = None
    distances: pd.DataFrame | None = None
    attendance: pd.DataFrame | None = None
    history: pd.DataFrame | None = None
