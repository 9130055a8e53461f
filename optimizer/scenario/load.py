"""Reads a scenario: merges what it extends, resolves its paths, validates it, and tells every fault with its line."""

import difflib
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from optimizer.faults import Faults
from optimizer.scenario.document import Document, Key, read
from optimizer.scenario.model import Scenario

_PLANS_BY_NAME = ("optimise", "current_zones")

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Loaded:
    """A scenario and the files it was written in.

    Attributes
    ----------
    scenario
        The validated scenario; paths are relative to the working directory.
    documents
        The file and what it extends, the most basic first.
    """

    scenario: Scenario
    documents: tuple[Document, ...]

    @property
    def path(self) -> Path:
        """The scenario file itself."""
        return self.documents[-1].path

    def where(self, *key: str | int) -> tuple[str, str]:
        """Return the file, and the line with the key as a person reads it, of a place in the scenario."""
        return _where(self.documents, key)


def load(path: Path, faults: Faults) -> Loaded | None:
    """Read a scenario file.

    Parameters
    ----------
    path
        The file.
    faults
        Takes every fault: unreadable or circular files, unknown keys (with the nearest known one), values of the wrong kind.

    Returns
    -------
    The scenario, its paths resolved against the files they stand in. Where a key is faulty the rest is returned with that
    key's default, so that the tables can be read and their faults told together; None if nothing can be made of the file.
    """
    documents = chain(path, faults)
    return None if documents is None else assembled(documents, faults)


def assembled(documents: Sequence[Document], faults: Faults) -> Loaded | None:
    """Merge documents, the most basic first, into one scenario; see `load`."""
    data: dict[str, Any] = {}
    for document in documents:
        own = {"name": document.path.stem, "title": None}  # what names a base file does not name its heirs
        data = _merge(data, own | _resolved(document))
    scenario = validated(Scenario, deepcopy(data), documents, faults)
    return None if scenario is None else Loaded(scenario, tuple(documents))


def chain(path: Path, faults: Faults) -> list[Document] | None:
    """Return the file and what it extends, the most basic first."""
    found: list[Document] = []
    seen: set[Path] = set()
    following: Path | None = path
    while following is not None:
        if following.resolve() in seen:
            faults.add(str(path), "extends", "the files extend each other in a circle", "Let one of them stand alone.")
            return None
        seen.add(following.resolve())
        document = read(following, faults)
        if document is None:
            return None
        found.insert(0, document)
        base = document.data.pop("extends", None)
        following = document.path.parent / str(base) if base is not None else None
    return found


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Merge mappings deeply; ``over`` wins, lists and numbers are replaced whole."""
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def _resolved(document: Document) -> dict[str, Any]:
    """Return the data with the paths of this file made relative to the working directory."""
    folder = document.path.parent

    def at(value: Any) -> Any:
        return str(folder / value) if isinstance(value, str) else value

    data = dict(document.data)
    if "inputs" in data:
        data["inputs"] = at(data["inputs"])
    if isinstance(data.get("county"), dict):
        data["county"] = {name: _table(table, at) for name, table in data["county"].items()}
    plan = data.get("plan")
    if isinstance(plan, str) and plan not in _PLANS_BY_NAME:
        data["plan"] = at(plan)
    elif plan is not None:
        data["plan"] = _table(plan, at)
    return data


def _table(table: Any, at: Any) -> Any:
    if isinstance(table, str) and table not in _PLANS_BY_NAME:
        return {"file": at(table)} if at is not None else table
    if isinstance(table, dict) and "file" in table:
        return table | {"file": at(table["file"])}
    return table


def validated(model: type[M], data: dict[str, Any], documents: Sequence[Document], faults: Faults) -> M | None:
    """Validate, tell the faults, drop the faulty keys, and try again until the rest holds.

    Parameters
    ----------
    model
        What the data must be.
    data
        The merged data; faulty keys are removed from it.
    documents
        Where it was written, the most basic first.
    faults
        Takes every fault with its line.
    """
    dropped: set[Key] = set()
    for _ in range(20):
        try:
            return model.model_validate(data)
        except ValidationError as error:
            removed = False
            for detail in error.errors(include_url=False):
                place = _place(detail, data)
                was_faulty = detail["type"] == "missing" and place in dropped  # it has been told
                if not was_faulty:
                    _tell(detail, data, model, documents, faults)
                dropped.add(place)
                removed |= _drop(data, place)
            if not removed:
                return None
    return None


def _place(detail: ErrorDetails, data: dict[str, Any]) -> Key:
    """Return the keys that lead to the fault, without the model names that pydantic puts between them."""
    place: list[str | int] = []
    at: Any = data
    for part in detail["loc"]:
        inside = (isinstance(at, dict) and part in at) or (isinstance(at, list) and isinstance(part, int) and part < len(at))
        if inside:
            place.append(part)
            at = at[part]
        elif part == detail["loc"][-1] and detail["type"] == "missing":
            place.append(part)
    return tuple(place)


def _tell(
    detail: ErrorDetails, data: dict[str, Any], model: type[BaseModel], documents: Sequence[Document], faults: Faults
) -> None:
    place = _place(detail, data)
    file, where = _where(documents, place)
    what, todo = _words(detail, place, model)
    faults.add(file, where, what, todo)


def _where(documents: Sequence[Document], place: Key) -> tuple[str, str]:
    """Return the file and the line with the key of a place: in the last file that has it."""
    holder = next((document for document in reversed(documents) if place in document.lines), documents[-1])
    line = holder.line(place)
    dotted = ".".join(str(part) for part in place)
    return str(holder.path), f"line {line} ({dotted})" if line else dotted


def _words(detail: ErrorDetails, place: Key, model: type[BaseModel]) -> tuple[str, str]:
    kind = detail["type"]
    if kind == "extra_forbidden":
        known = list(_known_keys(model, place[:-1]))
        near = difflib.get_close_matches(str(place[-1]), known, n=1, cutoff=0.5)
        hint = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(known)}."
        return f"unknown key `{place[-1]}`", hint
    if kind == "missing":
        return f"`{place[-1]}` is missing", "Add it."
    message = detail["msg"].removeprefix("Value error, ")
    given = detail["input"]
    shown = f" (here: {given!r})" if isinstance(given, str | int | float | bool) or given is None else ""
    return f"{message[:1].lower()}{message[1:]}{shown}", "Correct the value; docs/scenarios.md lists what is allowed."


def _known_keys(root: type[BaseModel], place: Key) -> Iterator[str]:
    """Yield the keys that may stand at a place of the model."""
    model: Any = root
    for part in place:
        if isinstance(part, int):
            continue
        found = model.model_fields.get(part) if _is_model(model) else None
        model = next(filter(_is_model, _inside(found.annotation)), None) if found else model
    if _is_model(model):
        yield from sorted(model.model_fields)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _inside(annotation: Any) -> Iterator[Any]:
    yield annotation
    for argument in get_args(annotation):
        yield from _inside(argument)


def _drop(data: dict[str, Any], place: Key) -> bool:
    """Remove the faulty key from the data; return whether there was one."""
    at: Any = data
    for part in place[:-1]:
        at = at[part]
    if not place or place[-1] not in (at if isinstance(at, dict) else range(len(at))):
        return False
    del at[place[-1]]
    return True
