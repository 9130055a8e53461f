"""The course of every block's children, a step a year, many variants at once; see `optimizer.population.projection`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from optimizer.population.draws import Paths
from optimizer.population.rounding import Reals
from optimizer.population.setup import Setup

Fitting = Callable[[int, Reals], Reals | None]
"""Given a year and the county's children ``[V, A]``, factors ``[V, A]`` that make them meet official totals, or None."""

FLOWS = ("births", "deaths", "migration", "housing", "demolition", "aged_out", "controls")
"""What changes the number of children: births, those who die, net migration, who moves into new dwellings, who leaves demolished
ones, who becomes 18, and what official totals add. Deaths, demolition and aged_out are counted as positive numbers of leavers."""


@dataclass
class Ledger:
    """Children of 0 to 17 and what changed their number.

    Attributes
    ----------
    stock
        ``[V]`` children on each cut-off, the first one included.
    flows
        For each of `FLOWS`, ``[V]`` in each year after the first.
    """

    stock: list[Reals] = field(default_factory=list)
    flows: dict[str, list[Reals]] = field(default_factory=lambda: {name: [] for name in FLOWS})


def course(setup: Setup, paths: Paths, fitting: Fitting, last_year: int, ledger: Ledger) -> Iterator[tuple[int, Reals]]:
    """Follow the children from the first cut-off on.

    Parameters
    ----------
    setup
        Start and drivers.
    paths
        What each of ``V`` variants does to them.
    fitting
        Official totals.
    last_year
        The last year that is wanted.
    ledger
        Receives the stocks and flows.

    Yields
    ------
    Each year and ``[V, A, B]`` children by age on its cut-off.
    """
    n_variants = len(paths.names)
    children = np.repeat(setup.children[None], n_variants, axis=0)
    state = _Step(setup, paths, ledger.flows, n_variants)
    for year in range(setup.year, last_year + 1):
        if year > setup.year:
            children = state.next(year, children)
        factor = fitting(year, children.sum(axis=2))
        if factor is not None:
            before = children.sum(axis=(1, 2))
            children *= factor[:, :, None]
            if year > setup.year:
                ledger.flows["controls"][-1] += children.sum(axis=(1, 2)) - before
        ledger.stock.append(children.sum(axis=(1, 2)))
        yield year, children


class _Step:
    """One year's changes; remembers the women, and the births of the calendar year before."""

    def __init__(self, setup: Setup, paths: Paths, flows: dict[str, list[Reals]], n_variants: int) -> None:
        self.setup, self.paths, self.flows = setup, paths, flows
        self.survival = np.maximum(1 - (1 - setup.survival) * paths.mortality[:, None], 0.0)
        self.women = None if setup.women is None else np.repeat(setup.women.count[None], n_variants, axis=0)
        self.borne_before: Reals | None = None if self.women is None else self._borne(setup.year, setup.children[None])
        self.youngest = float(setup.children[0].sum())

    def next(self, year: int, before: Reals) -> Reals:
        """Return the children of the next cut-off."""
        for name in FLOWS:
            self.flows[name].append(np.zeros(len(before)))
        now = np.empty_like(before)
        index = year - self.setup.year - 1
        migration = self.paths.migration[:, index]
        np.multiply(before[:, :-1], self.survival[:, 1:, None], out=now[:, 1:])
        alive = now[:, 1:].sum(axis=(1, 2))
        self._flow("aged_out", before[:, -1].sum(axis=1))
        self._flow("deaths", before[:, :-1].sum(axis=(1, 2)) - alive)
        now[:, 1:] *= np.maximum(1 + self.setup.rate[None, 1:] + migration[:, None, None], 0.0)
        now[:, 0] = 0.0
        self._flow("migration", now[:, 1:].sum(axis=(1, 2)) - alive)
        if self.women is not None and self.setup.women is not None:
            self.women = self.setup.women.a_year_later(self.women, before[:, -1], migration)
        self._be_born(year, index, now)
        self._move_out(year, now)
        if self.setup.estates is not None:
            self._move_in(year, index, now)
        return now

    def _flow(self, name: str, amount: Reals) -> None:
        self.flows[name][-1] += amount

    def _be_born(self, year: int, index: int, now: Reals) -> None:
        setup, factor = self.setup, self.paths.births[:, index, None]
        if setup.given is None and setup.women is None:
            newborn = setup.whole_county.spread(self.youngest * factor, now)
            self._flow("births", newborn.sum(axis=1))
        else:
            born = self._born(year, factor, now)
            newborn = born * self.survival[:, :1]
            self._flow("births", born.sum(axis=1))
            self._flow("deaths", (born - newborn).sum(axis=1))
        now[:, 0] = newborn

    def _born(self, year: int, factor: Reals, now: Reals) -> Reals:
        """Return ``[V, B]`` births of the twelve months up to the cut-off of a year."""
        setup = self.setup
        this = setup.cut_off_month / 12
        born = np.zeros((len(now), now.shape[2]))
        borne = self._borne(year, now)
        for calendar, part, of_women in ((year - 1, 1 - this, self.borne_before), (year, this, borne)):
            if setup.given is not None and (setup.women is None or calendar <= setup.given.last):
                born += setup.given.areas.spread(setup.given.of(calendar) * part * factor, now)
            elif setup.women is not None and of_women is not None:
                born += setup.women.areas.spread(of_women * part * factor, now)
        self.borne_before = borne
        return born

    def _borne(self, year: int, children: Reals) -> Reals | None:
        if self.setup.women is None or self.women is None:
            return None
        return self.setup.women.births(year, self.women, children)

    def _move_out(self, year: int, now: Reals) -> None:
        pulled_down = self.setup.demolition.get(year)
        if pulled_down is None:
            return
        left, block = pulled_down.left(now), pulled_down.block
        there = now[:, :, block].sum(axis=(1, 2))
        now[:, :, block] *= left[:, None]
        self._flow("demolition", there - now[:, :, block].sum(axis=(1, 2)))
        if self.women is not None and self.setup.women is not None and self.setup.women.areas.by_block:
            self.women[:, :, block] *= left[:, None]

    def _move_in(self, year: int, index: int, now: Reals) -> None:
        assert self.setup.estates is not None
        arrived = self.setup.estates.arrived(year, now.shape[2])
        block = np.flatnonzero(arrived)
        if not len(block):
            return
        coming = self.setup.estates.profile[:, None] * arrived[block]
        housing = self.paths.housing[:, index]
        now[:, :, block] += housing[:, None, None] * coming
        self._flow("housing", housing * coming.sum())
