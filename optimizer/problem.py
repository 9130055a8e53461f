"""The zoning problem and a plan for it, as frozen numpy arrays: no frames, no files, no policy names.

Axes, used throughout: ``B`` blocks, ``Z`` zones, ``S`` sites (a site is the school, or the schools of one shared intake, where
children sit), ``T`` years, ``G`` grades, ``V`` projection variants, ``K`` cohorts. Ids are sorted before they become indexes.
All money is student-metres, all distances whole metres, so that every objective and bound is an exact integer.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

NO_RULE = -1
"""Stands in an integer array where a rule or a number is absent."""

NO_WAY_M = 10_000_000
"""Distance of a pair that cannot be walked; such pairs are never allowed."""


class _FrozenArrays:
    """Makes every array of a frozen dataclass read-only."""

    def __post_init__(self) -> None:
        for item in fields(self):  # type: ignore[arg-type]
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)


@dataclass(frozen=True)
class Prices(_FrozenArrays):
    """What a student costs beyond the walk, in metres (design: ``weights``).

    Attributes
    ----------
    step_size, step_price
        ``[P]`` students a class holds before the step's price is due for each student above, and that price. The policy's
        three steps are 45/50, 55 and 65 students at 1, 10 and 100 times ``oversized_m``; evenness is one step more.
    seat_price
        Price of a student above the seats of a site that has ``seats``, not rooms.
    size_price
        Price of a student above the site's size limit.
    beyond_price
        Price of a student who walks further than the block's limit.
    change_price
        Price of a student whose block leaves its current zone.
    """

    step_size: Ints
    step_price: Ints
    seat_price: int
    size_price: int
    beyond_price: int
    change_price: int


@dataclass(frozen=True)
class Problem(_FrozenArrays):
    """All that decides a zoning.

    Attributes
    ----------
    blocks, zones, sites, years, grades, variants
        The ids behind the indexes of ``B, Z, S, T, G, V``.
    weight
        ``[V]`` integer weights of the variants.
    students
        ``[B, T, G, V]`` students whose school this zoning decides, where they live.
    stay
        ``[S, T, G, V]`` students who are enrolled already and stay, whatever the plan.
    site_of
        ``[Z, G]`` the site that teaches grade ``g`` of zone ``z`` (a teaching point's older children sit at its parent school).
    cohort
        ``[T, G]`` which of ``K`` cohorts sits in grade ``g`` in year ``t``. A cohort's classes are formed once and stay.
    least_classes
        ``[S, K, V]`` classes that exist already: they are kept, and the plan may form more where there are rooms. 0 for a cohort
        that has not entered yet.
    rooms
        ``[S, T]`` classrooms for these grades, or ``NO_RULE``.
    seats
        ``[S, T]`` seats, used only where ``rooms`` is ``NO_RULE``; or ``NO_RULE``.
    size_limit
        ``[S]`` students a school may have, or ``NO_RULE``.
    distance
        ``[B, S]`` metres on foot; ``NO_WAY_M`` where there is no way.
    walk_limit
        ``[B]`` metres beyond which a student needs a bus or a bed, or ``NO_RULE``.
    allowed
        ``[B, Z]`` pairs that hard wishes and the walk leave open. Where a row has none, no plan exists.
    penalty
        ``[B, Z]`` price of soft wishes, in student-metres over the whole horizon and all weighted variants.
    current
        ``[B]`` today's zone, or ``NO_RULE``.
    edges, border
        ``[E, 2]`` neighbouring blocks (each pair once, lower index first) and ``[E]`` metres of their common border.
    roots
        For each zone the blocks it is rooted in: it holds them all, and every connected part of it holds one of them. One
        block for a zone of one school.
    exempt
        ``[B]`` blocks on a component of the adjacency without a root: contiguity does not bind them.
    together
        ``[B]`` blocks with the same number go to the same zone.
    prices
        The priced terms.
    """

    blocks: tuple[str, ...]
    zones: tuple[str, ...]
    sites: tuple[str, ...]
    years: tuple[int, ...]
    grades: tuple[str, ...]
    variants: tuple[str, ...]
    weight: Ints
    students: Ints
    stay: Ints
    site_of: Ints
    cohort: Ints
    least_classes: Ints
    rooms: Ints
    seats: Ints
    size_limit: Ints
    distance: Ints
    walk_limit: Ints
    allowed: Bools
    penalty: Ints
    current: Ints
    edges: Ints
    border: Ints
    roots: tuple[tuple[int, ...], ...]
    exempt: Bools
    together: Ints
    prices: Prices

    def __post_init__(self) -> None:
        """Freeze the arrays and check that they fit together.

        Raises
        ------
        ValueError
            If an array has another shape than the ids say.
        """
        super().__post_init__()
        for name, shape in self._shapes().items():
            array = getattr(self, name)
            if array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, the ids say {shape}")

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        b, z, s = len(self.blocks), len(self.zones), len(self.sites)
        t, g, v, k = len(self.years), len(self.grades), len(self.variants), self.n_cohorts
        return {
            "weight": (v,),
            "students": (b, t, g, v),
            "stay": (s, t, g, v),
            "site_of": (z, g),
            "cohort": (t, g),
            "least_classes": (s, k, v),
            "rooms": (s, t),
            "seats": (s, t),
            "size_limit": (s,),
            "distance": (b, s),
            "walk_limit": (b,),
            "allowed": (b, z),
            "penalty": (b, z),
            "current": (b,),
            "edges": (len(self.edges), 2),
            "border": (len(self.edges),),
            "exempt": (b,),
            "together": (b,),
        }

    @property
    def n_cohorts(self) -> int:
        """Number of cohorts ``K``."""
        return int(self.cohort.max()) + 1

    @property
    def divisor(self) -> int:
        """What a total over years and weighted variants is divided by to be a mean per year."""
        return len(self.years) * int(self.weight.sum())

    def linear_cost(self) -> Ints:
        """Price of putting a block into a zone, whatever the other blocks do.

        Returns
        -------
        ``[B, Z]`` student-metres over all years and weighted variants:
        ``sum_{t,g,v} weight[v] students[b,t,g,v] (d + beyond_price [d > limit] + change_price [z != current]) + penalty``,
        with ``d = distance[b, site_of[z, g]]``. Pairs that are not allowed hold a price too; ``allowed`` is the rule.
        """
        by_grade = np.einsum("btgv,v->bg", self.students, self.weight)
        far = (self.distance > self.walk_limit[:, None]) & (self.walk_limit[:, None] != NO_RULE)
        metres = self.distance + self.prices.beyond_price * far
        cost = np.zeros((len(self.blocks), len(self.zones)), dtype=np.int64)
        for grade in range(len(self.grades)):
            cost += by_grade[:, grade, None] * metres[:, self.site_of[:, grade]]
        moved = (self.current[:, None] != np.arange(len(self.zones))) & (self.current[:, None] != NO_RULE)
        cost += by_grade.sum(axis=1)[:, None] * self.prices.change_price * moved
        return cost + self.penalty


@dataclass(frozen=True)
class Plan(_FrozenArrays):
    """A zoning: the zone of each block, and the classes of each site's cohorts.

    Attributes
    ----------
    zone
        ``[B]`` index of the block's zone.
    classes
        ``[S, K, V]`` classes of the cohort; their sum over the grades of a year is at most ``rooms`` where there are rooms.
    """

    zone: Ints
    classes: Ints


@dataclass(frozen=True)
class Certificate:
    """What was proved about a plan. All numbers are exact integers over the whole horizon and all weighted variants.

    Attributes
    ----------
    objective
        The plan's price in student-metres.
    bound
        Proved lower bound on the price of every plan that the problem allows.
    unavoidable
        Proved part of ``bound`` that is penalty for children for whom no seat exists anywhere.
    divisor
        Divides the totals to a mean per year.
    students
        Weighted student-years whose school the zoning decides.
    proof
        What the bound was proved on: ``prices`` (Lagrangian relaxation, with separators where there are classes), ``knapsacks``,
        ``classes`` (each school's whole classes), ``model`` (the whole model: CP-SAT, or a tree over the bounds by whole units).
    """

    objective: int
    bound: int
    unavoidable: int
    divisor: int
    students: int
    proof: str

    @property
    def gap(self) -> float:
        """Distance to the bound as a share of the objective without the unavoidable part."""
        rest = self.objective - self.unavoidable
        return (self.objective - self.bound) / rest if rest > 0 else 0.0

    @property
    def gap_m(self) -> float:
        """Distance to the bound in metres per student."""
        return (self.objective - self.bound) / self.students if self.students else 0.0
