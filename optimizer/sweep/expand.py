"""A sweep becomes runs: counties x list x grid x draws, each with a resolved scenario and an id that lasts."""

import itertools
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optimizer.faults import Fault, Faults
from optimizer.scenario.document import Document, Key
from optimizer.scenario.load import assembled, chain
from optimizer.scenario.model import Scenario
from optimizer.sweep.identity import Identity, digest
from optimizer.sweep.load import Asked
from optimizer.sweep.model import POPULATION_SEED, Place

POPULATION_DRAWS = "projection.draws"
"""The key of the scenario that asks for random courses; a run of a sweep's draws has one, unless the scenario says more."""

Overrides = dict[str, Any]
"""Values by dotted key of the scenario."""


@dataclass(frozen=True)
class Job:
    """One run that is wanted.

    Attributes
    ----------
    id
        Hash of the resolved scenario and of the files it reads.
    scenario
        What the scenario is called.
    county
        Name of the county within the sweep; empty where there is one only.
    overrides
        What is laid over the base, by dotted key, without the draw.
    draw
        The seed of the draw, or None.
    resolved
        The scenario, paths relative to the working directory; None where its own file is faulty.
    reason
        Why it cannot be run; empty where it can.
    """

    id: str
    scenario: str
    county: str
    overrides: Overrides
    draw: int | None
    resolved: Scenario | None
    reason: str


@dataclass(frozen=True)
class _Ground:
    """What overrides are laid on: documents, or why the county's scenario cannot be read; the county, if there are several."""

    place: Place | None
    documents: Sequence[Document]
    unreadable: tuple[Fault, ...] = ()

    @property
    def county(self) -> str:
        return "" if self.place is None else self.place.called

    @property
    def is_own(self) -> bool:
        """Whether the scenario is the county's own: its faults are no reason to stop the other counties."""
        return self.place is not None and self.place.is_scenario

    @property
    def name(self) -> str:
        """What the scenario is called."""
        if not self.documents:
            return self.county
        last = self.documents[-1]
        return str(last.data.get("name") or last.path.stem)


@dataclass(frozen=True)
class _Part:
    """Some overrides, and the place of each in the sweep file."""

    values: tuple[tuple[str, Any, Key], ...] = ()
    name: str | None = None


def expand(asked: Asked, faults: Faults) -> list[Job]:
    """Return the runs of a sweep in the order of the file: counties, then `list`, then `grid` (the last key fastest), then draws.

    Parameters
    ----------
    asked
        The sweep.
    faults
        Takes the faults of the sweep file and its base. What is wrong with a county's own scenario makes its runs fail instead.
    """
    identity = Identity()
    jobs: list[Job] = []
    own = Faults()
    for ground in _grounds(asked, own):
        for part, draw in itertools.product(_parts(asked), _draws(asked)):
            job = _job(asked, identity, ground, part, draw, own)
            if job is not None:
                jobs.append(job)
    if not len(own):
        _check_once(asked, jobs, own)
    faults.extend(own)
    return jobs


def resolved(scenario: Scenario, folder: Path | None) -> dict[str, Any]:
    """Return a scenario as the keys of its file.

    Parameters
    ----------
    scenario
        The scenario; its paths are relative to the working directory.
    folder
        Where the file will stand: the paths are relative to it. None makes them absolute.
    """

    def at(path: str) -> str:
        return os.path.abspath(path) if folder is None else Path(os.path.relpath(path, folder)).as_posix()  # noqa: PTH100 - `..` goes

    data = scenario.model_dump(mode="json", exclude_unset=True)
    if data.get("inputs") is not None:
        data["inputs"] = at(data["inputs"])
    tables = [table for table in (data.get("county") or {}).values() if table is not None]
    plan = data.get("plan")
    if isinstance(plan, dict):
        tables.append(plan)
    elif plan is not None and plan not in ("optimise", "current_zones"):
        data["plan"] = at(plan)
    for table in tables:
        table["file"] = at(table["file"])
    return data


def label(overrides: Mapping[str, Any]) -> str:
    """Return overrides as a person reads them: ``weights.change_m = 300, rollout = all_grades``."""
    return ", ".join(f"{key} = {_shown(value)}" for key, value in overrides.items())


def _shown(value: Any) -> str:
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return f"[{', '.join(_shown(item) for item in value)}]"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _grounds(asked: Asked, faults: Faults) -> Iterator[_Ground]:
    """Yield what the runs of each county begin from; nothing where the base cannot be read."""
    sweep = asked.sweep
    base = None if sweep.base is None else chain(asked.beside(sweep.base), faults)
    if base is not None and not sweep.counties:
        yield _Ground(None, base)
    for i, place in enumerate(sweep.counties):
        if place.is_scenario:
            own = Faults()
            documents = chain(asked.beside(place.path), own)
            yield _Ground(place, documents or (), tuple(own) if documents is None else ())
        elif base is not None:
            _check_folder(asked, i, base, faults)
            yield _Ground(place, base)


