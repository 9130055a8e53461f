"""The scenario file as a tree of models. The text under a field is its documentation; the JSON Schema is made from it."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Level = Literal["primary", "junior"]
Setting = Literal["city", "town", "rural"]
Status = Literal["registered_housed", "registered", "migrant"]
Lang = Literal["en", "zh"]
Line = Annotated[str, Field(min_length=1, max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Table(_Strict):
    """A table or layer with the columns a bureau already has."""

    file: str
    """Path, relative to the scenario file."""
    columns: dict[str, str] = {}
    """Our column name -> the file's column name."""
    crs: str | None = None
    """Coordinate system of the coordinates, as `EPSG:4497`, `GCJ-02`, `BD-09` or `local`; needed where the file says none."""
    layer: str | None = None
    """Layer of a file with several."""
    sheet: str | None = None
    """Sheet of a workbook with several."""
    date: dt.date | None = None
    """Day the figures stand for (residents: ages completed on that day)."""

    @property
    def part(self) -> str | None:
        """The layer or sheet that is named, if one is."""
        return self.layer or self.sheet


class County(_Strict):
    """The county's files one by one; each wins over the file of that name in the `inputs` folder."""

    blocks: Table | None = None
    """Residential blocks: block_id, name, community, setting; polygons; optional students."""
    schools: Table | None = None
    """Schools: school_id, name, level; lon, lat or x, y or a layer; classrooms or seats."""
    residents: Table | None = None
    """Children by block and single year of age: block_id (or address, or estate), age, count, optional status."""
    population: Table | None = None
    """Everybody by block, where nobody counted the children by age: block_id, count."""
    age_structure: Table | None = None
    """The county's people by single year of age, for `population`: age, count (or share)."""
    addresses: Table | None = None
    """Streets and house numbers, or estates, to blocks: street, numbers, side, estate, block_id."""
    births: Table | None = None
    """Births by calendar year: year, births, optional area (setting or community)."""
    women: Table | None = None
    """Women, who with `fertility` bear the children of the years that `births` lacks: block_id or area, age, count."""
    fertility: Table | None = None
    """Births per 1,000 women and year: age (or a span), rate, optional year."""
    survival: Table | None = None
    """Share of those a year younger (age 0: of those born) who live to reach an age: age, share."""
    migration: Table | None = None
    """Net yearly migration: area (setting or community), age (or a span), optional status, rate."""
    controls: Table | None = None
    """An official projection that is met exactly: year, age (or a span) or grade, optional variant, count."""
    housing: Table | None = None
    """Estates: estate_id, block_id, year, dwellings (below 0: pulled down), type, demolish (share who leave the block)."""
    enrolment: Table | None = None
    """Children in school before the plan begins: school_id, grade, classes, students."""
    history: Table | None = None
    """Children in school in past years: year, grade, students, optional school_id."""
    attendance: Table | None = None
    """Where children really study: zone or block_id, school_id, grade, students."""
    current_zones: Table | None = None
    """Today's zones: block_id, school_id, optional level; or areas with school_id; or another run's folder or zones.gpkg."""
    homes: Table | None = None
    """Homes as points, optional count: where they lie decides for blocks that a zone's line cuts."""
    distances: Table | None = None
    """Ways to school measured elsewhere, for `travel: {mode: matrix}`: block_id, school_id, distance_m or minutes."""
    roads: Table | None = None
    """Road lines, or an OpenStreetMap .pbf."""
    barriers: Table | None = None
    """Lines or areas that part neighbours and cannot be walked across, or an OpenStreetMap .pbf."""


class OtherSeats(_Strict):
    """Children who take seats elsewhere: fewer enter the public schools of their zone."""

    kind: Literal["private", "purchased"] = "private"
    """Seats in private schools, or bought there by the government."""
    students: int = Field(ge=1, le=1_000_000)
    """Children of the level in these seats in one year."""
    community: str | None = None
    """Only children of this community; without it and `setting` of the whole county."""
    setting: Setting | None = None
    """Only children of blocks of this setting."""
    first_year: int | None = None
    """First autumn; the base year where nothing is said."""
    last_year: int | None = None
    """Last autumn; for good where nothing is said."""


