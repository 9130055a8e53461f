"""The sweep file as a tree of models. The text under a field is its documentation."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from optimizer.scenario.model import Lang, Line

MOST_RUNS = 100_000
"""More runs than this are a slip of the pen, not a question."""

POPULATION_SEED = "projection.seed"
"""The key of the scenario that random courses of the population start from."""

SCENARIO_SUFFIXES = (".yaml", ".yml")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Place(_Strict):
    """One county of a province."""

    path: str
    """A scenario file (`.yaml`), on which the overrides are laid; or a folder of inputs for the sweep's `base`."""
    name: str = Field("", max_length=80)
    """What the county is called; the name of the file or folder where nothing is said."""

    @property
    def called(self) -> str:
        """The county's name."""
        return self.name or Path(self.path).stem

    @property
    def is_scenario(self) -> bool:
        """Whether the path is a scenario file, not a folder."""
        return Path(self.path).suffix.lower() in SCENARIO_SUFFIXES


class Draws(_Strict):
    """The same runs again and again, each with a random course of the population of its own."""

    count: int = Field(ge=1, le=MOST_RUNS)
    """How many."""
    first: int = 1
    """The first seed; the others follow it."""
    key: str = POPULATION_SEED
    """The key of the scenario that takes the seed; `solver.seed` tells how much the search depends on chance."""


Values = Annotated[list[Any], Field(min_length=1)]
Entries = list[dict[str, Any]]
Places = list[Place]


class Sweep(_Strict):
    """Many runs: counties x `list` x `grid` x draws."""

    name: str = Field(pattern=r"^[^/\\\s.][^/\\\n]{0,79}$")
    """Name of the sweep and of its folder of results."""
    title: str | dict[Lang, Line] | None = None
    """A line for the head of the page; one for each language as `{en: ..., zh: ...}`."""
    base: str | None = None
    """The scenario that the overrides are laid on; not needed where every county is a scenario file."""
    grid: dict[str, Values] = {}
    """Values by dotted key of the scenario (`weights.change_m: [100, 300]`): every combination is a run."""
    list: Entries = []
    """Overrides by dotted key, an entry a run; crossed with `grid` where both are given. `name` names the entry."""
    counties: Places = []
    """Scenario files or folders of inputs, or `{path: ..., name: ...}`: every run is made in each."""
    draws: Draws | None = None
    """Random courses of the population, a run each: a number, or `{count: ..., first: ..., key: ...}`."""
    verify: bool = False
    """Check every plan with the independent checker; a plan it does not agree with is a failed run."""

    def headline(self, lang: str) -> str:
        """Return the title in a language, or in the other one if it is the only one, or the name."""
        if isinstance(self.title, dict):
            return next((line for code, line in self.title.items() if code == lang), next(iter(self.title.values()), self.name))
        return self.title or self.name

    @field_validator("counties", mode="before")
    @classmethod
    def _paths(cls, given: Any) -> Any:
        return [{"path": item} if isinstance(item, str) else item for item in given] if isinstance(given, list) else given

    @field_validator("draws", mode="before")
    @classmethod
    def _number(cls, given: Any) -> Any:
        return {"count": given} if isinstance(given, int) and not isinstance(given, bool) else given

    @model_validator(mode="after")
    def _sense(self) -> "Sweep":
        if self.base is None and not (self.counties and all(place.is_scenario for place in self.counties)):
            raise ValueError("`base` does not say which scenario the overrides are laid on")
        if self.base is not None and self.counties and all(place.is_scenario for place in self.counties):
            raise ValueError("`base` is not used where every county is a scenario of its own; let the scenarios extend it")
        twice = [name for name, times in Counter(place.called for place in self.counties).items() if times > 1]
        if twice:
            raise ValueError(f"two counties are called {', '.join(twice)}; give each a `name`")
        if self.size > MOST_RUNS:
            raise ValueError(f"these are {self.size:,} runs; at most {MOST_RUNS:,} are made")
        return self

    @property
    def size(self) -> int:
        """How many runs are asked for."""
        total = max(len(self.counties), 1) * max(len(self.list), 1) * (self.draws.count if self.draws else 1)
        for values in self.grid.values():
            total *= len(values)
        return total
