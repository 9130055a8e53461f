"""Published figures the invented county is scaled from, and its births.

Sources
-------
Births of China by calendar year, in 10,000, as first published each year by the
National Bureau of Statistics (statistical communiques 2008-2024; 2025: annual
release of January 2026): a plateau near 1,600, a peak in 2016-17 (1,786 and 1,723)
and a fall by half to 902 in 2023 and 792 in 2025.

Age structure: 17.1 % of China's people were 0-15 years old at the end of 2024
(239.99 million, NBS communique of February 2025). The 7th census (1 November 2020)
counted 17.95 % of China and 19.57 % of Yunnan aged 0-14 (9,237,474 of 47,209,277).
China's births of the fifteen years before August 2026 are 0.82 times those of the
fifteen years before the census, which carries Yunnan's share to 16.1 % in 2026; a
county with 16.1 % aged 0-14 has 17.4 % aged 0-15, within 2 % of the 2024 figure.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

POPULATION: Final = 300_000
"""People of all ages in the county."""

SHARE_0_15: Final = 0.171
"""Share of people aged 0-15, China, end of 2024 (NBS)."""

SHARE_0_14_CARRIED: Final = 0.161
"""Yunnan's census share of 0-14 carried to 2026 by the births of China."""

BASE_YEAR: Final = 2026
AGES: Final = 18

CHINA_BIRTHS: Final[dict[int, int]] = {
    2008: 1608,
    2009: 1615,
    2010: 1592,
    2011: 1604,
    2012: 1635,
    2013: 1640,
    2014: 1687,
    2015: 1655,
    2016: 1786,
    2017: 1723,
    2018: 1523,
    2019: 1465,
    2020: 1200,
    2021: 1062,
    2022: 956,
    2023: 902,
    2024: 954,
    2025: 792,
}
"""Live births in 10,000 by calendar year."""

SCHOOL_YEAR_SPLIT: Final = (4 / 12, 8 / 12)
"""Shares of a year of age born in September-December and in January-August."""

YEARLY_DECLINE: Final = 0.015
"""Fall of births a year after 2025 in the county's medium projection (invented)."""


def county_births() -> dict[int, int]:
    """Births of the county by calendar year, 2008-2040.

    The past is China's curve scaled so that children aged 0-14 on 31 August 2026
    are `SHARE_0_14_CARRIED` of `POPULATION`; the future falls by `YEARLY_DECLINE`.
    """
    shape = {year: float(births) for year, births in CHINA_BIRTHS.items()}
    for year in range(BASE_YEAR, 2041):
        shape[year] = shape[year - 1] * (1 - YEARLY_DECLINE)
    scale = POPULATION * SHARE_0_14_CARRIED / by_age(shape)[:15].sum()
    return {year: round(births * scale) for year, births in shape.items()}


def by_age(births: dict[int, int] | dict[int, float]) -> npt.NDArray[np.float64]:
    """Children by completed age on 31 August 2026 that these births make.

    A child aged `a` that day was born in September-December of `2025 - a` or in
    January-August of `2026 - a`. Deaths and migration are left out.

    Returns
    -------
    numpy.ndarray
        Shape `(18,)`, children aged 0 to 17.
    """
    late, early = SCHOOL_YEAR_SPLIT
    return np.array([late * births[BASE_YEAR - 1 - a] + early * births[BASE_YEAR - a] for a in range(AGES)])
