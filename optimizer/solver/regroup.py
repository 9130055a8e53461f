"""Large neighbourhoods: a few adjoining zones are opened and divided anew by the exact solver (Shaw 1998).

The units of the chosen zones may go to any of these zones whose score is near their best; all others stay. The exact solver finds
the best division, or a better one. Neighbourhoods grow while they are solved at once and shrink when they are not.
"""

from dataclasses import dataclass

import numpy as np

from optimizer.problem import Bools, Ints
from optimizer.solver.capacity import all_prices, loads
from optimizer.solver.model import NEVER, Model


@dataclass
class Reach:
    """How large the next neighbourhood is.

    Attributes
    ----------
    zones
        Zones opened together.
    width
        Open pairs for each unit of these zones, on average.
    """

    zones: int = 3
    width: float = 1.6

    def learn(self, *, proved: bool, work: float, budget: float) -> None:
        """Grow after an easy success, shrink after a neighbourhood that was not settled."""
        if not proved:
            self.width = max(1.3, self.width - 0.1)
            self.zones = max(2, self.zones - 1)
        elif work < budget / 10:
            self.width = min(4.0, self.width + 0.05)
            if self.width > 2.0:
                self.zones, self.width = self.zones + 1, 1.6


def adjoining(model: Model, zone: Ints) -> Ints:
    """Count the edges ``[Z, Z]`` between zones."""
    ends = zone[model.graph.unit_of[model.problem.edges]]
    touching = np.zeros((model.n_zones, model.n_zones), dtype=np.int64)
    np.add.at(touching, (ends[:, 0], ends[:, 1]), 1)
    return touching + touching.T


def choose_apart(model: Model, zone: Ints, size: int, rng: np.random.Generator) -> list[Ints]:
    """Choose two neighbourhoods without a common zone (or one, if they would be small): they can be solved side by side.

    Every other time the first one lies round a zone whose school is too full, if there is one.
    """
    touching = adjoining(model, zone)
    np.fill_diagonal(touching, 0)
    full = _too_full(model, zone)
    begin = int(rng.choice(full)) if len(full) and rng.random() < 0.5 else int(rng.integers(model.n_zones))
    first = _choose(touching, begin, size, rng)
    rest = np.setdiff1d(np.arange(model.n_zones), first)
    if len(rest) < size:
        return [first]
    touching[first], touching[:, first] = 0, 0
    return [first, _choose(touching, int(rng.choice(rest)), size, rng)]


def _too_full(model: Model, zone: Ints) -> Ints:
    """Return the zones with a site whose price is above zero."""
    by_site, _ = all_prices(model.sites, loads(model.sites, zone))
    held = model.sites.zone_sites
    return np.flatnonzero(((by_site[held] > 0) & (held >= 0)).any(axis=1))


def _choose(touching: Ints, first: int, size: int, rng: np.random.Generator) -> Ints:
    """Choose zones round a first one, each touching one chosen before."""
    chosen = [first]
    while len(chosen) < min(size, len(touching)):
        border = touching[chosen].sum(axis=0).astype(np.float64)
        border[chosen] = 0
        if border.sum() == 0:
            break
        chosen.append(int(rng.choice(len(touching), p=np.sqrt(border) / np.sqrt(border).sum())))
    return np.array(sorted(chosen), dtype=np.int64)


def open_pairs(model: Model, zone: Ints, score: Ints, chosen: Ints, width: float) -> Bools:
    """Open pairs ``[U, Z]`` for units of the chosen zones: today's, the zones they border, and the best by score.

    Of the last there are ``width`` a unit on average. Bordering zones let a division shift where scores say little: where
    contiguity binds.
    """
    keep = np.zeros(score.shape, dtype=bool)
    keep[np.arange(len(zone)), zone] = True
    free = np.flatnonzero(np.isin(zone, chosen) & ~model.graph.bound)
    if len(free) == 0:
        return keep
    part = score[np.ix_(free, chosen)]
    regret = part - part.min(axis=1, keepdims=True)
    limit = np.partition(regret.ravel(), min(regret.size - 1, int(width * len(free))))[
        min(regret.size - 1, int(width * len(free)))
    ]
    keep[np.ix_(free, chosen)] |= regret <= limit
    one, two = _borders(model, zone, chosen)
    keep[one, zone[two]] = True
    keep[np.arange(len(zone)), zone] = True
    return keep & (model.cost < NEVER)


def _borders(model: Model, zone: Ints, chosen: Ints) -> tuple[Ints, Ints]:
    """Return pairs of neighbouring units in two of the chosen zones of which the first may move."""
    ends = model.graph.unit_of[model.problem.edges]
    one, two = np.concatenate([ends, ends[:, ::-1]]).T
    apart = (zone[one] != zone[two]) & np.isin(zone[one], chosen) & np.isin(zone[two], chosen) & ~model.graph.bound[one]
    return one[apart], two[apart]
