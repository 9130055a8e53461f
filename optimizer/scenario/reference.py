"""The scenario's JSON Schema and its reference page, both made from the models: `python -m optimizer.scenario.reference`."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from optimizer.scenario.model import Scenario

SCHEMA = Path(__file__).with_name("schema.json")


def schema() -> str:
    """Return the JSON Schema, for editors that check YAML as it is typed."""
    described = Scenario.model_json_schema()
    described["properties"]["extends"] = {
        "type": "string",
        "description": "A scenario file whose keys hold where this one is silent.",
    }
    described["required"] = [key for key in described.get("required", []) if key != "name"]  # the file's name serves
    return (
        json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema"} | described, indent=1, ensure_ascii=False) + "\n"
    )


def page() -> str:
    """Return the reference page in Markdown."""
    lines = [
        "# The scenario file",
        "",
        "One YAML file asks one question. Made from `optimizer/scenario/model.py`; do not edit by hand",
        "(`python -m optimizer.scenario.reference` writes it anew).",
        "",
        "- `extends: other.yaml` takes every key of another file where this one is silent; mappings are merged, lists are",
        "  replaced. Its `name` and `title` are not taken.",
        "- Paths are relative to the file they stand in. Where `name` is left out the file's name serves.",
        "- An unknown key is an error that names the nearest known one. `optimizer/scenario/schema.json` lets an editor help:",
        "  put `# yaml-language-server: $schema=PATH/schema.json` on the first line.",
        "",
    ]
    lines += _section("Top level", Scenario)
    for name, model in _models(Scenario):
        lines += _section(f"`{name}`", model)
    return "\n".join(lines) + "\n"


def _section(title: str, model: type[BaseModel]) -> list[str]:
    doc = (model.__doc__ or "").strip().splitlines()[0]
    rows = [
        f"| `{key}` | {_kind(field)} | {_default(field)} | {field.description or ''} |"
        for key, field in model.model_fields.items()
    ]
    return [f"## {title}", "", doc, "", "| key | value | default | meaning |", "|---|---|---|---|", *rows, ""]


def _kind(field: FieldInfo) -> str:
    words = str(field.annotation)
    for model in _inner(field.annotation):
        words = words.replace(f"{model.__module__}.{model.__qualname__}", model.__name__.lower())
    words = re.sub(r"(?:typing\.)?Literal\[([^\]]*)\]", lambda found: found[1].replace("'", "").replace(", ", " | "), words)
    words = re.sub(r"<class '([^']*)'>", r"\1", words).replace("None", "null")
    return f"`{words}`".replace("|", "or")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "the file's name" if field.annotation is str and field.metadata else "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel) or value in (None, [], {}):
        return ""
    return f"`{value}`"


def _models(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    for key, field in model.model_fields.items():
        for inner in _inner(field.annotation):
            if not (prefix and inner.__name__ == "Table") and key != "plan":
                yield f"{prefix}{key}", inner
                yield from _models(inner, f"{prefix}{key}.")
    if not prefix:
        yield from ((f"county.{'<table>'}", table) for table in _inner(model.model_fields["plan"].annotation))


def _inner(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _inner(argument)


def main() -> None:
    """Write the schema beside the models, and the page into `docs/`."""
    SCHEMA.write_text(schema(), encoding="utf-8")
    Path("docs/scenarios.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