class Attendance(_Strict):
    """How many of the children who live in a zone go to its school."""

    status: dict[Status, float] = {}
    """Share of the children of each status of `residents` who enter the public schools of their zone; 1 where not named."""
    transfers: Literal["keep", "phase_out", "end"] = "keep"
    """Whether new cohorts go on to study outside their zone as in the table `attendance`, fewer each year, or no more."""
    phase_out_years: int = Field(3, ge=1, le=30)
    """Years after which no new cohort transfers, where transfers are phased out."""
    other_seats: list[OtherSeats] = []
    """Private and purchased seats."""

    @field_validator("status")
    @classmethod
    def _shares(cls, shares: dict[Status, float]) -> dict[Status, float]:
        if not all(0 <= share <= 1 for share in shares.values()):
            raise ValueError("a share is a number from 0 to 1")
        return shares


class Horizon(_Strict):
    """The years the plan is judged in."""

    base_year: int = Field(2026, ge=1990, le=2100)
    """The autumn in which the plan begins."""
    years: int = Field(10, ge=1, le=30)
    """How many school years, the first included."""


class Variant(_Strict):
    """What one projection variant does to the medium course."""

    births: float = Field(1.0, ge=0, le=3)
    """Factor on the births after the residents were counted, given ones and those of `women` and `fertility`."""
    migration: float = Field(0.0, ge=-0.2, le=0.2)
    """Added to the net yearly migration share of every setting."""
    housing: float = Field(1.0, ge=0, le=3)
    """Factor on the children who move into new dwellings."""
    mortality: float = Field(1.0, ge=0, le=20)
    """Factor on the deaths."""
    weight: int = Field(1, ge=1, le=1000)
    """Weight of the variant in the objective."""


class Dwellings(_Strict):
    """Who moves into new dwellings, and when."""

    children: dict[str, Annotated[float, Field(ge=0, le=5)]] = {}
    """Children of 0-17 in a dwelling, by type: changes commercial (0.45), resettlement (0.60), rental (0.35), or adds a type."""
    arrival: Annotated[list[Annotated[float, Field(ge=0, le=1)]], Field(min_length=1, max_length=15)] = [0.5, 0.3, 0.2]
    """Share of an estate's households who arrive in the autumn of its year, and in each one after it; at most 1 together."""
    profile: Annotated[list[Annotated[float, Field(ge=0)]], Field(min_length=18, max_length=18)] | None = None
    """Weights of the ages 0 to 17 among the children who arrive; where nothing is said 2.5 for 0-11 and 1 for 12-17."""

    @field_validator("arrival")
    @classmethod
    def _at_most_all(cls, shares: list[float]) -> list[float]:
        if sum(shares) > 1 + 1e-9:
            raise ValueError("more households arrive than there are; the shares may be 1 together")
        return shares

    @field_validator("profile")
    @classmethod
    def _somebody(cls, weights: list[float] | None) -> list[float] | None:
        if weights is not None and sum(weights) <= 0:
            raise ValueError("every weight is 0; give the ages that arrive a weight")
        return weights


class Error(_Strict):
    """How far a driver strays from the medium course in a draw."""

    sd: float = Field(ge=0, le=1)
    """Standard deviation of a year's shock."""
    persistence: float = Field(ge=0, lt=1)
    """Share of last year's error that is left this year (autoregression of first order)."""


class Correlation(_Strict):
    """How the shocks of a year go together, from -1 to 1."""

    births_migration: float = Field(0.3, ge=-1, le=1)
    """Births and migration."""
    births_housing: float = Field(0.2, ge=-1, le=1)
    """Births and new housing."""
    migration_housing: float = Field(0.5, ge=-1, le=1)
    """Migration and new housing."""

    @model_validator(mode="after")
    def _possible(self) -> "Correlation":
        a, b, c = self.births_migration, self.births_housing, self.migration_housing
        if 1 + 2 * a * b * c - a * a - b * b - c * c < 0:
            raise ValueError("no three quantities can be correlated like this; make one of the correlations smaller")
        return self


class Errors(_Strict):
    """The errors of the draws: shocks that add up and fade, drawn anew for each draw and year."""

    births: Error = Error(sd=0.08, persistence=0.9)
    """Error of the logarithm of births."""
    migration: Error = Error(sd=0.003, persistence=0.7)
    """Error of the net yearly migration share, the same in every setting."""
    housing: Error = Error(sd=0.15, persistence=0.5)
    """Error of the logarithm of the children who move into new dwellings."""
    correlation: Correlation = Correlation()
    """How the shocks of a year go together."""


