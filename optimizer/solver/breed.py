"""Plans crossed: where several good plans agree their choice stays, where they differ the exact solver chooses among theirs.

The child is the best plan that gives every unit the zone of one of its parents (Rothberg 2007: an evolutionary algorithm that
polishes solutions of integer programs). Parents that were found apart differ in a tenth of the units or less, so that the exact
solver mostly proves the child the best; it is never worse than any parent, since each parent is one of the choices.
"""

from collections.abc import Sequence

import numpy as np

from optimizer.problem import Bools, Ints

Found = tuple[int, Ints]
"""A plan: its price and ``[U]`` its zones."""

PARENTS = 4
"""Plans crossed at once: with more of them the exact solver does not end."""


def choices(parents: Sequence[Found], n_zones: int) -> Bools:
    """Return ``[U, Z]`` the pairs that some parent uses."""
    keep = np.zeros((len(parents[0][1]), n_zones), dtype=bool)
    for _, zone in parents:
        keep[np.arange(len(zone)), zone] = True
    return keep


def different(plans: Sequence[Found]) -> list[Found]:
    """Return the plans in order of their price, equal ones once."""
    seen: dict[bytes, Found] = {}
    for plan in sorted(plans, key=lambda plan: (plan[0], plan[1].tobytes())):
        seen.setdefault(plan[1].tobytes(), plan)
    return list(seen.values())


def families(plans: Sequence[Found]) -> list[list[Found]]:
    """Divide plans into families of at most `PARENTS`, so that each has good and less good ones."""
    n = -(-len(plans) // PARENTS)
    return [list(plans[k::n]) for k in range(n)]