def _check_folder(asked: Asked, i: int, base: Sequence[Document], faults: Faults) -> None:
    """Tell a base that names files of its own: they would win over those of the county's folder."""
    named = [name for document in base for name, table in (document.data.get("county") or {}).items() if table is not None]
    if named:
        what = (
            f"the base names files of its own (county.{', county.'.join(sorted(set(named)))}), which would win over this folder"
        )
        faults.add(str(asked.document.path), asked.where("counties", i), what, "Give the county a scenario file of its own.")


def _parts(asked: Asked) -> Iterator[_Part]:
    """Yield the combinations of `list` and `grid`."""
    sweep = asked.sweep
    entries = [_entry(i, entry) for i, entry in enumerate(sweep.list)] or [_Part()]
    axes = [[(key, value, ("grid", key, i)) for i, value in enumerate(values)] for key, values in sweep.grid.items()]
    for entry, chosen in itertools.product(entries, list(itertools.product(*axes))):
        yield _Part((*entry.values, *chosen), entry.name)


def _entry(i: int, entry: Overrides) -> _Part:
    values = tuple((key, value, ("list", i, key)) for key, value in entry.items() if key != "name")
    return _Part(values, None if entry.get("name") is None else str(entry["name"]))


def _draws(asked: Asked) -> Sequence[int | None]:
    draws = asked.sweep.draws
    return [None] if draws is None else range(draws.first, draws.first + draws.count)


def _job(asked: Asked, identity: Identity, ground: _Ground, part: _Part, draw: int | None, faults: Faults) -> Job | None:
    overrides = {key: value for key, value, _ in part.values}
    name, county = part.name or ground.name, ground.county
    found = Faults()
    found.extend(ground.unreadable)
    loaded = None
    if ground.documents:
        loaded = assembled([*ground.documents, _overlay(asked, ground, name, part, draw)], found)
    mine = str(asked.document.path)
    theirs = [fault for fault in found if fault.file != mine and ground.is_own]
    faults.extend(fault for fault in found if fault not in theirs)
    if theirs:
        files = [document.path.read_text(encoding="utf-8", errors="replace") for document in ground.documents]
        seen = [name, county, overrides, draw, files, [str(fault) for fault in theirs]]
        return Job(digest(seen), name, county, overrides, draw, None, "\n".join(map(str, theirs)))
    if loaded is None or len(found):
        return None
    return Job(identity.of(loaded.scenario, county), name, county, overrides, draw, loaded.scenario, "")


def _overlay(asked: Asked, ground: _Ground, name: str, part: _Part, draw: int | None) -> Document:
    """Return the overrides as a document that is read last: its faults bear the sweep file's lines."""
    source = asked.document
    data: dict[str, Any] = {"name": name}
    lines: dict[Key, int] = {}
    if ground.place is not None and not ground.is_own:
        data["inputs"] = ground.place.path
    values = list(part.values)
    if asked.sweep.draws is not None:
        values.append((asked.sweep.draws.key, draw, ("draws",)))
        if asked.sweep.draws.key == POPULATION_SEED and not _has_draws(ground, part):
            values.append((POPULATION_DRAWS, 1, ("draws",)))
    for dotted, value, written in values:
        key = tuple(dotted.split("."))
        _put(data, key, value)
        line = source.line(written) or 1
        lines |= {key[: i + 1]: line for i in range(len(key))}
        deeper = {place[len(written) :]: at for place, at in source.lines.items() if place[: len(written)] == written}
        lines |= {key + rest: at for rest, at in deeper.items() if rest}
    return Document(source.path, data, lines)


def _has_draws(ground: _Ground, part: _Part) -> bool:
    """Whether the scenario says how many random courses a run is judged in."""
    stated = [document.data.get("projection") for document in ground.documents]
    of_base = any(isinstance(said, dict) and said.get("draws") is not None for said in stated)
    return of_base or any(key == POPULATION_DRAWS for key, _, _ in part.values)


def _put(data: dict[str, Any], key: Sequence[str], value: Any) -> None:
    for part in key[:-1]:
        inner = data.get(part)
        data[part] = dict(inner) if isinstance(inner, dict) else {}
        data = data[part]
    data[key[-1]] = value


def _check_once(asked: Asked, jobs: Sequence[Job], faults: Faults) -> None:
    """Tell runs that ask the same question: they would be one row."""
    first: dict[str, int] = {}
    file = str(asked.document.path)
    for number, job in enumerate(jobs, 1):
        if job.id in first:
            same = f"run {number} ({_told(job)}) asks the same as run {first[job.id]} ({_told(jobs[first[job.id] - 1])})"
            faults.add(file, "", same, "Leave one of them out; an override that repeats the base's value changes nothing.")
        first.setdefault(job.id, number)


def _told(job: Job) -> str:
    draw = {} if job.draw is None else {"draw": job.draw}
    county = {"county": job.county} if job.county else {}
    return label(county | job.overrides | draw) or job.scenario