class Projection(_Strict):
    """How the school-age population moves."""

    variants: Annotated[list[str], Field(min_length=1, max_length=9)] = ["medium"]
    """Names of the variants the plan is judged in: low, medium, high, or one of `define`."""
    define: dict[str, Variant] = {}
    """Variants of your own, by name; a built-in name is replaced."""
    migration: dict[Setting, float] = {}
    """Net yearly migration of children as a share, by setting, in the medium course; the table `migration` wins."""
    mortality: Literal["cn-2024", "none"] = "cn-2024"
    """Deaths of children, where there is no table `survival`: China's rates of 2024, or none."""
    dwellings: Dwellings = Dwellings()
    """Who moves into new dwellings, and when."""
    history: Literal["learn", "ignore"] = "learn"
    """Whether the share of the residents who are in school is learned from the table `history`, by grade, where there is one."""
    draws: int | None = Field(None, ge=1, le=1000)
    """Random courses around the medium one, of equal weight, in place of `variants`."""
    seed: int = Field(1, ge=0)
    """Where the random courses start."""
    errors: Errors = Errors()
    """How far the random courses stray."""
    hold: Literal["mean", "tail", "all"] = "mean"
    """How crowding counts where there are several variants: their `mean`, the worst share of them (`tail`), or the worst one
    (`all`). Walks, moves and wishes count as the mean in each case."""
    tail: float = Field(0.2, ge=0.01, le=1)
    """Share of the variants, by weight, that is the tail."""

    @field_validator("variants")
    @classmethod
    def _once(cls, names: list[str]) -> list[str]:
        if len(set(names)) != len(names):
            raise ValueError("a variant is named twice; name each once")
        return names


class Policy(_Strict):
    """The rule set, and what this scenario changes in it; null switches a rule off."""

    base: Literal["cn-2017", "generic"] = "cn-2017"
    """Built-in rule set: `cn-2017` (China's compulsory schools) or `generic` (seats only)."""
    class_size: int | None = Field(None, ge=1, le=200)
    """Students a class may have (45 primary, 50 junior)."""
    school_size: int | None = Field(None, ge=1, le=20000)
    """Students a school may have (2,000; 2,500 for a nine-year school)."""
    walk_limit_m: int | None = Field(None, ge=1, le=100000)
    """Metres on foot beyond which a child is counted as needing a bus or a bed."""
    walk_limit_min: int | None = Field(None, ge=1, le=1000)
    """The same in minutes of walking (80 m each); give one of the two."""
    reform_classes: bool | None = None
    """Form the classes of a cohort anew each year."""

    @model_validator(mode="after")
    def _one_limit(self) -> "Policy":
        if self.walk_limit_m is not None and self.walk_limit_min is not None:
            raise ValueError("the walking limit is given in metres and in minutes; give one of the two")
        return self


class Travel(_Strict):
    """How the way to school is measured."""

    mode: Literal["roads", "straight_line", "matrix"] = "roads"
    """Along the roads, straight lines (said on every output), or as the table `distances` says."""
    join_m: float = Field(5.0, ge=0, le=100)
    """Road ends closer than this to a road of another piece of network are joined to it."""
    barriers: list[str] | None = None
    """Kinds of barriers that count (column `kind`; of OpenStreetMap: water, railway, motorway); all where nothing is said."""
    tolerance_m: float = Field(3.0, ge=0, le=100)
    """Blocks closer than this count as touching: real layers have gaps and overlaps."""
    min_border_m: float = Field(10.0, ge=0, le=10000)
    """Metres of common border that make two blocks neighbours."""


class _Soft(_Strict):
    weight_m: int | None = Field(None, ge=1, le=10_000_000)
    """Price in metres per student who goes elsewhere; without it the wish is hard."""


class Lock(_Soft):
    """Blocks that go to this school."""

    blocks: Annotated[list[str], Field(min_length=1)]
    """Ids of the blocks."""
    school: str
    """Id of the school."""


class Forbid(_Soft):
    """Blocks that do not go to this school."""

    blocks: Annotated[list[str], Field(min_length=1)]
    """Ids of the blocks."""
    school: str
    """Id of the school."""


