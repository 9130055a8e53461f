"""Typed values of layers and Parquet files as a person writes them."""

import numpy as np
import pandas as pd


def strings(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn every column but the shapes into strings, in place; 1.0 is 1, and no value is the empty string."""
    for name in frame.columns:
        if name != "geometry":
            frame[name] = pd.Series([_string(value) for value in frame[name]], index=frame.index, dtype=object)
    return frame


def _string(value: object) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
