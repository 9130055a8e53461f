"""Ids as spreadsheets leave them."""

import re
import unicodedata


def bare(name: str) -> str:
    """Return what is left of an id that was a number: 0012, 12.0 and full-width １２ are all 12."""
    plain = unicodedata.normalize("NFKC", name).strip()
    return re.sub(r"(?<=\d)\.0+$", "", plain).lstrip("0") or "0"
