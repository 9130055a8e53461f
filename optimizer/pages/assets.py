"""Scripts and styles that pages carry inside themselves."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "assets"


@cache
def text(name: str) -> str:
    """Return a file of the assets folder as text fit for a ``<script>`` or ``<style>`` element: it fetches nothing.

    Leaflet's style names three images: those of the layer button, which ours replaces by a sign, and of a marker we do not use.
    """
    found = (_FOLDER / name).read_text(encoding="utf-8")
    return re.sub(r"url\(images/[^)]*\)", "none", found) if name.endswith(".css") else found


def as_json(value: Any) -> str:
    """Return a value as JSON that can stand in a script: no text in it can end the script or begin a tag."""
    said = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        said = said.replace(sign, f"\\u{ord(sign):04x}")
    return said
