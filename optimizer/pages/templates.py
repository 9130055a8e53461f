"""The jinja environment of the pages: everything printed is escaped, numbers are grouped and rounded in one way."""

import math
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from optimizer.pages import assets

NOTHING = "–"
"""Stands where there is no number."""


@cache
def environment() -> Environment:
    """Return the environment: autoescape on, a name that is not given is an error."""
    env = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update({"number": number, "percent": percent, "script_json": script_json})
    env.globals["asset"] = _asset
    return env


def number(value: Any, places: int = 0) -> str:
    """Return a number with grouped thousands and a real minus sign; a dash where there is none."""
    if pd.isna(value) or math.isinf(value):
        return NOTHING
    rounded = round(float(value), places) + 0.0
    return f"{rounded:,.{places}f}".replace("-", "−")


def percent(share: float, places: int = 1) -> str:
    """Return a share as per cent."""
    return NOTHING if not math.isfinite(share) else f"{number(100 * share, places)} %"


def script_json(value: Any) -> Markup:
    """Return a value as JSON for a script element."""
    return Markup(assets.as_json(value))  # noqa: S704 - as_json leaves no tag


def _asset(name: str) -> Markup:
    return Markup(assets.text(name))  # noqa: S704 - our own files
