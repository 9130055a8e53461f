"""The numbers of the model that were chosen, not learned; docs/backtest.md tells how."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Chosen by rolling origins on one real history, 2006 to 2014 (docs/backtest.md); everything else is learned from the file.

    Attributes
    ----------
    ratio_memory
        Weight of a school's ratio of the year before, relative to a year later.
    whole_memory
        The same for the ratios of the whole.
    few
        Children: a ratio seen on so many counts half.
    odd_ratio
        A school's ratio further from the whole's than this (in natural logs) counts as if it lay there.
    noise_share
        Share of the classical shrinkage (noise within schools over spread between them) that is applied: schools' ratios wander,
        so that their latest years say more than a constant one seen through the same noise would.
    first_shrinkage
        Weight of the whole, in years, before noise and spread can be told apart.
    least_shrinkage, most_shrinkage
        Bounds of the weight of the whole, in years.
    pull
        Prior share of a grade's own last size in next year's, beside the cohort that comes up.
    pull_cases
        Cases of the file at which the learned share counts as much as the prior one.
    pull_kept
        Part of that share that is applied: it is learned one year ahead, and used further.
    level_memory
        Weight of last year's entrants in a school's level, relative to a year later.
    growth_memory
        The same for the growth of entrants in the whole.
    own_growth_memory
        The same for the growth of a school's entrants beyond the whole's.
    own_growth_years
        Years (squared) at which that growth is believed by half; infinite: never.
    odd_growth
        As ``odd_ratio``, for the growth of entrants.
    damping
        Growth of a year relative to the growth of the year before it.
    """

    ratio_memory: float = 0.6
    whole_memory: float = 0.8
    few: float = 40.0
    odd_ratio: float = 1.0
    noise_share: float = 0.1
    first_shrinkage: float = 0.1
    least_shrinkage: float = 0.02
    most_shrinkage: float = 5.0
    pull: float = 0.3
    pull_cases: float = 100.0
    pull_kept: float = 0.8
    level_memory: float = 0.2
    growth_memory: float = 0.6
    own_growth_memory: float = 0.7
    own_growth_years: float = 2.0
    odd_growth: float = 0.35
    damping: float = 0.95


CHOSEN = Settings()
