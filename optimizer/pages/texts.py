"""The sentences of the pages, in English and Chinese, from one catalog (`texts.yaml`)."""

from functools import cache
from pathlib import Path
from typing import Literal, get_args

import yaml

Lang = Literal["en", "zh"]
LANGUAGES: tuple[Lang, ...] = get_args(Lang)


@cache
def catalog() -> dict[str, dict[str, str]]:
    """Return key -> language -> sentence; braces in a sentence are filled from named values."""
    text = (Path(__file__).parent / "texts.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)
    return found


class Texts:
    """The catalog in one language.

    Parameters
    ----------
    lang
        ``en`` or ``zh``.

    Raises
    ------
    ValueError
        If the language is neither.
    """

    def __init__(self, lang: str) -> None:
        if lang not in LANGUAGES:
            raise ValueError(f"language {lang!r} is not one of {', '.join(LANGUAGES)}")
        self.lang: Lang = lang

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence of a key with its braces filled.

        Raises
        ------
        KeyError
            If the catalog has no such key, or the sentence names a value that is not given.
        """
        return catalog()[key][self.lang].format(**values)

    def has(self, key: str) -> bool:
        """Return whether the catalog has the key."""
        return key in catalog()

    def group(self, prefix: str) -> dict[str, str]:
        """Return the unfilled sentences whose keys begin with ``prefix.``, by the rest of the key."""
        head = f"{prefix}."
        return {key.removeprefix(head): said[self.lang] for key, said in catalog().items() if key.startswith(head)}
