"""The tables that are read and their columns: what must be there, and what may be."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Columns:
    """Columns of one table.

    Attributes
    ----------
    needed
        Without one of these the table cannot be used.
    optional
        Read where they are there.
    """

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every column that a scenario may map."""
        return self.needed + self.optional


TABLES = {
    "blocks": Columns(("block_id",), ("name", "community", "setting", "students")),
    "schools": Columns(
        ("school_id",),
        (
            *("name", "level", "lon", "lat", "x", "y", "classrooms", "seats", "grades", "parent_school"),
            *("group", "beds", "public", "special_places"),
        ),
    ),
    "residents": Columns(("age",), ("block_id", "address", "estate", "count", "status")),
    "population": Columns(("block_id", "count")),
    "age_structure": Columns(("age",), ("count", "share")),
    "addresses": Columns(("block_id",), ("street", "numbers", "side", "estate")),
    "births": Columns(("year", "births"), ("area",)),
    "women": Columns(("age", "count"), ("block_id", "area")),
    "fertility": Columns(("age", "rate"), ("year",)),
    "survival": Columns(("age", "share")),
    "migration": Columns(("rate",), ("area", "age", "status")),
    "controls": Columns(("year", "count"), ("age", "grade", "variant")),
    "housing": Columns(("estate_id", "block_id", "year", "dwellings"), ("name", "type", "demolish")),
    "enrolment": Columns(("school_id", "grade", "classes", "students")),
    "attendance": Columns(("school_id", "grade", "students"), ("zone", "block_id")),
    "history": Columns(("year", "grade", "students"), ("school_id", "name")),
    "current_zones": Columns(("school_id",), ("block_id", "level")),
    "homes": Columns((), ("count",)),
    "plan": Columns(("school_id",), ("block_id",)),
    "distances": Columns(("block_id", "school_id"), ("distance_m", "minutes")),
    "roads": Columns((), ("highway", "bridge", "tunnel", "foot", "access", "minutes", "climb_m", "bus", "speed_kmh")),
    "barriers": Columns((), ("name", "kind")),
}
"""By table name; the files of an inputs folder bear these names."""
