"""Numbers that stand where a county has none of its own. Each says its source; (own) are round numbers of ours."""

import numpy as np

AGES = 18
"""Single years of age that are followed: 0 to 17."""

YIELD: dict[str, float] = {"commercial": 0.45, "resettlement": 0.60, "rental": 0.35}
"""Children of ages 0-17 in a new dwelling once it is lived in, by type (own)."""

PROFILE: tuple[float, ...] = (2.5,) * 12 + (1.0,) * 6
"""Weights of ages 0 to 17 among children who move into new dwellings: young families (own)."""

SURVIVAL: dict[str, tuple[float, ...]] = {
    "none": (1.0,) * AGES,
    "cn-2024": (1 - 0.0040,) + (1 - 0.0004,) * 4 + (1 - 0.0002,) * 10 + (1 - 0.0004,) * 3,
}
"""Share of those a year younger (of those born, for age 0) who live to reach each age from 0 to 17 on the cut-off.

``cn-2024``: of 1,000 born in China in 2024, 4.0 died before their first and 5.6 before their fifth birthday (National Health
Commission, May 2025; National Bureau of Statistics, report on the programme for children's development, December 2025). All
infant deaths, most of which fall into the first weeks, are counted before the first cut-off; the other 1.6 are spread over ages 1
to 4. Above: 0.2 in 1,000 a year to age 14 and 0.4 to 17 (own; the order of magnitude of UN World Population Prospects for China).
"""

GIRLS = 0.473
"""Share of girls among children: 100 to 111.3 boys born (China's 7th census, 2020). For women who are not yet in `women`."""

YOUNG = slice(1, 6)
"""Ages whose children show where the newborn of an area live: 1 to 5 (own)."""

OLDEST_MOTHER = 60
"""Highest age of women that is followed."""


def profile(weights: list[float] | None) -> tuple[float, ...]:
    """Return the shares of ages 0 to 17 among children who arrive, from the scenario's weights or ours."""
    chosen = np.array(weights or PROFILE, dtype=np.float64)
    return tuple(float(share) for share in chosen / chosen.sum())
