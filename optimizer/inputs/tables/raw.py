"""What raw reading hands on: a frame of strings, and where and how it was found."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd


@dataclass(frozen=True)
class Remark:
    """Something that was repaired or left out while the file was opened.

    Attributes
    ----------
    kind
        ``repaired``, ``assumed`` or ``left_out``.
    what
        A key of the catalog of notes.
    names
        The rows or cells concerned.
    """

    kind: Literal["repaired", "assumed", "left_out"]
    what: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Raw:
    """A table or layer as it was read.

    Attributes
    ----------
    frame
        Every column as strings; the index holds what a person sees (see `optimizer.inputs.tables.read_raw`).
    format
        ``csv``, ``excel``, ``parquet``, ``geopackage``, ``shapefile`` ...: a key of `optimizer.inputs.tables.FORMATS`.
    encoding
        How letters were stored, where that was found out; else empty.
    part
        Sheet or layer of a file with several; else empty.
    remarks
        What was repaired or left out.
    """

    frame: pd.DataFrame
    format: str
    encoding: str = ""
    part: str = ""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Expected:
    """What is known of a table before it is opened.

    Attributes
    ----------
    table
        Its name: the layer or sheet that is taken where a file has several.
    sheets
        Names of sheets that are this table, in their `normal` form.
    headers
        Names of columns by which the header row is known, in their `normal` form; without any the header is the first row.
    amounts
        Those of them that hold amounts: a merged cell is no amount of several rows.
    """

    table: str = ""
    sheets: Collection[str] = field(default=frozenset())
    headers: Collection[str] = field(default=frozenset())
    amounts: Collection[str] = field(default=frozenset())
