"""What drives the projection beside births and housing: tables that only some counties have."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Drivers:
    """What drives the projection beside births and housing; every table is None where the planner has none.

    ``kind`` and ``area`` say where a row holds: ``county`` (area empty), ``setting``, ``community`` or ``block``, and its name.

    Attributes
    ----------
    women
        ``kind, area, age, count``: women on the day that the residents' ages stand for.
    fertility
        ``year`` (0 where a row holds for every year), ``first, last`` (ages), ``rate`` (births a woman and year).
    survival
        ``first, last`` (ages reached on the cut-off), ``share`` of those a year younger (or born) who live to reach it.
    migration
        ``kind, area, status`` (empty for all), ``first, last`` (ages reached on the cut-off), ``aged`` (whether the row names
        ages), ``rate`` (net, a year).
    controls
        ``year, by`` (``age`` or ``grade``), ``first, last, variant`` (empty for the medium course), ``count``.
    """

    women: pd.DataFrame | None = None
    fertility: pd.DataFrame | None = None
    survival: pd.DataFrame | None = None
    migration: pd.DataFrame | None = None
    controls: pd.DataFrame | None = None
