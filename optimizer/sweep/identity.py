"""What makes two runs the same: the resolved scenario, whatever it is called, and the bytes of every file it reads."""

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from optimizer import __version__
from optimizer.faults import Faults
from optimizer.inputs.desk import Desk
from optimizer.inputs.tables import sha256
from optimizer.scenario.model import County, Scenario, Table

_NAMES = {"name", "title", "inputs", "county", "plan"}
"""Keys of a scenario that only name things; tables and plan enter by their content instead."""

_ASSIGNMENT = "assignment.csv"
_BY_NAME = ("optimise", "current_zones")
_DIGITS = 16
"""Hexadecimal digits of an id: among 100,000 runs two agree by chance once in ten billion sweeps."""


class Identity:
    """Gives ids; what a file holds is looked at once."""

    def __init__(self) -> None:
        self._hash = cache(_content)
        self._tables: dict[str, dict[str, str]] = {}

    def of(self, scenario: Scenario, county: str) -> str:
        """Return the id of a run.

        Parameters
        ----------
        scenario
            The resolved scenario; its paths are relative to the working directory.
        county
            Name of the county within the sweep, empty where there is one only.
        """
        told = {
            "program": __version__,
            "county": county,
            "scenario": scenario.model_dump(mode="json", exclude=_NAMES),
            "off": sorted(_nulls(scenario.model_dump(exclude=_NAMES, exclude_unset=True))),
            "tables": self._of_tables(scenario),
            "plan": self._of_plan(scenario.plan),
        }
        return digest(told)

    def _of_tables(self, scenario: Scenario) -> dict[str, str]:
        """Return how each table is read, and the hash of its file."""
        key = json.dumps([scenario.inputs, scenario.county.model_dump(mode="json")])
        if key not in self._tables:
            desk = Desk(scenario, Faults())
            entries = {name: desk.entry(name) for name in County.model_fields}
            self._tables[key] = {name: self._of_table(table) for name, table in entries.items() if table is not None}
        return self._tables[key]

    def _of_table(self, table: Table) -> str:
        return json.dumps([table.model_dump(mode="json", exclude={"file"}), self._hash(table.file)])

    def _of_plan(self, plan: str | Table) -> str:
        if isinstance(plan, Table):
            return self._of_table(plan)
        if plan in _BY_NAME:
            return plan
        return self._hash(str(Path(plan) / _ASSIGNMENT) if Path(plan).is_dir() else plan)


def digest(told: Any) -> str:
    """Return the id of plain data."""
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _nulls(data: dict[str, Any], above: str = "") -> Iterator[str]:
    """Yield the keys that are stated to be null: that switches a rule off, where silence leaves it on."""
    for key, value in data.items():
        if value is None:
            yield above + key
        elif isinstance(value, dict):
            yield from _nulls(value, f"{above}{key}.")


def _content(file: str) -> str:
    """Return the hash of a file, or that it cannot be read: a run that fails for that is made again once it can."""
    try:
        return sha256(file)
    except OSError:
        return "unreadable"