class Rooms(_Strict):
    """Classrooms added to a school."""

    school: str
    """Id of the school."""
    add: int = Field(ge=-200, le=200)
    """Classrooms more; negative for fewer."""
    year: int | None = None
    """First autumn they can be used; the base year where nothing is said."""


class Wishes(_Strict):
    """What the planner wants of the plan, whatever the numbers say."""

    lock: list[Lock] = []
    """Blocks that must go to one school."""
    forbid: list[Forbid] = []
    """Blocks that must not go to one school."""
    keep_together: str | list[list[str]] | None = None
    """Blocks that stay together: a column of blocks, or lists of block ids."""
    max_distance_m: int | None = Field(None, ge=1, le=1_000_000)
    """No block goes to a school further than this."""
    max_minutes: int | None = Field(None, ge=1, le=10_000)
    """No block goes to a school further than this many minutes of walking (80 m each)."""
    close: list[str] = []
    """Schools that are closed when the plan begins."""
    rooms: list[Rooms] = []
    """Classrooms added or taken away."""


class Weights(_Strict):
    """Prices in student-metres: how many metres of walking one such student is worth."""

    oversized_m: int = Field(20_000, ge=0, le=10_000_000)
    """A student above the class limit (ten times that above 55, a hundred times above 65), or above the seats."""
    school_size_m: int = Field(5_000, ge=0, le=10_000_000)
    """A student above the school's size limit."""
    beyond_limit_m: int = Field(2_000, ge=0, le=10_000_000)
    """A student who walks further than the limit."""
    change_m: int = Field(300, ge=0, le=10_000_000)
    """A student whose block leaves its current zone."""
    uneven_m: int = Field(0, ge=0, le=10_000_000)
    """A student above the class size that the county would have if all its rooms were equally full."""


class Solver(_Strict):
    """How long and how far the search goes."""

    seconds: float | None = Field(60, gt=0)
    """A ceiling for impatient people; a search it stops may end differently next time."""
    seed: int = 1
    """Where the random choices start."""
    gap: float = Field(0.001, ge=0, le=1)
    """Stop when the plan is proved this close to the optimum; 0 goes on until proof, work or clock."""
    work: float | None = Field(1.0, gt=0)
    """Budget of counted work relative to the default; null is unlimited."""


class Scenario(_Strict):
    """One question put to the optimizer."""

    name: str = Field(pattern=r"^[^/\\\s.][^/\\\n]{0,79}$")
    """Name of the scenario and of its folder of results."""
    title: str | dict[Lang, Line] | None = None
    """A line for the head of the pages; one for each language as `{en: ..., zh: ...}`."""
    inputs: str | None = None
    """Folder whose files bear the names of the tables (blocks.gpkg, schools.csv, residents.csv ...)."""
    county: County = County()
    """The tables file by file, with the columns a bureau already has."""
    level: Level = "primary"
    """The schools that are zoned: primary or junior."""
    horizon: Horizon = Horizon()
    """The years the plan is judged in."""
    projection: Projection = Projection()
    """How the school-age population moves."""
    attendance: Attendance = Attendance()
    """How many of the children who live in a zone go to its school."""
    rollout: Literal["new_entrants", "all_grades"] = "new_entrants"
    """Who follows the new zones: only cohorts that enter, or everybody at once."""
    plan: str | Table = "optimise"
    """`optimise`, `current_zones`, a table of block_id and school_id, or another run's folder."""
    policy: Policy = Policy()
    """The rule set."""
    travel: Travel = Travel()
    """How the way to school is measured."""
    wishes: Wishes = Wishes()
    """What the planner wants of the plan."""
    weights: Weights = Weights()
    """Prices of what a student meets, in metres."""
    solver: Solver = Solver()
    """How long and how far the search goes."""

    def headline(self, lang: str) -> str:
        """Return the title in a language, or in the other one if it is the only one, or the name."""
        if isinstance(self.title, dict):
            return next((line for code, line in self.title.items() if code == lang), next(iter(self.title.values()), self.name))
        return self.title or self.name

    @model_validator(mode="after")
    def _has_inputs(self) -> "Scenario":
        if self.inputs is None and (self.county.blocks is None or self.county.schools is None):
            raise ValueError("neither `inputs` nor `county.blocks` and `county.schools` say where the data is")
        return self
