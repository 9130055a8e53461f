"""What to call things: schools and zones by name, variants in the reader's language."""

from collections.abc import Iterable

from optimizer.inputs.county import County
from optimizer.pages.texts import Texts


def schools(county: County, ids: Iterable[str]) -> dict[str, str]:
    """Return the name of each zone or site: the school's name, or the id where the schools table has no such name."""
    known = county.schools["name"]
    return {item: str(known[item]) if item in known.index and str(known[item]).strip() else item for item in ids}


def variant(texts: Texts, name: str) -> str:
    """Return the name of a projection variant; one of the planner's own keeps its name."""
    kind, _, number = name.partition(" ")
    if kind == "draw" and number.isdigit():
        return texts("variant.draw", number=int(number))
    key = f"variant.{name}"
    return texts(key) if texts.has(key) else name
