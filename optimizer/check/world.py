"""What the checker knows about a county and a scenario: dictionaries keyed by ids, worked out from the raw tables."""

from dataclasses import dataclass

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

Pair = tuple[str, str]
"""Two ids: two blocks, or a block and a school."""

NO_WAY_M = 10_000_000
"""What a way counts that cannot be walked."""

Cell = tuple[int, str, str]
"""A year, a grade and a projection variant."""


@dataclass(frozen=True)
class Block:
    """A residential block; ``shape`` is polygonal, in metres; ``students`` only in a county without ages."""

    block_id: str
    setting: str
    shape: BaseGeometry
    students: int | None
    row: dict[str, str]
    """Every column of the layer as text, for wishes that name a column."""


@dataclass(frozen=True)
class School:
    """A school of the table; ``classrooms`` and ``seats`` are None where not given."""

    school_id: str
    level: str
    point: Point
    classrooms: int | None
    seats: int | None
    first_grade: int
    last_grade: int
    parent: str
    public: bool
    special: bool


@dataclass(frozen=True)
class Steps:
    """Prices in metres per student. ``classes``: students a class holds before the price is due, and the price."""

    classes: tuple[tuple[int, int], ...]
    seat: int
    size: int
    beyond: int
    change: int


@dataclass(frozen=True)
class World:
    """All that the rules and figures are worked out from.

    Attributes
    ----------
    level
        The level that is zoned.
    blocks, schools
        By id, every one of the files.
    shapeless
        Blocks of the layer without a shape: no plan need name them.
    zones
        The zoned schools: each is a zone and may be named in an assignment.
    years, grades, variants, weight
        Axes; the weight of each variant.
    students
        Students whose school the zoning decides, by block and cell. Cells without students may be missing.
    stay
        Students who are enrolled and stay, by school and cell.
    sits_at
        School at which a grade of a zone sits.
    cohort
        Cohort that sits in a grade in a year: its classes are formed once.
    least_classes
        Classes that exist already, by school, cohort and variant.
    rooms, seats
        Classrooms for the level, or seats where no classrooms are known, by school and year. Schools without rule are missing.
    size_limit, walk_limit
        By school, by block; missing where no rule is.
    distance
        Metres on foot by block and school; missing where there is no way.
    current
        Today's zone by block, where known.
    border
        Metres of common border of neighbouring blocks, lower id first.
    root
        Block in which each zone is rooted.
    tolerance_m
        How far apart blocks may lie and still touch.
    steps
        Prices.
    """

    level: str
    blocks: dict[str, Block]
    shapeless: frozenset[str]
    schools: dict[str, School]
    zones: tuple[str, ...]
    years: tuple[int, ...]
    grades: tuple[str, ...]
    variants: tuple[str, ...]
    weight: dict[str, int]
    students: dict[str, dict[Cell, int]]
    stay: dict[str, dict[Cell, int]]
    sits_at: dict[tuple[str, str], str]
    cohort: dict[tuple[int, str], int]
    least_classes: dict[tuple[str, int, str], int]
    rooms: dict[tuple[str, int], int]
    seats: dict[tuple[str, int], int]
    size_limit: dict[str, int]
    walk_limit: dict[str, int]
    distance: dict[Pair, int]
    current: dict[str, str]
    border: dict[Pair, int]
    root: dict[str, str]
    tolerance_m: float
    steps: Steps

    @property
    def divisor(self) -> int:
        """Years times weights: what a total is divided by to be a mean per year."""
        return len(self.years) * sum(self.weight.values())

    def metres(self, block: str, school: str) -> int:
        """Return the way from a block to a school; `NO_WAY_M` where there is none."""
        return self.distance.get((block, school), NO_WAY_M)

    def student_years(self, block: str, grade: str) -> int:
        """Return the students of a block and grade that the zoning decides on, summed over years and weighted variants."""
        return sum(self.weight[v] * n for (_, g, v), n in self.students.get(block, {}).items() if g == grade)
