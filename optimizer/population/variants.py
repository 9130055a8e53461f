"""Built-in projection variants: how births, migration and housing may go otherwise than in the medium course."""

from optimizer.scenario.model import Projection, Variant

BUILT_IN: dict[str, Variant] = {
    # Factors and rates are our own: round numbers wide enough to show a planner what a plan stands on.
    "low": Variant(births=0.85, migration=-0.005, housing=0.7),
    "medium": Variant(),
    "high": Variant(births=1.15, migration=0.005, housing=1.3),
}


def variant(projection: Projection, name: str) -> Variant | None:
    """Return the variant of that name: the scenario's own first, then the built-in one; None if there is neither."""
    return projection.define.get(name) or BUILT_IN.get(name)
