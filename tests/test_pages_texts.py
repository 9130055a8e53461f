"""The message catalog is whole in both languages."""

import re
from pathlib import Path
from string import Formatter

import pytest

import optimizer
from optimizer.inputs.notes import NOTES
from optimizer.pages.texts import LANGUAGES, Texts, catalog
from optimizer.scenario.model import County

ROOT = Path(optimizer.__file__).parent
EVERY = {**catalog(), **{f"note {key}": said for key, said in NOTES.items()}}


def _braces(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_both_languages_say_the_same_with_the_same_values() -> None:
    for key, said in EVERY.items():
        assert set(said) == set(LANGUAGES), key
        assert bool(said["en"]) == bool(said["zh"]), key
        assert _braces(said["en"]) == _braces(said["zh"]), key


def test_chinese_is_chinese() -> None:
    for key, said in catalog().items():
        words = re.sub(r"\{\w+\}|[\W\d_]", "", said["zh"])
        assert not words or re.search(r"[\u4e00-\u9fff]", words), key


def test_every_key_is_used() -> None:
    files = [path for path in ROOT.rglob("*") if path.suffix in (".py", ".j2", ".js") and path.name != "leaflet.js"]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    words = set(re.findall(r'"([a-z_0-9]+)"', source))

    def used(key: str) -> bool:
        head, _, tail = key.rpartition(".")
        return (
            f'"{key}"' in source
            or f"'{key}'" in source
            or f'"{head}.{{' in source
            or f'"{head}." ~' in source
            or tail in words
            or key.startswith("map.legend_")
        )

    assert [key for key in catalog() if not used(key)] == []


def test_braces_are_filled() -> None:
    assert Texts("en")("map.metres", metres="1,200") == "1,200 m"
    assert Texts("zh")("map.metres", metres="1,200") == "1,200 米"


def test_an_unknown_language_or_key_is_an_error() -> None:
    with pytest.raises(ValueError, match="fr"):
        Texts("fr")
    with pytest.raises(KeyError):
        Texts("en")("no.such.key")


def test_every_table_a_county_may_have_has_a_name():
    for table in County.model_fields:
        assert Texts("en").has(f"table.{table}"), table
