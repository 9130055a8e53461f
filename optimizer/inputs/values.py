"""Values as bureaus write them, in our words: 小学 is primary, 一年级 is 1, 6岁 is 6."""

import re
import unicodedata
from collections.abc import Mapping

import pandas as pd

from optimizer.inputs.tables.words import Words, normal


def translated(catalog: Words, frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the table with the catalog's words in these columns replaced by ours; what is not in the catalog stays."""
    for name in columns:
        choices, units = catalog.choices.get(name), catalog.units.get(name)
        if choices is None and units is None:
            continue
        ours = {word: _ours(word, choices or {}, units or ()) for word in frame[name].unique()}
        if any(word != our for word, our in ours.items()):
            frame = frame.assign(**{name: frame[name].map(ours)})
    return frame


def _ours(word: str, choices: Mapping[str, str], units: tuple[str, ...]) -> str:
    if normal(word) in choices:
        return choices[normal(word)]
    behind, half = "|".join(map(re.escape, units)), unicodedata.normalize("NFKC", word)
    number = re.fullmatch(rf"(\d+(?:[-–~]\d+)?)\s*(?:{behind})", half) if units else None
    return number[1] if number else word
