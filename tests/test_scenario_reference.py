"""The schema that ships and the reference page are what the models say."""

import json
from pathlib import Path

from optimizer.scenario import reference
from optimizer.scenario.model import Scenario


def test_the_schema_that_ships_is_the_models_schema():
    assert reference.SCHEMA.read_text(encoding="utf-8") == reference.schema(), "run python -m optimizer.scenario.reference"


def test_the_page_is_the_models_page():
    page = Path(__file__).parents[1] / "docs" / "scenarios.md"
    assert page.read_text(encoding="utf-8") == reference.page(), "run python -m optimizer.scenario.reference"


def test_every_key_is_documented():
    def undocumented(schema: dict, at: str) -> list[str]:
        return [f"{at}.{key}" for key, value in schema.get("properties", {}).items() if not {"description", "$ref"} & set(value)]

    schema = json.loads(reference.schema())
    found = undocumented(schema, "scenario")
    for name, part in schema["$defs"].items():
        found += undocumented(part, name)
    assert found == []
    assert set(Scenario.model_fields) <= set(schema["properties"])
