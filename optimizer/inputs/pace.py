"""How long a way takes, in metres of level walking: the one unit that walks are counted in.

A metre of road counts as its *pace*: 1 on level ground. A line with ``minutes`` takes these, whatever its length, at 80 m of
level walking a minute. A line with ``climb_m`` (metres from its first to its last point, negative downhill) is walked as in
Tobler's hiking function, there in the morning and back in the afternoon: at a slope ``s`` people walk ``6 exp(-3.5 |s + 0.05|)``
km/h, so a metre counts as the mean of ``exp(3.5 (|s + 0.05| - 0.05))`` at ``s`` and at ``-s``. A line with ``bus: yes`` is a ride
from its first point to its last, at ``speed_kmh`` (20) or in its ``minutes``; nobody gets on or off between.

W. Tobler (1993), 'Three presentations on geographical analysis and modeling', NCGIA technical report 93-1.
"""

import unicodedata

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from optimizer.inputs.sheet import Sheet
from optimizer.policy import WALK_M_PER_MIN

BUS_KMH = 20.0
"""Own: buses in towns and on village roads, stops included."""

STEEPEST = 1.0
"""Own: a road that climbs more than a metre a metre is a slip of the pen."""

_NO = ("", "no", "0", "false", "否")


def paced(sheet: Sheet, lines: gpd.GeoSeries) -> tuple[gpd.GeoSeries, pd.DataFrame]:
    """Return the lines, rides as straight ones from stop to stop, and the columns ``pace`` and ``bus`` of those lines.

    Both columns are left out where the layer says nothing of the kind.
    """
    if not {"minutes", "climb_m", "bus"} & set(sheet.frame.columns):
        return lines, pd.DataFrame(index=lines.index)
    minutes = _numbers(sheet, "minutes", 0.0).reindex(lines.index)
    climb, speed = _numbers(sheet, "climb_m").reindex(lines.index), _numbers(sheet, "speed_kmh", 0.1).reindex(lines.index)
    bus = ~sheet.text("bus").str.lower().isin(_NO)[lines.index]
    length = lines.length
    slope = (climb / length.where(length > 0)).fillna(0.0)
    steep = slope.abs() > STEEPEST
    sheet.tell(
        steep.reindex(sheet.frame.index, fill_value=False),
        lambda row: f"climb_m is {climb.loc[row]:g}, on a road of {length.loc[row]:,.0f} m",
        "Write the metres between its first and its last point",
    )
    metres = length * hiking(slope.to_numpy())
    ridden = length / 1000 / speed.fillna(BUS_KMH) * 60 * WALK_M_PER_MIN
    metres = (minutes * WALK_M_PER_MIN).fillna(ridden.where(bus, metres))
    rides = lines.copy()
    rides[bus] = [_ride(line) for line in lines[bus]]
    pace = (metres / rides.length.where(rides.length > 0)).fillna(1.0)
    told = bus | minutes.notna() | climb.notna()
    if told.any():
        sheet.note("assumed", "ways_with_a_pace", int(told.sum()))
    return rides, pd.DataFrame({"pace": pace, "bus": bus})


def hiking(slope: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the metres of level walking that a metre at this slope counts as, up and down in turn."""
    there, back = (np.exp(3.5 * (np.abs(each + 0.05) - 0.05)) for each in (slope, -slope))
    return np.asarray((there + back) / 2)


def _ride(line: shapely.Geometry) -> shapely.LineString:
    ends = shapely.get_coordinates(line)[[0, -1]]
    return shapely.LineString(ends)


def _numbers(sheet: Sheet, column: str, low: float = -np.inf) -> "pd.Series[float]":
    """Return a column of numbers that may be empty; what is none, or less than ``low``, is a fault."""
    text = sheet.text(column).map(lambda value: unicodedata.normalize("NFKC", value))
    numbers = pd.to_numeric(text, errors="coerce").astype(float)
    wrong = (text != "") & ~((numbers >= low) & (numbers < np.inf))
    sheet.tell(wrong, lambda row: f"{column} is '{text.loc[row]}'", "Write a number with a decimal point, or leave it empty")
    return numbers
