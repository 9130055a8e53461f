"""Areas of the county that a table speaks of, and how their children are spread over the blocks."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from optimizer.population.defaults import YOUNG
from optimizer.population.rounding import Reals
from optimizer.problem import Ints


@dataclass(frozen=True)
class Areas:
    """Which of ``K`` areas each block lies in.

    Attributes
    ----------
    names
        ``K`` names.
    of
        ``[B]`` the area of each block; every block has one.
    by_block
        Whether the areas are the blocks.
    """

    names: tuple[str, ...]
    of: Ints
    by_block: bool = False

    def total(self, values: Reals) -> Reals:
        """Add up ``[V, B]`` to ``[V, K]``."""
        return np.asarray((self._members @ values.T).T)

    def spread(self, amount: Reals, children: Reals) -> Reals:
        """Give ``[V, K]`` to the blocks, ``[V, B]``, in proportion to their children of ages 1 to 5.

        Parameters
        ----------
        amount
            What each area gets.
        children
            ``[V, A, B]`` by age. In an area without children of these ages, all its children count, and where there are none,
            every block alike.
        """
        weight = children[:, YOUNG].sum(axis=1)
        total = self.total(weight)
        if not (total > 0).all():
            weight = np.where((total > 0)[:, self.of], weight, children.sum(axis=1))
            total = self.total(weight)
            weight = np.where((total > 0)[:, self.of], weight, 1.0)
            total = self.total(weight)
        share = np.divide(amount, total, out=np.zeros_like(total), where=total > 0)
        return np.asarray(weight * share[:, self.of])

    @property
    def _members(self) -> csr_array:
        ones = np.ones(len(self.of))
        return csr_array((ones, (self.of, np.arange(len(self.of)))), shape=(len(self.names), len(self.of)))


def areas_of(blocks: pd.DataFrame, kind: str) -> Areas:
    """Return the areas of a kind: the ``county``, each ``setting``, each ``community``, or each ``block``.

    Parameters
    ----------
    blocks
        The county's blocks, by id.
    """
    if kind == "county":
        return Areas(("",), np.zeros(len(blocks), dtype=np.int64))
    values = blocks.index.to_numpy(dtype=str) if kind == "block" else blocks[kind].to_numpy(dtype=str)
    names, of = np.unique(values, return_inverse=True)
    return Areas(tuple(str(name) for name in names), np.asarray(of, dtype=np.int64), kind == "block")


def where(table: pd.DataFrame, areas: Areas) -> Ints:
    """Return the index of the area of each row of a table, -1 where no block lies in it."""
    return np.asarray(pd.Index(areas.names).get_indexer(pd.Index(table["area"])), dtype=np.int64)
